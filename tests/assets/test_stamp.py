"""Stories in files: they come back, nothing else changes, other programs still open the file, signed files stay as they
are.
"""

import struct
import zlib
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from danqing.assets.stamp import read, stamp, stamped
from danqing.assets.stamp import signed as is_signed

STORY: dict[str, object] = {
    "prompt": "生成一幅山水畫 & a <poem>\n\"quoted\" 'too'",
    "model": "imagen-3.0-generate-002",
    "parameters": {"aspect": "1:1", "count": 1},
    "seed": 7,
    "engine": "sketch",
    "made": "2026-11-22T10:00:00+00:00",
    "cost": "0.03",
    "danqing": "0.1.0",
}
PICTURES = ["png", "palette.png", "jpg", "exif.jpg", "webp", "alpha.webp", "lossless.webp", "extended.webp"]


def picture(path: Path) -> Path:
    """A small picture of the kind that the file's name says."""
    noise = numpy.random.default_rng(1).integers(0, 255, (13, 21, 4), numpy.uint8)  # odd sides, odd chunks
    image = Image.fromarray(noise)
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    name = path.name.split(".", 1)[1]
    if name == "palette.png":
        image.convert("P").save(path)
    elif name == "exif.jpg":
        image.convert("RGB").save(path, exif=exif)
    elif name == "alpha.webp":
        image.save(path, lossless=True)
    elif name == "lossless.webp":
        image.convert("RGB").save(path, lossless=True)
    elif name == "extended.webp":
        image.save(path, exif=exif)
    else:
        image.convert("RGB").save(path)
    return path


