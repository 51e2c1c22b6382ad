"""The examples that must pass, run as they are printed, by the clients of three eras."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from e2e.films import Film, measured
from serving import Server

ROOT = Path(__file__).parents[2]
EXAMPLES = Path(__file__).parent / "examples"
AT_ONCE = 6  # more than there are cores: some of them mostly wait
PATIENCE_S = 240

OLD, SPRING, NEW = "june-2025", "spring-2026", "newest"
IMAGEN, EDIT_SHELL, EDIT, VEO3, CHAT, STREAM, VEO2, RAW = (path.name for path in sorted(EXAMPLES.glob("0*")))
EVERYTHING = (VEO2, VEO3, CHAT, STREAM, IMAGEN, EDIT_SHELL, EDIT, RAW)  # the longest first
SERVED = {
    OLD: EVERYTHING,
    SPRING: EVERYTHING,
    # google-genai 3 refuses 01 and 07 before it asks anybody (wire.md, section 1), see LOCALLY_REFUSED.
    NEW: tuple(name for name in EVERYTHING if name not in (IMAGEN, VEO2)),
}
AS_VERTEX = {"GOOGLE_GENAI_USE_VERTEXAI": "true"}
LOCAL_REFUSAL = "This method is only supported in Gemini Enterprise Agent Platform mode"


@dataclass(frozen=True)
class Case:
    """One example with one era's clients."""

    era: str
    example: str
    vertex: bool = False

    def __str__(self) -> str:
        return f"{self.era}-{self.example.split('_')[0]}{'-vertex' if self.vertex else ''}"


@dataclass(frozen=True)
class Run:
    """What became of it: the folder it wrote to, its exit status, and everything it said."""

    folder: Path
    status: int
    said: str

    def file(self, pattern: str) -> Path:
        """The one file under `output` with such a name."""
        found = [*self.folder.rglob(pattern)]
        assert len(found) == 1, f"{pattern}: {found}\n{self.said}"
        return found[0]


SERVED_CASES = [
    *(Case(era, name) for era, names in SERVED.items() for name in names),
    Case(NEW, IMAGEN, vertex=True),
]
LOCALLY_REFUSED = [Case(NEW, IMAGEN), Case(NEW, VEO2)]
TALKIE = Film("h264", 1280, 720, 24.0, 192, 8.0, "aac")
FILMS = {VEO3: TALKIE, CHAT: TALKIE, STREAM: TALKIE}

# What each era's key must have been charged, in nano-dollars, by the prices of the document.
CHARGES = {
    IMAGEN: ("imagen-3.0-generate-002", 30_000_000),
    VEO3: ("veo-3.0-generate-preview", 5_400_000_000),
    CHAT: ("veo-3", 410_000_000),
    STREAM: ("veo-3", 410_000_000),
    VEO2: ("veo-2.0-generate-001", 1_750_000_000),
}


# The first half of each file's SHA-256: the examples prove something only as long as nobody, and no tool, edits them.
AS_HANDED_OVER = {
    "01_imagen_generate_images.py": "11b36fca5e5605fab86d8a1f07e8345e",
    "02_gemini_chat_image.sh": "53603f5e223055a206e4dfa655d76b88",
    "03_gemini_chat_edit.py": "e2d98a214ba9df77de3313ad3c944272",
    "04_veo3_curl.sh": "afa05589b30fd4ccf97a04a83f7d5edf",
    "05_veo3_chat.py": "ebff5110c05ecf381081716756941b93",
    "06_veo3_chat_stream.py": "4c165e7ef0fca2313f4d2df6e3c234eb",
    "07_veo2_generate_videos.py": "507a24acdbd3c8e1c15a3623fc3a6ee7",
    "08_gemini_chat_reference_structure.sh": "69eecdc1355b0a67d35ad07280ad9027",
    "_check.py": "f4047b7e409e12d9e95fc9b07149ee5a",
    "_links.py": "8c9e7cb6889b88a07ab1cba70307229e",
}


