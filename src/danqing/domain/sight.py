"""Whose things are seen: those of some keys, or everybody's."""

from collections.abc import Collection
from dataclasses import dataclass

from danqing.domain.errors import not_found


@dataclass(frozen=True, slots=True)
class Sight:
    """The ids of the keys whose jobs, files and spending are seen; None is everybody's."""

    keys: frozenset[str] | None

    def sees(self, key: str) -> bool:
        """Whether what this key has is seen."""
        return self.keys is None or key in self.keys

    def only(self, wanted: Collection[str]) -> "Sight":
        """No more of it than some keys, all of it when none is named. Raises Problem(NOT_FOUND) for an unseen one."""
        if hidden := next((key for key in wanted if not self.sees(key)), None):
            raise not_found(f"key {hidden[:64]}")
        return Sight(frozenset(wanted)) if wanted else self


EVERYBODY = Sight(None)


def sight_of(*keys: str) -> Sight:
    """What these keys have, and nothing else."""
    return Sight(frozenset(keys))
