"""What a key may do and see by its role, in every dialect: viewers look, members see their own, admins everything."""

import json
import re
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO

import msgspec
import pytest
from starlette.routing import BaseRoute, Mount, Route

from danqing.app import find_dialects
from danqing.front import Front
from danqing.front.porter import LOOKING
from danqing.wire.answers import assets, jobs, money
from serving import Answer, Server

from .calls import CENT, IMAGEN, ended, native_error, new_key

ONLY_LOOKS = b"This key only looks: it neither makes nor changes anything."
JOB = {"model": IMAGEN, "prompt": "a red fox", "count": 1, "seed": 7}
RAW = {"x-goog-upload-protocol": "raw"}
SIGNS_IN = "/api/session"  # whoever asks here has no key yet, or wants to be rid of it


class House:
    """Ann and Bob are of one project, Eve looks at it, Lone is of none; and there is an admin. Three have a picture."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.project = self.rule("POST", "/api/projects", {"name": "ads"}).json()["id"]
        of = {"project": self.project}
        self.secrets = {
            "ann": new_key(server, "ann", **of),
            "bob": new_key(server, "bob", **of),
            "lone": new_key(server, "lone"),
            "eve": new_key(server, "eve", role="viewer", **of),
            "admin": new_key(server, "admin", role="admin"),
        }
        self.ids = {name: self.ask(name, "GET", "/api/usage").json()["key"]["id"] for name in self.secrets}
        self.jobs = {name: self.made(name, JOB) for name in ("ann", "bob", "lone")}
        self.files = {name: job["outputs"][0]["file"] for name, job in self.jobs.items()}  # type: ignore[index]

    def rule(self, method: str, path: str, body: object = None) -> Answer:
        return self.server.call(method, path, body, key=self.server.owner_key)

    def ask(self, name: str, method: str, path: str, body: object = None, **more: object) -> Answer:
        return self.server.call(method, path, body, key=self.secrets[name], **more)  # type: ignore[arg-type]

    def made(self, name: str, body: Mapping[str, object]) -> dict[str, object]:
        job = self.ask(name, "POST", "/api/jobs", body)
        assert job.status == 201, job.body
        return ended(self.server, str(job.json()["id"]), self.secrets[name])

    def whose(self, name: str, path: str) -> set[str]:
        """The names of the keys whose things are in a list, of those that are of this house."""
        [rows] = [rows for rows in self.ask(name, "GET", path).json().values() if isinstance(rows, list)]
        told = {(row["key"]["id"], row["key"]["name"]) for row in rows}
        return {name for id, name in told if self.ids.get(name) == id}


@pytest.fixture(scope="module")
def house(server: Server) -> House:
    return House(server)


def changing(routes: Sequence[BaseRoute], above: str = "") -> Iterator[tuple[str, str]]:
    """Every route that is asked for more than to read."""
    for route in routes:
        if isinstance(route, Mount):
            yield from changing(route.routes, above + route.path)
        elif isinstance(route, Route):
            yield from ((method, above + route.path) for method in sorted(route.methods or ()))


def every_change() -> list[tuple[str, str]]:
    front = Front(*[None] * 8)  # nobody asks
    there = {told for dialect in find_dialects() for told in changing(dialect.routes(front))}
    return sorted((method, path) for method, path in there if method not in ("GET", "HEAD"))


def spelled(path: str) -> str:
    path = path.replace("/{at:google}", "/v1beta/").replace("{at:upload}", "upload/v1beta/")
    return re.sub(r"\{\w+(:\w+)?\}", "none", path.replace("{model}", IMAGEN))


@pytest.mark.parametrize(("method", "path"), every_change(), ids=" ".join)
def test_a_viewer_changes_nothing_whatever_it_speaks(house: House, method: str, path: str) -> None:
    answer = house.ask("eve", method, spelled(path), {"name": "nobody", "dry_run": True}, headers=RAW)
    if path in LOOKING:
        assert answer.status in (200, 400), answer.body
    elif path == SIGNS_IN:
        assert answer.status == (400 if method == "POST" else 200), answer.body
    elif b"owner_only" in answer.body:
        assert answer.status == 403
    else:
        assert answer.status == 403, answer.body
        assert ONLY_LOOKS in answer.body


def test_there_are_routes_of_every_dialect_to_be_refused() -> None:
    paths = {path for _, path in every_change()}
    assert len(paths) > 45
    assert {"/mcp", "/v1/chat/completions", "/{at:google}models/{model}:predict", "/v1/videos/{id}"} <= paths


@pytest.mark.parametrize("place", ["x-goog-api-key", "?key=", "session"])
def test_a_viewer_is_known_wherever_its_key_stands(house: House, place: str) -> None:
    secret, path = house.secrets["eve"], "/api/jobs"
    headers = {"x-goog-api-key": secret} if place == "x-goog-api-key" else {}
    if place == "session":
        own = {"sec-fetch-site": "same-origin"}
        signed = house.server.call("POST", "/api/session", {"key": secret}, key="", headers=own)
        assert signed.json()["key"]["role"] == "viewer"
        headers = {"cookie": signed.headers["set-cookie"].partition(";")[0], **own}
    query = f"?key={secret}" if place == "?key=" else ""
    assert house.server.call("GET", path + query, key="", headers=headers).status == 200
    error = native_error(house.server.call("POST", path + query, JOB, key="", headers=headers), 403)
    assert error["code"] == "viewer_key"


@pytest.mark.parametrize(
    ("name", "sees"),
    [("ann", {"ann"}), ("lone", {"lone"}), ("eve", {"ann", "bob"}), ("admin", {"ann", "bob", "lone"})],
)
def test_everything_that_is_read_is_read_by_the_same_rule(house: House, name: str, sees: set[str]) -> None:
    for path in ("/api/jobs?limit=200", "/api/assets?limit=200"):
        assert house.whose(name, path) == sees, path
    for whose, job in house.jobs.items():
        file, id, status = house.files[whose], job["id"], 200 if whose in sees else 404
        for path in (
            f"/api/jobs/{id}",
            f"/api/jobs/{id}/timeline",
            f"/api/jobs/{id}/events",
            f"/api/assets/{file}",
            f"/api/assets/{file}/thumbnail",
            f"/api/assets/{file}/shares",
            f"/api/files/{file}",
            f"/api/zip?name={file}",
            f"/v1beta/files/{file}",
            f"/v1/files/file-{file}/content",
            f"/api/jobs?key={house.ids[whose]}",
            f"/api/assets?key={house.ids[whose]}",
            f"/api/usage?by=key&key={house.ids[whose]}",
            f"/api/ledger?key={house.ids[whose]}",
        ):
            assert house.ask(name, "GET", path).status == status, (path, whose)
        data = house.ask(whose, "GET", f"/api/files/{file}").body
        known = msgspec.convert(house.ask(name, "POST", "/api/recognise", data).json(), assets.Recognised)
        assert (known.asset is not None, known.job is not None) == (whose in sees, whose in sees)
    figures = house.ask(name, "GET", "/api/usage?by=key").json()["figures"]
    ids = {house.ids[whose]: whose for whose in house.jobs}
    assert {ids[figure["key"]] for figure in figures if figure["key"] in ids} == sees
    lines = house.ask(name, "GET", "/api/ledger?limit=1000").json()["entries"]
    assert {ids[line["key"]] for line in lines if line["key"] in ids} == sees


def test_a_figure_has_the_address_of_its_lines_for_a_viewer_too(house: House) -> None:
    keys = f"{house.ids['ann']},{house.ids['bob']}"
    for path in ("/api/usage?by=day", f"/api/usage?by=day&key={keys}", f"/api/usage?by=key&key={keys}"):
        told = msgspec.convert(house.ask("eve", "GET", path).json(), money.Figures)
        for figure in told.figures:
            lines = house.ask("eve", "GET", figure.ledger.removeprefix(house.server.url)).json()
            entries = msgspec.convert(lines, money.Ledger).entries
            assert sum(entry.charged.nanos for entry in entries) == figure.charged.nanos >= 3 * CENT


def test_the_statement_of_a_viewer_is_its_project_s_and_an_admin_s_its_own(house: House) -> None:
    spent = {}
    for name in ("ann", "bob", "eve", "admin"):
        told = msgspec.convert(house.ask(name, "GET", "/api/usage").json(), money.Usage)
        spent[name] = told.forecast.month_so_far.nanos
        assert sum(row.charged.nanos for row in told.by_model) == spent[name]
        assert bool(told.statement) == bool(spent[name])
    assert spent["eve"] == spent["ann"] + spent["bob"] >= 6 * CENT
    assert spent["admin"] == 0


def test_a_viewer_sees_the_boards_of_its_project_and_an_admin_all(house: House) -> None:
    boards = {name: house.ask(name, "POST", "/api/boards", {"name": name}).json()["id"] for name in ("ann", "lone")}
    here = f"/api/boards/{boards['ann']}/assets"
    assert house.ask("ann", "POST", here, {"assets": [house.files["ann"]]}).status == 200
    for name, sees in (("ann", {"ann"}), ("bob", set()), ("eve", {"ann"}), ("admin", {"ann", "lone"})):
        rows = house.ask(name, "GET", "/api/boards").json()["boards"]
        whose = {row["name"]: row["key"] for row in rows if row["id"] in boards.values()}
        assert whose == {name: {"id": house.ids[name], "name": name} for name in sees}
        found = house.ask(name, "GET", f"/api/assets?board={boards['ann']}").json()["assets"]
        assert [row["file"] for row in found] == ([house.files["ann"]] if "ann" in sees else [])
    for whose, board in boards.items():
        assert house.ask("bob", "DELETE", f"/api/boards/{board}").status == 404
        assert house.ask("admin", "DELETE", f"/api/boards/{board}").status == 200, whose


@contextmanager
def listening(house: House, name: str) -> Iterator[IO[bytes]]:
    headers = {"authorization": f"Bearer {house.secrets[name]}"}
    request = urllib.request.Request(f"{house.server.url}/api/events?after={2**50}", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as stream:
        yield stream


def heard(stream: IO[bytes]) -> dict[str, object]:
    """The next job of a stream."""
    line = next(line for line in stream if line.startswith(b"data: "))
    return json.loads(line.removeprefix(b"data: "))


@pytest.mark.parametrize(("name", "hears"), [("eve", ["ann", "bob"]), ("admin", ["lone", "ann"])])
def test_a_stream_tells_of_the_jobs_that_are_seen(house: House, name: str, hears: list[str]) -> None:
    with listening(house, name) as stream:
        for whose in ("lone", *hears):
            made = house.made(whose, JOB)
            if whose not in hears:
                continue
            told = heard(stream)
            while told["id"] != made["id"]:
                assert told["key"]["name"] != "lone" or name == "admin"  # type: ignore[index]
                told = heard(stream)
            assert msgspec.convert(told, jobs.Job).key == jobs.Whose(house.ids[whose], whose)


def test_an_admin_does_to_others_work_what_they_may_do_themselves(house: House) -> None:
    body = {**JOB, "prompt": "three owls"}
    file = house.made("lone", body)["outputs"][0]["file"]  # type: ignore[index]
    waiting = house.ask("lone", "POST", "/api/jobs", {"model": "veo-2.0-generate-001", "prompt": "a kite"}).json()["id"]
    assert house.ask("bob", "POST", f"/api/jobs/{waiting}/cancel").status == 404
    assert house.ask("admin", "POST", f"/api/jobs/{waiting}/cancel").status == 200
    assert house.ask("admin", "PUT", f"/api/assets/{file}/star").json()["key"]["name"] == "lone"
    assert house.ask("lone", "GET", f"/api/assets/{file}").json()["starred"]
    assert house.ask("admin", "DELETE", f"/api/assets/{file}").status == 200
    assert house.ask("lone", "GET", f"/api/assets/{file}").status == 404
    assert house.server.audit() == []


def test_an_admin_does_what_the_owner_may(house: House) -> None:
    for path in ("/api/keys", "/api/projects", "/api/upstreams", "/api/models?retiring"):
        told, owner = house.ask("admin", "GET", path), house.rule("GET", path)
        assert (told.status, told.json()) == (200, owner.json()), path
    made = house.ask("admin", "POST", "/api/keys", {"name": "made by an admin"})
    assert made.status == 201
    assert house.ask("admin", "POST", "/api/sweep", {"dry_run": True}).status == 200
    assert house.ask("admin", "DELETE", f"/api/keys/{made.json()['id']}").status == 200
    for name in ("ann", "eve"):
        assert native_error(house.ask(name, "GET", "/api/keys"), 403)["code"] == "owner_only"
        assert house.ask(name, "PATCH", f"/api/keys/{house.ids[name]}", {"role": "admin"}).status == 403


def test_a_role_is_given_and_taken_and_must_fit(house: House) -> None:
    secret = new_key(house.server, "promoted")
    id = house.server.call("GET", "/api/usage", key=secret).json()["key"]["id"]
    for body, code in (
        ({"name": "x", "role": "viewer"}, "viewer_without_project"),
        ({"name": "x", "role": "admin", "project": house.project}, "admin_of_project"),
        ({"name": "x", "role": "king"}, ""),
        ({"name": "x", "role": None}, ""),
    ):
        error = native_error(house.rule("POST", "/api/keys", body), 400)
        assert error["code"] == code or not code
    path = f"/api/keys/{id}"
    refused = native_error(house.rule("PATCH", path, {"role": "viewer", "name": "not renamed"}), 400)
    assert (refused["code"], refused["param"]) == ("viewer_without_project", "role")
    told = house.rule("PATCH", path, {"role": "admin", "name": "promoted indeed"}).json()
    assert (told["role"], told["name"]) == ("admin", "promoted indeed")
    native_error(house.rule("PATCH", "/api/keys/nobody", {"role": "member"}), 404)
    assert native_error(house.rule("PATCH", f"/api/keys/{house.ids['ann']}", {"role": "admin"}), 400)


@pytest.mark.parametrize("query", ["cost_min=-1", "cost_max=much", "cost_min=1e3", "cost_max=1.0000000001"])
def test_a_cost_that_is_none_is_refused(house: House, query: str) -> None:
    for path in ("/api/assets", "/api/jobs"):
        error = native_error(house.ask("ann", "GET", f"{path}?{query}"), 400)
        assert error["param"] == query.partition("=")[0]


def test_files_and_jobs_are_chosen_by_what_they_cost(house: House) -> None:
    for path in ("/api/assets", "/api/jobs"):
        assert house.whose("lone", f"{path}?cost_min=0.03&cost_max=0.03") == {"lone"}
        assert house.whose("lone", f"{path}?cost_min=0.030000001") == set()
        assert house.whose("ann", f"{path}?cost_max=0.029999999") == set()
