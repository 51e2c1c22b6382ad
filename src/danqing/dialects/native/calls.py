"""One call of the native API: where it is, who answers it, and how it is described."""

from collections.abc import Sequence
from dataclasses import dataclass

from danqing.front import Handler
from danqing.wire.openapi import Operation, Who


@dataclass(frozen=True, slots=True)
class Call:
    """An operation and its handler."""

    operation: Operation
    handler: Handler


@dataclass(frozen=True, slots=True)
class Subject:
    """Makes the calls of one subject; the first line of a handler's docstring is the summary of its call."""

    name: str

    def call(
        self,
        route: str,
        handler: Handler,
        *answers: type,
        status: int = 200,
        also: int = 0,
        mimes: Sequence[str] = (),
        body: type | None = None,
        raw: bool = False,
        query: str = "",
        who: Who = "key",
        spends: bool = False,
    ) -> Call:
        """`route` is a method and a path below /api; `query` names parameters of `wire.openapi.QUERY`."""
        method, _, path = route.partition(" ")
        operation = Operation(
            method=method,
            path=path,
            name=f"{self.name}_{handler.__name__}",
            summary=(handler.__doc__ or "").strip().splitlines()[0],
            subject=self.name,
            answers=answers,
            status=status,
            also=also,
            mimes=mimes,
            body=body,
            raw=raw,
            query=tuple(query.split()),
            who=who,
            spends=spends,
        )
        return Call(operation, handler)
