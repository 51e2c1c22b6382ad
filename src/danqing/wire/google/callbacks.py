"""Who is told how a call of Google's ended: `webhookConfig` of Veo and of Interactions (wire.md 6.1, 15.3)."""

from danqing.domain.callbacks import Callback
from danqing.domain.errors import invalid
from danqing.wire.bodies import Fields, compact


def read_config(call: Fields, name: str) -> Callback | None:
    """What a call says in the field of this name, `{uris, userMetadata}`. Raises Problem(INVALID) for anything else."""
    if name not in call:
        return None
    fields = call.nested(name)
    urls, metadata = tuple(fields.words("uris")), fields.take("userMetadata", "user_metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise invalid(f"{fields.path('userMetadata')} must be an object.", param="webhook")
    if unknown := next(fields.knobs(), None):
        raise invalid(f"{fields.path(unknown[0])} is not known; there are uris and userMetadata.", param="webhook")
    try:
        return Callback(urls, compact(metadata) if metadata else "")
    except RecursionError:
        raise invalid(f"{fields.path('userMetadata')} is nested too deeply.", param="webhook") from None
