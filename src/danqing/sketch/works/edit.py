"""Changes the user's own picture as the prompt asks: style, time of day, weather, light, colour, additions, lettering.

Every change works on the pixels that were sent. What was done is reported in words, what was asked and not done is
reported too, and nothing else is claimed.
"""

import re
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from danqing.sketch.craft import art
from danqing.sketch.craft.canvas import Stage, stamp
from danqing.sketch.craft.lettering import banner
from danqing.sketch.craft.palette import palette
from danqing.sketch.craft.paper import noise
from danqing.sketch.language import kinds
from danqing.sketch.planning.dice import dice, field_dice
from danqing.sketch.planning.plan import Plan, Subject, plan
from danqing.sketch.scenery.weather import swarm
from danqing.sketch.works import mount, wishes
from danqing.sketch.works.colouring import filled
from danqing.sketch.works.guests import welcomed
from danqing.sketch.works.instructions import instructions
from danqing.sketch.works.look import facts
from danqing.sketch.works.wishes import Words

MEASURES = {"zh-Hant": ("個", "隻"), "zh-Hans": ("个", "只")}  # of things and of animals
LOOK_LIKE = re.compile(r"\b(?:look|appear|seem)s? like\b|\bas if it were\b", re.I)
PREPOSITION = re.compile(r"\b(on|onto|to|in|into|at|next to|beside|behind|under|near|over)\b")


@dataclass(frozen=True, slots=True)
class Edited:
    """The changed picture (RGB; of another size only when it was turned or cropped) and an account of it.

    `changes` has one phrase for each thing done, `undone` one sentence for each thing not done, in the language of the
    prompt. `carried` and `refused` are the instructions themselves, in the prompt's own words.
    """

    picture: Image.Image
    changes: tuple[str, ...]
    undone: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


@dataclass(slots=True)
class _Easel:
    """The picture while it is being changed by one instruction after the other."""

    picture: Image.Image
    whole: Plan
    changes: list[str] = field(default_factory=list)
    adding: bool = False  # whether the last instruction added something: "add a cat, a dog"

    def say(self, words: Words, *filling: object) -> None:
        """Note what was done."""
        self.changes.append(wishes.spoken(words, self.whole.language).format(*filling))

    def carry_out(self, words: str) -> Words | None:
        """Do what one instruction asks; the reason, when it asks for something and nothing could be done."""
        low = words.casefold()
        if wishes.KEPT.search(low):
            return None
        asked = plan(LOOK_LIKE.sub(" in the style of ", words), seed=self.whole.seed)
        done = len(self.changes)
        if self._mount(low):
            return None
        local = self._is_local(low, asked)
        removal = wishes.REFUSED.search(low) is not None
        if not local:
            self._retouch(low, removal=removal)
        if not removal:
            self._relight(low, asked)
            self.adding = self._welcome(low, asked, follows=self.adding and len(self.changes) == done)
            self._restyle(asked, done)
            self._letter(low, asked)
        if len(self.changes) > done or wishes.DESCRIBED.search(low) or not (asked.drawn or asked.missing or local):
            return None
        return wishes.NO_PARTS if local or wishes.OWNED.search(low) else wishes.NO_SUCH_CHANGE

    def _mount(self, low: str) -> bool:
        """Frame, crop, zoom, or lay a new ground; whether any of that was asked and done."""
        done = len(self.changes)
        ground = mount.grounded(self.picture, low)
        if ground:
            self.picture = ground
            self.say(mount.GROUNDED)
        elif not wishes.REFUSED.search(low) and not wishes.PARTS.search(low):
            for picture, said in mount.mounted(self.picture, low):
                self.picture = picture
                self.say(said)
        return len(self.changes) > done

    def _is_local(self, low: str, asked: Plan) -> bool:
        """Whether the instruction is about a part of the picture, which only an addition may name."""
        if wishes.ADD.search(low) or asked.text:
            return False
        named = wishes.THING.search(low) or (asked.subjects and not wishes.WHOLE.search(low))
        wished = any(re.search(wish.words, low) for wish in wishes.WISHES)
        return wishes.PARTS.search(low) is not None or (bool(named) and wished)

    def _retouch(self, low: str, *, removal: bool) -> None:
        """Light, colour, sharpness, and how the picture stands."""
        for wish in wishes.WISHES:
            if (wish.takes_away or not removal) and re.search(wish.words, low):
                self.picture = wish.make(self.picture)
                self.say(wish.said)
        if wishes.ROTATE.search(low) and not removal and (degrees := wishes.angle(low)):
            self.picture = wishes.turned(self.picture, degrees)
            self.say(wishes.TURNED_LEFT if degrees > 180 else wishes.TURNED, min(degrees, 360 - degrees))
        if wishes.FILL.search(low) and facts(self.picture).texture == "lines":
            self.picture = filled(self.picture, dice(self.whole, "colouring"))
            self.say(wishes.FILLED)

    def _relight(self, low: str, asked: Plan) -> None:
        """Time of day and weather: of the whole picture, never of a part."""
        if wishes.PARTS.search(low) and not wishes.ADD.search(low):
            return
        if asked.time in wishes.TIMES:
            make, words = wishes.TIMES[asked.time]
            self.picture = make(self.picture)
            self.say(words)
        if asked.season in wishes.SEASONS:
            tone, words = wishes.SEASONS[asked.season]
            self.picture = wishes.graded(self.picture, tone, 1.05)
            self.say(words)
        if asked.weather in wishes.WEATHERS:
            self.picture = _weathered(self.picture, asked)
            self.say(wishes.WEATHERS[asked.weather])

    def _welcome(self, low: str, asked: Plan, *, follows: bool) -> bool:
        """Add what the instruction says is to be added; whether anything was."""
        verb = wishes.ADD.search(low)
        if not (verb or follows):
            return False
        named, *where = PREPOSITION.split(low[verb.end() if verb else 0 :], maxsplit=1)
        allowed = {subject.word.casefold() for subject in self.whole.subjects}
        names = []
        for subject in asked.subjects:
            word = subject.word.casefold()
            if word in named and word in allowed and art.has(subject.glyph):
                chance = dice(asked, f"guest {subject.glyph}")
                self.picture = welcomed(self.picture, subject, low, asked.action, chance)
                names.append(_counted(subject, self.whole.language))
        if names:
            beside = any(subject.word.casefold() in where[-1] for subject in asked.subjects) if where else False
            listed = ("、" if self.whole.language.startswith("zh") else " and ").join(names)
            self.say(wishes.ADDED_ANYWHERE if beside else wishes.ADDED, listed)
        return bool(names)

    def _restyle(self, asked: Plan, done: int) -> None:
        """The style of the whole picture; a picture whose colour was just taken away is noir enough."""
        if asked.style not in wishes.STYLES or asked.style == asked.time:
            return
        if asked.style == "noir" and len(self.changes) > done:
            return
        self.picture = wishes.styled(self.picture, asked.style, field_dice(self.whole, "finish"))
        self.say(wishes.STYLES[asked.style])

    def _letter(self, low: str, asked: Plan) -> None:
        if asked.text:
            words = " ".join(asked.text)
            self.picture = _lettered(self.picture, words, top=wishes.TOP.search(low) is not None)
            self.say(wishes.LETTERED, words)


