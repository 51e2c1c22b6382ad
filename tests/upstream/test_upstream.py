"""The client of all engines: what a hostile, broken or absent server comes to, and that no key ever leaves."""

import asyncio
import base64
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from danqing.assets.disk import Disk
from danqing.domain.errors import Declined, Kind, Problem
from danqing.domain.media import Blob
from danqing.upstream import client
from danqing.upstream.client import Request, Upstream
from danqing.wire.holes import Hole
from upstreams.raw import Talk, saying, sending, talking

KEY = "sk-live-CANARY-0123456789"
PNG = b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(50_000)
PAID = Request(method="POST", path="/v1/make", body={"prompt": "a fox"}, paid=True)
POLL = Request(method="GET", path="/v1/jobs/1")


@pytest.fixture
def assets(tmp_path: Path) -> Iterator[Disk]:
    assets = Disk(tmp_path / "assets", bytes_max=1 << 20)
    yield assets
    assets.close()


def files(assets: Disk, tmp_path: Path) -> list[Path]:
    """Everything that was kept or is still under way."""
    return [path for path in (tmp_path / "assets").rglob("*") if path.is_file() and path.name != "lock"]


async def authorize() -> Mapping[str, str]:
    return {"authorization": f"Bearer {KEY}"}


async def asked(talk: Talk, assets: Disk, request: Request = PAID) -> object:
    """What the call comes to: the body of the answer, or the Problem."""
    async with talking(talk) as url:
        return await asked_at(url, assets, request)


async def asked_at(url: str, assets: Disk, request: Request = PAID) -> object:
    engine = Upstream("engine", url, authorize)
    try:
        return (await engine.call(request, assets)).body
    except Problem as problem:
        if KEY in repr(problem) + str(problem.__cause__):
            pytest.fail("the key is in a Problem")
        return problem
    finally:
        await engine.close()


def with_picture(data: bytes) -> bytes:
    return json.dumps({"data": [{"b64_json": base64.b64encode(data).decode()}]}).encode()


async def test_a_picture_in_an_answer_is_a_file_before_the_answer_is_read(assets: Disk) -> None:
    body = await asked(saying(with_picture(PNG)), assets)
    assert isinstance(body, dict)
    blob = body["data"][0]["b64_json"]
    assert isinstance(blob, Blob)
    assert (blob.size, blob.mime) == (len(PNG), "image/png")
    assert b"".join([chunk async for chunk in assets.open(blob)]) == PNG


async def test_a_picture_in_a_request_is_sent_from_its_file(assets: Disk) -> None:
    blob = await assets.put(PNG, "image/png")
    received = bytearray()

    async def talk(head: bytes, writer: asyncio.StreamWriter) -> None:
        received.extend(head)
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")

    request = Request(method="POST", path="/v1/make?x=1", body={"image": Hole(blob)}, params={"key": "a b"}, paid=True)
    assert await asked(talk, assets, request) == {}
    assert b"POST /v1/make?x=1&key=a+b HTTP/1.1" in received
    size = len(base64.b64encode(PNG)) + len('{"image":""}')
    assert f"content-length: {size}".encode() in bytes(received).lower()


