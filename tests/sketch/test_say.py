"""A plan in words: nothing is lost from the prompt, nothing is claimed that is not drawn, and verse keeps its form."""

import tomllib
from pathlib import Path

import pytest

from danqing.sketch.craft import art
from danqing.sketch.planning.plan import plan
from danqing.sketch.telling import say

LEXICON = Path(__file__).parents[2] / "src" / "danqing" / "sketch" / "lexicon"
needs_pack = pytest.mark.skipif(not art.available(), reason="the art pack was not built (npm was out of reach)")


@needs_pack
def test_enhanced_keeps_the_prompt_and_adds_light_and_camera() -> None:
    words = say.enhanced(plan("a tracking shot of a fox running through a forest at night", seed=1))
    assert words.startswith("A tracking shot of a fox running through a forest at night.")
    assert "moonlight" in words
    assert "tracking shot that keeps pace" in words
    assert "\n" not in words


@needs_pack
def test_enhanced_says_a_chinese_prompt_in_english_and_keeps_its_quoted_text() -> None:
    words = say.enhanced(plan("三隻貓在花園裡，寫著「春天」", seed=1))
    assert words.startswith("Three cats.")
    assert "garden" in words
    assert '"春天"' in words


def test_enhanced_names_what_it_could_not_put_into_english() -> None:
    assert "詩人" in say.enhanced(plan("詩人在海邊", seed=1))


@needs_pack
@pytest.mark.parametrize(
    ("prompt", "caption"),
    [
        ("A cat playing with a ball", "A cut-paper sketch of a cat playing with a ball in a cosy room with a window."),
        ("an owl and a gruffalo", "A cut-paper sketch of an owl in a quiet forest of tall trees. Not drawn: gruffalo."),
        ("三隻小鳥飛過雪山", "剪紙速寫：雪地裡，三隻小鳥正在飛翔。"),
        ("机器人在太空中跳舞", "剪纸速写：太空中，一个机器人正在跳舞。"),
        (
            "秋夜，一隻戴著王冠的青蛙坐在石頭上，旁邊有火",
            "剪紙速寫：秋天夜晚的森林裡，一隻戴著王冠的青蛙在石頭上，還有一團火。",
        ),
        ("兩個穿紅色外套的小孩站在雪人旁邊", "剪紙速寫：雪地裡，兩個穿著紅色的外套的小孩在雪人旁邊。"),
        ("廚師在廚房裡", "剪紙速寫：廚房裡，一位廚師。"),
        ("帽子をかぶった犬", "部屋の中の帽子を身につけた犬のスケッチ。"),
        ("소파 위의 고양이", "방 안의 소파 위의 고양이 스케치."),
        ("un perro con sombrero y dos gatos", "Boceto: perro con sombrero y gatos ×2 en una habitación."),
        ("кошка с собакой", "Эскиз: кошка и собака в комнате."),
        ("Eine rote Katze spielt im Garten", "Skizze: Katze in einem Garten."),
        ("dos perros y un gato en la playa de noche", "Boceto: perros ×2 y gato junto al agua, de noche."),
        ("un chat et un chien qwertz", "Esquisse : chat et chien dans une chambre. Non dessiné: qwertz."),
        ("três gatos no céu ao entardecer", "Esboço: gatos ×3 no céu, ao entardecer."),
        ("un gatto in un bosco", "Schizzo: gatto in un bosco."),
        ("кот в лесу", "Эскиз: кот в лесу."),
        ("猫と犬が庭で遊んでいる", "庭の猫と犬のスケッチ。"),
        ("夜の海", "夜、水際のスケッチ。"),
        (
            "a tiny raccoon wearing a top hat and sunglasses on a giant book in winter",
            "A cut-paper sketch of a tiny raccoon wearing a top hat and sunglasses on a giant book in a field of snow,"
            " in winter.",
        ),
        (
            "a fox in front of a house",
            "A cut-paper sketch of a fox in front of a house in a quiet forest of tall trees.",
        ),
        ("qwertz", "A typographic card of the prompt. Not drawn: qwertz."),
    ],
)
def test_the_caption_is_in_the_language_of_the_prompt_and_honest(prompt: str, caption: str) -> None:
    assert say.caption(plan(prompt, seed=1)) == caption


