"""What stands on, under or behind what, who holds, rides or wears what, and how large, when and in what mood."""

import pytest
from PIL import Image

from danqing.sketch.craft import art
from danqing.sketch.figures.together import Cutout, joined
from danqing.sketch.language import kinds
from danqing.sketch.planning.plan import Plan, plan

pytestmark = pytest.mark.skipif(not art.available(), reason="the art pack was not built (npm was out of reach)")


def read(prompt: str) -> Plan:
    return plan(prompt, seed=1)


def relations(prompt: str) -> list[tuple[str, str, str]]:
    sketch = read(prompt)
    glyphs = [subject.glyph for subject in sketch.subjects]
    return [(relation.kind, glyphs[relation.one], glyphs[relation.other]) for relation in sketch.relations]


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a cat sitting on a book", [("on", "cat", "open-book")]),
        ("a dog under a tree", [("under", "dog", "deciduous-tree")]),
        ("a mouse next to a cheese", [("beside", "mouse", "cheese-wedge")]),
        ("a fox behind a house", [("behind", "fox", "house")]),
        ("a fox in front of a house", [("behind", "house", "fox")]),
        ("a cat in a box", [("in", "cat", "package")]),
        ("an astronaut riding a horse", [("riding", "astronaut", "horse")]),
        ("a cat in a top hat", [("wearing", "cat", "top-hat")]),
        ("a cat with a scarf", [("wearing", "cat", "scarf")]),
        ("a stork and a fox playing the violin", [("holding", "fox", "violin")]),
        ("a bear playing chess", []),
        ("a lion holding a sword and a shield", [("holding", "lion", "sword"), ("holding", "lion", "shield")]),
        ("a lion holding a sword and a horse", [("holding", "lion", "sword")]),
        ("a man with a pumpkin on his head", [("wearing", "man-standing", "jack-o-lantern")]),
        (
            "a raccoon wearing a top hat and sunglasses, holding an umbrella",
            [
                ("wearing", "raccoon", "top-hat"),
                ("wearing", "raccoon", "sunglasses"),
                ("holding", "raccoon", "umbrella"),
            ],
        ),
        (
            "a penguin wearing a scarf standing on a rocket",
            [("wearing", "penguin", "scarf"), ("on", "penguin", "rocket")],
        ),
    ],
)
def test_english_relations(prompt: str, expected: list[tuple[str, str, str]]) -> None:
    assert relations(prompt) == expected


@pytest.mark.parametrize(
    "prompt",
    [
        "a cat and a dog",
        "a cat on the beach with a dog",
        "a t-shirt with a dog on it",
        "a platypus wearing a top hat and a cat",
        "a photo of a cat, behind it a dog",
        "a cat in the style of a dog",
    ],
)
def test_no_relation_is_made_up(prompt: str) -> None:
    assert relations(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("一隻小貓坐在書上", ("on", "cat", "open-book")),
        ("樹下的狗", ("under", "dog", "deciduous-tree")),
        ("戴著帽子的狐狸", ("wearing", "fox", "womans-hat")),
        ("熊貓騎著馬", ("riding", "panda", "horse")),
        ("机器人拿着一把雨伞", ("holding", "robot", "umbrella")),
        ("狗在房子后面", ("behind", "dog", "house")),
        ("帽子をかぶった猫", ("wearing", "cat", "womans-hat")),
        ("本の上で寝ている猫", ("on", "cat", "open-book")),
        ("모자를 쓴 고양이", ("wearing", "cat", "womans-hat")),
        ("집 뒤에 있는 개", ("behind", "dog", "house")),
        ("un gato sobre una casa", ("on", "cat", "house")),
        ("une souris sous un parapluie", ("under", "mouse", "umbrella")),
        ("ein Hund schläft auf einem Sofa", ("on", "dog", "couch-and-lamp")),
        ("um cachorro atrás da casa", ("behind", "dog", "house")),
        ("una volpe accanto a un albero", ("beside", "fox", "deciduous-tree")),
        ("собака под деревом", ("under", "dog", "deciduous-tree")),
    ],
)
def test_relations_in_other_languages(prompt: str, expected: tuple[str, str, str]) -> None:
    assert relations(prompt) == [expected]


def test_whoever_stands_somewhere_is_the_main_subject_wherever_that_is_named() -> None:
    assert read("樹下的狗").subjects[0].glyph == "dog"
    assert read("戴著帽子的狐狸").subjects[0].glyph == "fox"


@pytest.mark.parametrize(
    ("prompt", "sizes"),
    [
        ("a tiny cat on a giant book", ["tiny", "giant"]),
        ("a small dog and a big horse", ["small", "large"]),
        ("a cat and a huge dog", ["normal", "giant"]),
        ("巨大的鯨魚", ["giant"]),
        ("un gato pequeño y una casa enorme", ["small", "giant"]),
        ("ein riesiger Hund", ["giant"]),
        ("거대한 고래", ["giant"]),
        ("小さな鳥", ["small"]),
        ("огромный кот", ["giant"]),
    ],
)
def test_sizes(prompt: str, sizes: list[str]) -> None:
    assert [subject.size for subject in read(prompt).subjects] == sizes


@pytest.mark.parametrize(
    ("prompt", "season"),
    [
        ("a forest in autumn", "autumn"),
        ("a fall landscape", "autumn"),
        ("apples fall from a tree", ""),
        ("a spring garden", "spring"),
        ("a summer day at the lake", "summer"),
        ("a cat in the winter", "winter"),
        ("秋天的森林", "autumn"),
        ("春の庭", "spring"),
        ("un jardín en primavera", "spring"),
        ("кот зимой", "winter"),
        ("가을 공원", "autumn"),
    ],
)
def test_seasons(prompt: str, season: str) -> None:
    assert read(prompt).season == season


@pytest.mark.parametrize(
    ("prompt", "mood"),
    [
        ("a calm lake", "calm"),
        ("a gloomy castle", "gloomy"),
        ("a cinematic shot of a fox", "dramatic"),
        ("a romantic dinner", "romantic"),
        ("a spooky forest", "mysterious"),
        ("寧靜的湖", "calm"),
        ("a lake", ""),
    ],
)
def test_moods(prompt: str, mood: str) -> None:
    assert read(prompt).mood == mood


def test_the_colour_of_a_thing_that_is_not_drawn_stays_out_of_a_logo() -> None:
    assert read("a logo for a yellow gadget company with a trident").colours == ()
    assert read("a yellow gadget").colours == ("#f5c542",)


@pytest.mark.parametrize("slug", ["hiking-boot", "running-shoe", "high-heeled-shoe", "jeans", "gloves", "handbag"])
def test_what_is_not_worn_on_the_head_is_not_put_there(slug: str) -> None:
    wearer = Cutout("person-standing", Image.new("RGBA", (100, 300), (250, 200, 0, 255)), -1)
    worn = Cutout(slug, Image.new("RGBA", (120, 120), (0, 0, 250, 255)), -1)
    whole = joined("wearing", wearer, [worn])
    blue = [
        y for y in range(whole.height) if any(whole.getpixel((x, y))[:3] == (0, 0, 250) for x in range(whole.width))
    ]
    assert min(blue) > whole.height * 0.5
    assert whole.height < 320


@pytest.mark.parametrize(
    ("slug", "whole"),
    [("woman-surfing", True), ("palm-up-hand", True), ("man-office-worker", False), ("man-beard", False)],
)
def test_only_who_is_cut_off_at_the_chest_needs_a_body(slug: str, whole: bool) -> None:
    assert kinds.is_whole(slug) is whole
