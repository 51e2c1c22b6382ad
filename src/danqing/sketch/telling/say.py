"""Puts a plan into words: an enhanced English prompt, a caption in the prompt's language, a poem, an answer.

All of it is deterministic by prompt and seed, and none of it claims more than the sketch shows.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from danqing.sketch.craft import art
from danqing.sketch.language.reading import wants_poem
from danqing.sketch.language.script import to_simplified
from danqing.sketch.language.words import lexicon
from danqing.sketch.planning.plan import Plan, Subject
from danqing.sketch.telling import chinese
from danqing.sketch.telling.verse import quatrain

Phrases = dict[str, dict[str, dict[str, str]]]
NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NAMES: Mapping[str, str] = {"yarn": "ball of yarn", "tennis": "tennis ball"}  # where the glyph's name says less
EAST_ASIAN = ("ja", "ko")  # the place comes first
DECLINED = ("de", "ru")  # a noun's form in the prompt may be no form for a list
VOWELS = frozenset("aeiou")
RELATIONS = ("wearing", "holding", "riding", "in", "on", "under", "behind", "beside")  # in the order they are said in


def enhanced(plan: Plan) -> str:
    """The prompt as one vivid English paragraph: its meaning and its quoted text are kept, light and camera added."""
    english = _phrases()["english"]
    lead = plan.prompt if plan.language == "en" else f"{_cast(plan) or _view(plan)}{_also_asked(plan)}"
    light = " and ".join(filter(None, (english["time"][plan.time], english["weather"][plan.weather])))
    scene = f"Set {_place(plan)}, in {light}, and seen {english['camera'][plan.camera]}"
    return " ".join(
        [
            _sentence(lead),
            *([] if plan.style == "logo" else [_sentence(scene)]),
            _sentence(f"Rendered as {english['style'][plan.style]}"),
            *(f'The text "{text}" is set exactly as written.' for text in plan.text),
        ]
    )


def caption(plan: Plan) -> str:
    """What the sketch shows and what it leaves out, in the language of the prompt."""
    if plan.language == "en":
        return _english_caption(plan)
    if plan.language.startswith("zh"):
        return _in_script(plan, chinese.caption(plan))
    return _plain_caption(plan)


def poem(plan: Plan) -> str | None:
    """A four-line poem that fits the plan, when the prompt asks for one."""
    return quatrain(plan) if wants_poem(plan.prompt) else None


def answer(plan: Plan, look: str = "") -> str:
    """The reply to a request for words alone. `look` is what can be said of a picture that came with it."""
    verse = poem(plan)
    if look or verse:
        return "\n\n".join(filter(None, (look, verse)))
    if plan.language.startswith("zh"):
        return _in_script(plan, f"速寫引擎只會畫畫，不會長談。照這段話，它會畫出：{chinese.caption(plan)}")
    if plan.language == "en":
        return f"The Sketch engine draws rather than talks. From these words it makes this. {_english_caption(plan)}"
    return _plain_caption(plan)


def _english_caption(plan: Plan) -> str:
    missing = f" Not drawn: {', '.join(plan.missing)}." if plan.missing else ""
    if not plan.subjects and plan.place == "studio":
        return f"A typographic card{_with_text(plan) or ' of the prompt'}.{missing}"
    kind = _phrases()["english"]["kind"][plan.style]
    article = "An" if kind[0] in VOWELS else "A"
    return f"{article} {kind} of {_scene(plan)}{_with_text(plan)}.{missing}"


def _scene(plan: Plan) -> str:
    """Who does what where and when, as an English noun phrase."""
    english = _phrases()["english"]
    light = f", in {english['time'][plan.time]}" if plan.time != "day" else ""
    light += f", in {plan.season}" if plan.season else ""
    if not plan.subjects:
        return f"{_view(plan)}{light}"
    circle = " in a circle" if plan.circled else ""
    where = f" {_place(plan)}" if plan.place != "studio" else ""
    return f"{_cast(plan)}{circle}{where}{light}"


def _cast(plan: Plan) -> str:
    """The main subject with what it does, how it stands to the others, and what else it is shown with."""
    if not plan.subjects:
        return ""
    phrases = [_noun_phrase(subject, plan) for subject in plan.subjects]
    tied = {kind: [tie.other for tie in plan.relations if (tie.kind, tie.one) == (kind, 0)] for kind in RELATIONS}
    tied["in front of"] = [tie.one for tie in plan.relations if (tie.kind, tie.other) == ("behind", 0)]
    told = {0, *(at for others in tied.values() for at in others)}
    tied["with"] = [at for at in range(len(phrases)) if at not in told]
    company = [f"{word} {_joined([phrases[at] for at in others])}" for word, others in tied.items() if others]
    return " ".join(filter(None, (phrases[0], _phrases()["english"]["action"][plan.action], *company)))


def _view(plan: Plan) -> str:
    """The place alone, without its preposition."""
    return _place(plan).partition(" ")[2]


def _place(plan: Plan) -> str:
    """The finer place when the prompt names one, else the place."""
    english = _phrases()["english"]
    return english["spot"][plan.spot] if plan.spot else english["place"][plan.place]


def _with_text(plan: Plan) -> str:
    quoted = [f'"{text}"' for text in plan.text]
    return f" with the text {_joined(quoted)}" if quoted else ""


def _noun_phrase(subject: Subject, plan: Plan) -> str:
    english = plan.language == "en"
    noun = subject.word.lower() if english else NAMES.get(subject.glyph) or art.name_of(subject.glyph, "en")
    colour = lexicon("en").label("colour", subject.colour) if subject.colour else ""
    material = next(iter(subject.materials), "")
    size = subject.size if subject.size != "normal" else ""
    material_word = lexicon("en").label("material", material) if material else ""
    described = " ".join(filter(None, (size, colour, material_word, noun)))
    if subject.count > 1:
        number = NUMBERS[subject.count]
        return f"{number} {described}" if described.endswith("s") else f"{number} {described}s"
    if described.endswith("s"):
        return described
    return f"{'an' if described[0] in VOWELS else 'a'} {described}"


def _also_asked(plan: Plan) -> str:
    return f"; also asked for: {', '.join(plan.missing)}" if plan.missing else ""


def _plain_caption(plan: Plan) -> str:
    """The caption in a language of which only ready phrases are spoken here."""
    phrases = _phrases()[plan.language]["caption"]
    words = [*_group(plan), *(f"«{text}»" for text in plan.text)]
    *first, last = words or [""]
    subjects = f"{phrases['comma'].join(first)}{phrases['and']}{last}" if first else last
    sentence = phrases["sentence"].format(**_view_and_hour(plan, bool(words)), subjects=subjects)
    missing = f" {phrases['missing']}: {', '.join(plan.missing)}." if plan.missing else ""
    return f"{sentence}{missing}"


def _group(plan: Plan) -> list[str]:
    """The main subject with how it stands to others, where the language has ready words for that, then the rest."""
    names = [_named(subject, plan.language) for subject in plan.subjects]
    ways = _phrases()[plan.language].get("relation", {})
    told = [tie for tie in plan.relations if tie.one == 0 and tie.kind in ways]
    for tie in told:
        names[0] = ways[tie.kind].format(one=names[0], other=names[tie.other])
    return [name for at, name in enumerate(names) if at not in {tie.other for tie in told}]


def _named(subject: Subject, language: str) -> str:
    """What the prompt calls it, in the dictionary's form, with how many there are."""
    table = lexicon(language)
    known = any(facet.kind == "subject" for facet in table.facets(subject.word))
    word = subject.word if known or language not in DECLINED else table.label("subject", subject.glyph)
    return f"{word} ×{subject.count}" if subject.count > 1 else word


def _view_and_hour(plan: Plan, inhabited: bool) -> dict[str, str]:
    """The place and the hour as the caption's sentence takes them; a card shows the prompt in place of a place."""
    if plan.place == "studio":
        return {"place": "" if inhabited else plan.prompt, "time": ""}
    tables = _phrases()[plan.language]
    place, time = tables["place"][plan.place], tables["time"][plan.time]
    if plan.language in EAST_ASIAN:
        return {"place": place if inhabited else place.removesuffix("の").removesuffix("의"), "time": time}
    return {"place": f" {place}" if inhabited else place, "time": f", {time}" if time else ""}


def _in_script(plan: Plan, text: str) -> str:
    return to_simplified(text) if plan.language == "zh-Hans" else text


def _joined(pieces: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(pieces[:-1]), pieces[-1]))) if pieces else ""


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "。", "！", "？")) else f"{text}."


@cache
def _phrases() -> Phrases:
    return tomllib.loads(files("danqing.sketch").joinpath("lexicon", "phrases.toml").read_text(encoding="utf-8"))
