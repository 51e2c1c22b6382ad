"""The commands against a server that is named, as a person types them and as a script reads them."""

import json
import signal
import time
from pathlib import Path

import pytest
from PIL import Image

from serving import Server

from .terminal import Connected, Ended, Terminal, finish, wait_for

JOB = {
    *(
        "id",
        "state",
        "outcome",
        "stage",
        "progress",
        "model",
        "advised",
        "prompt",
        "rewritten",
        "parameters",
        "outputs",
        "withheld",
    ),
    *("ignored", "held", "charged", "provider", "upstream", "sketch", "test", "shared", "created", "updated", "error"),
    *("inputs_gone", "queue", "attempts", "changes", "wording", "key"),
}


@pytest.fixture
def drawn(terminal: Terminal) -> Ended:
    ended = terminal.run("draw", "a red fox in the snow", "--seed", "7", "--aspect", "16:9")
    assert (ended.status, ended.err) == (0, "")
    return ended


def test_draw_saves_the_picture_and_says_where_what_and_whose_it_is(drawn: Ended, terminal: Terminal) -> None:
    lines = drawn.out.splitlines()
    assert lines[0] == "a-red-fox-in-the-snow-1.png"
    with Image.open(terminal.folder / lines[0]) as picture:
        assert (picture.format, round(picture.width / picture.height, 1)) == ("PNG", 1.8)
        size = f"{picture.width}×{picture.height}"
    facts = dict(line.strip().split("  ", 1) for line in lines[1:])
    facts = {name: value.strip() for name, value in facts.items()}
    assert facts["image"].startswith(size)
    assert {"red fox", "snow"} <= set(facts["drawn"].split(", "))
    assert facts["seed"] == "7"
    assert facts["cost"] == "$0.03 of play money"
    assert facts["made by"] == "the Sketch engine: a sketch, not a model's work"


def test_nothing_is_overwritten(terminal: Terminal) -> None:
    mine = terminal.folder / "a-cat-1.png"
    mine.write_text("mine")
    ended = terminal.run("draw", "a cat", "-n", "2", "--json")
    assert [Path(path).name for path in ended.json()["saved"]] == ["a-cat-2.png", "a-cat-3.png"]
    assert mine.read_text() == "mine"


def test_a_chinese_prompt_a_place_and_a_format(terminal: Terminal) -> None:
    (terminal.folder / "album").mkdir()
    ended = terminal.run("draw", "一隻貓在花園", "-o", "album", "--json")
    assert [Path(path).name for path in ended.json()["saved"]] == ["一隻貓在花園-1.png"]
    assert terminal.run("draw", "a cat", "-o", "album/cat.jpg").out.splitlines()[0] == "album/cat.jpg"
    with Image.open(terminal.folder / "album" / "cat.jpg") as picture:
        assert picture.format == "JPEG"


def test_draw_as_json_is_the_job_and_what_was_saved(terminal: Terminal) -> None:
    ended = terminal.run("draw", "a cat [bold]", "--json")
    job = ended.json()
    assert ended.err == ""
    assert set(job) == {*JOB, "saved"}
    assert (job["state"], job["prompt"], job["parameters"]["count"]) == ("done", "a cat [bold]", 1)
    assert job["charged"] == {"usd": "0.03", "nanos": 30_000_000}
    assert all(Path(path).is_absolute() and Path(path).stat().st_size for path in job["saved"])


def test_what_is_found_in_a_prompt_is_told_with_what_it_costs(terminal: Terminal) -> None:
    ended = terminal.run("quote", "a portrait of a girl, no hat", "--translate", "off", "--no-enhance")
    assert "young woman" in ended.out
    told = terminal.run("quote", "a portrait of a girl, no hat", "--json").json()["wording"]
    assert [finding["code"] for finding in told["findings"]] == ["risky_word", "negative_phrasing"]
    assert told["languages"] == ["en"]


def test_a_picture_can_be_given(drawn: Ended, terminal: Terminal) -> None:
    fox = drawn.out.splitlines()[0]
    model = "gemini-2.0-flash-preview-image-generation"
    ended = terminal.run("draw", "make it night", "--model", model, "--picture", fox, "--json")
    assert ended.json()["parameters"]["pictures"] == 1
    assert terminal.run("draw", "night", "--picture", fox).err == _refusal(terminal, "night", "--picture", fox)


def _refusal(terminal: Terminal, *words: str) -> str:
    return terminal.run("draw", *words, "--json").json()["error"]["message"] + "\n"


