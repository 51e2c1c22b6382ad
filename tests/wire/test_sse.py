"""Frames of a stream as they are sent, and streams read however they are cut."""

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from danqing.wire import sse
from danqing.wire.holes import Hole

from .samples import PICTURE, PICTURE_64, blob_of, fill


def test_an_event_is_one_line_of_data_and_a_blank_line() -> None:
    assert sse.event({"a": "x\ny"}) == (b'data: {"a":"x\\ny"}\n\n',)


def test_an_event_may_have_a_name_and_an_id() -> None:
    assert sse.event([1], name="job", id="7") == (b"event: job\nid: 7\ndata: [1]\n\n",)


def test_a_file_in_an_event_is_left_open() -> None:
    blob = blob_of(PICTURE)
    assert sse.event({"data": Hole(blob)}) == (b'data: {"data":"', blob, b'"}\n\n')


def test_the_constants_are_what_clients_were_seen_to_accept() -> None:
    assert (sse.DONE, sse.COMMENT, sse.BLANK) == (b"data: [DONE]\n\n", b": keep-alive\n\n", b"\n")


STREAM = (
    "\ufeff: keep-alive\n\n"
    "data: one\n\n"
    "event: job\r\nid: 7\r\ndata:two\r\ndata:  three\r\n\r\n"
    "data\rretry: 5\rnonsense\r\r"
    "event: lost\n\n"
    "id: bad\0\ndata: é\n\n"
    "data: cut off"
).encode()
EVENTS = [
    sse.Event("one"),
    sse.Event("two\n three", "job", "7"),
    sse.Event("", "message", "7"),
    sse.Event("é", "message", "7"),
]


@given(st.lists(st.integers(0, len(STREAM)), max_size=30))
def test_a_stream_reads_the_same_wherever_it_is_cut(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[start:end] for start, end in pairwise(edges)]
    assert list(sse.parse(chunks)) == EVENTS


def test_a_byte_at_a_time() -> None:
    assert list(sse.parse(STREAM[at : at + 1] for at in range(len(STREAM)))) == EVENTS


def test_what_is_sent_is_read_back() -> None:
    frames = b"".join(fill(sse.event(tree, name="job")) for tree in ({"n": 1}, {"data": Hole(blob_of(PICTURE))}))
    assert [json.loads(event.data) for event in sse.parse([frames])] == [{"n": 1}, {"data": PICTURE_64}]
