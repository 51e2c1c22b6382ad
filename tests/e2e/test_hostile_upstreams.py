"""Every kind of upstream misbehaves in every way, on a real server with live keys: each job ends in a named state.

The client gets a clear error in its own dialect, nothing is charged, nothing hangs, and no key is told to anybody.
"""

import re
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.calls import ended, google_error, openai_error
from e2e.traces import files
from rows import EIGHT_SECONDS, add_model
from serving import Answer, Server
from upstreams.hostile import Hostile

CANARY = "sk-live-CANARY-0123456789abcdef"
PICTURES = {"google": "gemini-", "vertex": "imagen-", "openai": "gpt-image-", "gateway": "imagen-", "danqing": ""}
FILMS = {"google": "gemini-omni-", "vertex": "veo-", "openai": "sora-", "gateway": "veo-", "danqing": ""}
SETTINGS = """[upstreams.{kind}]
kind = "{kind}"
base_url = "{url}"
key = "{key}"
poll_s = 0.05
"""
SHORT_S = 6  # for what nothing but its deadline ends
LONG_S = 240
PEAK_MB_MAX = 400  # with two dozen of them at once, each of which sends gigabytes if it is let
STATUS = {"upstream": 502, "unknown": 502, "timeout": 504, "invalid": 400}

# What each fault comes to, "" for no error. First what every call is made by, in whatever shape its answer is.
LINE = {
    "truncated": "unknown",
    "reset": "unknown",
    "lies-long": "unknown",
    "lies-short": "upstream or unknown",  # the rest may be seen or not
    "heads": "unknown",
    "slow": "timeout",
    "silent": "timeout",
    "endless": "timeout",
    "html": "upstream",
    "nan": "upstream",
    "deep": "upstream",
    "not-base64": "upstream",
    "a-gif": "upstream",
    "bomb": "upstream",
    "zeros": "upstream",
    "blanks": "upstream",
    "redirect": "upstream",
    "broken": "upstream",
    "echo": "invalid",
}
# One that knows the ids of requests is asked again for what got lost, until the deadline; it sends no files in JSON.
AGAIN = {fault: kind for fault, kind in LINE.items() if fault not in ("not-base64", "a-gif", "endless", "lies-short")}
# Then what each of them has to read by itself.
SHAPE = {
    "hangup": "unknown",
    "empty": "upstream",
    "a-list": "upstream",
    "a-number": "upstream",
    "inside": "upstream",
    "not-base64": "upstream",
    "redirect": "upstream",
    "echo": "invalid",
    "twice": "",
}
POLL = {"html": "upstream", "silent": "timeout", "stuck": "timeout", "gone": "upstream", "echo": "upstream"}
FILE = {"slow": "timeout", "a-gif": "upstream", "redirect": "upstream", "gone": "upstream"}
STREAM = {fault: kind for fault, kind in LINE.items() if fault not in ("not-base64", "a-gif", "endless")}
GROUPS = {
    ("google", "predict", "call"): LINE | SHAPE,
    ("vertex", "predict", "call"): SHAPE,
    ("openai", "predict", "call"): SHAPE,
    ("gateway", "predict", "call"): SHAPE,
    ("gateway", "chat", "call"): SHAPE,
    ("gateway", "story", "call"): STREAM,
    ("danqing", "predict", "call"): AGAIN,
    **{(kind, "film", "poll"): POLL for kind in FILMS},
    **{(kind, "film", "file"): FILE for kind in FILMS},
}


@dataclass(frozen=True)
class Case:
    """One model whose upstream has one fault; `way` is how it is asked: in which dialect, for what."""

    kind: str
    way: str
    stage: str
    fault: str
    expected: str

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.way}-{self.stage}-{self.fault}"

    def write(self, data: Path) -> None:
        """Add the model to a server's own."""
        names = {"predict": PICTURES[self.kind], "chat": "gemini-", "film": FILMS[self.kind], "story": "veo3-"}
        makes = {"predict": ["image"], "chat": ["text", "image"]}.get(self.way, ["video"])
        film, price = (EIGHT_SECONDS, {"second": "0.10"}) if makes == ["video"] else ({}, {"image": "0.05"})
        route = (self.kind, f"{names[self.way]}hostile--{self.fault}--{self.stage}")
        add_model(data, self.id, makes, price=price, routes=[route], **film)


CASES = [Case(*group, fault, expected) for group, table in GROUPS.items() for fault, expected in table.items()]


@dataclass(frozen=True)
class Told:
    """What the client got, and the job."""

    answer: Answer
    job: Mapping[str, object]

    @property
    def kind(self) -> str:
        """Of what went wrong."""
        return str(self.job["error"]["kind"]) if self.job["error"] else ""


