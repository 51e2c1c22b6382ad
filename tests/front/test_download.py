"""Which bytes of a file a Range header asks for (RFC 9110, section 14)."""

import pytest

from danqing.front.download import asked

SIZE = 100


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-9", range(10)),
        ("bytes=0-", range(SIZE)),  # a player that finds out whether it may seek wants 206, for the whole as well
        ("bytes=90-999", range(90, SIZE)),
        ("bytes=99-99", range(99, SIZE)),
        ("bytes=-10", range(90, SIZE)),
        ("bytes=-999", range(SIZE)),
    ],
)
def test_a_range_is_a_part(header: str, part: range) -> None:
    assert asked(header, SIZE) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_range_beyond_the_end_is_nothing(header: str) -> None:
    part = asked(header, SIZE)
    assert part is not None
    assert not part


@pytest.mark.parametrize(
    "header",
    ["", "bytes=", "bytes=-", "bytes=9-5", "bytes=a-b", "items=0-9", "bytes=0-1,3-4", "bytes=٣-٤", f"bytes={9**99}-"],
)
def test_what_chooses_nothing_is_the_whole(header: str) -> None:
    assert asked(header, SIZE) is None
