"""Google's lists of models, page by page."""

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.media import Medium
from danqing.domain.models import Ability
from danqing.wire import google

from .samples import model_row, received, sent

ROWS = [model_row(f"model-{number}") for number in range(5)]


def test_a_model_of_the_developer_api() -> None:
    assert sent(google.model(model_row())) == (
        b'{"name":"models/imagen-3.0-generate-002","version":"3.0","displayName":"Imagen 3",'
        b'"description":"Pictures from words.","inputTokenLimit":8000,"supportedGenerationMethods":["predict"]}'
    )


def test_a_model_that_speaks_has_a_limit_of_words() -> None:
    row = model_row(ability=Ability(makes=frozenset({Medium.TEXT, Medium.IMAGE})))
    assert received(google.model(row))["outputTokenLimit"] == 2048


def test_a_model_of_vertex() -> None:
    assert sent(google.publisher_model(model_row("chat-image"))) == (
        b'{"name":"publishers/google/models/chat-image","versionId":"1","displayName":"Imagen 3",'
        b'"description":"Pictures from words."}'
    )


def test_all_models_fit_on_one_page() -> None:
    tree = received(google.models(ROWS))
    assert [row["name"] for row in tree["models"]] == [f"models/{row.id}" for row in ROWS]
    assert "nextPageToken" not in tree


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("write", [google.models, google.publisher_models])
def test_pages_hold_every_model_once(size: int, write) -> None:  # type: ignore[no-untyped-def]
    key = "models" if write is google.models else "publisherModels"
    names, token, pages = [], "", 0
    while pages == 0 or token:
        page = received(write(ROWS, page_size=size, page_token=token))
        assert 0 < len(page[key]) <= size
        names += [row["name"].rpartition("/")[2] for row in page[key]]
        token, pages = page.get("nextPageToken", ""), pages + 1
    assert names == [row.id for row in ROWS]
    assert pages == -(-len(ROWS) // size)


def test_a_size_of_zero_is_the_default_and_no_models_are_an_empty_page() -> None:
    assert len(received(google.models([model_row(f"m{n}") for n in range(60)], page_size=0))["models"]) == 50
    assert received(google.models([])) == {"models": []}


@pytest.mark.parametrize(("size", "token", "param"), [(1, "unknown", "pageToken"), (-1, "", "pageSize")])
def test_pages_that_do_not_exist(size: int, token: str, param: str) -> None:
    with pytest.raises(Problem) as raised:
        google.models(ROWS, page_size=size, page_token=token)
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, param)
