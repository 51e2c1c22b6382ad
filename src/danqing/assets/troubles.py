"""What can be wrong with a bucket, as Problems that say what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

from danqing.domain.errors import Kind, Problem

RETRY_AFTER_S = 10
_NO_BUCKET = ("NoSuchBucket", "ContainerNotFound", "The specified bucket does not exist")
_NO_CREDENTIALS = ("/latest/api/token", "computeMetadata", "credential", "Credential", "Account must be specified")
_ELSEWHERE = ("redirect", "PermanentRedirect", "AuthorizationHeaderMalformed")


@contextmanager
def told(address: str) -> Iterator[None]:
    """Raises Problem(UNAVAILABLE) for trouble with the bucket at `address`, FileNotFoundError for a missing object."""
    try:
        yield
    except FileNotFoundError as error:
        if _mentions(error, _NO_BUCKET):
            raise missing(address) from error
        raise
    except BaseError as error:
        raise _trouble(error, address) from error


def missing(address: str) -> Problem:
    """The bucket itself is not there."""
    return _unavailable("bucket_missing", f"There is no bucket at {address}. Create it, or correct the address.")


def away(address: str) -> Problem:
    """Nobody answers, or not in time."""
    message = f"The bucket at {address} does not answer. See whether its server and the network are up, then try again."
    return Problem(Kind.UNAVAILABLE, message, code="bucket_away", retry_after=RETRY_AFTER_S)


def _trouble(error: BaseError, address: str) -> Problem:
    # The error's own text is long and tells addresses of the inside, so it only goes along as the cause.
    if isinstance(error, PermissionDeniedError | UnauthenticatedError):
        message = f"The bucket at {address} refuses Danqing's credentials. They need to read, write, list and delete."
        return _unavailable("bucket_denied", message)
    if _mentions(error, _NO_BUCKET):
        return missing(address)
    if _mentions(error, _ELSEWHERE):
        message = f"The bucket at {address} is in another region. Name it, with AWS_REGION for one of S3."
        return _unavailable("bucket_region", message)
    if _mentions(error, _NO_CREDENTIALS):
        message = (
            f"There are no credentials for {address}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "GOOGLE_SERVICE_ACCOUNT, or AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY."
        )
        return _unavailable("bucket_credentials", message)
    return away(address)


def _unavailable(code: str, message: str) -> Problem:
    return Problem(Kind.UNAVAILABLE, message, code=code)


def _mentions(error: Exception, marks: tuple[str, ...]) -> bool:
    return any(mark in str(error) for mark in marks)
