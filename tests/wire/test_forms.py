"""Forms read piece by piece: the same wherever they are cut, and a clear refusal of whatever is none."""

from contextlib import suppress
from hashlib import sha256
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.errors import Kind, Problem
from danqing.wire.forms import PARTS_MAX, TEXT_BYTES_MAX, End, Form, FormFile, FormReader, Part

from .samples import PICTURE

KIND = "multipart/form-data; boundary=xYz"
PROMPT = b'Content-Disposition: form-data; name="prompt"\r\n\r\n\xe5\xb1\xb1\xe6\xb0\xb4 \r\n--xY'
IMAGE = (
    b'content-disposition: form-data; name="image[]"; filename="a b.png"\r\nContent-Type: image/png\r\n\r\n' + PICTURE
)


def form(*parts: bytes, end: bytes = b"\r\n--xYz--\r\n") -> bytes:
    return b"--xYz\r\n" + b"\r\n--xYz\r\n".join(parts) + end


def read(body: bytes, kind: str = KIND, *, cut: int = 1 << 20) -> list[Part | bytes | End]:
    """The events, with the bytes of each part in one piece."""
    reader, told = FormReader(kind), []
    for at in range(0, len(body), cut):
        for event in reader.feed(body[at : at + cut]):
            if isinstance(event, bytes) and isinstance(told[-1], bytes):
                event = told.pop() + event
            told.append(event)
    reader.close()
    return told


@given(cut=st.integers(1, 400))
def test_a_form_is_the_same_wherever_it_is_cut(cut: int) -> None:
    assert read(form(PROMPT, IMAGE), cut=cut) == [
        Part("prompt", None, ""),
        "山水 \r\n--xY".encode(),
        End(),
        Part("image[]", "a b.png", "image/png"),
        PICTURE,
        End(),
    ]


NAMELESS = b"Content-Type: text/plain\r\n\r\nhm"
CODED = b'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\naGk='
ODD = b'Content-Disposition: form-data; name="\xff"\r\n\r\nhm'
LONG_NAME = b'Content-Disposition: form-data; name="%s"\r\n\r\nhm' % (b"n" * 201)
HUGE_HEADER = b'Content-Disposition: form-data; name="a"; x="%s"\r\n\r\nhm' % (b"n" * 9000)


@pytest.mark.parametrize(
    ("body", "kind", "sentence"),
    [
        (form(PROMPT), "application/json", "must be multipart/form-data"),
        (form(PROMPT), "multipart/form-data", "boundary"),
        (form(PROMPT), "multipart/form-data; boundary=", "boundary"),
        (form(PROMPT), "multipart/form-data; boundary=" + "x" * 300, "boundary is too long"),
        (form(PROMPT), "multipart/form-data; boundary=other", "not as its content-type says"),
        (b"", KIND, "breaks off"),
        (form(PROMPT, end=b""), KIND, "breaks off"),
        (form(PROMPT, IMAGE)[:-4], KIND, "breaks off"),
        (form(NAMELESS), KIND, "no name"),
        (form(CODED), KIND, "send its bytes as they are"),
        (form(ODD), KIND, "not UTF-8"),
        (form(LONG_NAME), KIND, "more than 200 characters"),
        (form(HUGE_HEADER), KIND, "cannot be read"),
        (form(*[PROMPT] * (PARTS_MAX + 1)), KIND, f"{PARTS_MAX} parts"),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, kind: str, sentence: str) -> None:
    with pytest.raises(Problem, match=sentence) as refused:
        read(body, kind)
    assert (refused.value.kind, refused.value.code) == (Kind.INVALID, "invalid_form")


def test_a_text_has_a_limit_and_a_file_has_not() -> None:
    long = b"x" * (TEXT_BYTES_MAX + 1)
    assert len(read(form(IMAGE + long))[1]) == len(PICTURE) + len(long)
    with pytest.raises(Problem, match="send what is longer as a file"):
        read(form(b'Content-Disposition: form-data; name="a"\r\n\r\n' + long))


@given(st.binary(max_size=300), st.integers(0, 300))
def test_noise_is_read_or_refused(noise: bytes, at: int) -> None:
    body = form(PROMPT, IMAGE)
    with suppress(Problem):  # and nothing else
        read(body[:at] + noise + body[at:])


def file(data: bytes, name: str = "image") -> FormFile:
    return FormFile(name, "a.png", "image/png", PurePath("a"), len(data), sha256(data).hexdigest(), data)


def test_texts_become_fields_and_those_of_one_name_a_list() -> None:
    texts = (("n", "2"), ("stream", "true"), ("tag[]", "a"), ("tag[]", "b"), ("twice", "1"), ("twice", "2"))
    fields = Form(texts, ()).fields()
    assert (fields.whole("n"), fields.flag("stream")) == (2, True)
    assert fields.words("tag") == ["a", "b"]
    assert fields.words("twice") == ["1", "2"]


def test_a_form_is_known_again_by_what_it_says() -> None:
    same = Form((("a", "b"),), (file(PICTURE),))
    assert same.content == Form((("a", "b"),), (file(PICTURE),)).content
    others = [
        Form((("a", "b"),), ()),
        Form((("ab", ""),), (file(PICTURE),)),
        Form((("a", "b"),), (file(PICTURE + b"x"),)),
        Form((("a", "b"),), (file(PICTURE, "mask"),)),
        Form((), (file(PICTURE), file(PICTURE))),
    ]
    assert len({same.content, *(other.content for other in others)}) == 6
