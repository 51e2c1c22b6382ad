"""Reads a prompt into a plan: what is drawn, where, when, in which style, and what is left out.

Only the hand-checked lexicon and the glyphs' own names lead to a drawing. A word that neither knows is never guessed;
it is listed as missing. The same prompt and seed make the same plan on every machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from danqing.sketch.craft import art
from danqing.sketch.language import kinds
from danqing.sketch.language.reading import Reading, read
from danqing.sketch.language.signs import Sign
from danqing.sketch.language.words import lexicon
from danqing.sketch.planning import casting, stature
from danqing.sketch.planning.relating import Tie, Ties

PLAIN_GRAMMAR = ("ignore", "likeness", "manner", "negation")
NORMAL = "normal"
MOST_SUBJECTS = 8
MOST_OF_ONE = 9
PLURAL_COUNT = 2
DEFAULTS = {
    "place": "studio",
    "time": "day",
    "weather": "clear",
    "style": "paper",
    "action": "still",
    "camera": "static",
    "season": "",
    "spot": "",
    "mood": "",
}
OVERRIDING = frozenset({("style", "logo"), ("time", "neon")})  # a neon night is neon; a minimalist logo is a logo
BACKDROPS = frozenset({"background", "backdrop", "backgrounds"})  # their colour is the picture's
NEWCOMERS = frozenset({"a", "an", "and", "with", "his", "her", "their", "another"})  # announce someone not yet named
PARTICLES = frozenset("のをにが")  # may stand between a Japanese noun and the word that relates it
WITHOUT_PREPOSITIONS = ("zh", "ja", "ko")  # languages that name a thing before they say what it is to the next one


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing to draw, or several alike: `glyph` is the slug in the art pack, `word` what the prompt calls it."""

    glyph: str
    word: str
    count: int = 1
    colour: str | None = None
    materials: tuple[str, ...] = ()
    size: str = NORMAL


