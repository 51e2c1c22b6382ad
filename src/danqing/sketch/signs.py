"""The signs a prompt is read into: its words in order, each with what it can mean to a picture."""

from dataclasses import dataclass

from danqing.sketch.words import Facet


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
