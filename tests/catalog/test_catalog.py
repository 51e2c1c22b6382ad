"""The built-in rows, one by one against what was published about them, and the operator's own laid over them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from danqing.catalog import CatalogError, load
from danqing.domain.generation import Generation, Person, Task, Turn
from danqing.domain.media import Blob, Medium
from danqing.domain.models import Ability, Catalog, Model, fit, most
from danqing.domain.money import dollars

RATIOS = ("1:1", "3:4", "4:3", "9:16", "16:9")
PERSONS = (Person.ADULT, Person.NONE, Person.ALL)
IMAGEN = Ability(
    makes=frozenset({Medium.IMAGE}),
    count_max=4,
    count_default=4,
    aspects=RATIOS,
    sizes=("1K", "2K"),
    persons=PERSONS,
    mimes=("image/png", "image/jpeg"),
    languages=("en",),
)
VEO = Ability(
    makes=frozenset({Medium.VIDEO}),
    count_max=2,
    count_default=1,
    aspects=("16:9",),
    sizes=("720p",),
    seconds=(8,),
    persons=PERSONS,
    mimes=("video/mp4",),
    fps=24,
    audio=True,
    languages=("en",),
)
DOCUMENTED = {
    "imagen-4.0-generate-preview-05-20": IMAGEN,
    "imagen-4.0-ultra-generate-exp-05-20": replace(IMAGEN, count_max=1, count_default=1),
    "imagen-3.0-generate-002": replace(IMAGEN, sizes=("1K",)),
    "gemini-2.0-flash-preview-image-generation": Ability(
        makes=frozenset({Medium.TEXT, Medium.IMAGE}),
        aspects=RATIOS,
        sizes=("1K",),
        mimes=("image/png",),
        pictures_max=16,
    ),
    "veo-3.0-generate-preview": VEO,
    "veo-3": replace(VEO, count_max=1),
    "veo-2.0-generate-001": replace(
        VEO, count_default=2, aspects=("16:9", "9:16"), seconds=(8, 5), frames=True, audio=False
    ),
}
ROW = """
id = "sumi-1"
title = "Sumi"
family = "sumi"
[ability]
makes = ["image"]
[price]
image = "0.01"
source = "our own machine"
as_of = 2026-11-01
"""


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load()


def ask(model: Model) -> Generation:
    """The smallest request for a model, with its defaults filled in."""
    given = () if model.ability.anew else (Blob("1" * 64, 10, "image/png"),)
    bare = Generation(model=model.id, turns=(Turn("user", ("a cat", *given)),), wants=model.ability.makes)
    return fit(bare, model)


@pytest.mark.parametrize(("id", "ability"), DOCUMENTED.items())
def test_documented_model_can_do_exactly_what_is_documented(catalog: Catalog, id: str, ability: Ability) -> None:
    assert catalog.find(id).ability == ability


@pytest.mark.parametrize(
    ("id", "cost"),
    [
        ("imagen-4.0-generate-preview-05-20", "0.12"),  # 4 pictures at $0.03
        ("imagen-4.0-ultra-generate-exp-05-20", "0.03"),
        ("imagen-3.0-generate-002", "0.12"),
        ("veo-3.0-generate-preview", "5.40"),  # 8 s at $0.675
        ("veo-3", "0.41"),
        ("veo-2.0-generate-001", "5.60"),  # 2 films of 8 s at $0.35
        ("imagen-4.0-generate-001", "0.16"),
        ("imagen-4.0-ultra-generate-001", "0.24"),
        ("imagen-4.0-fast-generate-001", "0.08"),
        ("veo-3.0-generate-001", "3.20"),
        ("veo-3.1-fast-generate-preview", "1.20"),
        ("veo-3.1-generate-001", "3.20"),
        ("veo-3.1-lite-generate-001", "0.40"),
        ("gemini-omni-1.1-flash", "0.80"),
        ("sora-2", "0.40"),
    ],
)
def test_price_of_the_default_request(catalog: Catalog, id: str, cost: str) -> None:
    model = catalog.find(id)
    assert model.price.cost(most(ask(model), model)) == dollars(cost)


def test_conversational_model_is_priced_by_the_token(catalog: Catalog) -> None:
    price = catalog.find("gemini-2.0-flash-preview-image-generation").price
    assert (price.input_token, price.output_token, price.image_tokens) == (100, 400, 1290)


@pytest.mark.parametrize(
    ("id", "size", "cost"),
    [
        ("gemini-2.5-flash-image", "1K", "0.0387"),
        ("gemini-2.5-flash-image-preview", "1K", "0.0387"),
        ("gemini-3.1-flash-image", "512", "0.04482"),
        ("gemini-3.1-flash-image", "1K", "0.0672"),
        ("gemini-3.1-flash-image", "2K", "0.1008"),
        ("gemini-3.1-flash-image", "4K", "0.1512"),
        ("gemini-3-pro-image", "2K", "0.1344"),
        ("gemini-3-pro-image", "4K", "0.24"),
        ("gemini-3.1-flash-lite-image", "1K", "0.0336"),
        ("gpt-image-2", "1K", "0.21072"),
        ("gpt-image-1-mini", "1K", "0.052"),
    ],
)
def test_piece_and_tokens_add_up_to_the_vendors_price_of_a_picture(
    catalog: Catalog, id: str, size: str, cost: str
) -> None:
    price = catalog.find(id).price.at(size)
    assert price.image + price.output_token * price.image_tokens == dollars(cost)


@pytest.mark.parametrize(
    ("id", "size", "cost"),
    [
        ("veo-3.1-generate-001", "720p", "0.40"),
        ("veo-3.1-generate-001", "1080p", "0.40"),
        ("veo-3.1-generate-001", "4k", "0.60"),
        ("veo-3.1-lite-generate-001", "1080p", "0.08"),
        ("gemini-omni-1.1-flash", "360p", "0.034"),
        ("veo-2.0-generate-001", "720p", "0.35"),
    ],
)
def test_a_second_costs_what_its_size_costs(catalog: Catalog, id: str, size: str, cost: str) -> None:
    assert catalog.find(id).price.at(size).second == dollars(cost)


@pytest.mark.parametrize(
    "alias", ["gemini-2.0-flash-exp", "gemini-2.0-flash-exp-image-generation", "models/gemini-2.0-flash-exp"]
)
def test_alias_finds_the_model_that_took_over(catalog: Catalog, alias: str) -> None:
    assert catalog.find(alias).id == "gemini-2.0-flash-preview-image-generation"


def test_a_mask_leads_to_who_takes_one(catalog: Catalog) -> None:
    """Google's own successor of its editor takes none."""
    routes = catalog.find("imagen-3.0-capability-001").routes
    masks = [catalog.find(route.upstream).ability.masks for route in routes]
    assert masks == [False, False, True]


