"""The gateway with a real store and real files, and a provider whose every move the test decides."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest

from danqing.assets.disk import Disk
from danqing.assets.probe import probe
from danqing.catalog import load
from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation, Output, Turn
from danqing.domain.jobs import Accepted, Job, Produced, Progressed, State, Withheld
from danqing.domain.keys import Key, KeyRole
from danqing.domain.ledger import Transfer
from danqing.domain.limits import Limits
from danqing.domain.media import Medium
from danqing.domain.ports import Assets, Bus, Editor, Once, Order, Provider, Update
from danqing.domain.routes import Upstream
from danqing.gateway.accounts import Accounts
from danqing.gateway.dispatch import Tasks
from danqing.gateway.events import REFRESH_S, Alone
from danqing.gateway.gateway import Gateway, Parts, utc_now
from danqing.gateway.keyring import Keyring
from danqing.gateway.verbatim import Verbatim
from danqing.store.database import Database, connect
from making import CENT, a_generation

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef\x00\x00\x00\x00IEND\xaeB`\x82"
)
Script = Callable[[Order, Assets], AsyncGenerator[Update]]


async def delivers(order: Order, assets: Assets) -> AsyncGenerator[Update]:
    """Everything that was asked for."""
    yield Accepted()
    for _ in range(order.delivered, order.generation.count or 1):
        yield Produced(Output(medium=Medium.IMAGE, blob=await assets.put(PNG, "image/png"), width=1, height=1))


@dataclass
class Puppet:
    """A provider that plays a script and remembers its orders."""

    script: Script = delivers
    repeatable: bool = True
    honours: frozenset[str] = frozenset({"guidanceScale"})
    orders: list[Order] = field(default_factory=list)

    def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        self.orders.append(order)
        return self.script(order, assets)


@dataclass
class Stage:
    gateway: Gateway
    accounts: Accounts
    database: Database
    puppet: Puppet
    key: Key
    token: str

    async def money(self) -> tuple[int, int]:
        spending = await self.accounts.spending(self.key)
        return spending.budget.held, -spending.budget.posted


@asynccontextmanager
async def staged(
    folder: Path,
    puppet: Puppet | None = None,
    budget: int | None = None,
    bus: Bus | None = None,
    disk: type[Disk] = Disk,
    editor: Editor | None = None,
    upstreams: Mapping[Upstream, Puppet] | None = None,
    now: Callable[[], datetime] = utc_now,
) -> AsyncIterator[Stage]:
    """A gateway with a test key; with upstreams, or with an editor and one for the puppet, with a live one."""
    puppet = puppet or Puppet()
    upstreams = upstreams or ({Upstream(name="google", kind="google"): puppet} if editor else {})
    database = await connect(f"sqlite:///{folder / 'test.sqlite'}")
    keyring = Keyring(b"pepper")
    accounts = Accounts(database, keyring)
    await accounts.open()
    key, token = await accounts.create_key("tester", test=not upstreams, limits=Limits(total=budget))
    await accounts.fund(1000 * CENT, "invoice 1")
    providers: dict[str, Provider] = {"sketch": puppet, **{one.name: maker for one, maker in upstreams.items()}}
    assets = disk(folder / "assets", bytes_max=1 << 20)
    gateway = Gateway(
        Parts(
            catalog=load(),
            store=database,
            feed=database,
            assets=assets,
            providers=providers,
            editor=editor or Verbatim(),
            queue=Tasks(),
            fleet=database.member(uuid4().hex, kind="serve", lease_s=1),
            keyring=keyring,
            probe=probe,
            upstreams=list(upstreams),
            bus=bus or Alone(),
            now=now,
        )
    )
    await gateway.open()
    try:
        yield Stage(gateway, accounts, database, puppet, key, token)
    finally:
        await gateway.close()
        await database.close()
        assets.close()


async def ended(stage: Stage, generation: Generation) -> Job:
    return await stage.gateway.wait(await stage.gateway.submit(stage.key, generation))


@pytest.mark.anyio
async def test_whatever_a_job_tells_of_can_be_fetched(tmp_path: Path) -> None:
    made, free = asyncio.Event(), asyncio.Event()

    async def lingers(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted()
        for _ in range(2):
            yield Produced(Output(medium=Medium.IMAGE, blob=await assets.put(PNG, "image/png")))
            yield Produced(Output(medium=Medium.TEXT, text="Look."))
        yield Progressed(0.9)
        made.set()
        await free.wait()

    async with staged(tmp_path, Puppet(lingers)) as stage:
        job = await stage.gateway.submit(stage.key, a_generation(count=2))
        await made.wait()
        told = await stage.gateway.job(stage.key, job.id)
        assert (len(told.media), told.text, told.progress) == (1, "Look.\n\nLook.", 0.9)
        free.set()
        ended = await stage.gateway.wait(job)
        assert len(ended.media) == 2
        for output in (*told.media, *ended.media):
            await stage.gateway.file(stage.key, output.file)


@pytest.mark.anyio
async def test_a_picture_is_made_kept_and_paid_for(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        job = await ended(stage, a_generation(count=2, knobs=(("guidanceScale", 7.5), ("addWatermark", False))))

        assert (job.state, job.charged, job.ignored) == (State.DONE, 6 * CENT, ("addWatermark",))
        assert await stage.money() == (0, 6 * CENT)
        output, found = await stage.gateway.file(stage.key, job.outputs[0].file)
        assert (found.id, output.blob) == (job.id, job.outputs[0].blob)
        assert job.generation.seed is not None, "a job can always be made again"


@pytest.mark.anyio
async def test_partly_filtered_is_charged_by_the_survivors_and_all_filtered_is_free(tmp_path: Path) -> None:
    async def withholds(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        survivors = int(order.generation.prompt)
        for _ in range(survivors):
            yield Produced(Output(medium=Medium.IMAGE, blob=await assets.put(PNG, "image/png")))
        for _ in range((order.generation.count or 1) - survivors):
            yield Withheld("unsafe")

    async with staged(tmp_path, Puppet(withholds)) as stage:
        some = await ended(stage, a_generation("3", count=4))
        none = await ended(stage, a_generation("0", count=4))

        assert (some.state, len(some.outputs), some.charged) == (State.DONE, 3, 9 * CENT)
        assert (none.state, none.filtered, none.charged) == (State.FAILED, True, 0)
        assert await stage.money() == (0, 9 * CENT)


@pytest.mark.anyio
@pytest.mark.parametrize("error", [Problem(Kind.BUSY, "Later."), RuntimeError("a defect")], ids=["problem", "defect"])
async def test_a_failure_costs_nothing_and_is_told(tmp_path: Path, error: Exception) -> None:
    async def breaks(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted()
        raise error

    async with staged(tmp_path, Puppet(breaks)) as stage:
        job = await ended(stage, a_generation())
        assert job.state is State.FAILED
        assert job.fault is not None
        assert "a defect" not in job.fault.message
        assert await stage.money() == (0, 0)


@pytest.mark.anyio
async def test_the_same_idempotency_key_makes_one_job_and_another_body_is_refused(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        once = Once("k", "fingerprint")
        jobs = await asyncio.gather(*(stage.gateway.submit(stage.key, a_generation(), once=once) for _ in range(20)))
        await stage.gateway.wait(jobs[0])

        assert len({job.id for job in jobs}) == 1
        assert len(stage.puppet.orders) == 1
        assert await stage.money() == (0, 12 * CENT)
        with pytest.raises(Problem) as raised:
            await stage.gateway.submit(stage.key, a_generation("a dog"), once=Once("k", "another"))
        assert raised.value.kind is Kind.MISMATCH


@pytest.mark.anyio
async def test_a_budget_admits_exactly_what_it_can_pay_for(tmp_path: Path) -> None:
    release = asyncio.Event()

    async def waits(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        await release.wait()
        async for update in delivers(order, assets):
            yield update

    async with staged(tmp_path, Puppet(waits), budget=30 * CENT) as stage:
        asked = [stage.gateway.submit(stage.key, a_generation(count=1)) for _ in range(50)]
        answers = await asyncio.gather(*asked, return_exceptions=True)
        admitted = [answer for answer in answers if isinstance(answer, Job)]
        refused = [answer for answer in answers if isinstance(answer, Problem)]

        assert len(admitted) == 10
        assert {problem.kind for problem in refused} == {Kind.NO_FUNDS}
        release.set()
        await asyncio.gather(*(stage.gateway.wait(job) for job in admitted))
        assert await stage.money() == (0, 30 * CENT)


@pytest.mark.anyio
async def test_a_viewer_never_spends_whoever_asks_for_it(tmp_path: Path) -> None:
    """A batch goes on without its client, and is refused here when its key has become a viewer meanwhile."""
    async with staged(tmp_path) as stage:
        with pytest.raises(Problem) as refused:
            await stage.gateway.submit(replace(stage.key, role=KeyRole.VIEWER), a_generation())
        assert (refused.value.kind, refused.value.code) == (Kind.FORBIDDEN, "viewer_key")
        assert (stage.puppet.orders, await stage.money()) == ([], (0, 0))


async def test_watchers_see_progress_and_the_end(tmp_path: Path) -> None:
    async def slowly(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted(prompt="a finer cat")
        for percent in (20, 60):
            yield Progressed(percent / 100, "drawing")
            await asyncio.sleep(0.02)
        async for update in delivers(order, assets):
            yield update

    async with staged(tmp_path, Puppet(slowly)) as stage:
        job = await stage.gateway.submit(stage.key, a_generation(count=1))
        seen = [snapshot async for snapshot in stage.gateway.watch(job)]

        assert seen[-1].state is State.DONE
        assert seen[-1].prompt == "a finer cat"
        assert 0.6 in [snapshot.progress for snapshot in seen]
        assert [snapshot async for snapshot in stage.gateway.watch(job)] == [seen[-1]], "whoever comes late"


@pytest.mark.anyio
async def test_cancelling_stops_the_engine_and_gives_the_money_back(tmp_path: Path) -> None:
    stopped = asyncio.Event()

    async def forever(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with staged(tmp_path, Puppet(forever)) as stage:
        job = await stage.gateway.submit(stage.key, a_generation())
        waiting = asyncio.create_task(stage.gateway.wait(job))
        await asyncio.sleep(0.05)
        cancelled = await stage.gateway.cancel(stage.key, job.id)

        assert cancelled.state is State.CANCELLED
        assert (await waiting).state is State.CANCELLED
        await asyncio.wait_for(stopped.wait(), 5)
        assert await stage.money() == (0, 0)
        assert (await stage.gateway.cancel(stage.key, job.id)).state is State.CANCELLED, "twice is harmless"


@pytest.mark.anyio
@pytest.mark.parametrize("repeatable", [True, False])
async def test_what_a_stopped_process_left_behind_is_resumed_or_given_up(tmp_path: Path, repeatable: bool) -> None:
    async def forever(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted()
        await asyncio.Event().wait()

    async with staged(tmp_path, Puppet(forever)) as stage:
        job = await stage.gateway.submit(stage.key, a_generation(count=2))
        await asyncio.sleep(0.05)
    puppet = Puppet(repeatable=repeatable)
    async with staged(tmp_path, puppet) as stage:
        job = await stage.gateway.wait(job)

        assert job.state is (State.DONE if repeatable else State.UNKNOWN)
        assert len(puppet.orders) == int(repeatable)
        assert job.charged == (6 * CENT if repeatable else 0)


@pytest.mark.anyio
async def test_a_resumed_job_takes_up_its_ticket_and_what_was_delivered(tmp_path: Path) -> None:
    async def half(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted(ticket="operations/7")
        yield Produced(Output(medium=Medium.IMAGE, blob=await assets.put(PNG, "image/png")))
        await asyncio.Event().wait()

    async with staged(tmp_path, Puppet(half, repeatable=False)) as stage:
        job = await stage.gateway.submit(stage.key, a_generation(count=2))
        await asyncio.sleep(0.1)
    puppet = Puppet(repeatable=False)
    async with staged(tmp_path, puppet) as stage:
        job = await stage.gateway.wait(job)
        assert [(order.ticket, order.delivered) for order in puppet.orders] == [("operations/7", 1)]
        assert (job.state, len(job.outputs), job.charged) == (State.DONE, 2, 6 * CENT)


@pytest.mark.anyio
async def test_a_database_that_is_away_for_a_while_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("danqing.gateway.runner.COMMIT_PAUSES_S", (0.01, 0.01, 0.01))
    away = 3
    commit = Database.commit

    async def sometimes(database: Database, job: Job, transfers: Sequence[Transfer]) -> bool:
        nonlocal away
        if away:
            away -= 1
            raise Problem(Kind.UNAVAILABLE, "The database is away.")
        return await commit(database, job, transfers)

    monkeypatch.setattr(Database, "commit", sometimes)
    async with staged(tmp_path) as stage:
        job = await ended(stage, a_generation(count=1))
        assert (job.state, job.charged) == (State.DONE, 3 * CENT)
        assert len(stage.puppet.orders) == 1
        assert await stage.money() == (0, 3 * CENT)
        assert (await stage.gateway.job(stage.key, job.id)).state is State.DONE


@pytest.mark.anyio
async def test_a_commit_whose_answer_was_lost_is_found_out_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("danqing.gateway.runner.COMMIT_PAUSES_S", (0.01,))
    commit = Database.commit
    answers = iter((False, True))

    async def unheard(database: Database, job: Job, transfers: Sequence[Transfer]) -> bool:
        taken = await commit(database, job, transfers)
        if not next(answers):
            raise Problem(Kind.UNAVAILABLE, "The connection broke after the commit.")
        return taken

    monkeypatch.setattr(Database, "commit", unheard)
    async with staged(tmp_path) as stage:
        job = await stage.gateway.submit(stage.key, a_generation(count=1))
        async with asyncio.timeout(REFRESH_S / 2):  # told, not looked up when watchers look into the store
            job = await stage.gateway.wait(job)
        assert (job.state, job.charged) == (State.DONE, 3 * CENT)
        assert await stage.money() == (0, 3 * CENT)


@pytest.mark.anyio
async def test_other_peoples_jobs_and_files_do_not_exist(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        job = await ended(stage, a_generation(count=1))
        stranger, _ = await stage.accounts.create_key("stranger", test=True)
        for attempt in (
            stage.gateway.job(stranger, job.id),
            stage.gateway.cancel(stranger, job.id),
            stage.gateway.file(stranger, job.outputs[0].file),
            stage.gateway.shared_job(job.id),
            stage.gateway.job(stage.key, "no-such-job"),
        ):
            with pytest.raises(Problem) as raised:
                await attempt
            assert raised.value.kind is Kind.NOT_FOUND


@pytest.mark.anyio
async def test_a_revoked_key_is_refused_and_a_public_link_expires(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        job = await ended(stage, a_generation(count=1))
        day, name = stage.gateway.link(job.outputs[0], job)
        assert (await stage.gateway.linked_file(day, name))[1].id == job.id
        for forged in (name[:-1] + ("0" if name[-1] != "0" else "1"), "a", ""):
            with pytest.raises(Problem, match="not valid"):
                await stage.gateway.linked_file(day, forged)
        with pytest.raises(Problem, match="not valid"):
            await stage.gateway.linked_file(day.replace(year=day.year - 1), name)

        assert (await stage.gateway.key(stage.token)).id == stage.key.id
        await stage.accounts.revoke(stage.key.id)
        await asyncio.sleep(1.1)
        with pytest.raises(Problem) as raised:
            await stage.gateway.key(stage.token)
        assert raised.value.kind is Kind.UNAUTHENTICATED


@pytest.mark.anyio
async def test_the_story_of_a_picture_is_in_its_file(tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        job = await ended(stage, a_generation("a tidy cat", count=1, seed=7))
        blob = job.outputs[0].blob
        assert blob is not None
        data = b"".join([chunk async for chunk in stage.gateway.assets.open(blob)])
        assert b"a tidy cat" in data
        assert job.id.encode() in data
        assert stage.token.encode() not in data


@pytest.mark.anyio
async def test_words_of_a_conversation_are_priced_by_the_token(tmp_path: Path) -> None:
    async def speaks(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Produced(Output(medium=Medium.TEXT, text="a poem about the sea"))

    async with staged(tmp_path, Puppet(speaks)) as stage:
        asked = a_generation(model="gemini-2.0-flash-preview-image-generation", wants=frozenset({Medium.TEXT}))
        job = await ended(stage, replace(asked, turns=(Turn("user", ("abcdefgh",)),)))
        assert job.charged == 2 * 100 + 5 * 400


@pytest.mark.anyio
async def test_a_server_that_has_too_much_to_do_says_so_before_anything_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("danqing.gateway.gateway.DRIVES_MAX", 2)
    release = asyncio.Event()

    async def waits(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        await release.wait()
        async for update in delivers(order, assets):
            yield update

    async with staged(tmp_path, Puppet(waits)) as stage:
        jobs = [await stage.gateway.submit(stage.key, a_generation(count=1)) for _ in range(2)]
        with pytest.raises(Problem) as raised:
            await stage.gateway.submit(stage.key, a_generation(count=1))
        assert (raised.value.code, raised.value.retry_after) == ("server_full", 30)
        assert await stage.money() == (6 * CENT, 0)
        release.set()
        for job in jobs:
            await stage.gateway.wait(job)
        assert (await ended(stage, a_generation(count=1))).state is State.DONE


@pytest.mark.anyio
async def test_a_deadline_ends_the_work_and_costs_nothing(tmp_path: Path) -> None:
    async def forever(order: Order, assets: Assets) -> AsyncGenerator[Update]:
        yield Accepted()
        await asyncio.Event().wait()

    async with staged(tmp_path, Puppet(forever)) as stage:
        job = await stage.gateway.wait(await stage.gateway.submit(stage.key, a_generation(), within_s=1))
        assert job.fault
        assert (job.state, job.fault.kind, job.charged) == (State.FAILED, Kind.TIMEOUT, 0)
        assert await stage.money() == (0, 0)
