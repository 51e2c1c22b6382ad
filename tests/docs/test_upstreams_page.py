"""docs/upstreams.md is right: its settings can be used as they are printed, and kinds are what it tells of them."""

import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import typer

from danqing import providers
from danqing.catalog import load as load_catalog
from danqing.cli.program import app
from danqing.config import check, look
from danqing.domain.routes import candidates
from danqing.upstream.settings import read_upstream
from danqing.wire.openai.flavours import FLAVOURS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "upstreams.md").read_text()
TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = TOML.findall(PAGE)
README = TOML.findall((ROOT / "README.md").read_text())
KINDS = {path.stem for path in Path(providers.__path__[0]).glob("*.py")} - {"__init__", "sketch"}
CREDENTIALS = '{"type": "authorized_user", "client_id": "x", "client_secret": "x", "refresh_token": "x"}'


def settings(block: str, folder: Path) -> Path:
    """A block as the danqing.toml of somebody who has the credentials that it names."""
    (folder / "vertex.json").write_text(CREDENTIALS)
    (folder / "danqing.toml").write_text(block.replace("/etc/danqing/vertex.json", "vertex.json"))
    return folder / "danqing.toml"


@pytest.mark.parametrize("block", [*BLOCKS, *README], ids=lambda block: re.findall(r"\[upstreams\.(\w+)\]", block)[-1])
def test_an_example_can_be_used_as_it_is_printed(block: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # where the credentials are
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "vertex.json"))
    found = look(file=settings(block, tmp_path), env={})
    check(found, keys=False, env={})
    assert [str(mistake) for mistake in found.mistakes] == []


def test_every_kind_has_an_example_and_a_row() -> None:
    shown = {row.get("kind", name) for block in BLOCKS for name, row in tomllib.loads(block)["upstreams"].items()}
    told = re.findall(r"^\| `(\w+)` \| .* \| yes \| yes \| (.*) \|$", PAGE, re.MULTILINE)
    assert shown == {kind for kind, _ in told} == KINDS
    for kind, twice in told:
        parts = vars(import_module(f"danqing.providers.{kind}")).values()
        [provider] = [part for part in parts if "repeatable" in getattr(part, "__dict__", {})]
        assert (twice == "is made once") == provider.repeatable, kind


def test_every_flavour_is_told_with_what_it_makes() -> None:
    told = re.findall(r"^\| `([\w-]+)` \| .* \| (\w+) \| (\w+) \|$", PAGE, re.MULTILINE)
    assert {name: (pictures, films) for name, pictures, films in told if name in FLAVOURS} == {
        name: (flavour.pictures, flavour.films or "none") for name, flavour in FLAVOURS.items()
    }
    used = {row.get("flavour", "openai") for block in BLOCKS for row in tomllib.loads(block)["upstreams"].values()}
    assert used == set(FLAVOURS)


def test_who_is_asked_is_as_the_page_says() -> None:
    [block] = [block for block in BLOCKS if "weight = 0 " in block]
    upstreams = [read_upstream(name, row) for name, row in tomllib.loads(block)["upstreams"].items()]
    model = load_catalog().find("imagen-4.0-generate-001")
    orders = [candidates(model, upstreams, test=False, spin=str(spin)) for spin in range(1000)]
    assert 0.70 < sum(order[0].provider == "cheap" for order in orders) / len(orders) < 0.80
    assert {[route.provider for route in order].index("reserve") for order in orders} == {2}
    assert {route.provider: (route.upstream, route.deadline_s) for route in orders[0][:3]} == {
        "cheap": ("imagen-4.0-generate-001", None),
        "dear": ("gemini-3-pro-image", 120),
        "reserve": ("gpt-image-2", None),
    }


def test_the_commands_are_there() -> None:
    lines = re.findall(r"^danqing ([a-z ]+?)(?: shop.*| {2,}#.*)?$", PAGE, re.MULTILINE)
    assert len(lines) == 4
    for line in lines:
        command = typer.main.get_command(app)
        for word in line.split():
            command = command.commands[word]  # type: ignore[attr-defined]
