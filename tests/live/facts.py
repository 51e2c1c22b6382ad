"""A fact about a vendor, and what comes of checking it: nothing is spent beyond what was agreed."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from danqing import providers
from danqing.assets.disk import Disk
from danqing.config import ConfigError
from danqing.domain.errors import Problem
from danqing.domain.generation import Generation
from danqing.domain.ports import Assets, Provider
from danqing.upstream.client import Upstream
from danqing.upstream.keys import Keys
from providers.making_orders import Told, an_order, told_by

FILE_BYTES_MAX = 256 << 20
PATIENCE_S = 900  # for a film
WRONG_KEY = "danqing-checks-what-a-wrong-key-is-told"


class Differs(Exception):
    """The vendor does otherwise; the sentence says what."""


class Verdict(StrEnum):
    """What became of a fact."""

    HOLDS = "holds"
    DIFFERS = "differs"
    UNTOLD = "untold"  # the vendor could not be asked
    UNASKED = "unasked"  # it would have cost more than was agreed


@dataclass
class Bench:
    """A vendor to be asked: through Danqing's own provider, or with a call of one's own."""

    settings: Mapping[str, object]
    assets: Assets

    @asynccontextmanager
    async def provider(self, **more: object) -> AsyncIterator[Provider]:
        """As it is configured, with other settings where they are given; None takes one away."""
        settings = {name: value for name, value in {**self.settings, **more}.items() if value is not None}
        provider = providers.connect(str(settings["kind"]), settings)
        try:
            yield provider
        finally:
            await provider.close()  # type: ignore[attr-defined]

    async def made(self, generation: Generation, model: str, *, ticket: str = "", **more: object) -> Told:
        """All that comes of an order."""
        async with self.provider(**more) as provider:
            return await told_by(provider, an_order(generation, model, ticket=ticket), self.assets)

    @asynccontextmanager
    async def upstream(self, root: str, scheme: Callable[[str], Mapping[str, str]]) -> AsyncIterator[Upstream]:
        """The vendor's address with its key, for calls that no provider makes."""
        keys = Keys("live", root, [str(self.settings["key"])], scheme=scheme)
        try:
            yield next(iter(keys.each()))
        finally:
            await keys.close()


@dataclass(frozen=True)
class Fact:
    """`says` is what Danqing relies on, `how` it is seen, `cost` the most that this costs, in nano-dollars.

    `check` gives what was seen, in a few words. Raises Differs, or Problem when the vendor cannot be asked.
    """

    id: str
    says: str
    how: str
    cost: int
    check: Callable[[Bench], Awaitable[str]]


@dataclass(frozen=True)
class Vendor:
    """`variables`: whichever is set first is the key, or the file of credentials. `settings` are an upstream's."""

    name: str
    variables: Sequence[str]
    settings: Callable[[str, Mapping[str, str]], dict[str, object]]
    facts: Sequence[Fact]

    def connected(self, env: Mapping[str, str]) -> dict[str, object] | None:
        """The settings of its upstream; None without a key."""
        key = next((env[name] for name in self.variables if env.get(name)), "")
        return {"name": self.name, **self.settings(key, env)} if key else None


@dataclass
class Checked:
    """What became of one fact."""

    fact: Fact
    verdict: Verdict
    seen: str = ""


@dataclass
class Bill:
    """What may be spent, and what may have been spent so far, in nano-dollars."""

    most: int
    spent: int = 0

    def covers(self, fact: Fact) -> bool:
        """Whether a fact can be asked for; what it costs at most is counted then."""
        if fact.cost and self.spent + fact.cost > self.most:
            return False
        self.spent += fact.cost
        return True


@dataclass
class Findings:
    """Everything that was checked, by vendor, and which vendors have no key."""

    checked: dict[str, list[Checked]] = field(default_factory=dict)
    lacking: list[Vendor] = field(default_factory=list)

    @property
    def differ(self) -> bool:
        """Whether anything is not as Danqing takes it to be."""
        return any(row.verdict is Verdict.DIFFERS for rows in self.checked.values() for row in rows)


def cost(vendors: Sequence[Vendor], env: Mapping[str, str]) -> int:
    """The most that it costs to ask everybody who has a key, in nano-dollars."""
    return sum(fact.cost for vendor in vendors if vendor.connected(env) for fact in vendor.facts)


async def examine(
    vendors: Sequence[Vendor],
    env: Mapping[str, str],
    bill: Bill,
    more: Mapping[str, Mapping[str, object]] | None = None,
) -> Findings:
    """Ask every vendor that has a key, one fact after the other. `more`: other settings for a vendor's upstream."""
    findings = Findings()
    for vendor in vendors:
        settings = vendor.connected(env)
        if settings is None:
            findings.lacking.append(vendor)
            continue
        with tempfile.TemporaryDirectory() as folder:
            assets = Disk(Path(folder) / "assets", bytes_max=FILE_BYTES_MAX)
            bench = Bench({**settings, **(more or {}).get(vendor.name, {})}, assets)
            findings.checked[vendor.name] = [await _checked(fact, bench, bill) for fact in vendor.facts]
            assets.close()
    return findings


async def _checked(fact: Fact, bench: Bench, bill: Bill) -> Checked:
    if not bill.covers(fact):
        return Checked(fact, Verdict.UNASKED)
    try:
        async with asyncio.timeout(PATIENCE_S):
            return Checked(fact, Verdict.HOLDS, await fact.check(bench))
    except Differs as differs:
        return Checked(fact, Verdict.DIFFERS, str(differs))
    except (Problem, ConfigError) as problem:
        return Checked(fact, Verdict.UNTOLD, str(problem))
    except TimeoutError:
        return Checked(fact, Verdict.UNTOLD, f"There was no end after {PATIENCE_S} seconds.")
