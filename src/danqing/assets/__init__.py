"""Files by their content: where pictures and films live, and the story that each carries within itself."""

from pathlib import Path
from urllib.parse import urlsplit

from danqing.assets.bucket import Bucket
from danqing.assets.disk import Disk
from danqing.domain.errors import Problem, invalid

BUCKETS = ("s3://", "gs://", "az://")


async def connect(address: str, *, local: Path, bytes_max: int, cache_bytes_max: int) -> Disk | Bucket:
    """The archive at a path, `file:///path`, `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`.

    `local`: a directory on this machine, used for a bucket only. Raises Problem(INVALID) for another kind of address,
    Problem(UNAVAILABLE) when a bucket cannot be written to.
    """
    if address.startswith(BUCKETS):
        _check(address)
        bucket = Bucket(address, local=local, bytes_max=bytes_max, cache_bytes_max=cache_bytes_max)
        try:
            await bucket.probe()
        except BaseException:
            bucket.close()
            raise
        return bucket
    path = address.removeprefix("file://")
    if "://" in path or not path.startswith("/"):
        raise _unusable()
    return Disk(Path(path), bytes_max=bytes_max)


def _check(address: str) -> None:
    parts = urlsplit(address)
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise _unusable()


def _unusable() -> Problem:
    # The address may hold a password, so it is not repeated.
    message = "Files are kept at a path, or at s3://bucket/prefix, gs://bucket/prefix or az://container/prefix; "
    return invalid(message + "credentials go into the environment.", param="assets")
