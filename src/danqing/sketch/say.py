"""Puts a plan into words: an enhanced English prompt, a caption in the prompt's language, a poem, an answer.

All of it is deterministic by prompt and seed, and none of it claims more than the sketch shows.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from danqing.sketch import art
from danqing.sketch.plan import Plan, Subject
from danqing.sketch.reading import wants_poem
from danqing.sketch.script import to_simplified
from danqing.sketch.verse import quatrain
from danqing.sketch.words import lexicon

Phrases = dict[str, dict[str, dict[str, str]]]
NUMBERS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LABELS: Mapping[str, tuple[str, str]] = {  # "sketch" and "not drawn"
    "de": ("Skizze", "nicht gezeichnet"),
    "fr": ("Esquisse", "non dessiné"),
    "es": ("Boceto", "sin dibujar"),
    "pt": ("Esboço", "não desenhado"),
    "it": ("Schizzo", "non disegnato"),
    "ru": ("Эскиз", "не нарисовано"),
    "ja": ("スケッチ", "描かれていないもの"),
    "ko": ("스케치", "그리지 않은 것"),
}
VOWELS = frozenset("aeiou")


def enhanced(plan: Plan) -> str:
    """The prompt as one vivid English paragraph that keeps its meaning and its quoted text, and adds light and camera."""
    english = _phrases()["english"]
    lead = _sentence(plan.prompt) if plan.language == "en" else _sentence(f"{_scene(plan)}{_also_asked(plan)}")
    light = ", ".join(filter(None, (english["time"][plan.time], english["weather"][plan.weather])))
    sentences = [
        lead,
        _sentence(f"The scene lies {english['place'][plan.place]}, in {light}"),
        _sentence(f"Framed as {english['camera'][plan.camera]}; {english['style'][plan.style]}"),
        *(f'The text "{text}" is set exactly as written.' for text in plan.text),
    ]
    return " ".join(sentences)


def caption(plan: Plan) -> str:
    """What the sketch shows and what it leaves out, in the language of the prompt."""
    if plan.language == "en":
        return _english_caption(plan)
    if plan.language.startswith("zh"):
        return _in_script(plan, _chinese_caption(plan))
    return _plain_caption(plan)


def poem(plan: Plan) -> str | None:
    """A four-line poem that fits the plan, when the prompt asks for one."""
    return quatrain(plan) if wants_poem(plan.prompt) else None


def answer(plan: Plan, look: str = "") -> str:
    """The reply to a request for words alone. `look` is what can be said of a picture that came with it."""
    verse = poem(plan)
    if look:
        return f"{look}\n\n{verse}" if verse else look
    if verse:
        return verse
    if plan.language.startswith("zh"):
        return _in_script(plan, f"這裡是一位速寫畫師，只會畫，不會長談。照這段話，會畫出：{_chinese_caption(plan)}")
    if plan.language == "en":
        return f"This is a sketch artist, who draws rather than talks. From these words comes: {_english_caption(plan)}"
    return _plain_caption(plan)


def _english_caption(plan: Plan) -> str:
    shown = f"{_phrases()['english']['style'][plan.style].partition(',')[0]}"
    if not plan.subjects and plan.place == "studio":
        sentence = "A typographic card, for nothing in the prompt is known to the sketch artist"
        sentence = f"A sketch that sets the text {_quoted(plan)}" if plan.text else sentence
    else:
        sentence = f"A sketch, {shown}: {_scene(plan)}"
    missing = f" Not drawn: {', '.join(plan.missing)}." if plan.missing else ""
    return _sentence(sentence) + missing


def _scene(plan: Plan) -> str:
    """The plan in one English clause, without a full stop."""
    english = _phrases()["english"]
    subjects = _joined([_noun_phrase(subject, plan) for subject in plan.subjects])
    action = english["action"][plan.action]
    circle = "in a circle" if plan.circled else ""
    text = f"with the text {_quoted(plan)}" if plan.text else ""
    where = english["place"][plan.place] if plan.style != "logo" else ""
    light = f"in {english['time'][plan.time]}" if plan.time != "day" else ""
    lead = subjects or "an empty scene"
    return " ".join(filter(None, (lead, circle, action, where, light, text)))


def _noun_phrase(subject: Subject, plan: Plan) -> str:
    english = plan.language == "en"
    noun = subject.word.lower() if english else art.name_of(subject.glyph, "en")
    colour = lexicon("en").label("colour", subject.colour) if subject.colour else ""
    material = next(iter(subject.materials), "")
    described = " ".join(filter(None, (colour, lexicon("en").label("material", material) if material else "", noun)))
    if subject.count > 1:
        number = NUMBERS[subject.count]
        return f"{number} {described}" if described.endswith("s") else f"{number} {described}s"
    if described.endswith("s"):
        return described
    return f"{'an' if described[0] in VOWELS else 'a'} {described}"


def _also_asked(plan: Plan) -> str:
    return f"; also asked for: {', '.join(plan.missing)}" if plan.missing else ""


def _chinese_caption(plan: Plan) -> str:
    """The caption in Traditional characters (the prompt's own words stay as they are)."""
    table = lexicon("zh")
    style = _phrases()["chinese"]["style"][plan.style]
    words = [f"{subject.word}×{subject.count}" if subject.count > 1 else subject.word for subject in plan.subjects]
    place = "" if plan.place == "studio" else f"{table.label('time', plan.time)}的{table.label('place', plan.place)}"
    shown = "，".join(filter(None, (place, f"畫有{'、'.join(words)}" if words else "", _chinese_action(plan))))
    text = f"，題字「{'」「'.join(plan.text)}」" if plan.text else ""
    missing = f"未畫出：{'、'.join(plan.missing)}。" if plan.missing else ""
    return f"{style}速寫：{shown or '一張字卡'}{text}。{missing}"


def _chinese_action(plan: Plan) -> str:
    return "" if plan.action == "still" or not plan.subjects else f"正在{lexicon('zh').label('action', plan.action)}"


def _plain_caption(plan: Plan) -> str:
    """The caption as a list, for the languages whose grammar is not spoken here."""
    table = lexicon(plan.language)
    sketch, not_drawn = LABELS[plan.language]
    words = [f"{subject.word} ×{subject.count}" if subject.count > 1 else subject.word for subject in plan.subjects]
    where = [] if plan.place == "studio" else [table.label("place", plan.place), table.label("time", plan.time)]
    shown = ", ".join((*words, *where, *(f"«{text}»" for text in plan.text)))
    missing = f" {not_drawn}: {', '.join(plan.missing)}." if plan.missing else ""
    return f"{sketch}: {shown or plan.prompt}.{missing}"


def _in_script(plan: Plan, text: str) -> str:
    return to_simplified(text) if plan.language == "zh-Hans" else text


def _quoted(plan: Plan) -> str:
    return _joined([f'"{text}"' for text in plan.text])


def _joined(pieces: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(pieces[:-1]), pieces[-1]))) if pieces else ""


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?", "。", "！", "？")) else f"{text}."


@cache
def _phrases() -> Phrases:
    return tomllib.loads(files("danqing.sketch").joinpath("lexicon", "phrases.toml").read_text(encoding="utf-8"))
