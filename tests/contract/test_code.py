"""A job as code: what is printed runs as it is printed, with every era's SDK, and asks for the very same."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from serving import Server

from .calls import GEMINI, data_url, ended, jobs, native_error, new_key, png
from .conftest import ERAS, ROOT

SCRIPTS_S = 400
UPLOAD = "/gemini/upload/v1beta/files"
MADE = (".png", ".jpg", ".jpeg", ".mp4")
SDKS = ("google_genai", "openai")
LATER = ("spring-2026", "newest")
NEWEST = ("newest",)
STRANGE = 'a "red" fox\n在雪中的「狐狸」, it\'s $HOME `id` \\n {brace} %s and é'
# Runs every script in its own folder, one after the other, so that an SDK is loaded once.
PYTHON = """
import os, runpy, sys, traceback
for folder in sys.argv[1:]:
    os.chdir(folder)
    try:
        runpy.run_path("code", run_name="__main__")
    except BaseException:
        open("error", "w").write(traceback.format_exc())
"""
BASH = """
for folder in "$@"; do
    cd "$folder" && { bash -eu code > out 2> said || cat said out > error; }
done
"""


@dataclass(frozen=True)
class Case:
    """A body of POST /api/jobs, with the eras of each dialect's SDK that have words for it; FILE stands for a file."""

    name: str
    body: dict[str, object]
    google_genai: tuple[str, ...] = ERAS
    openai: tuple[str, ...] = ERAS
    curl: tuple[str, ...] = NEWEST
    cli: tuple[str, ...] = NEWEST
    own: dict[str, str] = field(default_factory=dict)


def asked(model: str, prompt: str = STRANGE, **fields: object) -> dict[str, object]:
    return {"model": model, "prompt": prompt, "seed": 7, **fields}


PHOTO = png(512, 512)  # which the key has sent


def mine(colour: str) -> str:
    """A picture that only whoever asks has."""
    return data_url(Image.new("RGB", (512, 512), colour))


PAPER, MASK = mine("beige"), mine("white")
CASES = {
    case.name: case
    for case in (
        Case(
            "everything",
            asked(
                "imagen-4.0-generate-001",
                f"{STRANGE}\t\u2028!",
                count=1,
                aspect="16:9",
                size="2K",
                person="dont_allow",
                negative="snow, \"words\" & 'quotes'",
                mime="image/jpeg",
                quality=80,
                translate="off",
                enhance=False,
                preflight="report",
                knobs={"guidanceScale": 7.5},
            ),
            google_genai=LATER,
        ),
        Case("little", asked("imagen-3.0-generate-002", "a boat", count=2, mime="image/jpeg")),
        Case("gemini", asked("gemini-3.1-flash-image", aspect="3:2"), google_genai=LATER),
        Case("edited", asked("gemini-3.1-flash-image", "make it night", pictures=["files/FILE"])),
        Case(
            "gpt",
            asked("gpt-image-2", pixels="768x512", knobs={"quality": "high", "background": "opaque"}),
            google_genai=(),
        ),
        Case(
            "masked",
            asked("gpt-image-2", "a `cat` for $5", pictures=[PAPER], mask=MASK),
            own={"picture-1.png": PAPER, "mask.png": MASK},
        ),
        Case(
            "roles",
            asked("imagen-3.0-capability-001", task="insert", pictures=["files/FILE", PAPER], mask=MASK, count=1)
            | {"roles": ["base", "style"]},
            openai=(),
            own={"picture-2.png": PAPER, "mask.png": MASK},
        ),
        Case(
            "larger",
            {"model": "imagen-4.0-upscale-preview", "task": "upscale", "factor": 3, "pictures": ["files/FILE"]},
            openai=(),
        ),
        Case("film", asked("veo-2.0-generate-001", seconds=5, aspect="9:16", count=1), openai=LATER),
        Case(
            "moved",
            asked("veo-2.0-generate-001", "zoom in", seconds=5, first_frame="files/FILE", count=1),
            google_genai=NEWEST,
            openai=NEWEST,
            curl=(),
        ),
        Case("sora", asked("sora-2", pixels="720x1280", seconds=4), google_genai=(), openai=NEWEST, curl=(), cli=()),
        Case(
            "talk",
            {
                "model": GEMINI,
                "seed": 7,
                "wants": ["text", "image"],
                "turns": [
                    {"role": "system", "parts": ["Be brief."]},
                    {"role": "user", "parts": ["a fox", {"picture": "files/FILE"}]},
                    {"role": "model", "parts": ["Here it is."]},
                    {"role": "user", "parts": [{"picture": PAPER}, STRANGE]},
                ],
            },
            own={"picture-2.png": PAPER},
        ),
    )
}
RUNS = [
    (dialect, era, case.name)
    for dialect in ("google_genai", "openai", "curl", "cli")
    for era in ERAS
    for case in CASES.values()
    if era in getattr(case, dialect)
]


