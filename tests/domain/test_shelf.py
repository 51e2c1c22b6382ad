"""What may lie on a shelf, and how much of it."""

from datetime import UTC, datetime, timedelta

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.media import JSONL, Blob
from danqing.domain.shelf import FILE_BYTES_MAX, SHELF_BYTES_MAX, SHELF_FILES_MAX, File, Wanted, limit_of, require_room

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize("name", ["", "a", "0", "red-fox", "a" * 40])
def test_a_name_may_be_this(name: str) -> None:
    wanted = Wanted(name=name, size=1)
    assert wanted.checked() is wanted


@pytest.mark.parametrize("name", ["-", "a-", "-a", "A", "a_b", "a" * 41, "a/b", "füchse", " "])
def test_a_name_may_not_be_this(name: str) -> None:
    with pytest.raises(Problem) as refusal:
        Wanted(name=name).checked()
    assert (refusal.value.kind, refusal.value.code) == (Kind.INVALID, "invalid_file_name")


def test_nothing_and_too_much_are_refused() -> None:
    for size, kind in ((0, Kind.INVALID), (FILE_BYTES_MAX + 1, Kind.TOO_LARGE)):
        with pytest.raises(Problem) as refusal:
            Wanted(size=size).checked()
        assert refusal.value.kind is kind
    with pytest.raises(Problem):
        Wanted(title="x" * 513).checked()


def test_a_shelf_is_full_at_last() -> None:
    require_room((SHELF_FILES_MAX - 1, SHELF_BYTES_MAX - 1), 1)
    for files, more in (((SHELF_FILES_MAX, 0), 1), ((1, SHELF_BYTES_MAX), 1)):
        with pytest.raises(Problem) as refusal:
            require_room(files, more)
        assert (refusal.value.kind, refusal.value.code) == (Kind.NO_FUNDS, "storage_exceeded")


def test_each_kind_has_its_limit() -> None:
    assert [limit_of(mime) for mime in ("image/png", "video/mp4", JSONL)] == [20_000_000, 2 << 30, 512 << 20]


def test_a_file_is_whole_when_all_of_it_is_here() -> None:
    part = Blob("ab" * 32, 6, "application/octet-stream")
    file = File(id="f", key="k", name="f", size=12, created=NOON, updated=NOON, parts=(part, part))
    assert file.received == 12
    later = NOON + timedelta(hours=1)
    whole = file.whole(Blob("cd" * 32, 12, JSONL), later, later)
    assert (whole.received, whole.parts, whole.updated, whole.purpose) == (12, (), later, "batch")
