"""The signs a prompt is read into: its words in order, each with what it can mean to a picture."""

from dataclasses import dataclass

from danqing.sketch.language.words import Facet


@dataclass(frozen=True, slots=True)
class Sign:
    """One word or phrase of the prompt.

    `clause` numbers the stretch between two punctuation marks that it stands in. A `plural` sign means several things
    though it names no number. No facets at all means that the word is not known.
    """

    word: str
    facets: tuple[Facet, ...]
    clause: int
    plural: bool = False

    def value(self, kind: str) -> str | None:
        """What the sign means as a "subject", "place", "colour" and so on; None when it means no such thing."""
        return next((facet.value for facet in self.facets if facet.kind == kind), None)

    def means(self, kind: str) -> bool:
        """Whether one of the meanings is of this kind."""
        return self.value(kind) is not None


REFUSED = (Facet("refused"),)  # asked not to be there
ATTRIBUTE = (Facet("attribute"),)  # it says how a thing is, in a way that is not drawn


def neighbour(signs: list[Sign], at: int) -> Sign | None:
    """The sign at a position when there is one."""
    return signs[at] if 0 <= at < len(signs) else None


def adjacent(sign: Sign, after: Sign | None) -> bool:
    """Whether the second sign follows the first with no punctuation between."""
    return after is not None and after.clause == sign.clause
