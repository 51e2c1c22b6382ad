"""Finds out which subjects of a prompt stand on, hide behind, hold, ride or wear which others."""

from dataclasses import dataclass, field

from danqing.sketch.language import kinds
from danqing.sketch.planning import stature

VERBS = frozenset({"holding", "playing", "riding", "wearing"})
CARRIED = frozenset({"holding", "wearing"})
DRESSING = frozenset({"wearing", "worn", "in", "with"})
VAGUE_ENDINGS = ("ly", "ing", "ed")  # an unknown adverb or participle is no noun that the relation could be about


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation found in the prompt: `one` stands in it to `other`; both number the subjects as they were met."""

    kind: str
    one: int
    other: int


@dataclass(slots=True)
class Ties:
    """The relations of a prompt while its signs are read one after the other.

    With `deferring` (Chinese, Japanese, Korean) what is worn or stood upon may come before the one it is about.
    """

    deferring: bool
    found: list[Tie] = field(default_factory=list)
    slugs: dict[int, str] = field(default_factory=dict)
    focus: int | None = None  # the subject that was named last
    pending: str = ""  # a relation whose other side is still to come
    anchor: int | None = None  # the side of it that is known
    awaiting: list[tuple[str, int]] = field(default_factory=list)
    settings: set[int] = field(default_factory=set)  # named first, but only to say where the next one is
    lost: bool = False  # the last noun is not drawn, so nothing can be said of it
    ownerless: str = ""  # how the things to come belong to one who is not drawn

    def hear(self, kind: str) -> None:
        """A word that stands before the other side ("on", "wearing"); "none" closes what is open ("on it")."""
        if kind == "worn":
            self._wear_last()
            return
        self.pending = "" if kind == "none" else kind
        if self.lost and not self.slugs and kind in CARRIED | DRESSING | {"playing"}:
            self.ownerless = kind
        if kind == "full of":
            self.anchor = self.focus
        else:
            self.anchor = self._creature() if kind in VERBS else self._bearer(self.focus)
        if self.lost or (self.anchor is None and not self.deferring):
            self.pending = ""

    def hear_after(self, kind: str) -> None:
        """A word that stands after the other side, as Chinese, Japanese and Korean say "on" and "under"."""
        other = self.focus
        if other is None or self.lost:
            return
        able = [index for index, slug in self.slugs.items() if kind not in VERBS or kinds.is_living(slug)]
        earlier = [index for index in able if index != other]
        if earlier:
            self._tie(kind, self._bearer(earlier[-1]), other)
        else:
            self.awaiting.append((kind, other))

    def meet(self, index: int, slug: str) -> None:
        """A subject that is drawn has been named."""
        self.slugs[index] = slug
        for kind, other in self.awaiting:
            self._tie(kind, index, other)
            self.settings.add(other)
        self.awaiting = []
        if self.pending and self.anchor is not None:
            self._tie(self.pending, self.anchor, index)
        elif self.pending:
            self.awaiting.append((self.pending, index))
        elif self.found and self.found[-1].kind in CARRIED and self.found[-1].other == self.focus:
            self._carry_as_well(index)
        self.pending, self.focus, self.lost = "", index, False

    def is_ownerless(self, slug: str) -> bool:
        """Whether the thing belongs to one who is not drawn: a hat without its ostrich would be another picture."""
        if not self.ownerless or self.slugs or kinds.is_living(slug):
            return False
        played = self.ownerless == "playing" and kinds.is_instrument(slug)
        adorned = self.ownerless == "with" and stature.is_small(slug)  # a doll's feathers are no picture of a doll
        return kinds.is_wearable(slug) or played or adorned or self.ownerless in CARRIED

    def pass_by(self, word: str) -> None:
        """A word that nothing is drawn for: a relation to it, or of it, is none."""
        if not word.casefold().endswith(VAGUE_ENDINGS):
            self.pending, self.lost = "", True

    def pause(self) -> None:
        """A punctuation mark or a place: an open relation ends here; what is worn may still be told on."""
        self.pending = ""
        self.ownerless = "with" if self.ownerless else ""

    def secondary(self) -> frozenset[int]:
        """The subjects that another one holds, wears or stands upon, whatever is named first."""
        return frozenset(tie.other for tie in self.found if tie.kind in CARRIED) | self.settings

    def without(self, settings: frozenset[int]) -> dict[int, int]:
        """Forget these subjects, which the scene itself shows; where every other one is counted from now on."""
        kept = [index for index in sorted(self.slugs) if index not in settings]
        moved = {old: new for new, old in enumerate(kept)}
        both = [tie for tie in self.found if tie.one in moved and tie.other in moved]
        self.found = [Tie(tie.kind, moved[tie.one], moved[tie.other]) for tie in both]
        self.settings = {moved[index] for index in self.settings if index in moved}
        return moved

    def _tie(self, kind: str, one: int | None, other: int) -> None:
        if one is None or one == other:
            return
        if kind == "before":
            kind, one, other = "behind", other, one
        if kind == "playing":
            kind = "holding"
            if not kinds.is_instrument(self.slugs[other]):
                return
        if kind == "full of":
            if not kinds.is_vessel(self.slugs[one]):
                return
            kind, one, other = "in", other, one
        elif kind in ("in", "with"):
            kind = "wearing" if kinds.is_wearable(self.slugs[other]) else kind
            if kind == "with" or (kind == "in" and not kinds.is_container(self.slugs[other])):
                return
        tie = Tie(kind, one, other)
        if tie not in self.found:
            self.found.append(tie)

    def _wear_last(self) -> None:
        """What was named last is on the head of whoever was named before it."""
        earlier = [index for index in self.slugs if index != self.focus]
        if earlier and self.focus is not None:
            self._tie("wearing", earlier[-1], self.focus)

    def _carry_as_well(self, index: int) -> None:
        """What follows a thing that is worn or held is worn or held too, if it can be: "a sword and a shield"."""
        last, slug = self.found[-1], self.slugs[index]
        fits = (
            kinds.is_wearable(slug) if last.kind == "wearing" else stature.is_small(slug) and not kinds.is_living(slug)
        )
        if fits:
            self._tie(last.kind, last.one, index)

    def _creature(self) -> int | None:
        """Who was named last among those that can wear, hold or ride."""
        living = [index for index, slug in self.slugs.items() if kinds.is_living(slug)]
        return living[-1] if living else self._bearer(self.focus)

    def _bearer(self, index: int | None) -> int | None:
        """The subject itself, or the one that it is worn or held by."""
        return next((tie.one for tie in self.found if tie.kind in CARRIED and tie.other == index), index)
