"""Pictures and films in OpenAI's media calls, in every way that they are given: as files of a form, by URL, by id."""

from collections.abc import Sequence

from danqing.domain.errors import invalid
from danqing.wire.bodies import Fields
from danqing.wire.forms import Form
from danqing.wire.inline import Upload, file_here, given_picture, sent_picture

FILE_ID = "file-"  # what OpenAI's ids of files begin with


def given_pictures(fields: Fields, form: Form | None, name: str) -> list[Upload]:
    """All pictures under `name`: files "name" and "name[]", and in JSON one or a list of URLs and of references.

    A reference is {"image_url": …} or {"file_id": …} (wire.md 16.2). Raises Problem.
    """
    files = form.files_of(name, f"{name}[]") if form else []
    sent = [sent_picture(file, param=name) for file in files]
    return [*sent, *(referred(item, name) for item in fields.one_or_several(name))]


def given_picture_at_most(fields: Fields, form: Form | None, name: str) -> Upload | None:
    """The one picture under `name`. Raises Problem for more of them."""
    found = given_pictures(fields, form, name)
    if len(found) > 1:
        raise invalid(f"{name} is one picture, not {len(found)}.", param=name)
    return found[0] if found else None


def require_no_other_files(form: Form | None, names: Sequence[str]) -> None:
    """Raises Problem(INVALID) for a file that nothing would be done with."""
    known = {*names, *(f"{name}[]" for name in names)}
    strange = next((file.name for file in form.files if file.name not in known), None) if form else None
    if strange is not None:
        message = f"A file {strange[:100]!r} is not taken by this call. It takes {', '.join(names)}."
        raise invalid(message, param=strange[:100], code="unsupported_parameter")


def referred(item: Fields | str, name: str) -> Upload:
    """The picture that one of them stands for: a URL, or {"image_url": …} or {"file_id": …}. Raises Problem."""
    if isinstance(item, str):
        return given_picture(item, param=name)
    if id := item.text("file_id"):
        return file_here(f"files/{id.removeprefix(FILE_ID)}", param=name)
    is_bare = item.is_text("image_url")
    url = item.text("image_url") if is_bare else item.nested("image_url").text("url")
    return given_picture(url or "", param=name)
