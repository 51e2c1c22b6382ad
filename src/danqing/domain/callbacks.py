"""Where one job's end is to be told: the addresses that its request named, as far as they may be called."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlsplit

from danqing.domain.errors import Problem, invalid

ADDRESSES_MAX = 4
ADDRESS_CHARACTERS_MAX = 2048
METADATA_CHARACTERS_MAX = 4096
_LOCAL = ("localhost", ".localhost")


@dataclass(frozen=True, slots=True)
class Callback:
    """`urls` are told in place of the key's own webhooks; without any, those are.

    `metadata` is an object as JSON text, or "", and comes back with every notification. `base` is the address that the
    request reached this server by, which links in a notification begin with.
    """

    urls: tuple[str, ...] = ()
    metadata: str = ""
    base: str = ""

    def checked(self, *, private: bool) -> "Callback":
        """With each address once. Raises Problem(INVALID) for one that may not be called, or too many."""
        urls = tuple(dict.fromkeys(address(url, private=private) for url in self.urls))
        if len(urls) > ADDRESSES_MAX:
            raise _wrong(f"A job tells its end to at most {ADDRESSES_MAX} addresses.")
        if len(self.metadata) > METADATA_CHARACTERS_MAX:
            raise _wrong(f"The metadata of a webhook has at most {METADATA_CHARACTERS_MAX} characters.")
        return replace(self, urls=urls)


def address(text: str, *, private: bool) -> str:
    """An address that may be called: https and public, unless `private` allows http and this network too.

    What a name leads to is known when it is called, and looked at again then. Raises Problem(INVALID).
    """
    text = text.strip()
    parts = _split(text)
    schemes = ("http", "https") if private else ("https",)
    if parts is None or parts.scheme not in schemes or "@" in parts.netloc or parts.fragment:
        raise _wrong("A webhook is an address such as https://example.com/done, without a user and without a #.")
    if not private and not _may_be_public(parts.hostname or ""):
        raise _wrong("A webhook must be at a public address.")
    return text


def _split(text: str) -> SplitResult | None:
    if not 1 <= len(text) <= ADDRESS_CHARACTERS_MAX or not _is_plain(text):
        return None
    try:
        parts = urlsplit(text)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None


def _is_plain(characters: Iterable[str]) -> bool:
    return all("!" <= character <= "~" and character != "\\" for character in characters)


def _may_be_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return not host.rstrip(".").endswith(_LOCAL)


def _wrong(message: str) -> Problem:
    return invalid(message, param="webhook", code="invalid_webhook")