def test_a_film_is_followed_saved_and_shown(terminal: Terminal) -> None:
    shown = terminal.folder / "shown"
    viewer = terminal.folder / "xdg-open"
    viewer.write_text(f'#!/bin/sh\necho "$1" > "{shown}"\n')
    viewer.chmod(0o755)
    watching = Terminal(terminal.folder, {**terminal.env, "PATH": f"{terminal.folder}:/usr/bin:/bin"})
    film = ("film", "a boat at sea", "--model", "veo-2.0-generate-001", "--seconds", "5")
    ended = watching.run(*film, "--open", "-o", "boat.mp4")
    assert ended.status == 0, ended.err
    assert ended.out.splitlines()[0] == "boat.mp4"
    assert b"ftyp" in (terminal.folder / "boat.mp4").read_bytes()[:12]
    assert "5 s at 24 fps" in ended.out
    assert "$1.75" in ended.out
    while not (shown.exists() and shown.read_text()):
        time.sleep(0.01)  # the viewer is not waited for
    assert shown.read_text().strip() == "boat.mp4"


def test_leaving_a_job_and_coming_back(terminal: Terminal) -> None:
    process = terminal.start("draw", "[danqing:slow=3] a lighthouse", "--json")
    wait_for(process, lambda: "lighthouse" in terminal.run("jobs", "--limit", "1").out)
    process.send_signal(signal.SIGINT)
    left = finish(process)
    assert left.status == 130
    assert "not cancelled. To come back to it: danqing job" in left.json()["error"]["message"]
    (job,) = terminal.run("jobs", "--limit", "1", "--json").json()["jobs"]
    back = terminal.run("job", job["id"], "--save", "--json")
    assert [Path(path).suffix for path in back.json()["saved"]] == [".png"]


def test_jobs_are_listed_shown_and_cancelled(drawn: Ended, terminal: Terminal) -> None:
    newest = terminal.run("jobs", "--limit", "1", "--json").json()["jobs"]
    assert [(set(job), job["prompt"]) for job in newest] == [(JOB, "a red fox in the snow")]
    id = newest[0]["id"]
    assert id in terminal.run("jobs").out
    assert terminal.run("job", id, "--json").json() == newest[0]
    assert f"job      {id}" in terminal.run("job", id).out
    assert "had ended before (done)" in terminal.run("cancel", id).out


def test_a_job_at_work_can_be_cancelled(terminal: Terminal) -> None:
    process = terminal.start("draw", "[danqing:slow=60] a windmill", "--json")
    wait_for(process, lambda: "windmill" in terminal.run("jobs", "--limit", "1").out)
    (job,) = terminal.run("jobs", "--limit", "1", "--json").json()["jobs"]
    assert terminal.run("cancel", job["id"], "--json").json()["state"] == "cancelled"
    ended = finish(process)
    assert (ended.status, ended.json()["error"]["kind"]) == (1, "cancelled")


def test_what_dies_next_is_shown_with_its_successor(terminal: Terminal) -> None:
    rows = terminal.run("models", "--retiring", "--json").json()["models"]
    assert {"left", "used_by"} <= set(rows[0])
    table = terminal.run("models", "--retiring").out
    assert "imagen-3.0-generate-002" in table
    assert "2026-06-30" in table
    assert "days ago" in table
    assert "– Each picture is a call of its own" in " ".join(table.split())


def test_models_have_prices_and_limits(terminal: Terminal) -> None:
    models = {model["id"]: model for model in terminal.run("models", "--json").json()["models"]}
    assert models["veo-2.0-generate-001"]["ability"]["seconds"] == [8, 5]
    assert models["veo-2.0-generate-001"]["prices"] == [{"per": "second", "price": {"usd": "0.35", "nanos": 350000000}}]
    table = terminal.run("models").out
    assert "$0.35 / second" in table
    assert "video · up to 2 at once · 16:9, 9:16 · 720p · 8, 5 s" in table


def test_upstreams_without_any_says_who_serves_whom(owner: Terminal) -> None:
    assert "Sketch engine" in owner.run("upstreams").out
    assert owner.run("upstreams", "--json").json() == {"upstreams": []}


def test_usage_tells_what_was_spent_and_what_is_left(owner: Terminal) -> None:
    key = owner.run("keys", "create", "a spender", "--budget", "0.05", "--json").json()
    spender = Connected(owner.folder, {**owner.env, "DANQING_KEY": key["secret"]})
    assert spender.run("draw", "a cat").status == 0
    usage = spender.run("usage", "--json").json()
    assert (usage["key"]["name"], usage["budget"]["available"]["usd"]) == ("a spender", "0.02")
    assert [(row["jobs"], row["charged"]["usd"]) for row in usage["by_model"]] == [(1, "0.03")]
    assert "$0.03, $0.00 more held for jobs at work, $0.02 left of $0.05" in spender.run("usage").out
    refused = spender.run("draw", "another cat", "--json")
    assert (refused.status, refused.json()["error"]["kind"]) == (1, "no_funds")


