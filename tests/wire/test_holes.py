"""What stands in a plan, byte for byte, and that its length is known before it is sent."""

import json

from hypothesis import given
from hypothesis import strategies as st

from danqing.wire.holes import Hole, base64_length, length, plan

from .samples import FILES, PICTURE, PICTURE_64, blob_of, fill, sent

BLOB = blob_of(PICTURE)


def test_a_hole_leaves_its_place_open_between_quotes() -> None:
    assert plan({"a": Hole(BLOB), "b": 1}) == (b'{"a":"', BLOB, b'","b":1}')


def test_a_spaced_hole_has_one_blank_before_its_quote() -> None:
    assert plan({"data": Hole(BLOB, spaced=True)}) == (b'{"data": "', BLOB, b'"}')


def test_a_tree_without_holes_is_one_piece_of_compact_json() -> None:
    assert plan({"a": [1, "é", None, True, 0.5], "b": {}}) == ('{"a":[1,"é",null,true,0.5],"b":{}}'.encode(),)


def test_a_hole_may_be_all_there_is() -> None:
    assert fill(plan(Hole(BLOB))) == f'"{PICTURE_64}"'.encode()


def test_characters_that_end_a_line_for_some_readers_are_escaped() -> None:
    assert plan({"a\u2028": "x\u0085y\u2029z"}) == (rb'{"a\u2028":"x\u0085y\u2029z"}',)


def test_base64_is_four_characters_for_every_three_bytes_begun() -> None:
    assert [base64_length(size) for size in (0, 1, 2, 3, 4)] == [0, 4, 4, 4, 8]


leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text()
trees = st.recursive(
    leaves | st.builds(Hole, st.sampled_from(sorted(FILES, key=lambda blob: blob.sha256)), st.booleans()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def expected(node: object) -> object:
    if isinstance(node, Hole):
        return json.loads(fill(plan(node)))
    if isinstance(node, dict):
        return {name: expected(value) for name, value in node.items()}
    if isinstance(node, list):
        return [expected(value) for value in node]
    return node


@given(trees)
def test_any_tree_arrives_as_it_was_and_as_long_as_it_was_said_to_be(tree: object) -> None:
    pieces = plan(tree)  # type: ignore[arg-type]
    body = fill(pieces)
    assert length(pieces) == len(body)
    assert json.loads(body) == expected(tree)
    assert len(body.decode().splitlines()) == 1


def test_text_is_never_taken_for_a_gap() -> None:
    tree = {"a": "ÿ\ufffd\\xff", "b": Hole(BLOB)}
    assert json.loads(sent(tree)) == {"a": "ÿ\ufffd\\xff", "b": PICTURE_64}
