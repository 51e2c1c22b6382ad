"""Says in Chinese what a plan shows: who does what where and when, how the things stand to each other, what is missing.

Everything is put together in Traditional characters; the words of the prompt stay as they are.
"""

import tomllib
from functools import cache
from importlib.resources import files

from danqing.sketch.language import kinds
from danqing.sketch.language.words import lexicon
from danqing.sketch.planning.plan import Plan, Subject

Table = dict[str, dict[str, str]]
CARRYING = ("wearing", "holding", "riding")
STANDING = ("in", "on", "under", "behind", "beside")
NUMBERS = ("", "一", "兩", "三", "四", "五", "六", "七", "八", "九")


def caption(plan: Plan) -> str:
    """One sentence about the sketch, then the text that is set in it and what is not drawn."""
    shown = _scene(plan) if plan.subjects or plan.place != "studio" else "一張字卡"
    text = f"，題字「{'」「'.join(plan.text)}」" if plan.text else ""
    missing = f"未畫出：{'、'.join(plan.missing)}。" if plan.missing else ""
    return f"{_phrases()['style'][plan.style]}速寫：{shown}{text}。{missing}"


def _scene(plan: Plan) -> str:
    if not plan.subjects:
        return _view(plan)
    company = _company(plan)
    cast = _leading(plan) + (f"，還有{'、'.join(company)}" if company else "")
    return "，".join(filter(None, (_where(plan), cast)))


def _view(plan: Plan) -> str:
    """The place alone."""
    place = lexicon("zh").label("spot", plan.spot) if plan.spot else lexicon("zh").label("place", plan.place)
    return f"{_when(plan)}{place}{_weather(plan)}"


def _where(plan: Plan) -> str:
    """Where and when it is; "" before a plain ground."""
    if plan.place == "studio":
        return ""
    place = _phrases()["spot"][plan.spot] if plan.spot else _phrases()["place"][plan.place]
    return f"{_when(plan)}{place}{_weather(plan)}"


def _when(plan: Plan) -> str:
    season = lexicon("zh").label("season", plan.season) if plan.season else ""
    time = _phrases()["time"][plan.time]
    return f"{season}{time}的" if season or time else ""


def _weather(plan: Plan) -> str:
    weather = _phrases()["weather"][plan.weather]
    return f"，{weather}" if weather else ""


def _leading(plan: Plan) -> str:
    """The main subject with what it wears, holds and rides, where it stands among the others, and what it does."""
    others = {kind: [tie.other for tie in plan.relations if (tie.kind, tie.one) == (kind, 0)] for kind in CARRYING}
    carried = "、".join(_carrying(kind, plan.subjects[at]) for kind in CARRYING for at in others[kind])
    spots = [
        f"在{_noun(plan.subjects[tie.other])}{_phrases()['position'][tie.kind]}"
        for tie in plan.relations
        if tie.kind in STANDING and tie.one == 0
    ]
    spots += [f"在{_noun(plan.subjects[tie.one])}前面" for tie in plan.relations if _in_front(tie.kind, tie.other)]
    verb = _phrases()["action"][plan.action]
    doing = "".join(spots) + verb if spots else f"正在{verb}" if verb else ""
    return f"{_counted(plan.subjects[0], carried)}{doing}"


def _in_front(kind: str, other: int) -> bool:
    return kind == "behind" and other == 0


def _company(plan: Plan) -> list[str]:
    """Those of whom nothing was said yet."""
    told = {0, *(tie.other for tie in plan.relations if tie.one == 0)}
    told |= {tie.one for tie in plan.relations if _in_front(tie.kind, tie.other)}
    return [_counted(subject) for at, subject in enumerate(plan.subjects) if at not in told]


def _carrying(kind: str, thing: Subject) -> str:
    verbs = _phrases()["carrying"]
    special = next((verb for verb, slugs in _phrases()[kind].items() if thing.glyph in slugs.split()), "")
    embraced = kind == "holding" and kinds.is_animal(thing.glyph)
    return f"{special or ('抱著' if embraced else verbs[kind])}{_noun(thing)}"


def _counted(subject: Subject, carried: str = "") -> str:
    """The thing with its number, its measure word and what it carries."""
    if _says_number(subject) or (kinds.is_sky(subject.glyph) and subject.count == 1):
        return _noun(subject, single=True)
    measures = _phrases()["measure"]
    measure = next((word for word, slugs in measures.items() if subject.glyph in slugs.split()), "")
    measure = measure or ("隻" if kinds.is_animal(subject.glyph) else "個")
    return f"{NUMBERS[subject.count]}{measure}{f'{carried}的' if carried else ''}{_noun(subject, single=True)}"


def _noun(subject: Subject, *, single: bool = False) -> str:
    """The thing with its size, colour and material; its number too, unless it is said already."""
    table = lexicon("zh")
    size = table.label("size", subject.size) if subject.size != "normal" else ""
    colour = table.label("colour", subject.colour) if subject.colour else ""
    material = table.label("material", subject.materials[0]) if subject.materials else ""
    described = "".join(f"{word}的" for word in (size, _coloured(colour), material) if word)
    name = f"{described}{_name(subject)}"
    return name if single or subject.count == 1 else f"{NUMBERS[subject.count]}個{name}"


def _coloured(colour: str) -> str:
    return colour if not colour or colour.endswith("色") else f"{colour}色"


def _name(subject: Subject) -> str:
    """What the prompt calls it, unless that word says more than a name ("reading a book")."""
    table = lexicon("zh")
    others = {facet.kind for facet in table.facets(subject.word)} & {"relation", "action"}
    return table.label("subject", subject.glyph) if others else subject.word


def _says_number(subject: Subject) -> bool:
    """Whether the prompt's word for it has its number in it ("a couple")."""
    return any(facet.kind == "number" for facet in lexicon("zh").facets(subject.word))


@cache
def _phrases() -> Table:
    text = files("danqing.sketch").joinpath("lexicon", "phrases.toml").read_text(encoding="utf-8")
    return {name: dict(table) for name, table in tomllib.loads(text)["chinese"].items()}
