"""What danqing.toml says of prompts is checked with its lines, without asking anybody."""

from pathlib import Path

import pytest

from danqing.config import check, look

GOOD = """\
[upstreams.google]
key = "AIza-0123456789"

[prompts]
translate = "require"
preflight = "strict"

[prompts.translators.model]
upstream = "google"
model = "gemini-3.1-flash-lite"
"""


def mistakes(folder: Path, text: str) -> list[str]:
    (folder / "danqing.toml").write_text(text)
    (folder / "danqing.toml").chmod(0o600)
    found = look(data=folder, env={})
    check(found, env={})
    return [str(mistake).removeprefix(f"{folder}/danqing.toml:") for mistake in found.mistakes]


def test_what_is_right_is_taken_as_it_is_written(tmp_path: Path) -> None:
    assert mistakes(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ('"require"', '"perhaps"', "5: prompts.translate is wrong: invalid enum value 'perhaps'."),
        ('"strict"', '"strict"\nenhanse = true', "7: prompts.enhanse is not a setting; did you mean enhance."),
        ('upstream = "google"', 'upstream = "gogle"', "9: prompts.translators.model.upstream must be the name"),
        ('model = "gemini-3.1-flash-lite"', "", "8: prompts.translators.model.model is missing."),
        ("translators.model", "translators.oracle", '8: prompts.translators.oracle.kind must be "model" or "opus".'),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, right: str, wrong: str, told: str) -> None:
    [mistake] = mistakes(tmp_path, GOOD.replace(right, wrong, 1))
    assert mistake.startswith(told)


def test_prompts_are_a_table(tmp_path: Path) -> None:
    [mistake] = mistakes(tmp_path, "prompts = 3\n")
    assert mistake == "1: prompts must be a table, [prompts]."
