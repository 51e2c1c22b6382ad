"""docs/upstreams.md is right: its settings can be used as they are printed, and kinds are what it tells of them."""

import re
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import pytest
import typer

from danqing import providers
from danqing.assets.disk import Disk
from danqing.catalog import load as load_catalog
from danqing.cli.program import app
from danqing.config import check, look
from danqing.domain.changes import adapt
from danqing.domain.errors import Problem
from danqing.domain.generation import Generation
from danqing.domain.media import Medium
from danqing.domain.models import fit
from danqing.domain.routes import candidates
from danqing.gateway.routing import PATIENCE, PATIENCE_ELSE
from danqing.upstream.settings import RETRY_FILTERED_MAX, ROUTING, SeasonedSettings, Settings, read_upstream
from danqing.wire.openai.flavours import FLAVOURS
from making import a_generation
from providers.making_orders import an_order, told_by
from serving import Server
from upstreams import ai_studio, openai, vertex
from upstreams.aihubmix import Hub

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "upstreams.md").read_text()
TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = TOML.findall(PAGE)
README = TOML.findall((ROOT / "README.md").read_text())
KINDS = {path.stem for path in Path(providers.__path__[0]).glob("*.py")} - {"__init__", "sketch"}
CATALOG = load_catalog()
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


EXAMPLES = [(name, row) for block in BLOCKS for name, row in tomllib.loads(block)["upstreams"].items()]


@pytest.mark.parametrize(("name", "row"), EXAMPLES, ids=[f"{at}-{name}" for at, (name, _) in enumerate(EXAMPLES)])
async def test_an_example_makes_what_its_models_are_made_of(
    name: str, row: dict[str, object], server: Server, tmp_path: Path
) -> None:
    kind, ways = str(row.get("kind", name)), ways_to(name, row)
    assert ways
    with closing(Disk(tmp_path / "assets", bytes_max=1 << 25)) as assets:
        async with imitated(kind, str(row.get("flavour", "openai")), server, tmp_path) as own:
            written = {setting: value for setting, value in row.items() if setting not in ("key_env", "key_file")}
            provider = providers.connect(kind, {**written, "name": name, **own, "poll_s": 0.01})
            try:
                for medium, (asked, upstream) in ways.items():
                    if kind == "danqing" and medium is Medium.VIDEO:
                        continue  # its film takes seconds; tests/e2e/test_chain.py has one made
                    told = await told_by(provider, an_order(asked, upstream), assets)
                    assert (told.problem, [output.medium for output in told]) == (None, [medium]), upstream
            finally:
                await provider.close()  # type: ignore[attr-defined]


def ways_to(name: str, row: dict[str, object]) -> dict[Medium, tuple[Generation, str]]:
    """For a picture and a film: what is sent for the first model that the upstream makes, and by which id there."""
    upstream, ways = read_upstream(name, row), {}
    for model in CATALOG.models:
        for medium in model.ability.makes - {Medium.TEXT} - ways.keys():
            with suppress(Problem):  # it is not asked for this model
                route, *_ = candidates(model, [upstream], sketched=False, spin="")
                asked = fit(a_generation("a fox", model=model.id, wants=frozenset({medium}), count=1), model)
                ways[medium] = adapt(asked, CATALOG.ability(model.id, route.upstream))[0], route.upstream
    return ways


@asynccontextmanager
async def imitated(kind: str, flavour: str, server: Server, folder: Path) -> AsyncIterator[dict[str, object]]:
    """The settings that lead to an imitation of the engine in the place of the engine."""
    match kind:
        case "google":
            async with ai_studio.imitating() as studio:
                yield {"base_url": studio.url, "key": ai_studio.KEY}
        case "vertex":
            async with vertex.imitating() as cloud:
                account = str(cloud.service_account(folder))
                yield {"base_url": cloud.url, "storage_url": cloud.url, "credentials": account, "storage": ""}
        case "openai":
            async with openai.imitating(flavour) as engine:
                yield {"base_url": f"{engine.url}/v1", "key": engine.keys[0]}
        case "gateway":
            async with openai.at_work(Hub()) as hub:
                yield {"base_url": hub.url, "key": hub.keys[0]}
        case _:
            yield {"base_url": server.url, "key": server.key}


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


def test_every_setting_of_every_kind_is_told_and_no_other() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \| (all|`\w+`(?:, `\w+`)*) \|", PAGE, re.MULTILINE)
    told = {
        (setting, kind)
        for names, owners in rows
        for setting in re.findall(r"\w+", names)
        for kind in (KINDS if owners == "all" else re.findall(r"\w+", owners))
    }
    known = {(setting, kind) for kind in KINDS for setting in settings_of(kind)}
    unused = {
        ("extra", kind) for kind in ("google", "vertex", "danqing")
    }  # every kind may be given it; these have no use
    assert told == known - unused


def settings_of(kind: str) -> set[str]:
    """Everything that a table of this kind may have."""
    return {spec.name for spec in fields(shape_of(kind))} - {"name"} | ROUTING


def shape_of(kind: str) -> type[Settings]:
    """The settings of a kind."""
    parts = vars(import_module(f"danqing.providers.{kind}")).values()
    shared = (Settings, SeasonedSettings)
    [shape] = [part for part in parts if isinstance(part, type) and issubclass(part, Settings) and part not in shared]
    return shape


def test_who_is_asked_is_as_the_page_says() -> None:
    [block] = [block for block in BLOCKS if "weight = 0 " in block]
    upstreams = [read_upstream(name, row) for name, row in tomllib.loads(block)["upstreams"].items()]
    model = CATALOG.find("imagen-4.0-generate-001")
    orders = [candidates(model, upstreams, sketched=False, spin=str(spin)) for spin in range(1000)]
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


def test_the_figures_are_those_of_the_code() -> None:
    page = " ".join(PAGE.split())
    assert (PATIENCE_ELSE.total_seconds(), PATIENCE[Medium.VIDEO].total_seconds(), RETRY_FILTERED_MAX) == (20, 120, 3)
    assert "for up to 20 seconds with a picture and two minutes with a film" in page
    assert "`retry_filtered`, at most three times" in page
    polls = {kind: shape_of(kind).__dataclass_fields__["poll_s"].default for kind in KINDS}
    assert polls == {"google": 5, "vertex": 5, "openai": 5, "gateway": 10, "danqing": 3}
    assert "seconds between two looks at what takes long; 5, 10 for `gateway`, 3 for `danqing` |" in page