@pytest.mark.parametrize("prompt", ["a mountain", "畫一座山", "prose about a cat", "一個單詞"])
def test_there_is_no_poem_unless_it_is_asked_for(prompt: str) -> None:
    assert say.poem(plan(prompt, seed=1)) is None


@pytest.mark.parametrize(
    ("prompt", "length"), [("畫山水並題詩", 5), ("画雪山，配一首七言绝句", 7), ("写一首诗，夜晚的城市", 5)]
)
@pytest.mark.parametrize("seed", range(6))
def test_a_chinese_poem_has_four_equal_lines(prompt: str, length: int, seed: int) -> None:
    verse = say.poem(plan(prompt, seed=seed)) or ""
    lines = verse.replace("\n", "").replace("。", "，").strip("，").split("，")
    assert [len(line) for line in lines] == [length] * 4
    assert lines[1][-1] != lines[3][-1]


def test_a_chinese_poem_is_in_the_script_of_the_prompt() -> None:
    assert "遠" not in (say.poem(plan("画山水，写诗", seed=2)) or "")
    traditional, simplified = (say.poem(plan(prompt, seed=2)) or "" for prompt in ("畫山水，寫詩", "画山水，写诗"))
    assert any(not character.isascii() for character in traditional)
    assert simplified.encode("gb2312")


def test_an_english_poem_is_a_quatrain() -> None:
    verse = say.poem(plan("a poem about a garden at dawn", seed=1)) or ""
    assert len(verse.splitlines()) == 4


def test_another_seed_makes_another_poem() -> None:
    poems = {say.poem(plan("生成一幅山水畫，並給出一首詩詞描述", seed=seed)) for seed in range(12)}
    assert len(poems) > 3


def test_every_couplet_keeps_its_form_and_all_chinese_ones_share_their_rhyme() -> None:
    tables = tomllib.loads((LEXICON / "verses.toml").read_text())
    couplets = [line for part in ("opening", "closing") for lines in tables["chinese"][part].values() for line in lines]
    assert all([len(line) for line in couplet.split()] == [5, 5] for couplet in couplets)
    assert {couplet[-1] for couplet in couplets} <= set("山間閒還灣關環")
    english = [
        verse for part in ("place", "closing") for verses in tables["english"][part].values() for verse in verses
    ]
    assert all(verse.count("/") == 1 for verse in english)


@pytest.mark.parametrize("part", ["place", "spot", "action", "time", "weather", "camera", "style", "kind"])
def test_every_value_of_a_plan_can_be_said(part: str) -> None:
    phrases = tomllib.loads((LEXICON / "phrases.toml").read_text())["english"][part]
    words = tomllib.loads((LEXICON / "en.toml").read_text())["style" if part == "kind" else part]
    assert set(words) <= set(phrases)


@pytest.mark.parametrize("part", ["place", "spot", "action", "time", "weather", "style"])
def test_every_value_of_a_plan_can_be_said_in_chinese(part: str) -> None:
    phrases = tomllib.loads((LEXICON / "phrases.toml").read_text())
    assert set(phrases["chinese"][part]) == set(phrases["english"][part])


def test_an_answer_about_a_picture_is_what_the_picture_shows() -> None:
    assert say.answer(plan("describe the image", seed=1), look="A bright picture.") == "A bright picture."


@pytest.mark.parametrize(
    ("prompt", "start"),
    [("tell me of dragons", "The Sketch engine"), ("講一個故事", "速寫引擎"), ("讲一个故事", "速写引擎")],
)
def test_an_answer_in_words_alone_says_who_answers(prompt: str, start: str) -> None:
    assert say.answer(plan(prompt, seed=1)).startswith(start)


@pytest.mark.parametrize("language", ["es", "fr", "de", "pt", "it", "ru", "ja", "ko"])
def test_every_place_and_hour_can_be_said_in_every_language(language: str) -> None:
    phrases = tomllib.loads((LEXICON / "phrases.toml").read_text())
    for part in ("place", "time"):
        assert set(phrases[language][part]) == set(phrases["english"][part])
    assert set(phrases[language]["caption"]) == {"sentence", "missing", "comma", "and"}
