"""Another Danqing as an upstream, when its answers are lost: the job is found again, and never made twice."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from danqing.assets.disk import Disk
from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.jobs import Accepted, Progressed
from danqing.domain.ports import LEAVING, Order, Provider, Update
from danqing.gateway.asking import Asking
from danqing.providers import connect
from making import a_generation, a_job
from upstreams.media import a_picture

from .making_orders import an_order, told_by, told_in

KEYS = ("sk-test-one-0123456789", "sk-test-two-0123456789")
POLLS = 2


class Other:
    """What the other server answers, as `wire.native` has it; the answers to `lost` POSTs never come."""

    def __init__(self) -> None:
        self.url = ""
        self.lost = 0
        self.busy = 0
        self.busy_after_loss = 0
        self.jobs: dict[str, dict[str, object]] = {}
        self.posts: list[tuple[str, str]] = []  # the key and the Idempotency-Key
        self.polls: list[str] = []
        self.cancelled: list[str] = []
        self.end: dict[str, object] = {"state": "done"}
        self.polled = asyncio.Event()

    async def create(self, request: web.Request) -> web.StreamResponse:
        name = request.headers["idempotency-key"]
        self.posts.append((request.headers["authorization"].removeprefix("Bearer "), name))
        if self.busy:
            self.busy -= 1
            error = {"kind": "busy", "code": "rate_limited", "message": "Too fast.", "param": None, "retry_after": None}
            return web.json_response({"error": error}, status=429)
        job = self.jobs.setdefault(name, {"id": f"job-{len(self.jobs)}", "polls": 0})
        if self.lost:
            self.lost -= 1
            self.busy = self.busy_after_loss
            request.transport.close()  # type: ignore[union-attr]
        return web.json_response(self.told(job), status=201)

    async def get(self, request: web.Request) -> web.StreamResponse:
        self.polls.append(request.headers["authorization"].removeprefix("Bearer "))
        self.polled.set()
        job = next(job for job in self.jobs.values() if job["id"] == request.match_info["id"])
        job["polls"] = int(str(job["polls"])) + 1
        return web.json_response(self.told(job))

    async def cancel(self, request: web.Request) -> web.StreamResponse:
        self.cancelled.append(request.match_info["id"])
        return web.json_response({})

    async def file(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=a_picture(seed=int(request.match_info["name"])))

    def told(self, job: dict[str, object]) -> dict[str, object]:
        ended = int(str(job["polls"])) >= POLLS and self.end != {}
        outputs = [{"medium": "image", "file": str(at), "width": 64, "height": 64, "seed": at} for at in range(2)]
        told = {"id": job["id"], "state": "running", "progress": 0.5, "stage": "drawing", "outputs": outputs[:1]}
        told |= {"provider": "google", "withheld": [], "ignored": ["seed"], "charged": {"nanos": 0}, "error": None}
        end = {"outputs": outputs, "charged": {"usd": "0.06", "nanos": 60_000_000}, **self.end}
        return told | end if ended else told


@asynccontextmanager
async def other(**settings: object) -> AsyncIterator[tuple[Provider, Other]]:
    server = Other()
    app = web.Application()
    app.add_routes(
        [
            web.post("/api/jobs", server.create),
            web.get("/api/jobs/{id}", server.get),
            web.post("/api/jobs/{id}/cancel", server.cancel),
            web.get("/api/files/{name}", server.file),
        ]
    )
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    given = {"name": "partner", "base_url": server.url, "keys": list(KEYS), "poll_s": 0.01}
    provider = connect("danqing", {**given, **settings})
    try:
        yield provider, server
    finally:
        await provider.close()  # type: ignore[attr-defined]
        await runner.cleanup()


@pytest.fixture
def assets(tmp_path: Path) -> Iterator[Disk]:
    assets = Disk(tmp_path / "assets", bytes_max=1 << 24)
    yield assets
    assets.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("danqing.gateway.asking.PAUSES_S", (0.01,))


def order(**fields: object) -> Order:
    return an_order(a_generation(count=2), "imagen-3.0-generate-002", **fields)


def asking(provider: Provider, assets: Disk) -> AsyncGenerator[Update]:
    """The updates as the gateway has them, which asks again for what was lost."""
    job = a_job(id=order().job, generation=order().generation, upstream=order().upstream)
    return Asking(provider, assets, lambda: job, tell, sent=lambda job: job.generation).updates()


async def tell(progress: Progressed) -> None:
    """There is nobody to tell."""


async def test_outputs_are_taken_over_as_they_come_with_all_that_is_told_of_them(assets: Disk) -> None:
    async with other() as (provider, _):
        told = await told_by(provider, order(), assets)
    assert told.problem is None
    assert [(output.seed, output.width) for output in told] == [(0, 64), (1, 64)]
    assert told.reported[0].served_by == ("google",)
    assert (told.ignored, told.reported[-1].cost) == ({"seed"}, 60_000_000)
    assert [type(update).__name__ for update in told.updates[:3]] == ["Accepted", "Reported", "Produced"]


async def test_an_answer_that_is_lost_is_asked_for_again_under_the_same_name_and_key(assets: Disk) -> None:
    async with other() as (provider, server):
        server.lost = 2
        told = await told_in(asking(provider, assets))
        assert (told.problem, len(told.outputs)) == (None, 2)
        assert (len(server.posts), len(set(server.posts)), len(server.jobs)) == (3, 1, 1)
        again = await told_by(provider, order(), assets)
        assert (len(again.outputs), len(server.jobs)) == (2, 1), "a run without a ticket finds the same job"
        assert len(set(server.posts)) == 1


async def test_a_job_keeps_to_its_key_however_busy_that_is_and_in_whatever_order_keys_are_written(assets: Disk) -> None:
    async with other() as (provider, server):
        server.end = {}
        first = provider.generate(order(), assets)
        await anext(first)  # the key of this job is busy from now on
        second = provider.generate(order(), assets)
        await anext(second)
        await first.aclose()
        await second.aclose()
        turned = connect(
            "danqing", {"name": "partner", "base_url": server.url, "keys": list(reversed(KEYS)), "poll_s": 0.01}
        )
        third = turned.generate(order(), assets)
        await anext(third)
        await third.aclose()
        await turned.close()  # type: ignore[attr-defined]
        assert (len(server.posts), len(set(server.posts)), len(server.jobs)) == (3, 1, 1)


async def test_what_was_lost_and_then_is_refused_was_still_sent(assets: Disk) -> None:
    async with other() as (provider, server):
        server.lost, server.busy_after_loss = 1, 1
        told = await told_in(asking(provider, assets))
        assert (told.problem, len(told.outputs), len(server.jobs)) == (None, 2, 1)


async def test_a_server_that_is_busy_at_first_declines(assets: Disk) -> None:
    async with other() as (provider, server):
        server.busy = 1
        told = await told_by(provider, order(), assets)
        assert isinstance(told.problem, Declined)
        assert told.problem.kind is Kind.BUSY
        assert server.jobs == {}


async def test_work_is_resumed_with_its_ticket_and_only_the_rest_is_taken(assets: Disk) -> None:
    async with other() as (provider, server):
        updates = provider.generate(order(), assets)
        accepted = await anext(updates)
        assert isinstance(accepted, Accepted)
        await updates.aclose()
        told = await told_by(provider, order(ticket=accepted.ticket, delivered=1), assets)
        assert [output.seed for output in told] == [1]
        assert len(server.posts) == 1
        assert set(server.polls) == {server.posts[0][0]}
        assert server.cancelled == []


@pytest.mark.parametrize(("message", "cancelled"), [(None, ["job-0"]), (LEAVING, [])])
async def test_a_job_that_nobody_wants_is_cancelled_there(
    assets: Disk, message: str | None, cancelled: list[str]
) -> None:
    async with other() as (provider, server):
        server.end = {}
        task = asyncio.create_task(told_by(provider, order(), assets))
        await server.polled.wait()
        task.cancel(message)
        await asyncio.gather(task, return_exceptions=True)
        assert server.cancelled == cancelled


ENDS = {
    "filtered": None,
    "no_funds": Kind.UPSTREAM,
    "cancelled": Kind.UPSTREAM,
    "internal": Kind.UPSTREAM,
    "unknown": Kind.UNKNOWN,
    "timeout": Kind.TIMEOUT,
    "odd": Kind.UPSTREAM,
}


@pytest.mark.parametrize("kind", ENDS)
async def test_a_job_that_failed_there_failed_here(assets: Disk, kind: str) -> None:
    async with other() as (provider, server):
        error = {"kind": kind, "code": "x", "message": "No."}
        reasons = ["No."] if kind == "filtered" else []
        server.end = {"state": "failed", "outputs": [], "error": error, "withheld": reasons}
        told = await told_by(provider, order(), assets)
    assert (told.problem.kind if told.problem else None) == ENDS[kind]
    assert told.withheld == reasons


async def test_a_sketch_is_called_one_even_by_an_older_server(assets: Disk) -> None:
    async with other() as (provider, server):
        server.end = {"state": "done", "provider": "studio", "sketch": True}
        told = await told_by(provider, order(), assets)
    assert told.reported[-2].served_by == ("studio", "sketch")


@pytest.mark.parametrize("end", [{"state": "asleep"}, {"state": "done", "outputs": [{"medium": "smell"}]}])
async def test_nonsense_is_told(assets: Disk, end: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("danqing.upstream.patience.LOST_POLLS_S", 0.01)
    async with other() as (provider, server):
        server.end = end
        told = await told_by(provider, order(), assets)
    assert told.problem
    assert told.problem.code == "upstream_malformed"


def test_a_wrong_price_is_named() -> None:
    with pytest.raises(Problem) as raised:
        connect("danqing", {"name": "partner", "base_url": "http://other:8787", "max_cost": "cheap"})
    assert raised.value.param == "max_cost"