def test_a_quote_tells_what_would_be_left(owner: Terminal) -> None:
    key = owner.run("keys", "create", "a reader", "--daily", "0.10", "--json").json()
    reader = Connected(owner.folder, {**owner.env, "DANQING_KEY": key["secret"]})
    quote = reader.run("quote", "a cat", "--count", "2", "--json").json()
    assert (quote["cost"]["usd"], quote["affordable"], quote["sketch"]) == ("0.06", True, True)
    told = reader.run("quote", "a cat", "--count", "4").out
    assert "$0.12 at the most of play money" in told
    assert "$0.10 left now, -$0.02 after it" in told
    assert "It would be refused as it stands." in told
    assert reader.run("jobs").out == "No jobs yet.\n"


def test_a_key_says_what_becomes_of_its_prompts(owner: Terminal) -> None:
    key = owner.run("keys", "create", "a translator", "--translate", "require", "--json").json()
    assert key["translate"] == "require"
    for word, told in (("off", "off"), ("none", None)):
        assert owner.run("keys", "limit", key["id"], "--translate", word, "--json").json()["translate"] == told
    assert owner.run("keys", "limit", key["id"], "--translate", "perhaps").status == 1


def test_a_key_has_a_role(owner: Terminal) -> None:
    project = owner.run("projects", "create", "for a client", "--json").json()["id"]
    made = owner.run("keys", "create", "a client", "--project", project, "--role", "viewer")
    assert "viewer" in made.out
    client = Connected(owner.folder, {**owner.env, "DANQING_KEY": made.out.splitlines()[0]})
    refused = client.run("draw", "a cat", "--json")
    assert (refused.status, refused.json()["error"]["code"]) == (1, "viewer_key")
    assert client.run("gallery").out == "Nothing was found.\n"
    admin = owner.run("keys", "create", "second in command", "--json").json()
    assert admin["role"] == "member"
    assert owner.run("keys", "limit", admin["id"], "--role", "admin", "--json").json()["role"] == "admin"
    assert "admin" in owner.run("keys", "list").out
    ruling = Connected(owner.folder, {**owner.env, "DANQING_KEY": admin["secret"]})
    assert ruling.run("gallery", "--key", "key_nobody", "--cost-min", "0.01", "--cost-max", "2").status == 0
    for words in (("--role", "viewer"), ("--role", "king"), ("--role", "admin", "--project", project)):
        assert owner.run("keys", "create", "does not fit", *words).status == 1


def test_limits_are_set_changed_and_taken_away(owner: Terminal) -> None:
    project = owner.run("projects", "create", "films", "--daily", "1", "--per-minute", "30", "--json").json()
    assert "30 requests a minute" in owner.run("projects", "list").out
    given = (
        "--project",
        project["id"],
        "--budget",
        "5",
        "--monthly",
        "2.50",
        "--storage",
        "1.5GB",
        "--concurrent",
        "3",
    )
    key = owner.run("keys", "create", "Ann", *given, "--json").json()
    assert (key["project"], key["limits"]["storage"], key["limits"]["concurrent"]) == (project["id"], 1_500_000_000, 3)
    changed = owner.run("keys", "limit", key["id"], "--monthly", "none", "--daily", "0.05", "--json").json()["limits"]
    assert (changed["total"]["usd"], changed["monthly"], changed["daily"]["usd"]) == ("5.00", None, "0.05")
    told = owner.run("projects", "limit", project["id"], "--daily", "none").out
    assert "a day" not in told
    assert "30 requests a minute" in told


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--storage", "much", "500MB or 10GB"),
        ("--per-minute", "many", "a whole number"),
        ("--daily", "much", "not an amount of dollars"),
        ("--project", "none", "There is no project"),
    ],
)
def test_a_limit_that_cannot_be_read_is_told(owner: Terminal, option: str, value: str, says: str) -> None:
    refused = owner.run("keys", "create", "Ann", option, value)
    assert refused.status in (1, 2)
    assert says in refused.err


def test_a_secret_is_shown_once_and_a_revoked_key_is_refused(owner: Terminal) -> None:
    made = owner.run("keys", "create", "[red]Ann[/red]", "--live").out.splitlines()
    secret = made[0]
    assert secret.startswith("sk-live-")
    (id,) = [line.split()[1] for line in made if line.strip().startswith("id")]
    listed = owner.run("keys", "list")
    assert id in listed.out
    assert "[red]Ann[/red]" in listed.out
    assert secret not in listed.out + owner.run("keys", "list", "--json").out
    assert owner.run("keys", "revoke", id, "--json").json() == {"revoked": id}
    again = owner.run("keys", "revoke", id)
    assert (again.status, again.out) == (1, "")
    listed_now = {key["id"]: key["revoked"] for key in owner.run("keys", "list", "--json").json()["keys"]}
    assert listed_now[id]