def edit(picture: Image.Image, plan: Plan) -> Edited:
    """Carry out what the plan's prompt asks of an RGB picture, one instruction after the other."""
    easel = _Easel(picture.convert("RGB"), plan)
    carried, refused, undone = list[str](), list[str](), list[str]()
    for words in instructions(plan.prompt):
        done = len(easel.changes)
        reason = easel.carry_out(words)
        if reason:
            refused.append(words)
            told = wishes.spoken(wishes.NOT_DONE, plan.language)
            undone.append(told.format(words, wishes.spoken(reason, plan.language)))
        elif len(easel.changes) > done:
            carried.append(words)
    if not easel.changes:
        easel.say(wishes.NOTHING)
    return Edited(easel.picture, tuple(easel.changes), tuple(undone), tuple(carried), tuple(refused))


def told(edited: Edited, language: str, *, given: int = 1) -> str:
    """What was done and what was not, in sentences; of several given pictures the last is the one worked on."""
    changes = edited.changes
    notes = (*edited.undone, *([wishes.spoken(wishes.LAST_OF, language).format(given)] if given > 1 else []))
    if language.startswith("zh"):
        return "".join(("我" + "，".join(changes) + "。", *notes))
    listed = changes[0] if len(changes) == 1 else ", ".join(changes[:-1]) + " and " + changes[-1]
    return " ".join((f"I {listed}.", *notes))


def _counted(subject: Subject, language: str) -> str:
    """The thing with how many of it there are."""
    word, count = subject.word, subject.count
    if language in MEASURES:
        return f" {count} {MEASURES[language][kinds.is_animal(subject.glyph)]}{word}"
    if count == 1:
        return word if word.endswith("s") else f"an {word}" if word[0].lower() in "aeiou" else f"a {word}"
    return f"{count} {word}"


def _weathered(picture: Image.Image, plan: Plan) -> Image.Image:
    """The picture with the plan's weather in it."""
    stage, chance, rng = Stage(*picture.size), dice(plan, "weather"), field_dice(plan, "weather")
    if plan.weather == "fog":
        bank = noise(*picture.size, stage.unit * 0.5, rng, stretch=0.3) * 0.3 + 0.5
        veil = Image.fromarray(np.clip(bank * 200, 0, 255).astype(np.uint8))
        return Image.composite(Image.new("RGB", picture.size, (228, 232, 238)), picture, veil)
    grey = picture.copy() if plan.weather == "wind" else wishes.graded(picture, (202, 212, 228), 0.95)
    swarm(plan.weather, stage, palette("meadow", "day", plan.colours, chance, 0), chance).draw(grey, 1.0)
    return grey


def _lettered(picture: Image.Image, text: str, *, top: bool) -> Image.Image:
    """The picture with words set near its lower, or its upper, edge."""
    size = (max(1, round(picture.width * 0.92)), max(8, round(min(picture.size) * 0.16)))
    board = picture.copy()
    label = banner(text, *size, ink=(255, 255, 255), shade=(20, 16, 40))
    y = size[1] * 0.15 if top else picture.height - size[1] * 1.15
    stamp(board, label, (picture.width - size[0]) / 2, y)
    return board