JSON = "content-type: application/json"
HOSTILE: dict[str, tuple[Talk, Kind, str]] = {
    "nothing": (sending(b""), Kind.UNKNOWN, "outcome_unknown"),
    "no http": (sending(b"SSH-2.0-OpenSSH\r\n\r\n"), Kind.UNKNOWN, "outcome_unknown"),
    "html": (saying(b"<html>Welcome</html>", head="content-type: text/html"), Kind.UPSTREAM, "upstream_malformed"),
    "nan": (saying(b'{"a": NaN}'), Kind.UPSTREAM, "upstream_malformed"),
    "empty": (saying(b""), Kind.UPSTREAM, "upstream_malformed"),
    "not utf-8": (saying(b'{"a": "\xff\xfe"}'), Kind.UPSTREAM, "upstream_malformed"),
    "wrong type": (saying(with_picture(b"GIF89a" + PNG)), Kind.UPSTREAM, "upstream_malformed"),
    "broken base64": (
        saying(with_picture(PNG)[:-50] + b"*" + with_picture(PNG)[-50:]),
        Kind.UPSTREAM,
        "upstream_malformed",
    ),
    "too large": (saying(with_picture(PNG * 30)), Kind.UPSTREAM, "upstream_malformed"),
    "truncated": (
        sending(f"HTTP/1.1 200 OK\r\n{JSON}\r\ncontent-length: 90000\r\n\r\n".encode() + with_picture(PNG)[:50_000]),
        Kind.UNKNOWN,
        "outcome_unknown",
    ),
    "lies about its length": (
        sending(f"HTTP/1.1 200 OK\r\n{JSON}\r\ncontent-length: 10\r\n\r\n".encode() + with_picture(PNG)),
        Kind.UNKNOWN,
        "outcome_unknown",
    ),
    "500": (saying(b"oops", status="500 Oops"), Kind.UPSTREAM, "upstream_failed"),
    "502": (saying(b"<html>nginx</html>", status="502 Bad Gateway"), Kind.UNKNOWN, "outcome_unknown"),
    "400": (saying(b'{"error":{"message":"no such size"}}', status="400 Bad"), Kind.INVALID, "upstream_refused"),
}


@pytest.mark.parametrize("fault", HOSTILE)
async def test_a_hostile_server_comes_to_a_named_problem(assets: Disk, tmp_path: Path, fault: str) -> None:
    talk, kind, code = HOSTILE[fault]
    problem = await asked(talk, assets)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.code) == (kind, code)
    assert not isinstance(problem, Declined)
    assert files(assets, tmp_path) == []


DECLINED = {
    "429 Slow down": (Kind.BUSY, "upstream_busy"),
    "503 Overloaded": (Kind.BUSY, "upstream_busy"),
    "401 Who": (Kind.UPSTREAM, "upstream_credentials"),
    "403 No": (Kind.UPSTREAM, "upstream_credentials"),
    "402 Pay": (Kind.UPSTREAM, "upstream_funds"),
    "404 What": (Kind.UPSTREAM, "upstream_not_found"),
    "307 There\r\nlocation: http://127.0.0.1:9/": (Kind.UPSTREAM, "upstream_redirect"),
}


@pytest.mark.parametrize("status", DECLINED)
async def test_what_was_not_taken_may_be_asked_of_another(assets: Disk, status: str) -> None:
    said = json.dumps({"error": {"message": f"the key {KEY} is wrong\n\x1b[31m", "code": 7}}).encode()
    problem = await asked(saying(said, status=status), assets)
    assert isinstance(problem, Declined)
    assert (problem.kind, problem.code) == DECLINED[status]
    assert "the key … is wrong" in problem.message


RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo"


@pytest.mark.parametrize(
    ("head", "delay", "seconds"),
    [
        ("retry-after: 7", "37s", 7),
        ("x: y", "37s", 37),
        ("x: y", "36.2s", 37),
        ("x: y", "5.000s", 5),
        ("x: y", "999999s", 3600),
        ("retry-after: Wed, 21 Oct 2026 07:28:00 GMT", "4s", 4),
        ("retry-after: soon", "later", None),
        ("x: y", 7, None),
    ],
)
async def test_when_a_busy_engine_wants_to_be_asked_again(
    assets: Disk, head: str, delay: object, seconds: int | None
) -> None:
    said = {"error": {"message": "quota", "details": [7, {}, {"@type": RETRY_INFO, "retryDelay": delay}]}}
    problem = await asked(saying(json.dumps(said).encode(), status="429 Slow", head=head), assets)
    assert isinstance(problem, Declined)
    assert (problem.kind, problem.retry_after) == (Kind.BUSY, seconds)