def test_what_only_makes_larger_does_so_unasked(catalog: Catalog) -> None:
    asked = ask(catalog.find("imagen-4.0-upscale-preview"))
    assert (asked.task, asked.factor) == (Task.UPSCALE, 2)


def test_every_row_is_complete(catalog: Catalog) -> None:
    for model in catalog.models:
        assert model.title, model.id
        assert model.priced, model.id
        assert model.priced.as_of >= date(2025, 6, 15), model.id
        assert model.description, model.id
        assert model.methods, model.id
        assert model.routes, model.id
        assert {route.provider for route in model.routes} <= {"google", "vertex", "openai"}, model.id
        if model.lifecycle.shutdown:
            assert catalog.find(model.lifecycle.successor).lifecycle.shutdown is None, model.id
            assert model.lifecycle.loses, model.id
            assert model.lifecycle.source, model.id
        assert ask(model).mime == model.ability.mimes[0]


def test_routes_lead_to_what_is_alive(catalog: Catalog) -> None:
    def upstreams(id: str) -> list[tuple[str, str]]:
        return [(route.provider, route.upstream) for route in catalog.find(id).routes]

    assert upstreams("imagen-3.0-generate-002")[0] == ("google", "gemini-3.1-flash-image")
    assert upstreams("imagen-4.0-ultra-generate-exp-05-20")[0] == ("google", "gemini-3-pro-image")
    assert upstreams("veo-3") == [("vertex", "veo-3.1-generate-001"), ("google", "gemini-omni-1.1-flash")]


def test_what_is_dead_is_made_by_a_model_of_the_catalog_that_lives(catalog: Catalog) -> None:
    for model in catalog.models:
        makers = [catalog.find(route.upstream) for route in model.routes]
        assert makers[-1].lifecycle.shutdown is None, model.id
        assert all(model.ability.makes - {Medium.TEXT} <= maker.ability.makes for maker in makers), model.id


def test_lifecycle_is_read(catalog: Catalog) -> None:
    lifecycle = catalog.find("imagen-4.0-generate-001").lifecycle
    assert (lifecycle.announced, lifecycle.shutdown) == (date(2026, 6, 15), date(2026, 8, 17))


def test_files_are_named_after_their_models(catalog: Catalog) -> None:
    directory = Path(__file__).parents[2] / "src/danqing/catalog/models"
    assert {path.stem for path in directory.glob("*")} == {model.id for model in catalog.models}


def test_added_file_adds_a_model(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "sumi.toml").write_text(ROW)
    (tmp_path / "notes.txt").write_text("not a model")
    model = load(extra=tmp_path).find("sumi-1")
    assert model.price.image == 10_000_000
    assert model.ability.makes == {Medium.IMAGE}
    assert len(load(extra=tmp_path).models) == len(catalog.models) + 1


def test_added_file_replaces_the_built_in_row_of_its_id(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "dearer.toml").write_text(ROW.replace("sumi-1", "veo-3"))
    overlaid = load(extra=tmp_path)
    assert overlaid.find("veo-3").title == "Sumi"
    assert len(overlaid.models) == len(catalog.models)


def test_id_may_be_defined_once_in_a_directory(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(ROW)
    (tmp_path / "b.toml").write_text(ROW)
    with pytest.raises(CatalogError, match=r"b\.toml: `id`: sumi-1 .* a\.toml"):
        load(extra=tmp_path)


@pytest.mark.parametrize("alias", ["veo-3", "gemini-2.0-flash-exp", "sumi-1"])
def test_alias_may_not_be_the_name_of_another_model(tmp_path: Path, alias: str) -> None:
    (tmp_path / "sumi.toml").write_text(f'aliases = ["{alias}"]\n{ROW}')
    with pytest.raises(CatalogError, match=rf"\.toml: `aliases`: {alias} is already taken by .*\.toml"):
        load(extra=tmp_path)


def test_missing_directory_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="nowhere"):
        load(extra=tmp_path / "nowhere")