@dataclass(frozen=True)
class Ran:
    """Where all code of a dialect was run with the SDK of an era, a folder for each case; whose key it had."""

    folder: Path
    key: str
    file: str

    def body(self, name: str) -> dict[str, object]:
        """What the code of a case is to ask for."""
        return {field: filled(value, self.file) for field, value in CASES[name].body.items()}

    def kept(self, name: str) -> list[bytes]:
        """What the code has saved."""
        own = CASES[name].own
        files = [path for path in (self.folder / name).iterdir() if path.suffix in MADE and path.name not in own]
        return sorted(path.read_bytes() for path in files)


def filled(value: object, file: str) -> object:
    """The value with the name of a file in the place of FILE."""
    if isinstance(value, list):
        return [filled(part, file) for part in value]
    if isinstance(value, dict):
        return {name: filled(part, file) for name, part in value.items()}
    return value.replace("FILE", file) if isinstance(value, str) else value


@pytest.fixture(scope="session")
def ran(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Ran]:
    """Runs what is printed, all of a dialect and an era once."""

    def perform(dialect: str, era: str) -> Ran:
        key = new_key(server, f"code of {dialect}, {era}")
        sent = server.call("POST", UPLOAD, PHOTO, key=key, headers={"x-goog-upload-protocol": "raw"}).json()
        done = Ran(tmp_path_factory.mktemp(f"{dialect}-{era}"), key, sent["file"]["name"].removeprefix("files/"))
        folders = [done.folder / name for of, at, name in RUNS if (of, at) == (dialect, era)]
        for folder in folders:
            folder.mkdir()
            snippet = written(server, key, done.body(folder.name))[dialect]
            assert (snippet["lacks"], snippet["language"]) == ([], "python" if dialect in SDKS else "bash")
            (folder / "code").write_text(str(snippet["code"]))
            for name, url in CASES[folder.name].own.items():
                (folder / name).write_bytes(urllib.request.urlopen(url).read())
        run(key, dialect, era, folders)
        return done

    return cache(perform)


def run(key: str, dialect: str, era: str, folders: list[Path]) -> None:
    """Run the code that stands in each of the folders, as somebody who has the key and danqing installed."""
    commands = folders[0].parent / "commands"
    commands.mkdir(exist_ok=True)
    danqing = commands / "danqing"
    danqing.write_text(f'#!/bin/sh\nexec {sys.executable} -m danqing "$@"\n')
    danqing.chmod(0o755)
    env = {"DANQING_KEY": key, "HOME": str(commands), "PATH": f"{commands}:/usr/local/bin:/usr/bin:/bin"}
    if dialect in SDKS:
        program = [str(ROOT / ".venvs" / era / "bin" / "python"), "-c", PYTHON]
    else:
        program, env["PYTHONPATH"] = ["bash", "-c", BASH, "all"], os.environ.get("PYTHONPATH", "")
    ended = subprocess.run([*program, *map(str, folders)], env=env, capture_output=True, text=True, timeout=SCRIPTS_S)
    assert ended.returncode == 0, ended.stderr[-2000:]


def written(server: Server, key: str, body: object) -> dict[str, dict[str, object]]:
    """The code of a request."""
    answer = server.call("POST", "/api/code", body, key=key)
    assert answer.status == 200, answer.body
    return answer.json()


