"""Translation on this machine: a real CTranslate2 model, made by the test, behind the translator's own code."""

import asyncio
from pathlib import Path

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.ports import Translator
from danqing.prompts.translators import connect

from .tiny_opus import make

WORDS = {"zorro": "fox", "gato": "cat", "sombrero": "hat", "nieve": "snow"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("opus") / "es-en", WORDS)


def opus(folder: Path, **settings: object) -> Translator:
    return connect("opus", {"name": "local", "folder": str(folder), "source": ["es"], **settings}, {})


@pytest.mark.anyio
async def test_a_model_in_a_folder_translates_for_nothing(folder: Path) -> None:
    translator = opus(folder)
    said = await translator.translate(["zorro nieve", "gato sombrero"], "es", "en")
    assert said.texts == ("fox snow", "cat hat")
    assert said.cost == translator.most(["zorro nieve"]) == 0


@pytest.mark.anyio
async def test_sentences_are_said_one_by_one(folder: Path) -> None:
    said = await opus(folder).translate(["nieve gato\nnieve zorro"], "es", "en")
    assert said.texts == ("cat snow fox snow",)


@pytest.mark.anyio
async def test_what_must_not_change_is_never_shown_to_the_model(folder: Path) -> None:
    said = await opus(folder).translate(["zorro XQ1X nieve XQQ12X", "XQ1X"], "es", "en")
    assert said.texts == ("fox XQ1X snow XQQ12X", "XQ1X")


@pytest.mark.anyio
@pytest.mark.parametrize("text", ["perro", "zorro 猫"])
async def test_a_word_that_the_model_does_not_know_is_never_dropped(folder: Path, text: str) -> None:
    with pytest.raises(Problem) as thrown:
        await opus(folder).translate([text], "es", "en")
    assert (thrown.value.kind, thrown.value.code) == (Kind.UPSTREAM, "rewording_garbled")


@pytest.mark.anyio
async def test_a_sentence_without_an_end_is_refused_and_not_cut(folder: Path) -> None:
    with pytest.raises(Problem) as thrown:
        await opus(folder).translate(["zorro " * 500], "es", "en")
    assert thrown.value.code == "sentence_too_long"


@pytest.mark.anyio
async def test_many_at_once_get_their_own(folder: Path) -> None:
    translator = opus(folder)
    said = await asyncio.gather(*(translator.translate([word], "es", "en") for word in [*WORDS] * 4))
    assert [one.texts for one in said] == [(word,) for word in [*WORDS.values()] * 4]


@pytest.mark.anyio
async def test_a_model_that_adds_the_end_itself_is_not_given_two(tmp_path: Path) -> None:
    said = await opus(make(tmp_path / "adds", WORDS, add_end=True)).translate(["zorro"], "es", "en")
    assert said.texts == ("fox",)


def test_it_knows_its_own_languages_alone(folder: Path) -> None:
    translator = opus(folder, source=["zh"])
    assert translator.knows("zh-Hant", "en")
    assert not translator.knows("zh-Latn", "en")
    assert not translator.knows("es", "en")
    assert not translator.knows("zh-Hant", "fr")


@pytest.mark.anyio
async def test_a_model_that_is_broken_says_so(tmp_path: Path) -> None:
    folder = make(tmp_path / "broken", WORDS)
    (folder / "model.bin").write_bytes(b"no model")
    with pytest.raises(Problem) as thrown:
        await opus(folder).translate(["zorro"], "es", "en")
    assert thrown.value.code == "translator_failed"


def test_a_folder_without_a_model_is_named_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(Problem) as thrown:
        opus(tmp_path)
    assert thrown.value.param == "prompts.translators.local.folder"
    assert str(tmp_path) in thrown.value.message


def test_a_folder_is_named_as_a_whole_path() -> None:
    with pytest.raises(Problem, match="from / on"):
        opus(Path("models/zh-en"))


def test_a_model_without_its_pieces_is_refused_at_the_start(tmp_path: Path) -> None:
    folder = make(tmp_path / "bare", WORDS)
    (folder / "source.spm").unlink()
    with pytest.raises(Problem) as thrown:
        opus(folder)
    assert "source.spm" in thrown.value.message
