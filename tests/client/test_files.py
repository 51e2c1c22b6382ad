"""Names for what comes back: readable in any script, and never one that is taken."""

from itertools import islice
from pathlib import Path

import pytest

from danqing.client import files
from danqing.domain.errors import Problem


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("A red fox, in the snow!", "a-red-fox-in-the-snow"),
        ("生成一幅山水畫,並給出一首詩詞描述", "生成一幅山水畫-並給出一首詩詞描述"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full-width"),
        ("../../etc/passwd", "etc-passwd"),
        ("snake_case", "snake-case"),
        ("🦊", "danqing"),
        ("", "danqing"),
        ("long " * 40, "long-long-long-long-long-long-long-long-long-long"),
    ],
)
def test_a_prompt_becomes_a_name(prompt: str, name: str) -> None:
    assert files.slug(prompt) == name


def test_the_longest_name_fits_into_a_directory() -> None:
    assert len(f".{files.slug('𠀀' * 200)}-1000.png.part".encode()) <= 255


def test_names_are_numbered_from_one() -> None:
    assert [*islice(files.names("a fox", "png", None), 2)] == [Path("a-fox-1.png"), Path("a-fox-2.png")]


def test_a_folder_takes_the_names_of_prompts(tmp_path: Path) -> None:
    assert next(files.names("a fox", "png", tmp_path)) == tmp_path / "a-fox-1.png"


@pytest.mark.parametrize(
    ("out", "names"),
    [
        ("fox.png", ["fox.png", "fox-2.png", "fox-3.png"]),
        ("fox.JPEG", ["fox.png", "fox-2.png", "fox-3.png"]),
        ("fox", ["fox.png", "fox-2.png", "fox-3.png"]),
        ("v1.2", ["v1.2.png", "v1.2-2.png", "v1.2-3.png"]),
    ],
)
def test_a_file_keeps_its_name_and_has_the_true_ending(out: str, names: list[str]) -> None:
    assert [path.name for path in islice(files.names("a fox", "png", Path(out)), 3)] == names


def test_a_claim_takes_the_first_free_name_and_touches_no_other(tmp_path: Path) -> None:
    taken = tmp_path / "fox.png"
    taken.write_text("mine")
    assert files.claim(files.names("", "png", taken)) == tmp_path / "fox-2.png"
    assert files.claim(files.names("", "png", taken)) == tmp_path / "fox-3.png"
    assert taken.read_text() == "mine"


def test_a_place_that_is_not_there_is_refused(tmp_path: Path) -> None:
    files.require_writable(tmp_path)
    files.require_writable(tmp_path / "fox.png")
    with pytest.raises(Problem, match=r"Nothing can be saved in .*nowhere"):
        files.require_writable(tmp_path / "nowhere" / "fox.png")