@pytest.mark.parametrize(
    ("words", "kind", "says"),
    [
        (["draw", "a cat", "--model", "imagen-9"], "not_found", "imagen-9"),
        (["draw", "a cat", "--aspect", "7:1"], "invalid", "Allowed: 1:1, 3:4, 4:3, 9:16, 16:9"),
        (["film", "a cat", "--seconds", "9"], "invalid", "8"),
        (["draw", "[danqing:fail] a cat"], "upstream", "asked the Sketch engine to fail"),
        (["draw", "[danqing:filtered] a cat"], "filtered", "The content was filtered"),
        (["draw", "a cat", "-o", "nowhere/cat.png"], "invalid", "choose another place with -o"),
        (["job", "nothing"], "not_found", "There is no job nothing"),
        (["keys", "list"], "forbidden", "owner's key"),
    ],
)
def test_what_cannot_be_is_one_sentence_or_one_document(
    terminal: Terminal, words: list[str], kind: str, says: str
) -> None:
    ended = terminal.run(*words)
    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert says in ended.err
    told = terminal.run(*words, "--json")
    assert (told.status, told.err) == (1, "")
    assert (told.json()["error"]["kind"], told.json()["error"]["message"]) == (kind, ended.err.strip())
    assert [path.name for path in terminal.folder.iterdir()] == []


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"DANQING_URL": "localhost:8787"}, "localhost:8787 is no address of a server"),
        ({"DANQING_URL": "http://127.0.0.1:9"}, "The server at http://127.0.0.1:9 does not answer."),
        ({"DANQING_KEY": ""}, "give a key for it too, in DANQING_KEY"),
        ({"DANQING_KEY": "sk-test-wrong"}, "is not known or was revoked"),
    ],
)
def test_a_server_that_cannot_be_asked(terminal: Terminal, env: dict[str, str], says: str) -> None:
    ended = Connected(terminal.folder, {**terminal.env, **env}).run("jobs")
    assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1)
    assert says in ended.err


def test_the_server_of_a_data_directory_needs_no_name(server: Server, tmp_path: Path) -> None:
    here = Terminal(tmp_path, {"DANQING_DATA": str(server.data)})
    assert here.run("keys", "create", "somebody at home").status == 0
    keys = server.call("GET", "/api/keys", key=server.owner_key).json()["keys"]
    assert "somebody at home" in [key["name"] for key in keys]


def test_money_for_live_keys_is_paid_in_once_for_each_cause(owner: Terminal) -> None:
    secret = owner.run("keys", "create", "payer", "--live", "--json").json()["secret"]
    live = Connected(owner.folder, {**owner.env, "DANQING_KEY": secret})

    def posted() -> int:
        return live.run("usage", "--json").json()["account"]["posted"]["nanos"]

    before = posted()
    assert owner.run("fund", "2.50", "--cause", "invoice 1", "--json").json() == {"paid": True}
    assert owner.run("fund", "2.50", "--cause", "invoice 1", "--json").json() == {"paid": False}
    assert posted() - before == 2_500_000_000
    assert owner.run("fund", "much", "--cause", "x").status == 1


def test_a_job_is_printed_as_code(drawn: Ended, terminal: Terminal) -> None:
    id = terminal.run("jobs", "--json").json()["jobs"][0]["id"]
    told = terminal.run("code", id, "--json").json()
    for dialect in ("google_genai", "openai", "curl", "cli"):
        assert terminal.run("code", id, "--as", dialect).out == f"{told[dialect]['code']}\n"
    assert "danqing draw" in terminal.run("code", id).out


def test_what_json_asks_for_is_made(terminal: Terminal) -> None:
    Image.new("RGB", (64, 48), "teal").save(terminal.folder / "sea.png")
    talk = [{"role": "user", "parts": ["a boat", {"picture": "sea.png"}]}]
    body = {"model": "gemini-2.0-flash-preview-image-generation", "seed": 3, "turns": talk}
    (terminal.folder / "boat.json").write_text(json.dumps(body))
    made = terminal.run("make", "boat.json", "--json").json()
    assert (made["parameters"]["seed"], made["parameters"]["pictures"]) == (3, 1)
    assert Path(made["saved"][0]).is_file()
    (terminal.folder / "boat.json").write_text("[1]")
    assert "JSON object" in terminal.run("make", "boat.json").err
    assert "at most $0.0001" in terminal.run("draw", "a fox", "--max-cost", "0.0001").err
