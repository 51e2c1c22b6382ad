"""Guesses which known word was meant by one that is not known, so that a refusal can name it."""

from collections.abc import Collection
from difflib import get_close_matches

LIKENESS_MIN = 0.6  # of 1: two letters in five may differ


def meant(word: str, known: Collection[str]) -> str:
    """The known word that is most like it; "" when none is."""
    return next(iter(get_close_matches(word, known, n=1, cutoff=LIKENESS_MIN)), "")


def unknown(word: str, known: Collection[str]) -> str:
    """What to say of a setting that does not exist: the one that was probably meant, or else all that there are."""
    if near := meant(word, known):
        return f"is not a setting; did you mean {near}?"
    return f"is not a setting; known are {', '.join(sorted(known))}"
