"""Files that arrive with a request: base64 in all spellings that clients use, or the names of files that are here."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePath

import pybase64

from danqing.domain.errors import Kind, Problem, invalid
from danqing.domain.media import Blob, cited, linked
from danqing.wire import film_header
from danqing.wire.forms import FormFile
from danqing.wire.media_type import media_type
from danqing.wire.picture_header import read_header

PICTURE_BYTES_MAX = 20_000_000
PICTURE_PIXELS_MAX = 40_000_000
FILM_BYTES_MAX = 20_000_000  # of a film inside a request; longer ones are named
URL_CHARACTERS_MAX = 2_000

# A file of this server as its answers call it: "files/NAME", with whatever address comes before.
_HERE = re.compile(r"(?:(?:https?://[^/?#]+)?/(?:[^?#]*/)?)?files/([a-z0-9-]{1,64})(?::download)?(?:[?#].*)?")
_DATA_URL = re.compile(r"data:[^,]{0,200};base64", re.IGNORECASE)
_ANY_ALPHABET = str.maketrans("-_", "+/", " \t\r\n")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a request gives: what the domain calls it, and its bytes, or where they lie, still to be stored.

    None for the bytes: the blob is `Cited`, a file of the key that is only named, or `Linked`, one on the web.
    `film_ms` is the length of a film whose bytes are here.
    """

    blob: Blob
    data: bytes | PurePath | None = field(repr=False)
    film_ms: int = 0


def read_base64(text: str, *, param: str) -> bytes:
    """The bytes. Raises Problem(INVALID).

    Both alphabets are taken (google-genai sends the URL-safe one in places, wire.md 2.11), padding may be missing and
    white space may stand anywhere.
    """
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError:
        bare = text.translate(_ANY_ALPHABET).rstrip("=")
    try:
        return pybase64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except ValueError:
        raise invalid(f"{param} is not base64.", param=param, code="invalid_base64") from None


def picture(data: bytes, *, param: str) -> Upload:
    """A picture that may be kept: PNG, JPEG or WebP by its own header, whatever it was declared to be.

    Raises Problem(TOO_LARGE) above 20 MB or 40 megapixels, Problem(INVALID) for anything that is no such picture.
    """
    mime = _picture_type(data, len(data), param)
    return Upload(Blob(hashlib.sha256(data).hexdigest(), len(data), mime), data)


def sent_picture(file: FormFile, *, param: str) -> Upload:
    """The same for a file of a form."""
    return Upload(Blob(file.sha256, file.size, _picture_type(file.head, file.size, param)), file.path)


def sent_film(file: FormFile, *, param: str) -> Upload:
    """The same for a film of a form, which may be larger. Raises Problem(INVALID)."""
    blob = Blob(file.sha256, file.size, "video/mp4")
    return Upload(blob, file.path, _film_ms(file.head, file.size, file.part, param))


def _picture_type(head: bytes, size: int, param: str) -> str:
    if size > PICTURE_BYTES_MAX:
        message = f"The picture in {param} has {size / 1e6:.1f} MB; at most 20 MB are taken."
        raise Problem(Kind.TOO_LARGE, message, param=param, code="picture_too_large")
    header = read_header(head)
    if header is None:
        raise invalid(f"{param} is not a PNG, JPEG or WebP picture.", param=param, code="invalid_picture")
    if header.width * header.height > PICTURE_PIXELS_MAX:
        message = f"The picture in {param} has {header.width}x{header.height} pixels; at most 40 megapixels are taken."
        raise Problem(Kind.TOO_LARGE, message, param=param, code="picture_too_large")
    return header.mime


def film(data: bytes, *, param: str) -> Upload:
    """A film that may be kept: an MP4 whose header tells its length. Raises Problem."""
    if len(data) > FILM_BYTES_MAX:
        message = f"The film in {param} has {len(data) / 1e6:.1f} MB; at most 20 MB are taken inside a request."
        raise Problem(
            Kind.TOO_LARGE, f"{message} Name a file of this server instead.", param=param, code="film_too_large"
        )
    length = _film_ms(data, len(data), lambda start, stop: data[start:stop], param)
    return Upload(Blob(hashlib.sha256(data).hexdigest(), len(data), "video/mp4"), data, length)


def _film_ms(head: bytes, size: int, part: Callable[[int, int], bytes], param: str) -> int:
    """The length of an MP4 of which some parts can be had. Raises Problem(INVALID)."""
    header = _film_header(size, part) if media_type(head) == "video/mp4" else None
    if header is None or not header.duration_ms:
        raise invalid(f"{param} is not an MP4 film.", param=param, code="invalid_film")
    return header.duration_ms


def _film_header(size: int, part: Callable[[int, int], bytes]) -> film_header.FilmHeader | None:
    look = film_header.look(size)
    try:
        start, stop = next(look)
        while True:
            start, stop = look.send(part(start, stop))
    except StopIteration as end:
        header: film_header.FilmHeader | None = end.value
        return header


def file_here(address: str, *, param: str) -> Upload:
    """A file of the key by its name, "files/NAME", or by any address that ends in it. Raises Problem(INVALID)."""
    found = _HERE.fullmatch(address)
    if not found:
        message = f'{param} must name a file of this server, such as "files/abc123", or hold the file itself.'
        raise invalid(message, param=param, code="unsupported_url")
    return Upload(cited(found[1]), None)


def given_picture(address: str, *, param: str) -> Upload:
    """A picture as a data: URL, as the name or address of a file of this server, or on the web. Raises Problem."""
    if _HERE.fullmatch(address):
        return file_here(address, param=param)
    return on_the_web(address, param=param) if address[:8].lower() == "https://" else data_url(address, param=param)


def on_the_web(url: str, *, param: str) -> Upload:
    """A picture that is fetched before anything is made. Raises Problem(INVALID) for what is no address."""
    if len(url) > URL_CHARACTERS_MAX or not url.isprintable() or " " in url:
        message = f"{param} holds an address that is none, or one of more than {URL_CHARACTERS_MAX} characters."
        raise invalid(message, param=param, code="unsupported_url")
    return Upload(linked(url), None)


def given_film(address: str, *, param: str) -> Upload:
    """A film as the name or address of a file of this server, or as a data: URL. Raises Problem."""
    if not _DATA_URL.match(address):
        return file_here(address, param=param)
    return film(read_base64(address.partition(",")[2], param=param), param=param)


def data_url(url: str, *, param: str) -> Upload:
    """The picture in a URL such as "data:image/jpeg;base64,/9j/…". Raises Problem."""
    head, comma, payload = url.partition(",")
    if not comma or not _DATA_URL.fullmatch(head):
        message = (
            f"{param} must be a data: URL such as data:image/png;base64,…, the name of a file of this server such as "
            "files/abc123, or an https:// address."
        )
        raise invalid(message, param=param, code="unsupported_url")
    return picture(read_base64(payload, param=param), param=param)
