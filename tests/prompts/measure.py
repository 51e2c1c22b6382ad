"""How well languages and kept text are told in the table of prompts: `python -m prompts.measure [--misses]`.

The rows with odd numbers are for tuning; the figures that count are those of the other half.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from danqing.domain.prompts.languages import UNDETERMINED, Languages
from danqing.domain.prompts.spans import kept
from danqing.prompts.detection import detect

TABLE = Path(__file__).with_name("tongues.tsv")


@dataclass(frozen=True)
class Row:
    """A prompt with its language ("zh": either script says it; "en+ja": the main one and one beside it)."""

    language: str
    prompt: str
    kept: tuple[str, ...]

    @property
    def main(self) -> str:
        """Its main language."""
        return self.language.partition("+")[0]

    @property
    def foreign(self) -> bool:
        """Whether a model that understands English alone needs a translation."""
        return self.language not in ("en", UNDETERMINED)

    def matches(self, found: Languages) -> bool:
        """Whether the right main language was found."""
        return found.main == self.main or (self.main == "zh" and found.main.startswith("zh-Han"))


@dataclass(frozen=True)
class Score:
    """What was found rightly, found wrongly, and not found."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Of what was found, the share that is right."""
        return self.right / ((self.right + self.wrong) or 1)

    @property
    def recall(self) -> float:
        """Of what there is, the share that was found."""
        return self.right / ((self.right + self.missed) or 1)

    def __str__(self) -> str:
        return f"precision {self.precision:6.1%}  recall {self.recall:6.1%}  ({self.right + self.missed})"


def rows() -> tuple[list[Row], list[Row]]:
    """The half for tuning and the half for reporting."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        _, *lines = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
    table = [Row(language, prompt, tuple(stretches)) for language, prompt, *stretches in lines]
    return table[0::2], table[1::2]


def by_language(half: Sequence[Row]) -> dict[str, Score]:
    """A score for each language, and for all of them together below the name "all"."""
    found = [detect(row.prompt) for row in half]
    pairs = [(row.main, row.main if row.matches(it) else it.main) for row, it in zip(half, found, strict=True)]
    wanted, given = Counter(main for main, _ in pairs), Counter(main for _, main in pairs)
    right = Counter(main for main, it in pairs if main == it)
    scores = {
        code: Score(right[code], given[code] - right[code], wanted[code] - right[code]) for code in sorted(wanted)
    }
    hits = sum(right.values())
    return {**scores, "all": Score(hits, len(half) - hits, len(half) - hits)}


def translating(half: Sequence[Row]) -> Score:
    """The decision that matters: whether a model for English needs a translation."""
    pairs = Counter((row.foreign, bool(detect(row.prompt).beyond(("en",)))) for row in half)
    return Score(pairs[True, True], pairs[False, True], pairs[True, False])


def keeping(half: Sequence[Row]) -> Score:
    """The stretches that stay as they are."""
    right = wrong = missed = 0
    for row in half:
        found = Counter(stretches(row))
        wanted = Counter(row.kept)
        right += (found & wanted).total()
        wrong += (found - wanted).total()
        missed += (wanted - found).total()
    return Score(right, wrong, missed)


def stretches(row: Row) -> list[str]:
    """What is kept of a prompt, as it is written."""
    return [row.prompt[span.start : span.stop] for span in kept(row.prompt, detect(row.prompt).main)]


def misses(half: Sequence[Row]) -> Iterator[str]:
    """What is not as it should be, prompt by prompt."""
    for row in half:
        found = detect(row.prompt)
        if not row.matches(found) or bool(found.beyond(("en",))) != row.foreign:
            yield f"{row.language} taken for {found.main} {' '.join(found.others)}: {row.prompt}"
        if sorted(stretches(row)) != sorted(row.kept):
            yield f"kept {stretches(row)}, not {list(row.kept)}: {row.prompt}"


def main() -> None:
    """Print the figures of both halves."""
    for name, half in zip(("for tuning", "for reporting"), rows(), strict=True):
        print(f"{name}: {len(half)} prompts")
        for code, score in by_language(half).items():
            print(f"  {code:8} {score}")
        print(f"  to be translated into English   {translating(half)}")
        print(f"  kept as it is                   {keeping(half)}")
        if "--misses" in sys.argv:
            print(*(f"    {miss}" for miss in misses(half)), sep="\n")


if __name__ == "__main__":
    main()
