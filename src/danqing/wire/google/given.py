"""Pictures and films that stand inside a call of Google's: as base64 in either spelling, or by the name of a file."""

from danqing.domain.errors import invalid
from danqing.domain.media import Blob
from danqing.wire import inline
from danqing.wire.bodies import Fields
from danqing.wire.holes import Hole, Json
from danqing.wire.inline import Upload, file_here, read_base64


def read_picture(instance: Fields, name: str, param: str) -> Upload | None:
    """A picture as `{bytesBase64Encoded, mimeType}`, `{inlineData: {data, mimeType}}` or `{gcsUri: "files/NAME"}`.

    The type is not trusted. None when there is no such field. Raises Problem.
    """
    if name not in instance:
        return None
    file = instance.nested(name)
    if address := file.text("gcsUri", "fileUri", "uri"):
        return file_here(address, param=param)
    data = _data(file, "bytesBase64Encoded", param)
    if data is None:
        where = file.path("bytesBase64Encoded")
        raise invalid(f"{name} holds no picture; send it as {where}.", param=param)
    return inline.picture(data, param=param)


def read_film(instance: Fields, name: str, param: str) -> Upload | None:
    """A film likewise: Vertex's `{gcsUri | bytesBase64Encoded}`, AI Studio's `{uri | encodedVideo}` (wire.md 6.1).

    None when there is no such field. Raises Problem.
    """
    if name not in instance:
        return None
    file = instance.nested(name)
    if address := file.text("gcsUri", "fileUri", "uri"):
        return file_here(address, param=param)
    data = _data(file, "bytesBase64Encoded", param) or _data(file, "encodedVideo", param)
    if data is None:
        raise invalid(f'{name} holds no film; name one of this server as {name}.gcsUri: "files/…".', param=param)
    return inline.film(data, param=param)


def write_file(blob: Blob | None) -> Json:
    """The file as Vertex takes it, read when it is sent."""
    return {"bytesBase64Encoded": Hole(blob), "mimeType": blob.mime} if blob else None


def _data(file: Fields, name: str, param: str) -> bytes | None:
    text = file.nested("inlineData").text("data") if "inlineData" in file else file.text(name)
    return read_base64(text, param=param) if text else None
