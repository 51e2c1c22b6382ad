"""Keeps links that others give away from this network: only public addresses are connected to."""

import ipaddress
import socket
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver


class Unreachable(OSError):
    """The address is not public. The message may be shown."""


def open_connector(*, public_only: bool, limit: int) -> aiohttp.TCPConnector:
    """A pool of connections. With `public_only` every address is checked after it was resolved, and that one is used.

    So a name that resolves differently the second time gains nothing, and neither does a number spelled oddly.
    """
    resolver = _PublicOnly() if public_only else None
    return _Guarded(limit=limit, resolver=resolver) if public_only else aiohttp.TCPConnector(limit=limit)


class _Guarded(aiohttp.TCPConnector):
    """Checks literal addresses too, which aiohttp does not give to a resolver."""

    async def _resolve_host(self, host: str, port: int, traces: Any = None) -> list[ResolveResult]:
        found = await super()._resolve_host(host, port, traces)
        for result in found:
            _check(result["host"])
        return found


class _PublicOnly(AbstractResolver):
    """The system's resolver, less every address that is not public."""

    def __init__(self) -> None:
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        for result in found:
            _check(result["host"])
        return found

    async def close(self) -> None:
        await self._system.close()


def _check(host: str) -> None:
    address = ipaddress.ip_address(host.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if not address.is_global or address.is_multicast:
        raise Unreachable("the address is not public")