class World:
    """One server before one hostile upstream, asked for everything at once."""

    def __init__(self, server: Server, hostile: Hostile, key: str) -> None:
        self.server = server
        self.hostile = hostile
        self.key = key
        self._pool = ThreadPoolExecutor(24)
        self._told: dict[Case, Future[Told]] = {case: self._pool.submit(self._ask, case) for case in CASES}

    def told(self, group: tuple[str, str, str] | None = None) -> dict[Case, Told]:
        """All that was asked, or one group of it."""
        chosen = [case for case in CASES if group in (None, (case.kind, case.way, case.stage))]
        return {case: self._told[case].result() for case in chosen}

    def close(self) -> None:
        self._pool.shutdown()

    def _ask(self, case: Case) -> Told:
        lasting = case.expected == "timeout" or (case.kind, case.expected) == ("danqing", "unknown")
        headers = {"danqing-deadline": str(SHORT_S if lasting else LONG_S)}
        path = f"/gemini/v1beta/models/{case.id}"
        if case.way == "chat":
            body: dict[str, object] = {"model": case.id, "messages": [{"role": "user", "content": "a fox"}]}
            return self._begun("/v1/chat/completions", {**body, "modalities": ["text", "image"]}, headers)
        body = {"instances": [{"prompt": "a fox"}]}
        if case.way == "predict":
            return self._begun(f"{path}:predict", body, headers)
        begun = self._begun(f"{path}:predictLongRunning", body, headers)
        polled = self.server.call("GET", f"/gemini/v1beta/{begun.answer.json()['name']}", key=self.key)
        return Told(polled, begun.job)

    def _begun(self, path: str, body: object, headers: Mapping[str, str]) -> Told:
        answer = self.server.call("POST", path, body, key=self.key, headers=headers, timeout=LONG_S)
        return Told(answer, ended(self.server, answer.headers["danqing-job"], self.key))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Hostile() as hostile:
        server = Server(tmp_path_factory.mktemp("hostile"))
        write(server.data, hostile.url)
        server.start()
        world = World(server, hostile, server.live_key())
        yield world
        world.close()
        assert server.stop() == 0, server.log()[-3000:]
        assert server.audit() == []


def write(data: Path, url: str) -> None:
    """The settings, and a model for each case."""
    for case in CASES:
        case.write(data)
    tables = [SETTINGS.format(kind=kind, url=url, key=CANARY) for kind in PICTURES]
    tables[1] += f'storage_url = "{url}"\n'
    (data / "danqing.toml").write_text("\n".join(tables))


@pytest.mark.parametrize("group", GROUPS, ids="-".join)
def test_whatever_an_upstream_does_comes_to_a_named_end(world: World, group: tuple[str, str, str]) -> None:
    told = world.told(group)
    strange = {case.fault: one.kind for case, one in told.items() if one.kind not in case.expected.split(" or ")}
    assert strange == {}
    for case, one in told.items():
        assert one.job["state"] == {"": "done", "unknown": "unknown"}.get(one.kind, "failed"), case
        assert (one.job["charged"]["nanos"] == 0) == bool(one.kind), case


def test_the_client_is_told_in_its_own_dialect(world: World) -> None:
    for case, one in world.told().items():
        if not one.kind:
            continue
        if case.way in ("film", "story"):
            error = one.answer.json()["error"]
            assert set(error) == {"code", "message"}
        elif one.answer.status == 200:  # the head was sent before it was known
            error = one.answer.json()["error"]
        else:
            check = openai_error if case.way == "chat" else google_error
            error = check(one.answer, STATUS[one.kind])
        assert error["message"] == one.job["error"]["message"], case


def test_no_key_is_told_to_anybody(world: World) -> None:
    told = world.told()
    assert any("…" in str(one.job["error"]) for one in told.values()), "one that echoed the key is quoted without it"
    for case, one in told.items():
        assert CANARY.encode() not in one.answer.body, case
        assert CANARY not in str(one.job), case
    assert CANARY not in world.server.log()
    assert world.hostile.strays == [], "a redirect was followed"


def test_what_nobody_waits_for_any_more_is_called_off_where_that_is_possible(world: World) -> None:
    told = world.told()
    assert {case.kind for case in told if case.fault == "stuck"} == set(FILMS)
    kinds = {"/interactions/": "google", "/videos/": "openai", "/api/jobs/": "danqing"}
    seen = {kind for part, kind in kinds.items() for path in world.hostile.cancelled if part in path}
    assert seen == set(kinds.values())


def test_the_server_is_as_well_as_before(world: World) -> None:
    world.told()
    log = world.server.log()
    for word in ("defect", "provider failed", "Traceback", "a drive broke off"):
        assert word not in log, log[log.index(word) - 500 :][:3000]
    assert peak_mb(world.server) < PEAK_MB_MAX
    assert world.server.call("GET", "/healthz").status == 200
    usage = world.server.call("GET", "/api/usage", key=world.key).json()
    assert usage["account"]["held"]["nanos"] == 0
    assert not [path for path in files(world.server.data / "assets" / "incoming") if path.name != "lock"]


def peak_mb(server: Server) -> int:
    """The most memory that the server's process ever had."""
    assert server.process
    [line] = re.findall(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.process.pid}/status").read_text())
    return int(line) // 1024