async def test_a_key_that_is_quoted_in_a_success_is_not_read(assets: Disk) -> None:
    said = {"error": {"message": f"{KEY} is exhausted"}, "data": [{"text": f"Bearer {KEY}"}]}
    assert await asked(saying(json.dumps(said).encode()), assets) == {
        "error": {"message": "… is exhausted"},
        "data": [{"text": "Bearer …"}],
    }
    event = b"HTTP/1.1 200 OK\r\n\r\ndata: " + json.dumps(said).encode() + b"\n\n"
    async with talking(sending(event)) as url:
        engine = Upstream("engine", url, authorize)
        assert KEY not in str([event async for event in engine.events(PAID, assets)])
        await engine.close()


async def test_a_key_that_is_quoted_where_a_file_or_a_page_should_be_is_not_told(assets: Disk) -> None:
    said = json.dumps({"error": f"no file for {KEY}"}).encode()
    for status in ("404 Gone", "500 Oops"):
        async with talking(saying(said, status=status)) as url:
            engine = Upstream("engine", url, authorize)
            for fetch in (engine.download(f"{url}/files/1", assets), engine.page(f"{url}/page")):
                with pytest.raises(Problem, match="no file for …"):
                    await fetch
            await engine.close()
    async with talking(saying(f"see {KEY}".encode())) as url:
        engine = Upstream("engine", url, authorize)
        assert await engine.page(f"{url}/page") == "see …"
        await engine.close()


LINKS = ["http://[", "http://x:99999/a", "http://x:abc/", "http:///a", "ftp://x/a", "javascript:1"]


@pytest.mark.parametrize("link", LINKS)
async def test_a_link_that_leads_nowhere_comes_to_a_named_problem(assets: Disk, link: str) -> None:
    async with talking(saying(b"", status="302 Found", head=f"location: {link}")) as url:
        for at in (link, f"{url}/files/1"):
            problem = await downloaded(url, at, assets)
            assert isinstance(problem, Problem)
            assert (problem.kind, problem.code) == (Kind.UPSTREAM, "upstream_malformed")


async def test_nobody_there(assets: Disk) -> None:
    async with talking(sending(b"")) as url:
        pass
    problem = await asked_at(url, assets)
    assert isinstance(problem, Declined)
    assert problem.code == "upstream_unreachable"


async def test_a_poll_that_is_refused_is_no_mistake_of_the_caller(assets: Disk) -> None:
    problem = await asked(saying(b'{"error":{"message":"no such job"}}', status="400 Bad"), assets, POLL)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.code) == (Kind.UPSTREAM, "upstream_refused")


async def test_a_poll_that_is_lost_leaves_nothing_unknown(assets: Disk) -> None:
    problem = await asked(sending(b""), assets, POLL)
    assert isinstance(problem, Problem)
    assert (problem.kind, problem.code) == (Kind.UNAVAILABLE, "upstream_lost")


