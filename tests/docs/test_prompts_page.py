"""What docs/prompts.md says is so: its figures are measured, its examples are looked through."""

import re
from pathlib import Path

import pytest

from danqing.catalog import load
from danqing.domain.preflight import preflight
from danqing.domain.prompts.spans import kept
from danqing.prompts.detection import detect
from making import a_generation
from prompts import measure

PAGE = (Path(__file__).parents[2] / "docs" / "prompts.md").read_text()
FINDINGS = re.findall(r"^\| `(\w+)` \| (\w+) \| (\S+) \| (.*)\|$", PAGE, re.MULTILINE)
CATALOG = load()


def test_the_figures_are_those_that_are_measured() -> None:
    _, half = measure.rows()
    scores = (measure.by_language(half)["all"], measure.translating(half), measure.keeping(half))
    told = re.findall(r"^\| [^|]+ \| ([\d.]+) % \| ([\d.]+) % \|$", PAGE, re.MULTILINE)
    assert told == [(f"{score.precision * 100:.1f}", f"{score.recall * 100:.1f}") for score in scores]


@pytest.mark.parametrize(("code", "severity", "model", "example"), FINDINGS, ids=[code for code, *_ in FINDINGS])
def test_each_example_is_found(code: str, severity: str, model: str, example: str) -> None:
    setting = re.match(r"`(\w+)=(\S+)`", example)
    name, value = setting.groups() if setting else ("", "")
    words = example[setting.end() :] if setting else example
    prompt = words.strip() * (int(value) if name == "times" else 1)
    if name in ("aspect", "size"):
        request = a_generation("a fox in the snow at dawn", **{name: value})
    elif name in ("seconds", "count"):
        request = a_generation("a fox in the snow at dawn", **{name: int(value)})
    else:
        request = a_generation(prompt)
    found = preflight(request, CATALOG.find(model), detect(request.prompt))
    assert (code, severity) in {(finding.code, finding.severity.value) for finding in found}


def test_every_code_has_an_example() -> None:
    source = (Path(__file__).parents[2] / "src" / "danqing" / "domain" / "preflight.py").read_text()
    codes = set(re.findall(r'(?:_error|_warning)\(\s*"(\w+)"|code="(\w+)"', source))
    params = set(re.findall(r'_unsupported\(.*"(\w+)"\)$', source, re.MULTILINE))
    named = {code or other for code, other in codes} | {f"unsupported_{param}" for param in params}
    assert {code for code, *_ in FINDINGS} == named


@pytest.mark.parametrize(
    "stretch", ["OPEN LATE", "RX-78", "@lena.frames", "<lora:moonlit:0.8>", "#ff8800", "85 mm", "🦊"]
)
def test_what_the_page_keeps_is_kept(stretch: str) -> None:
    assert stretch in PAGE
    written = f'"{stretch}"' if stretch.isupper() and " " in stretch else stretch
    text = f"ein Bild, {written} am Rand"
    assert written in [text[span.start : span.stop] for span in kept(text, "de")]
