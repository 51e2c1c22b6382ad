"""Each kind of mistake in a model's file, and what the operator is told about it."""

import re

import pytest

from danqing.catalog.row import CatalogError, read
from danqing.domain.generation import Person
from danqing.domain.models import Route

ROW = """
id = "sumi-1"
title = "Sumi"
family = "sumi"
[ability]
makes = ["image"]
count_max = 2
sizes = ["1K", "2K"]
persons = ["dont_allow"]
[price]
image = "0.01"
source = "our own machine"
as_of = 2026-11-01
[lifecycle]
shutdown = 2027-01-01
[[routes]]
provider = "local"
"""


def test_row_without_a_mistake() -> None:
    model = read("sumi.toml", ROW.encode())
    assert model.routes == (Route(provider="local"),)
    assert model.ability.persons == (Person.NONE,)
    assert model.lifecycle.shutdown is not None


def test_every_size_has_its_rates_when_one_is_sold_for_something_else() -> None:
    text = ROW.replace("[lifecycle]", '[price.sizes.2K]\nimage = "0.02"\n[lifecycle]')
    price = read("sumi.toml", text.encode()).price
    assert [(name, rates.image) for name, rates in price.sizes] == [("1K", 10_000_000), ("2K", 20_000_000)]
    assert read("sumi.toml", ROW.encode()).price.sizes == ()


@pytest.mark.parametrize(
    ("right", "wrong", "field"),
    [
        ('title = "Sumi"', 'title = "Sumi"\ncolour = "ink"', "colour"),
        ("count_max = 2", "count_max = 2\ncount = 1", "ability.count"),
        ('image = "0.01"', 'image = "0.01"\npicture = "0.01"', "price.picture"),
        ("[lifecycle]", '[price.sizes.2K]\npicture = "0.02"\n[lifecycle]', "price.sizes.2K.picture"),
        ("[lifecycle]", '[price.sizes.2K]\nimage = "cheap"\n[lifecycle]', "price.sizes.2K.image"),
        ("[lifecycle]", '[price.sizes.8K]\nimage = "0.02"\n[lifecycle]', "price.sizes"),
        ("shutdown = 2027-01-01", "closed = 2027-01-01", "lifecycle.closed"),
        ("[lifecycle]", '[prompting]\ngood_at = ["cooking"]\n[lifecycle]', "prompting.good_at[0]"),
        ("[lifecycle]", "[prompting]\nwords_max = 9\n[lifecycle]", "prompting.words_max"),
        ('provider = "local"', 'provider = "local"\nmodel = "x"', "routes.model"),
        ('id = "sumi-1"', "", "id"),
        ('id = "sumi-1"', 'id = "auto"', "id"),
        ('makes = ["image"]', "", "makes"),
        ('source = "our own machine"', "", "source"),
        ('source = "our own machine"', 'source = " "', "price.source"),
        ("as_of = 2026-11-01", "", "as_of"),
        ("as_of = 2026-11-01", 'as_of = "last week"', "price.as_of"),
        ("shutdown = 2027-01-01", "shutdown = 2027", "lifecycle.shutdown"),
        ('provider = "local"', "provider = 1", "routes[0].provider"),
        ('image = "0.01"', "image = 0.01", "price.image"),
        ('image = "0.01"', 'image = "a cent"', "price.image"),
        ('image = "0.01"', 'image = "0.0000000001"', "price.image"),
        ('image = "0.01"', 'output_million_tokens = "0.0001"', "price.output_million_tokens"),
        ('image = "0.01"', "", "price"),
        ('image = "0.01"', 'image = "0.01"\nbatch_percent = 0', "price.batch_percent"),
        ('image = "0.01"', 'image = "0.01"\nbatch_percent = 101', "price.batch_percent"),
        ('image = "0.01"', 'image = "0.000000001"\nbatch_percent = 50', "price.batch_percent"),
        ("count_max = 2", 'count_max = "two"', "ability.count_max"),
        ("count_max = 2", "count_max = 2\ncount_default = 3", "ability.count_default"),
        ('makes = ["image"]', "makes = []", "ability.makes"),
        ('makes = ["image"]', 'makes = ["sculpture"]', "ability.makes[0]"),
        ('makes = ["image"]', 'makes = ["video"]\nfps = 24', "ability.seconds"),
        ("count_max = 2", "anew = false", "ability.tasks"),
        ("count_max = 2", 'tasks = ["edit"]', "ability.pictures_max"),
        ("count_max = 2", 'tasks = ["cook"]', "ability.tasks[0]"),
        ('makes = ["image"]', 'makes = ["video"]\nseconds = [8]', "ability.fps"),
        ('persons = ["dont_allow"]', 'persons = ["nobody"]', "ability.persons[0]"),
        ("count_max = 2", 'aspects = ["wide"]', "ability.aspects"),
        ("count_max = 2", 'aspects = ["1:1"]\npixels = ["1024"]', "ability.pixels"),
        ("count_max = 2", 'aspects = ["1:1"]\npixels = ["1536x1024"]', "ability.pixels"),
        ("count_max = 2", 'mimes = ["image/gif"]', "ability.mimes"),
        ('id = "sumi-1"', 'id = "sumi:1"', "id"),
        ('id = "sumi-1"', 'id = "sumi-1"\naliases = [""]', "aliases"),
    ],
)
def test_mistake_is_reported_with_file_and_field(right: str, wrong: str, field: str) -> None:
    assert right in ROW
    with pytest.raises(CatalogError, match=rf"^sumi\.toml: .*`{re.escape(field)}`"):
        read("sumi.toml", ROW.replace(right, wrong).encode())


@pytest.mark.parametrize("text", [b"id = ", b"\xff\xfe", b'id = "a"\nid = "b"'])
def test_text_that_is_not_toml(text: bytes) -> None:
    with pytest.raises(CatalogError, match=r"^sumi\.toml: this is not TOML"):
        read("sumi.toml", text)
