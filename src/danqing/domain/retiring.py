"""What dies next, and whom it concerns: models whose vendors have named a day, and the keys that used them lately."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from danqing.domain.models import Model

LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """How often a key had work done under one name of a model, and when it was last done. `name` is the key's."""

    model: str
    key: str
    name: str
    test: bool
    jobs: int
    last: datetime


@dataclass(frozen=True, slots=True)
class Retiring:
    """A model that ends. `left` are the days until then, below zero when they are over; `uses`, the newest first."""

    model: Model
    left: int
    uses: tuple[Use, ...] = ()


def retiring(models: Sequence[Model], today: date, uses: Sequence[Use] = ()) -> list[Retiring]:
    """The next one first; after those that still live come those that are gone, the last one first."""
    ending = [(model, left) for model in models if (left := model.lifecycle.left(today)) is not None]
    return [
        Retiring(model, left, tuple(sorted(_of(model, uses), key=lambda use: use.last, reverse=True)))
        for model, left in sorted(ending, key=lambda pair: (pair[1] < 0, abs(pair[1]), pair[0].id))
    ]


def _of(model: Model, uses: Sequence[Use]) -> list[Use]:
    return [use for use in uses if use.model in model.names]
