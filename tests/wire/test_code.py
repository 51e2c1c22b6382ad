"""A job as code, without running it: it is whole for every model, and no words of a prompt break out of it."""

import ast
import json
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest

from danqing.catalog import load
from danqing.domain.errors import Problem
from danqing.domain.generation import Generation, Turn
from danqing.domain.media import Blob, Medium, linked
from danqing.domain.models import Model, fit
from danqing.domain.sparing import spared
from danqing.wire.code import Recipe, written
from danqing.wire.code.python import literal

BASE = "https://pictures.example.com"
HERE, MINE = Blob("1" * 64, 10, "image/png"), Blob("2" * 64, 10, "image/jpeg")
FILM = Blob("3" * 64, 10, "video/mp4")
MODELS = {model.id: model for model in load().models}
WORDS = '""" \'\'\' \\ \\n $(touch x) `touch x` ${HOME} %s {x} !! # ; END\nEND\n"; import os #\u2028\u202e\x07 狐狸'


def code(model: Model, generation: Generation) -> Mapping[str, dict[str, object]]:
    recipe = Recipe(
        generation=spared(generation, model), model=model, base=BASE, files={HERE.sha256: "abc123"}, most=40_000_000
    )
    return written(recipe)  # type: ignore[return-value]


def requests(model: Model, words: str = WORDS) -> Iterator[Generation]:
    """What can be asked of a model: of words, with each of its choices, and with what it takes beside them."""
    ability = model.ability
    pictures = (HERE, MINE, linked("https://example.com/a%20b.png"))
    bare = Generation(model=model.id, turns=(Turn("user", (words,)),), wants=frozenset(), seed=7)
    if ability.anew:
        yield bare
        yield replace(bare, turns=(Turn("system", ("Be brief.",)), Turn("model", (words,)), *bare.turns))
    for name, choices in (
        ("aspect", ability.aspects),
        ("size", ability.sizes),
        ("pixels", ability.pixels),
        ("seconds", ability.seconds),
        ("person", ability.persons),
        ("mime", ability.mimes),
    ):
        yield from (replace(bare, **{name: choice}) for choice in choices)
    for task in (None, *ability.tasks):
        given = (words, *pictures[: ability.pictures_max])
        yield replace(bare, turns=(Turn("user", given),), task=task)
        yield replace(bare, turns=(Turn("user", given),), task=task, mask=MINE)
        yield replace(bare, film=FILM, film_ms=8000, task=task)
    yield replace(bare, first_frame=HERE, last_frame=MINE)
    yield replace(bare, wants=frozenset({Medium.TEXT, Medium.IMAGE}))
    yield replace(bare, knobs=(("strange knob", "a$b`c"), ("snake_case", 1), ("flag", True)), negative=words)


def taken(model: Model) -> Iterator[Generation]:
    for generation in requests(model):
        try:
            fit(generation, model)
        except Problem:
            continue
        yield generation


@pytest.mark.parametrize("id", MODELS)
def test_it_is_whole_whatever_is_asked_for(id: str) -> None:
    shell: list[str] = []
    for generation in taken(MODELS[id]):
        told = code(MODELS[id], generation)
        for dialect in ("google_genai", "openai"):
            assert (told[dialect]["code"] is None) == bool(told[dialect]["lacks"])
            if told[dialect]["code"]:
                strings = constants(str(told[dialect]["code"]))
                assert not generation.prompt or generation.prompt in strings
        for dialect in ("curl", "cli"):
            assert told[dialect]["lacks"] == (), "the native API and its command line say everything"
            shell.append(str(told[dialect]["code"]))
    parsed = subprocess.run(["bash", "-n"], input="\n".join(shell), capture_output=True, text=True, timeout=60)
    assert (parsed.returncode, parsed.stderr) == (0, "")


def constants(source: str) -> set[object]:
    return {node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)}


def test_a_shell_hands_on_the_very_words() -> None:
    """The body that curl would send, and the words of the command, as a shell makes them of the code."""
    model = MODELS["gpt-image-2"]
    generation = Generation(model=model.id, turns=(Turn("user", (WORDS, MINE)),), wants=frozenset(), seed=7)
    text = str(code(model, generation)["curl"]["code"])
    heredoc = text[text.index("<<END") : text.index("\nEND\n") + 5]
    ran = subprocess.run(["bash", "-c", f"base64() {{ echo YQ==; }}; picture=1; cat {heredoc}"],
                         capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)  # fmt: skip
    body = json.loads(ran.stdout)
    assert body["prompt"] == generation.prompt
    plain = 'it\'s "so" $HOME `id`\nand \\ more'
    asked = replace(generation, turns=(Turn("user", (plain,)),))
    words = shlex.split(str(code(model, asked)["cli"]["code"]).replace("\\\n", ""))
    assert words[:4] == ["export", f"DANQING_URL={BASE}", "danqing", "draw"]
    assert words[-1] == plain


def test_what_cannot_be_seen_is_spelled_out() -> None:
    assert literal("a\u202eb\U000e0001c\td") == '"a\\u202eb\\U000e0001c\\td"'
    assert ast.literal_eval(literal(WORDS)) == WORDS


def test_the_same_request_has_the_same_name_in_each_dialect_and_another_has_another() -> None:
    model = MODELS["imagen-4.0-generate-001"]
    bare = Generation(model=model.id, turns=(Turn("user", ("a fox",)),), wants=frozenset(), seed=7)
    one, same, other = (code(model, generation) for generation in (bare, bare, replace(bare, seed=8)))
    for dialect in ("google_genai", "openai", "curl"):
        assert one[dialect] == same[dialect] != other[dialect]
    names = [re.findall(r"(?:google|openai|curl)-[0-9a-f]{16}", str(told)) for told in (one, other)]
    assert len(set(names[0] + names[1])) == 6
