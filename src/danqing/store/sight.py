"""Whose rows are asked for: a sight as a condition on the column that names the key."""

from sqlalchemy import ColumnElement, true

from danqing.domain.sight import Sight


def within(sight: Sight, key: ColumnElement[str]) -> ColumnElement[bool]:
    """That the key of a row is in sight. One key alone is compared, so that an index gives its rows in their order."""
    if sight.keys is None:
        return true()
    if len(sight.keys) == 1:
        return key == next(iter(sight.keys))
    return key.in_(sorted(sight.keys))
