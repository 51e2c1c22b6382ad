"""The JSON of keys, projects, limits and money under /api, in both directions."""

from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec

from danqing.domain.errors import invalid
from danqing.domain.generation import Translate
from danqing.domain.jobs import Job
from danqing.domain.keys import Key, KeyRole
from danqing.domain.ledger import Balance
from danqing.domain.limits import Changes, Limits, Project, Standing
from danqing.domain.money import dollars
from danqing.domain.ports import Line, Spending
from danqing.domain.retention import DAYS_MAX
from danqing.wire import bodies
from danqing.wire.abilities import money
from danqing.wire.holes import Json, Tree
from danqing.wire.native import changes, parameters, time, wording

R = TypeVar("R", bound=msgspec.Struct)

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
_Count = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]
_Bytes = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_Days = Annotated[int, msgspec.Meta(ge=0, le=DAYS_MAX)]
_MONEY = frozenset({"balance", "total", "monthly", "daily"})


class SessionRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /api/session. A session is no key: only keys begin one."""

    key: Annotated[str, msgspec.Meta(pattern="^sk-[!-~]*$", max_length=200)]


class LimitsRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """PATCH /api/keys/ID and /api/projects/ID. What is left out stays as it is, null takes a limit away.

    Money is a decimal string such as "5.00".
    """

    budget_usd: str | msgspec.UnsetType | None = msgspec.UNSET
    monthly_usd: str | msgspec.UnsetType | None = msgspec.UNSET
    daily_usd: str | msgspec.UnsetType | None = msgspec.UNSET
    per_minute: _Count | msgspec.UnsetType | None = msgspec.UNSET
    concurrent: _Count | msgspec.UnsetType | None = msgspec.UNSET
    storage_bytes: _Bytes | msgspec.UnsetType | None = msgspec.UNSET
    keep_pictures_days: _Days | msgspec.UnsetType | None = msgspec.UNSET
    keep_films_days: _Days | msgspec.UnsetType | None = msgspec.UNSET
    keep_inputs_days: _Days | msgspec.UnsetType | None = msgspec.UNSET

    def changes(self) -> Changes:
        """What is to be changed, by the domain's names. Raises Problem(INVALID) for what is no amount of money."""
        told = {
            "total": _amount(self.budget_usd, "budget_usd"),
            "monthly": _amount(self.monthly_usd, "monthly_usd"),
            "daily": _amount(self.daily_usd, "daily_usd"),
            "per_minute": self.per_minute,
            "concurrent": self.concurrent,
            "storage": self.storage_bytes,
            "keep_pictures": self.keep_pictures_days,
            "keep_films": self.keep_films_days,
            "keep_inputs": self.keep_inputs_days,
        }
        return {name: value for name, value in told.items() if not isinstance(value, msgspec.UnsetType)}

    def limits(self) -> Limits:
        """All limits of something new. Raises Problem(INVALID) for what is no amount of money."""
        return Limits(**self.changes())


class KeyLimitsRequest(LimitsRequest, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """PATCH /api/keys/ID. `translate`: what becomes of its prompts in other languages; null is what the server does."""

    name: _Name | msgspec.UnsetType = msgspec.UNSET
    role: KeyRole | msgspec.UnsetType = msgspec.UNSET
    translate: Translate | msgspec.UnsetType | None = msgspec.UNSET


class KeyRequest(LimitsRequest, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """POST /api/keys. A key without limits is bound by its account's money alone."""

    name: _Name
    test: bool = True
    project: str | None = None
    role: KeyRole = KeyRole.MEMBER
    translate: Translate | None = None


class RotateRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /api/keys/ID/rotate: for how many hours the secret before is still good."""

    grace_hours: Annotated[int, msgspec.Meta(ge=0, le=720)] = 0


class ProjectRequest(LimitsRequest, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """POST /api/projects."""

    name: _Name


class FundRequest(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """POST /api/funds: money for the live account. The same `cause`, such as an invoice's number, pays once."""

    usd: str
    cause: str


def read(body: bytes, request: type[R]) -> R:
    """One of these requests. Unknown fields are refused. Raises Problem(INVALID)."""
    return bodies.decode(body, request)


def key(row: Key) -> Tree:
    """What may be known of a key."""
    return {
        "id": row.id,
        "name": row.name,
        "account": row.account,
        "test": row.test,
        "hint": row.hint,
        "budget": money(row.limits.total),
        "limits": limits(row.limits),
        "project": row.project,
        "role": row.role.value,
        "translate": row.translate,
        "created": time(row.created),
        "revoked": time(row.revoked),
        "former_until": time(row.former_until),
        "last_used": time(row.last_used),
    }


def project(row: Project) -> Tree:
    """A project and its limits."""
    return {"id": row.id, "name": row.name, "limits": limits(row.limits), "created": time(row.created)}


def limits(row: Limits) -> Tree:
    """Money in dollars and nano-dollars, everything else as a number; null for no limit."""
    return {
        "total": money(row.total),
        "monthly": money(row.monthly),
        "daily": money(row.daily),
        "per_minute": row.per_minute,
        "concurrent": row.concurrent,
        "storage": row.storage,
        "keep_pictures": row.keep_pictures,
        "keep_films": row.keep_films,
        "keep_inputs": row.keep_inputs,
    }


def standing(row: Standing) -> Tree:
    """How far one limit is used up."""
    return {
        "of": row.whose,
        "limit": row.limit,
        "most": _figure(row, row.most),
        "used": _figure(row, row.used),
        "left": _figure(row, row.left),
        "resets": time(row.resets),
    }


def quote(row: Job, standings: Sequence[Standing]) -> Tree:
    """What a request would become: the most that it can cost, and what would be left of every limit."""
    left = [standing.after(row.held, row.generation) for standing in standings]
    return {
        "model": row.generation.model,
        "advised": row.generation.advised,
        "cost": money(row.held),
        "affordable": all(rest >= 0 for rest in left),
        "limits": [
            {**standing(limit), "after": _figure(limit, rest)} for limit, rest in zip(standings, left, strict=True)
        ],
        "parameters": parameters(row.generation),
        "ignored": row.ignored,
        "changes": changes(row),
        "wording": wording(row.wording),
        "provider": row.provider,
        "upstream": row.upstream,
        "sketch": row.sketch,
        "test": row.test,
    }


def spending(row: Spending) -> Tree:
    """A key's money: what its account and its budget still allow, and where it went."""
    return {
        "account": _balance(row.account),
        "budget": _balance(row.budget),
        "by_model": [{"model": name, "jobs": jobs, "charged": money(nanos)} for name, jobs, nanos in row.by_model],
        "statement": [_line(line) for line in row.statement],
    }


def read_amount(text: str, param: str) -> int:
    """Nano-dollars. Raises Problem(INVALID) naming the field."""
    try:
        return dollars(text)
    except ValueError as error:
        raise invalid(f"{error}.", param=param) from error


def _amount(value: str | msgspec.UnsetType | None, param: str) -> int | msgspec.UnsetType | None:
    return read_amount(value, param) if isinstance(value, str) else value


def _figure(of: Standing, value: int) -> Json:
    return money(value) if of.limit in _MONEY else value


def _line(line: Line) -> Tree:
    return {
        "at": time(line.at),
        "phase": line.phase.value,
        "job": line.job,
        "model": line.model,
        "amount": money(line.amount),
        "held": money(line.held),
    }


def _balance(balance: Balance) -> Tree:
    return {
        "posted": money(balance.posted),
        "held": money(balance.held),
        "available": money(balance.available),
    }