@pytest.mark.parametrize(("dialect", "era", "name"), RUNS)
def test_it_makes_the_same(server: Server, ran: Callable[[str, str], Ran], dialect: str, era: str, name: str) -> None:
    done = ran(dialect, era)
    error = done.folder / name / "error"
    assert not error.exists(), f"{(error.parent / 'code').read_text()}\n{error.read_text()[-3000:]}"
    kept, body = done.kept(name), done.body(name)
    told = server.call("POST", "/api/recognise", kept[0], key=done.key).json()
    job = server.call("GET", f"/api/jobs/{told['job']}", key=done.key).json()
    files = [output["file"] for output in job["outputs"] if output["file"]]
    assert kept == sorted(server.call("GET", f"/api/files/{file}", key=done.key).body for file in files)
    quote = server.call("POST", "/api/quote", {"seed": job["parameters"]["seed"], **body}, key=done.key).json()
    wanted = {"model": quote["model"], "prompt": body.get("prompt", STRANGE if "turns" in body else "")}
    assert {field: job[field] for field in wanted} == wanted
    assert spoken(job["parameters"]) == spoken(quote["parameters"])


def spoken(parameters: dict[str, object]) -> dict[str, object]:
    """Without what is meant anyway: that pictures are given to be changed."""
    return {name: value for name, value in parameters.items() if (name, value) != ("task", "edit")}


def test_a_job_as_code_makes_it_again(server: Server, tmp_path: Path) -> None:
    """From the very picture that it was made from, which is here, and from the seed that it was given."""
    key = new_key(server, "again in code")
    owl = made(server, key, {"model": "imagen-3.0-generate-002", "prompt": "an owl", "count": 1})
    asked = {"model": "gemini-3.1-flash-image", "prompt": "make it night", "pictures": [f"files/{file_of(owl)}"]}
    night = made(server, key, asked)
    told = server.call("GET", f"/api/jobs/{night['id']}/code", key=key).json()
    assert (told["files"], told["cost"]) == ([], night["held"])
    folder = tmp_path / "again"
    folder.mkdir()
    (folder / "code").write_text(told["curl"]["code"])
    run(key, "curl", "newest", [folder])
    newest = jobs(server, key)[0]
    assert newest["id"] != night["id"]
    assert newest["parameters"] == night["parameters"]
    assert (newest["outputs"][0]["seed"], newest["held"]) == (night["outputs"][0]["seed"], night["held"])
    run(key, "curl", "newest", [folder])
    assert jobs(server, key)[0]["id"] == newest["id"], "it is made once, however often it is run"


def made(server: Server, key: str, body: dict[str, object]) -> dict[str, object]:
    answer = server.call("POST", "/api/jobs", body, key=key)
    assert answer.status == 201, answer.body
    return ended(server, answer.json()["id"], key)


def file_of(job: dict[str, object]) -> str:
    return str(job["outputs"][0]["file"])


@pytest.mark.parametrize(
    ("body", "dialect", "lacks"),
    [
        (CASES["gpt"].body, "google_genai", ["pixels"]),
        (CASES["roles"].body | {"pictures": [PAPER, PAPER]}, "openai", ["task", "roles"]),
        ({**CASES["moved"].body, "first_frame": PAPER, "last_frame": PAPER}, "openai", ["last_frame"]),
    ],
)
def test_what_a_dialect_cannot_say_is_told_and_there_is_no_code(
    server: Server, body: dict[str, object], dialect: str, lacks: list[str]
) -> None:
    told = written(server, server.key, body)[dialect]
    assert (told["code"], told["lacks"]) == (None, lacks)


def test_nothing_is_made_and_a_wrong_request_is_refused_as_if_it_were(server: Server) -> None:
    key = new_key(server, "writes code")
    body = {"model": "imagen-3.0-generate-002", "prompt": "a fox"}
    assert written(server, key, body)["cost"] == server.call("POST", "/api/quote", body, key=key).json()["cost"]
    assert jobs(server, key) == []
    assert native_error(server.call("POST", "/api/code", body | {"count": 9}, key=key), 400)["param"] == "count"
    native_error(server.call("POST", "/api/code", {**body, "pictures": ["files/nobodys"]}, key=key), 404)
    native_error(server.call("GET", "/api/jobs/nobodys/code", key=key), 404)


def test_the_code_of_somebody_elses_job_is_not_told(server: Server) -> None:
    job = made(server, new_key(server, "one"), {"model": "imagen-3.0-generate-002", "prompt": "a fox", "count": 1})
    native_error(server.call("GET", f"/api/jobs/{job['id']}/code", key=new_key(server, "other")), 404)
