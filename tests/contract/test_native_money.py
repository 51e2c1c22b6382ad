"""What was spent is told by day, model, key and project, each figure with its lines; keys get names and new secrets."""

import csv
from io import StringIO

import msgspec

from danqing.wire.answers import money
from serving import Server

from .calls import CENT, GEMINI, IMAGEN, PREDICT, native_error, new_key, predict_body


def test_every_figure_is_the_sum_of_its_lines(server: Server) -> None:
    project = server.call("POST", "/api/projects", {"name": "ads"}, key=server.owner_key).json()["id"]
    key = new_key(server, "bookish", project=project, monthly_usd="1.00", budget_usd="5")
    for _ in range(2):
        assert server.call("POST", PREDICT, predict_body(), key=key).status == 200
    for owner in (False, True):
        asker = server.owner_key if owner else key
        answer = server.call("GET", f"/api/usage?by=day,model,key,project&project={project}", key=asker)
        [figure] = msgspec.convert(answer.json(), money.Figures).figures
        assert (figure.model, figure.project, figure.jobs, figure.charged.nanos) == (IMAGEN, project, 2, 6 * CENT)
        lines = server.call("GET", figure.ledger.removeprefix(server.url), key=asker).json()
        entries = msgspec.convert(lines, money.Ledger).entries
        assert sum(entry.charged.nanos for entry in entries) == 6 * CENT
        assert {entry.key for entry in entries} == {figure.key}
    usage = msgspec.convert(server.call("GET", "/api/usage", key=key).json(), money.Usage)
    assert (usage.forecast.month_so_far.nanos, usage.forecast.by_day.nanos) == (6 * CENT, 6 * CENT // 7)
    assert {row.limit for row in usage.forecast.limits} == {"balance", "total", "monthly"}
    first = server.call("GET", "/api/ledger?limit=3", key=key).json()
    rest = server.call("GET", f"/api/ledger?before={first['next']}", key=key).json()
    assert [len(page["entries"]) for page in (first, rest)] == [3, 1]
    assert server.call("GET", f"/api/usage?by=model&model={GEMINI}", key=key).json()["figures"] == []
    assert server.call("GET", "/api/usage?by=model&account=live", key=key).json()["figures"] == []
    [played] = server.call("GET", "/api/usage?by=model&account=test", key=key).json()["figures"]
    lines = server.call("GET", played["ledger"].removeprefix(server.url), key=key).json()["entries"]
    assert {line["account"] for line in lines} == {"test"}
    assert sum(line["charged"]["nanos"] for line in lines) == played["charged"]["nanos"] == 6 * CENT


def test_figures_and_lines_come_as_tables_too(server: Server) -> None:
    key = new_key(server, "tabular")
    server.call("POST", PREDICT, predict_body(), key=key)
    told = server.call("GET", "/api/usage?by=model", key=key, headers={"accept": "text/csv"})
    assert told.headers["content-type"] == "text/csv; charset=utf-8"
    assert list(csv.DictReader(StringIO(told.body.decode()))) == [
        {"model": IMAGEN, "jobs": "1", "charged_usd": "0.03", "charged_nanos": str(3 * CENT)}
    ]
    lines = list(csv.DictReader(StringIO(server.call("GET", "/api/ledger?format=csv", key=key).body.decode())))
    assert [line["phase"] for line in lines] == ["post", "hold"]
    assert [line["charged_nanos"] for line in lines] == [str(3 * CENT), "0"]
    for query in ("usage?by=colour", "usage?by=day&since=soon", "ledger?limit=0", "ledger?format=xml"):
        native_error(server.call("GET", f"/api/{query}", key=key), 400)
    mine = server.call("GET", "/api/usage?by=key", key=key).json()["figures"]
    assert [figure["jobs"] for figure in mine] == [1]
    native_error(server.call("GET", "/api/usage?by=key&key=key_first", key=key), 404)  # nobody sees another key's


def test_a_key_gets_another_name_and_another_secret(server: Server) -> None:
    secret = new_key(server, "old name")

    def row(name: str) -> dict[str, object]:
        keys = server.call("GET", "/api/keys", key=server.owner_key).json()["keys"]
        msgspec.convert({"keys": keys}, money.Keys)
        return next(key for key in keys if key["name"] == name)

    id = row("old name")["id"]
    assert row("old name")["last_used"] is None
    path = f"/api/keys/{id}"
    assert server.call("PATCH", path, {"name": "new name"}, key=server.owner_key).json()["name"] == "new name"
    native_error(server.call("POST", f"{path}/rotate", {}, key=secret), 403)
    new = server.call("POST", f"{path}/rotate", {"grace_hours": 1}, key=server.owner_key).json()
    assert new["former_until"]
    assert new["hint"].endswith(new["secret"][-4:])
    for working in (secret, new["secret"]):
        assert server.call("POST", PREDICT, predict_body(), key=working).status == 200
    assert row("new name")["last_used"]
    assert server.call("GET", "/api/usage", key=new["secret"]).json()["key"]["id"] == id
    newest = server.call("POST", f"{path}/rotate", key=server.owner_key).json()["secret"]
    assert server.call("POST", PREDICT, predict_body(), key=newest).status == 200
    first = server.call("POST", "/api/keys/key_first/rotate", {}, key=server.owner_key)
    assert "first test key" in native_error(first, 400)["message"]
    native_error(server.call("POST", "/api/keys/nobody/rotate", {}, key=server.owner_key), 404)
    for hours in (-1, 721, "1"):
        native_error(server.call("POST", f"{path}/rotate", {"grace_hours": hours}, key=server.owner_key), 400)