async def test_a_server_that_drips_is_given_up(assets: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "BODY_S", 0.3)
    monkeypatch.setattr(client, "BODY_BYTES_PER_S", 10**9)

    async def talk(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 70000\r\n\r\n" + with_picture(PNG)[:30_000])
        for _ in range(100):
            writer.write(b"A")
            await writer.drain()
            await asyncio.sleep(0.05)

    problem = await asked(talk, assets)
    assert isinstance(problem, Problem)
    assert problem.code == "upstream_malformed"
    assert "slowly" in problem.message
    assert files(assets, tmp_path) == []


async def downloaded(url: str, at: str, assets: Disk) -> Blob | Problem:
    engine = Upstream("engine", url, authorize)
    try:
        return await engine.download(at, assets)
    except Problem as problem:
        return problem
    finally:
        await engine.close()


async def test_a_download_brings_the_key_to_its_own_engine_only(assets: Disk) -> None:
    heads: list[bytes] = []

    async def talk(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(f"HTTP/1.1 200 OK\r\ncontent-length: {len(PNG)}\r\n\r\n".encode() + PNG)

    async with talking(talk) as own, talking(talk) as other:
        blob = await downloaded(own, f"{own}/files/1", assets)
        assert isinstance(blob, Blob)
        assert KEY.encode() in heads[-1]
        strange = await downloaded(own, f"{other}/files/1", assets)
    assert isinstance(strange, Problem)  # another port of this machine is not public
    assert strange.code == "upstream_link"
    assert len(heads) == 1


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "0", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.1"],
)
async def test_a_link_to_this_network_is_not_followed(assets: Disk, host: str) -> None:
    reached: list[bytes] = []

    async def talk(head: bytes, writer: asyncio.StreamWriter) -> None:
        reached.append(head)

    async with talking(talk) as url:
        port = url.rpartition(":")[2]
        problem = await downloaded("https://engine.example", f"http://{host}:{port}/x", assets)
        assert isinstance(problem, Problem)

        async def redirect(head: bytes, writer: asyncio.StreamWriter) -> None:
            writer.write(
                f"HTTP/1.1 302 Found\r\nlocation: http://{host}:{port}/x\r\ncontent-length: 0\r\n\r\n".encode()
            )

        async with talking(redirect) as engine:
            problem = await downloaded(engine, f"{engine}/files/1", assets)
            assert isinstance(problem, Problem)
    assert reached == []


async def test_the_events_of_a_stream_come_with_their_files(assets: Disk) -> None:
    picture = json.dumps({"type": "partial", "b64_json": base64.b64encode(PNG).decode()})
    text = f': hello\n\nevent: partial\ndata: {picture}\n\ndata: {{"type":"end"}}\n\ndata: [DONE]\n\n'
    async with talking(sending(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + text.encode())) as url:
        engine = Upstream("engine", url, authorize)
        events = [event async for event in engine.events(PAID, assets)]
        await engine.close()
    partial, end = events
    assert isinstance(partial, dict)
    assert isinstance(partial["b64_json"], Blob)
    assert end == {"type": "end"}


STREAMS = {
    "no json": b"data: <html>\n\n",
    "an event without an end": b"data: " + b"a" * (9 << 20),
    "a file of no known type": b'data: {"b64_json":"' + base64.b64encode(b"GIF89a" + PNG) + b'"}\n\n',
    "a file that is no base64": b'data: {"b64_json":"' + base64.b64encode(PNG) + b'*"}\n\n',
}


@pytest.mark.parametrize("fault", STREAMS)
async def test_a_stream_of_no_use_comes_to_a_named_problem(assets: Disk, tmp_path: Path, fault: str) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
    async with talking(sending(head + STREAMS[fault])) as url:
        engine = Upstream("engine", url, authorize)
        with pytest.raises(Problem) as raised:
            [event async for event in engine.events(PAID, assets)]
        await engine.close()
    assert (raised.value.kind, raised.value.code) == (Kind.UPSTREAM, "upstream_malformed")
    assert files(assets, tmp_path) == []


async def test_an_event_is_whole_however_it_is_cut(assets: Disk) -> None:
    text = b'data: {"a": 1}\r\n\r\n: hello\n\ndata: {"b":\ndata: 2}\n\ndata: {"c": 3}\n\n'
    for size in (1, 2, 3, 7):

        async def talk(head: bytes, writer: asyncio.StreamWriter, size: int = size) -> None:
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")
            for at in range(0, len(text), size):
                writer.write(text[at : at + size])
                await writer.drain()
                await asyncio.sleep(0)

        async with talking(talk) as url:
            engine = Upstream("engine", url, authorize)
            assert [event async for event in engine.events(PAID, assets)] == [{"a": 1}, {"b": 2}, {"c": 3}]
            await engine.close()
