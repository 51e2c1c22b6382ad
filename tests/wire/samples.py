"""Jobs, pictures and models that the tests of the codecs share."""

import struct
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
import pybase64

from danqing.domain.faults import Fault
from danqing.domain.generation import Generation, Output, Turn
from danqing.domain.jobs import Job, State
from danqing.domain.media import Blob, Medium
from danqing.domain.models import Ability, Lifecycle, Model
from danqing.domain.money import Price, dollars
from danqing.wire.holes import Json, Piece, plan

JOB_ID = "8167db37-2b7c-4794-9232-891d02ca7fa3"
CREATED = datetime(2025, 6, 15, 15, 6, 40, tzinfo=UTC)  # 1750000000


def png(width: int = 2, height: int = 1, *, seed: int = 0) -> bytes:
    """A PNG of one chunk too few to be decoded, but with a true header. `seed` makes different files."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + seed.to_bytes(4, "big")


def jpeg(width: int = 320, height: int = 240) -> bytes:
    """The beginning of a JPEG: an APP0 segment, then the frame header."""
    app0 = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 17, 8, height, width, 3) + bytes(9)
    return b"\xff\xd8" + app0 + frame


def blob_of(data: bytes, mime: str = "image/png") -> Blob:
    return Blob(sha256(data).hexdigest(), len(data), mime)


PICTURE = png()
PICTURE_64 = pybase64.b64encode(PICTURE).decode()
FILM = b"\0\0\0\x18ftypmp42 film"
FILM_64 = pybase64.b64encode(FILM).decode()
FILES = {blob_of(PICTURE): PICTURE, blob_of(FILM, "video/mp4"): FILM}


def fill(pieces: Iterable[Piece], files: Mapping[Blob, bytes] = FILES) -> bytes:
    """What is sent: the pieces with every file's base64 in its place."""
    return b"".join(piece if isinstance(piece, bytes) else pybase64.b64encode(files[piece]) for piece in pieces)


def sent(tree: Json, files: Mapping[Blob, bytes] = FILES) -> bytes:
    return fill(plan(tree), files)


def received(tree: Json) -> Any:
    """The tree as a client's JSON parser sees it."""
    return msgspec.json.decode(sent(tree))


def picture_output(**fields: Any) -> Output:
    return Output(medium=Medium.IMAGE, blob=blob_of(PICTURE), file="abc1", width=2, height=1, **fields)


def film_output(**fields: Any) -> Output:
    blob = blob_of(FILM, "video/mp4")
    return Output(
        medium=Medium.VIDEO,
        blob=blob,
        **{"file": "abc123", "width": 1280, "height": 720, "duration_ms": 8000, "fps": 24, "audio": True} | fields,
    )


def words_output(text: str) -> Output:
    return Output(medium=Medium.TEXT, text=text, tokens=10)


def generation(
    *, model: str = "imagen-3.0-generate-002", prompt: str = "a cat", wants: tuple[Medium, ...] = (Medium.IMAGE,)
) -> Generation:
    return Generation(model=model, turns=(Turn("user", (prompt,)),), wants=frozenset(wants))


def job(**fields: Any) -> Job:
    """A job that is done, but for what `fields` say."""
    defaults: dict[str, Any] = {
        "id": JOB_ID,
        "key": "k1",
        "account": "main",
        "generation": generation(),
        "price": Price(image=dollars("0.03")),
        "held": dollars("0.12"),
        "provider": "sketch",
        "upstream": "sketch",
        "created": CREATED,
        "updated": CREATED,
        "state": State.DONE,
    }
    return Job(**defaults | fields)


def failed(fault: Fault, **fields: Any) -> Job:
    return job(state=State.FAILED, fault=fault, **fields)


def model_row(id: str = "imagen-3.0-generate-002", **fields: Any) -> Model:
    defaults: dict[str, Any] = {
        "title": "Imagen 3",
        "family": "imagen",
        "ability": Ability(makes=frozenset({Medium.IMAGE}), count_max=4, count_default=4, aspects=("1:1", "16:9")),
        "price": Price(image=dollars("0.03")),
        "methods": ("predict",),
        "lifecycle": Lifecycle(successor="gemini-3.1-flash-image"),
        "description": "Pictures from words.",
    }
    return Model(id=id, **defaults | fields)