@dataclass(frozen=True, slots=True)
class Relation:
    """How two subjects stand to each other, by their index: `one` is on, under, beside, behind, in ... the `other`."""

    kind: str
    one: int
    other: int


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the artist needs to know. Colours are "#rrggbb"; `colours` holds those that belong to no subject."""

    prompt: str
    seed: int
    language: str
    subjects: tuple[Subject, ...]
    place: str
    time: str
    weather: str
    style: str
    action: str
    camera: str
    colours: tuple[str, ...]
    text: tuple[str, ...]
    circled: bool
    drawn: tuple[str, ...]
    missing: tuple[str, ...]
    relations: tuple[Relation, ...] = ()
    season: str = ""
    mood: str = ""
    spot: str = ""  # the finer place, such as a kitchen, when the prompt names one
    person: str = "all"  # who may be seen: "all", "adult", "none"


def plan(prompt: str, *, seed: int, person: str = "all", negative: str = "") -> Plan:
    """What to draw for a prompt.

    `person` is "all", "adult" (no child is drawn) or "none" (nobody is drawn); a negative prompt that names people or
    children in general asks for the same. Words of `negative` are not drawn. Words
    that are left out for either reason are listed as missing, like words that nothing is known about.
    """
    reading = read(prompt)
    banned = _banned(negative)
    draft = _Draft(
        person=_stricter(person, banned),
        banned=banned,
        colours_follow=_colours_follow(reading.language),
        ties=Ties(deferring=reading.language.startswith(WITHOUT_PREPOSITIONS)),
    )
    for sign in reading.signs:
        draft.take(sign)
    draft.settle_loose_words()
    return _finish(prompt, seed, reading, draft)


@dataclass(slots=True)
class _Draft:
    """The plan while the signs are being taken in, one after the other."""

    person: str
    banned: frozenset[str]
    colours_follow: bool
    ties: Ties
    subjects: list[Subject] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    hints: dict[str, str] = field(default_factory=dict)  # what subjects imply (a moon: night)
    colours: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)  # colours of things that are not drawn
    drawn: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    number: int | None = None
    size: str | None = None
    colour: Sign | None = None
    materials: list[Sign] = field(default_factory=list)
    made_of: bool = False
    pose: Sign | None = None
    clause: int = -1
    last: Sign | None = None

    def take(self, sign: Sign) -> None:
        """Take in the next sign of the prompt."""
        if sign.clause != self.clause:
            self.settle_loose_words()
            self.ties.pause()
            self.clause = sign.clause
        if sign.means("refused"):
            return
        if sign.word.casefold() in BACKDROPS:
            self.settle_loose_words()
        self._modify(sign)
        if sign.means("made_of"):
            self.made_of = True
        elif self._is_description(sign):
            self._describe(sign)
        elif not any(sign.means(kind) for kind in PLAIN_GRAMMAR):
            self._place_on_stage(sign)
        self.pose = self.pose or (sign if sign.means("pose") else None)
        self.last = sign

    def settle_loose_words(self) -> None:
        """At the end of a clause: a colour without a thing colours the picture, other descriptions are missing."""
        if self.colour:
            self.colours.append(self.colour.value("colour") or "")
            self.drawn.append(self.colour.word)
            self.colour = None
        self._clear_descriptions(self.missing)

    def settle_fixtures(self) -> None:
        """A window that somebody sits at is the room's, and no thing that stands beside them."""
        glyphs = [subject.glyph for subject in self.subjects]
        settings = casting.belongings(glyphs, self.facts.get("place") or self.hints.get("place"))
        if not settings:
            return
        if not self.facts.get("place") and casting.is_indoors(glyphs):
            self.facts["place"] = "room"
        self.ties.without(settings)
        self.subjects = [subject for at, subject in enumerate(self.subjects) if at not in settings]

    def held_pose(self) -> str:
        """The pose that the people of the picture take; "" for none."""
        return (self.pose.value("pose") or "") if self.pose else ""

    def strike_pose(self) -> None:
        """A sport without anyone doing it brings its own person; a pose that nobody in the picture takes is missing."""
        if self.pose is None:
            return
        pose, word = self.held_pose(), self.pose.word
        if not self.subjects and self._allows(f"person-{pose}", word):
            self.subjects.append(Subject("person", word))
        elif not (
            self.pose.means("action")
            or casting.is_posed([subject.glyph for subject in self.subjects], pose, self.facts)
        ):
            self.drawn = [other for other in self.drawn if other != word]
            self.missing.append(word)

    def _modify(self, sign: Sign) -> None:
        """Take in what a sign says of other words: a size, a mood, how one thing stands to another."""
        size, mood = sign.value("size"), sign.value("mood")
        before, after = sign.value("relation"), sign.value("postposition")
        if size and self._describes_last() and self.subjects[-1].size == NORMAL:
            self.subjects[-1] = replace(self.subjects[-1], size=size)
        elif size:
            self.size = size
        if mood:
            self.facts.setdefault("mood", mood)
        if after and self.last is not None and (self.last.means("subject") or self.last.word in PARTICLES):
            self.ties.hear_after(after)
        elif before:
            self.ties.hear(before)

    def _describes_last(self) -> bool:
        """Whether an adjective belongs to the noun that it follows, as in the Romance languages."""
        return self.colours_follow and bool(self.subjects) and self.last is not None and self.last.means("subject")

    def _is_description(self, sign: Sign) -> bool:
        return any(sign.means(kind) for kind in ("colour", "material", "number")) and not sign.means("subject")

    def _describe(self, sign: Sign) -> None:
        number, material = sign.value("number"), sign.value("material")
        self._note_facts(sign)
        if number:
            self.number = int(number)
        elif sign.means("colour"):
            self._take_colour(sign)
        elif material and self.made_of and self.subjects:
            subject = self.subjects[-1]
            self.subjects[-1] = replace(subject, materials=(*subject.materials, material))
            self.drawn.append(sign.word)
            self.made_of = False
        else:
            self.materials.append(sign)

    def _take_colour(self, sign: Sign) -> None:
        """A colour belongs to the noun after it; in the Romance languages to the one it follows."""
        if self._describes_last() and self.subjects[-1].colour is None:
            self.subjects[-1] = replace(self.subjects[-1], colour=sign.value("colour"))
            self.drawn.append(sign.word)
            return
        if self.colour is None:
            self.colour = sign
        else:
            self.colours.append(sign.value("colour") or "")
            self.drawn.append(sign.word)

    def _place_on_stage(self, sign: Sign) -> None:
        if self.made_of and self.subjects and sign.means("subject"):
            self._make_of(sign)
            return
        slug = sign.value("subject")
        wanted = slug is not None and self._allows(slug, sign.word) and self._add_subject(slug, sign)
        noted = self._note_facts(sign) or sign.means("pose")
        if slug is None and sign.means("place"):
            self.ties.pause()
        if wanted or noted:
            self.drawn.append(sign.word)
        elif not (sign.means("wish") or self._known_already(sign)):
            self.missing.append(sign.word)
            self.ties.pass_by(sign.word)
        if wanted:
            self._clear_descriptions(self.drawn)
        elif slug is not None or not sign.facets:
            self.orphans += [self.colour.value("colour") or ""] if self.colour else []
            self._clear_descriptions(self.missing)

    def _make_of(self, sign: Sign) -> None:
        """A tower made of chocolate has its colour; no chocolate stands beside it."""
        maker, colour = self.subjects[-1], kinds.substance_colour(sign.value("subject") or "")
        if colour:
            self.subjects[-1] = replace(maker, colour=maker.colour or colour)
        (self.drawn if colour else self.missing).append(sign.word)
        self._clear_descriptions(self.drawn if colour else self.missing)

    def _known_already(self, sign: Sign) -> bool:
        return any(subject.glyph == sign.value("subject") for subject in self.subjects)

    def _note_facts(self, sign: Sign) -> bool:
        """Note the place, time, weather and so on that a sign means; whether any of it will be seen."""
        if sign.word.casefold() in self.banned:
            return False
        facts = {facet.kind: facet.value for facet in sign.facets if facet.kind in (*DEFAULTS, "shape")}
        if sign.means("subject"):
            self.hints = facts | self.hints
            return bool(facts)
        for kind, value in facts.items():
            if (kind, value) in OVERRIDING:
                self.facts[kind] = value
            self.facts.setdefault(kind, value)
        return any(self.facts[kind] == value or (kind, self.facts[kind]) in OVERRIDING for kind, value in facts.items())

    def _allows(self, slug: str, word: str) -> bool:
        """Whether a glyph is in the pack and neither the negative prompt nor the setting for people rules it out."""
        if not art.has(casting.BALL_OF_DEFAULT if slug == casting.BALL else slug):
            return False
        if slug in self.banned or word.casefold() in self.banned or self.ties.is_ownerless(slug):
            return False
        if self.person == "none":
            return not kinds.is_person(slug)
        return not (self.person == "adult" and kinds.is_child(slug))

    def _add_subject(self, slug: str, sign: Sign) -> bool:
        colour = self.colour.value("colour") if self.colour else None
        known = next((subject for subject in self.subjects if subject.glyph == slug), None)
        if slug == casting.BALL:  # "a soccer player kicking a ball" has one
            known = known or next((subject for subject in self.subjects if stature.is_ball(subject.glyph)), None)
        if known is not None and (colour is None or colour == known.colour):
            self.ties.meet(self.subjects.index(known), slug)
            return self._joins(known, sign)
        if len(self.subjects) == MOST_SUBJECTS:
            return False
        count = self.number or int(sign.value("number") or (PLURAL_COUNT if sign.plural else 1))
        materials = tuple(dict.fromkeys(sign.value("material") or "" for sign in self.materials))
        size = self.size or NORMAL
        self.subjects.append(Subject(slug, sign.word, min(count, MOST_OF_ONE), colour, materials, size))
        self.ties.meet(len(self.subjects) - 1, slug)
        return True

    def _joins(self, known: Subject, sign: Sign) -> bool:
        """Whether the sign names one more person who looks like a known one, as a father and a son do."""
        newcomer = self.last is not None and self.last.word.casefold() in NEWCOMERS
        if not newcomer or not kinds.is_person(known.glyph) or sign.word.casefold() == known.word.casefold():
            return False
        at = self.subjects.index(known)
        self.subjects[at] = replace(known, count=min(known.count + (self.number or 1), MOST_OF_ONE))
        return True

    def _clear_descriptions(self, words: list[str]) -> None:
        """What describes a thing is drawn with it, or missing with it."""
        words += [sign.word for sign in (*([self.colour] if self.colour else []), *self.materials)]
        self.number, self.size, self.colour, self.materials, self.made_of = None, None, None, [], False