class Runs:
    """Runs cases beside each other, each in a copy of the examples of its own, each era with a key of its own."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._pool = ThreadPoolExecutor(AT_ONCE)
        self._keys: dict[str, str] = {}
        self._runs: dict[Case, Future[Run]] = {}

    def begin(self, case: Case) -> Future[Run]:
        """Start a case, unless it was started before."""
        if case not in self._runs:
            self._runs[case] = self._pool.submit(self._run, case, self.key(case.era))
        return self._runs[case]

    def of(self, case: Case) -> Run:
        """The case when it has ended."""
        return self.begin(case).result()

    def key(self, era: str) -> str:
        """The test key of an era."""
        if era not in self._keys:
            self._keys[era] = self._server.call(
                "POST", "/api/keys", {"name": era, "test": True}, key=self._server.owner_key
            ).json()["secret"]
        return self._keys[era]

    def close(self) -> None:
        """Wait for what is still running."""
        self._pool.shutdown(cancel_futures=True)

    def _run(self, case: Case, key: str) -> Run:
        folder = self._folder / str(case)
        shutil.copytree(EXAMPLES, folder)
        python = python_of(case.era)
        strangers = ("GOOGLE_", "GEMINI_", "OPENAI_", "PYTHON")
        env = {name: value for name, value in os.environ.items() if not name.startswith(strangers)}
        env |= {"BASE": self._server.url, "KEY": key, "STRICT": "1", "PYTHON": str(python), "SLEEP": "1"}
        env |= AS_VERTEX if case.vertex else {}
        program = "bash" if case.example.endswith(".sh") else python
        run = subprocess.run(
            [program, folder / case.example],
            cwd=folder,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE_S,
        )
        return Run(folder / "output", run.returncode, run.stdout[-4000:])


def python_of(era: str) -> Path:
    """The interpreter that has the clients of an era."""
    return ROOT / ".venvs" / era / "bin" / "python"


@pytest.fixture(scope="module")
def runs(server: Server, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Runs]:
    """Every selected case, begun at once, so that nobody waits for a film that nobody makes."""
    runs = Runs(server, tmp_path_factory.mktemp("examples"))
    selected = [item.callspec.params.get("case") for item in request.session.items if hasattr(item, "callspec")]
    for case in selected:
        if isinstance(case, Case) and lacking(case) is None:
            runs.begin(case)
    yield runs
    runs.close()


@pytest.fixture
def case(request: pytest.FixtureRequest) -> Case:
    """One case, skipped where this machine lacks what it needs."""
    case: Case = request.param
    if reason := lacking(case):
        pytest.skip(reason)
    return case


def lacking(case: Case) -> str | None:
    """Why a case cannot be run on this machine."""
    if not python_of(case.era).exists():
        return f"the clients of {case.era} are not installed; make test does it"
    programs = ("bash", "curl", "base64") if case.example.endswith(".sh") else ()
    return next((f"{program} is not installed" for program in programs if not shutil.which(program)), None)


def test_nobody_has_edited_the_examples() -> None:
    found = {path.name: sha256(path.read_bytes()).hexdigest()[:32] for path in EXAMPLES.iterdir() if path.is_file()}
    assert found == AS_HANDED_OVER


@pytest.mark.parametrize("case", SERVED_CASES, ids=str, indirect=True)
def test_an_example_runs_as_it_is_printed(case: Case, runs: Runs) -> None:
    run = runs.of(case)
    assert run.status == 0, run.said
    if case.example in FILMS:
        assert measured(run.file("*.mp4")) == FILMS[case.example]
    if case.example == VEO2:
        film = measured(run.file("video0.mp4"))
        assert (film.codec, film.width, film.height, film.fps, film.frames) == ("h264", 1280, 720, 24.0, 120)
    if case.example == IMAGEN:
        with Image.open(run.file("imagen3_*_1.png")) as picture:
            assert (picture.format, picture.mode, picture.size) == ("PNG", "RGB", (1024, 1024))


@pytest.mark.parametrize("case", LOCALLY_REFUSED, ids=str, indirect=True)
def test_what_the_newest_sdk_refuses_itself_no_server_can_serve(case: Case, runs: Runs) -> None:
    run = runs.of(case)
    assert run.status != 0
    assert f"ValueError: {LOCAL_REFUSAL}" in run.said


@pytest.mark.parametrize("era", SERVED)
def test_an_era_was_charged_to_the_cent(era: str, runs: Runs, server: Server) -> None:
    cases = [case for case in SERVED_CASES if case.era == era]
    if reason := next(filter(None, map(lacking, cases)), None):
        pytest.skip(reason)
    for started in [runs.begin(case) for case in cases]:
        assert started.result().status == 0
    usage = server.call("GET", "/api/usage", key=runs.key(era)).json()
    charged = {row["model"]: row["charged"]["nanos"] for row in usage["by_model"]}
    spoken = charged.pop("gemini-2.0-flash-preview-image-generation")
    expected: dict[str, int] = {}
    for model, nanos in (CHARGES[case.example] for case in cases if case.example in CHARGES):
        expected[model] = expected.get(model, 0) + nanos
    assert charged == expected
    # Three pictures of 1,290 tokens at $0.40 a million, and some words in and out.
    pictures = 3 * 1290 * 400
    assert pictures < spoken < pictures + 3 * 2_048 * 400
    assert usage["budget"]["posted"]["nanos"] == -sum(charged.values()) - spoken
    assert usage["budget"]["held"]["nanos"] == 0
