"""The studio's words: the same sentences in every language, none left over, none missing, none written into a page."""

import json
import re
from pathlib import Path

import pytest

import danqing.studio

SOURCE = Path(danqing.studio.__file__).parent
LANGUAGES = ("en", "zh-Hant", "zh-Hans")
ROW = re.compile(r'^  ("(?:[^"\\]|\\.)+"): ("(?:[^"\\]|\\.)*"),$', re.MULTILINE)
NAMED = re.compile(r"""\b(?:t|has)\(\s*(?:[\w.]+ \? )?["']([\w. -]+)["'](?: : ["']([\w. -]+)["'])?""")
BUILT = re.compile(r"`([a-z]+(?:\.[a-z]+)*)\.\$\{[^}]*\}([.\w]*)`")
OPEN = {
    "person",
    "task",
    "area",
    "aspect",
    "size",
    "seed",
    "count",
    "negative",
    "seconds",
}  # what `named` is asked, value or word
# In no language of its own: what is written alike on purpose.
ALIKE: set[str] = set()
HAN = re.compile(r"[\u4e00-\u9fff]")
TRADITIONAL = set(
    "這個們來時會說對為開關長進圖畫庫層種類請與後從還沒樣試幾張項創製聲劃單繪構遊戲幣號鑰錯誤選擇據應讓處億萬"
)
SIMPLIFIED = (
    set("这个们来时会说对为开关长进图画库层种类请与后从还没样试几张项创制声划单绘构游戏币号钥错误选择据应让处亿万")
    - TRADITIONAL
    - {"游"}  # 上游 is written like this in both
)


def words(language: str) -> dict[str, str]:
    text = (SOURCE / "words" / f"{language}.js").read_text()
    rows = [(json.loads(name), json.loads(sentence)) for name, sentence in ROW.findall(text)]
    assert len(rows) == text.count('": "'), "every line is read"
    assert len(dict(rows)) == len(rows), "no name is there twice"
    return dict(rows)


def scripts() -> dict[str, str]:
    return {
        str(file.relative_to(SOURCE)): file.read_text()
        for file in sorted(SOURCE.rglob("*.js"))
        if file.relative_to(SOURCE).parts[0] not in ("vendor", "words")
    }


def test_every_language_has_the_same_sentences_with_the_same_gaps() -> None:
    english = words("en")
    assert len(english) > 40
    for language in LANGUAGES[1:]:
        other = words(language)
        assert other.keys() == english.keys()
        for name, sentence in other.items():
            assert sorted(re.findall(r"\{\w+\}", sentence)) == sorted(re.findall(r"\{\w+\}", english[name])), name
            assert sentence != english[name] or name in ALIKE, name
            assert HAN.search(sentence) or name in ALIKE, name


@pytest.mark.parametrize(
    ("language", "foreign"), [("zh-Hant", SIMPLIFIED - TRADITIONAL), ("zh-Hans", TRADITIONAL - SIMPLIFIED)]
)
def test_the_two_scripts_are_not_mixed(language: str, foreign: set[str]) -> None:
    shared = TRADITIONAL & SIMPLIFIED
    for name, sentence in words(language).items():
        assert not set(sentence) & (foreign - shared), f"{name}: {sentence}"


def test_every_sentence_that_is_named_is_there_and_every_one_is_used() -> None:
    there = words("en").keys()
    told = "\n".join(scripts().values())
    asked = {name for pair in NAMED.findall(told) for name in pair if name}
    assert asked - there == set()
    patterns = [f"{re.escape(head)}\\.[\\w. -]+{re.escape(tail)}" for head, tail in BUILT.findall(told)]
    patterns += [f"{kind}\\.\\w+" for kind in OPEN]
    unused = {name for name in there - asked if not any(re.fullmatch(pattern, name) for pattern in patterns)}
    assert unused == set()


def test_no_sentence_stands_in_a_page_itself() -> None:
    between = re.compile(r"(?<![=-])>([^<>${}`;=()]*[A-Za-z\u4e00-\u9fff]{2}[^<>${}`;=()]*)<")
    spoken = re.compile(r'\s(?:aria-label|title|placeholder|alt)="(?!sk-test)[^"$]*[A-Za-z]{2}')
    assert between.search("html`<p>Sign in</p>`")
    for name, text in scripts().items():
        assert not between.findall(text), name
        assert not spoken.findall(text), name