def _stricter(person: str, banned: frozenset[str]) -> str:
    """Who may be seen when these glyphs are not to be."""
    if "person" in banned:
        return "none"
    return "adult" if person == "all" and "child" in banned else person


def _banned(negative: str) -> frozenset[str]:
    """The words of a negative prompt and the glyphs that they stand for."""
    signs = read(negative).signs if negative.strip() else ()
    content = [sign for sign in signs if not sign.means("ignore")]
    glyphs = (sign.value("subject") for sign in content)
    return frozenset(sign.word.casefold() for sign in content) | {glyph for glyph in glyphs if glyph}


def _colours_follow(language: str) -> bool:
    return language in ("fr", "es", "pt", "it") and bool(lexicon(language).grammar.get("colours_follow"))


def _finish(prompt: str, seed: int, reading: Reading, draft: _Draft) -> Plan:
    draft.strike_pose()
    draft.settle_fixtures()
    named = draft.hints | draft.facts
    facts = DEFAULTS | named
    order = _order(draft, moving=facts["action"] != DEFAULTS["action"])
    subjects = _cast([draft.subjects[at] for at in order], facts | {"pose": draft.held_pose()})
    orphans = [] if facts["style"] == "logo" else draft.orphans
    facts["place"] = named.get("place") or casting.place([subject.glyph for subject in subjects], facts, named)
    return Plan(
        prompt=prompt,
        seed=seed,
        language=reading.language,
        subjects=subjects,
        place=facts["place"],
        time=facts["time"],
        weather=facts["weather"],
        style=facts["style"],
        action=facts["action"],
        camera=facts["camera"],
        colours=tuple(dict.fromkeys((*draft.colours, *orphans))),
        text=reading.text,
        circled="shape" in named,
        drawn=tuple(dict.fromkeys((*draft.drawn, *reading.text))),
        missing=tuple(dict.fromkeys(draft.missing)),
        relations=_relations(draft.ties.found, order),
        season=facts["season"],
        mood=facts["mood"],
        spot=facts["spot"],
        person=draft.person,
    )


def _order(draft: _Draft, *, moving: bool) -> list[int]:
    """The subjects' numbers with the main one first: not what hangs in the sky, stands around or is carried."""
    secondary = draft.ties.secondary()
    moving = moving and any(kinds.is_living(subject.glyph) for subject in draft.subjects)

    def background(at: int) -> tuple[bool, bool, bool]:
        glyph = draft.subjects[at].glyph
        return kinds.is_sky(glyph), moving and kinds.is_rooted(glyph), at in secondary

    return sorted(range(len(draft.subjects)), key=background)


def _relations(ties: list[Tie], order: list[int]) -> tuple[Relation, ...]:
    return tuple(Relation(tie.kind, order.index(tie.one), order.index(tie.other)) for tie in ties)


def _cast(subjects: list[Subject], facts: Mapping[str, str]) -> tuple[Subject, ...]:
    """The subjects, each with the glyph that suits its company and its action."""
    companions = [subject.glyph for subject in subjects]
    return tuple(replace(subject, glyph=casting.player(subject.glyph, companions, facts)) for subject in subjects)