def film(path: Path) -> Path:
    """Half a second of H.264 with its index in front."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt, stream.time_base = 64, 48, "yuv420p", Fraction(1, 24)
        for at in range(12):
            frame = av.VideoFrame.from_ndarray(numpy.full((48, 64, 3), at * 20, numpy.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def frames(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray().tobytes() for frame in container.decode(video=0)]


def pixels(path: Path) -> tuple[str, bytes]:
    with Image.open(path) as image:
        return image.mode, image.tobytes()


def boxes(data: bytes) -> list[bytes]:
    kinds, offset = [], 0
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        kinds.append(kind)
        offset += size
    return kinds


@pytest.mark.parametrize("kind", PICTURES)
def test_picture_keeps_its_pixels_and_carries_its_story(tmp_path: Path, kind: str) -> None:
    path = picture(tmp_path / f"a.{kind}")
    before = pixels(path)
    assert read(path) is None
    assert stamp(path, STORY)
    assert pixels(path) == before
    assert read(path) == STORY
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", PICTURES)
def test_second_story_replaces_the_first(tmp_path: Path, kind: str) -> None:
    path = picture(tmp_path / f"a.{kind}")
    assert stamp(path, STORY)
    size = path.stat().st_size
    assert stamp(path, STORY | {"seed": 8})
    assert read(path) == STORY | {"seed": 8}
    assert path.stat().st_size == size


@pytest.mark.parametrize("kind", [*PICTURES, "mp4"])
def test_stamping_in_memory_gives_the_same_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    film(path) if kind == "mp4" else picture(path)
    data = path.read_bytes()
    assert stamp(path, STORY)
    assert stamped(data, STORY) == path.read_bytes()


def test_png_shows_prompt_and_software_to_viewers(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    stamp(path, STORY)
    with Image.open(path) as image:
        assert image.info["Description"] == STORY["prompt"]
        assert image.info["Software"] == "Danqing 0.1.0"


@pytest.mark.parametrize(
    ("engine", "kind"), [("sketch", "/algorithmicMedia<"), ("gemini-3.1-flash-image", "/trainedAlgorithmicMedia<")]
)
def test_xmp_says_how_the_picture_was_made(tmp_path: Path, engine: str, kind: str) -> None:
    path = picture(tmp_path / "a.jpg")
    stamp(path, STORY | {"engine": engine})
    with Image.open(path) as image:
        packet = ElementTree.fromstring(image.info["xmp"])
        assert kind in image.info["xmp"].decode()
    words = {element.tag.rpartition("}")[2]: element.text for element in packet.iter()}
    assert words["li"] == STORY["prompt"]
    assert words["CreatorTool"] == "Danqing 0.1.0"


@pytest.mark.parametrize("kind", ["exif.jpg", "extended.webp"])
def test_exif_survives(tmp_path: Path, kind: str) -> None:
    path = picture(tmp_path / f"a.{kind}")
    stamp(path, STORY)
    with Image.open(path) as image:
        assert image.getexif()[0x010F] == "a camera"


def test_jfif_and_exif_stay_in_front(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.exif.jpg")
    stamp(path, STORY)
    data = path.read_bytes()
    assert data.index(b"JFIF\0") < data.index(b"Exif\0\0") < data.index(b"http://ns.adobe.com/xap/1.0/\0")


@pytest.mark.parametrize(
    ("kind", "flags"), [("webp", 0x04), ("lossless.webp", 0x04), ("alpha.webp", 0x14), ("extended.webp", 0x1C)]
)
def test_extended_header_of_webp_announces_what_is_there(tmp_path: Path, kind: str, flags: int) -> None:
    path = picture(tmp_path / f"a.{kind}")
    stamp(path, STORY)
    data = path.read_bytes()
    assert data[12:21] == b"VP8X" + struct.pack("<IB", 10, flags)
    assert data[24:30] == bytes([20, 0, 0, 12, 0, 0])  # 21 x 13, each less one


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_what_others_said_in_xmp_stays(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a.{suffix}"
    theirs = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:CreatorTool="Easel 3"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    Image.new("RGB", (8, 8)).save(path, xmp=theirs.encode())
    assert stamp(path, STORY)
    assert read(path) == STORY
    with Image.open(path) as image:
        packet = image.info["xmp"].decode()
    ElementTree.fromstring(packet)  # still well-formed
    assert 'xmp:CreatorTool="Easel 3"' in packet
    assert packet.count("CreatorTool") == 1


def test_xmp_that_cannot_be_extended_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path, xmp="<a/>".encode("utf-16"))
    before = path.read_bytes()
    assert not stamp(path, STORY)
    assert path.read_bytes() == before


def test_prompt_too_long_for_a_jpeg_is_cut(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    before = pixels(path)
    assert stamp(path, STORY | {"prompt": "山" * 32_000})
    story = read(path)
    assert story is not None
    prompt = story.pop("prompt")
    assert isinstance(prompt, str)
    assert set(prompt[:-1]) == {"山"}
    assert len(prompt) == 16_001
    assert prompt.endswith("…")
    assert story == {name: value for name, value in STORY.items() if name != "prompt"}
    assert pixels(path) == before


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_longest_prompt_fits_elsewhere(tmp_path: Path, kind: str) -> None:
    path = picture(tmp_path / f"a.{kind}")
    story = STORY | {"prompt": "山" * 32_000}
    assert stamp(path, story)
    assert read(path) == story


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
def test_text_that_no_encoding_can_hold_comes_back(tmp_path: Path, kind: str) -> None:
    path = picture(tmp_path / f"a.{kind}")
    story = STORY | {"prompt": "half a pair \ud83d, not a character \uffff, a bell \x07"}
    assert stamp(path, story)
    assert read(path) == story


def test_film_plays_as_before(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    before, played = path.read_bytes(), frames(path)
    assert stamp(path, STORY)
    after = path.read_bytes()
    assert read(path) == STORY
    assert frames(path) == played
    assert len(played) == 12
    assert after.startswith(before), "no byte of the film may move"
    kinds = boxes(after)
    assert kinds.index(b"moov") < kinds.index(b"mdat")
    assert kinds[-1] == b"uuid"


def test_second_story_of_a_film_frees_the_first(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    stamp(path, STORY)
    played = frames(path)
    assert stamp(path, STORY | {"seed": 8})
    assert read(path) == STORY | {"seed": 8}
    assert boxes(path.read_bytes())[-2:] == [b"free", b"uuid"]
    assert frames(path) == played


def _sign_png(data: bytes) -> bytes:
    chunk = b"caBXjumb"
    return data[:33] + struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[33:]


def _sign_jpeg(data: bytes) -> bytes:
    body = b"JP\0\1\0\0\0\1jumb"
    return data[:2] + b"\xff\xeb" + struct.pack(">H", len(body) + 2) + body + data[2:]


def _sign_webp(data: bytes) -> bytes:
    data += b"C2PA" + struct.pack("<I", 4) + b"jumb"
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


def _sign_mp4(data: bytes) -> bytes:
    return data + struct.pack(">I4s", 28, b"uuid") + bytes.fromhex("d8fec3d61b0e483c92975828877ec481") + b"jumb"


@pytest.mark.parametrize(
    ("kind", "sign"),
    [("png", _sign_png), ("jpg", _sign_jpeg), ("webp", _sign_webp), ("extended.webp", _sign_webp), ("mp4", _sign_mp4)],
)
def test_signed_file_is_not_touched(tmp_path: Path, kind: str, sign: Callable[[bytes], bytes]) -> None:
    path = tmp_path / f"a.{kind}"
    film(path) if kind == "mp4" else picture(path)
    signed = sign(path.read_bytes())
    assert not is_signed(path)
    path.write_bytes(signed)
    assert is_signed(path)
    assert not stamp(path, STORY)
    assert path.read_bytes() == signed
    assert list(tmp_path.iterdir()) == [path]
    assert stamped(signed, STORY) == signed


def test_film_without_an_end_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    data = struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0" + struct.pack(">I4s", 0, b"mdat") + b"frames"
    path.write_bytes(data)
    assert not stamp(path, STORY)
    assert path.read_bytes() == data


def test_film_with_a_64_bit_box(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    data = struct.pack(">I4s", 16, b"ftyp") + b"isom\0\0\0\0" + struct.pack(">I4sQ", 1, b"mdat", 22) + b"frames"
    path.write_bytes(data)
    assert stamp(path, STORY)
    assert read(path) == STORY
    assert path.read_bytes().startswith(data)


def test_bytes_behind_the_end_of_a_png_stay(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    path.write_bytes(path.read_bytes() + b"postscript")
    stamp(path, STORY)
    assert path.read_bytes().endswith(b"postscript")


@pytest.mark.parametrize("data", [b"", b"hello", b"RIFF\x04\0\0\0WAVE", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xd9"])
def test_other_files_are_not_touched(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    assert not stamp(path, STORY)
    assert read(path) is None
    assert path.read_bytes() == data


@pytest.mark.parametrize("kind", ["png", "exif.jpg", "extended.webp", "mp4"])
def test_truncated_or_damaged_file_is_survived(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    film(path) if kind == "mp4" else picture(path)
    stamp(path, STORY)
    whole = path.read_bytes()
    rng = numpy.random.default_rng(3)
    for _ in range(150):
        cut = bytearray(whole[: int(rng.integers(0, len(whole)))])
        for at in rng.integers(0, max(1, min(len(cut), 400)), 3):
            cut[at : at + 1] = bytes([rng.integers(0, 256)])
        path.write_bytes(cut)
        read(path)
        if not stamp(path, STORY):
            assert path.read_bytes() == cut
        assert list(tmp_path.iterdir()) == [path]
        assert stamped(bytes(cut), STORY) == path.read_bytes()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    directory = tmp_path_factory.mktemp("files")
    made = {kind: picture(directory / f"a.{kind}").read_bytes() for kind in ("png", "jpg", "webp")}
    return made | {"mp4": film(directory / "a.mp4").read_bytes()}


@pytest.mark.parametrize("kind", ["png", "jpg", "webp", "mp4"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    story=st.dictionaries(st.text(max_size=8), values, max_size=4),
    prompt=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_any_story_comes_back(
    tmp_path: Path, files: dict[str, bytes], kind: str, story: dict[str, object], prompt: str
) -> None:
    path = tmp_path / f"a.{kind}"
    path.write_bytes(files[kind])
    whole = {"prompt": prompt, **story}
    assert stamp(path, whole)
    assert read(path) == whole
    if kind in ("jpg", "webp"):
        with Image.open(path) as image:
            ElementTree.fromstring(image.info["xmp"])  # well-formed whatever the prompt
