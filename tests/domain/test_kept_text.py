"""What of a prompt stays as it is, and that it comes back byte for byte whatever a translator does around it."""

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.errors import Problem
from danqing.domain.prompts.masking import mask
from danqing.domain.prompts.spans import Kind, kept, quoted, without


def stretches(text: str, language: str = "") -> list[str]:
    """What is kept, as it is written."""
    return [text[span.start : span.stop] for span in kept(text, language)]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('a sign "OPEN LATE"', "OPEN LATE"),
        ("a sign 'open' and don't", "open"),
        ("a sign ‘don’t panic’", "don’t panic"),
        ("a sign “Today’s soup”", "Today’s soup"),
        ("ein Schild „Heute Ruhetag“ daran", "Heute Ruhetag"),
        ("szyld „Otwarte” tu", "Otwarte"),
        ("ein Plakat »Mehr Licht«", "Mehr Licht"),
        ("une enseigne « Ouvert la nuit » ici", "Ouvert la nuit"),
        ("招牌寫著「開店」", "開店"),
        ("杯身印有『半糖「少冰」』字樣", "半糖「少冰」"),
        ('写着"开业"的招牌', "开业"),
        ("간판에 ‘바람’만", "바람"),
        ("海报标题：《春天》", "春天"),
        ("เขียนว่า\"เปิด\"ที่ร้าน", "เปิด"),
    ],
)  # fmt: skip
def test_text_is_found_in_the_marks_of_every_script(text: str, inside: str) -> None:
    assert quoted(text) == (inside,)


@pytest.mark.parametrize(
    "text",
    [
        "the dogs' beds and the cats' bowls",
        "rock 'n' roll in the '70s and the '80s",
        "L'hiver à Paris, aujourd'hui, l'école d'art",
        "a 24\" monitor and a 32\" one",
        'נשיא צה"ל ברחוב, מנכ"ל',
        "a mark \" that is never closed",
        "an empty \"\" pair and a blank ' ' one",
        "臨摹《清明上河圖》的長卷",
        '"a cat on a mat"',
        '{"subject": "a cat", "place": "a mat"}',
    ],
)  # fmt: skip
def test_what_is_no_quotation_is_not_taken_for_one(text: str) -> None:
    assert quoted(text) == ()


@pytest.mark.parametrize(
    ("text", "kind", "stretch"),
    [
        ("猫 <lora:fluffy:0.8> 沙发", Kind.ADAPTER, "<lora:fluffy:0.8>"),
        ("夜市 --ar 16:9", Kind.PARAMETER, "--ar 16:9"),
        ("calle — lluvia —ar 16:9", Kind.PARAMETER, "—ar 16:9"),
        ("夜市 --no 人物", Kind.PARAMETER, "--no"),
        ("(红发:1.3)", Kind.PARAMETER, ":1.3"),
        ("un {animal} azul", Kind.PARAMETER, "{animal}"),
        ("見 https://example.com/a?b=c#d。下一句", Kind.ADDRESS, "https://example.com/a?b=c#d"),
        ("(voir https://example.com/a).", Kind.ADDRESS, "https://example.com/a"),
        ("carta a ana@example.org, azul", Kind.ADDRESS, "ana@example.org"),
        ("@mei_art的貓", Kind.HANDLE, "@mei_art"),
        ("foto de @ana.", Kind.HANDLE, "@ana"),
        ("@小明 在公園", Kind.HANDLE, "@小明"),
        ("街拍 #夜景", Kind.TAG, "#夜景"),
        ("背景 #0a7f5c", Kind.COLOUR, "#0a7f5c"),
        ("fondo rgb(255, 0, 10)", Kind.COLOUR, "rgb(255, 0, 10)"),
        ("家族 👩‍👩‍👧 写真", Kind.EMOJI, "👩‍👩‍👧"),
        ("bandera 🇯🇵 azul", Kind.EMOJI, "🇯🇵"),
        ("retrato a 85 mm", Kind.QUANTITY, "85 mm"),
        ("8K超清", Kind.QUANTITY, "8K"),
        ("foto f/1.8", Kind.QUANTITY, "f/1.8"),
        ("1920x1080的壁纸", Kind.QUANTITY, "1920x1080"),
        ("图片比例16:9", Kind.QUANTITY, "16:9"),
        ("logotipo para NubeClara", Kind.NAME, "NubeClara"),
        ("un avión B52", Kind.NAME, "B52"),
        ("retrato de Vincent van Gogh en París", Kind.NAME, "Vincent van Gogh"),
        ("Retrato de Frida Kahlo con flores", Kind.NAME, "Frida Kahlo"),
        ("一双 Nike 运动鞋", Kind.NAME, "Nike"),
    ],
)
def test_each_kind_is_kept(text: str, kind: Kind, stretch: str) -> None:
    assert [(span.kind, text[span.start : span.stop]) for span in kept(text)] == [(kind, stretch)]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Un Gato Negro En La Nieve", "es"),
        ("eine Tasse Kaffee auf dem Tisch im Garten", "de"),
        ("au 19e siècle, la 2ème rue", "fr"),
        ("三隻貓，8秒，5公尺高", "zh-Hant"),
        ("1980年代の東京", "ja"),
        ("un gato: negro (como la noche)", "es"),
    ],
)
def test_what_a_translator_must_read_is_not_kept(text: str, language: str) -> None:
    assert stretches(text, language) == []


def test_the_authors_own_words_are_what_is_left() -> None:
    text = 'a sign "你好" --ar 16:9'
    assert without(text, kept(text)) == "a sign" + " " * 15


PIECES = """「開店」|"a b"| 'x' |@bob|#tag|#ff00aa|<lora:x:0.8>| --ar 16:9|:1.2)|85 mm|👩‍👧|XQ1X
https://a.example/b|Ada Lovelace
InferEra|雪|X|Q|1| |é|«|’|xq2x|１|\r"""
MIXED = st.one_of(st.text(max_size=40), st.sampled_from(re.split(r"[|\n]", PIECES)))
PROMPTS = st.lists(MIXED, max_size=12).map("".join)


@given(PROMPTS)
def test_spans_are_in_order_and_apart(text: str) -> None:
    end = 0
    for span in kept(text):
        assert end <= span.start < span.stop <= len(text)
        end = span.stop


@given(PROMPTS)
def test_what_was_masked_comes_back_byte_for_byte(text: str) -> None:
    masked = mask(text)
    assert masked.restore(masked.text).encode("utf-8", "surrogatepass") == text.encode("utf-8", "surrogatepass")


@given(
    PROMPTS, st.randoms(use_true_random=False), st.sampled_from(["{}", "{} ", "the {} of", "“{}”", "雪{}。", "x {}"])
)
def test_a_translator_may_write_anything_around_the_marks_in_any_order(text: str, random: Random, around: str) -> None:
    masked = mask(text)
    marks = list(masked.marks)
    random.shuffle(marks)
    restored = masked.restore(" ".join(around.format(mark) for mark in marks))
    for stretch in masked.kept:
        assert stretch in restored


def test_a_translator_may_space_the_marks_out_and_change_their_case() -> None:
    masked = mask("招牌「開店」旁的 @mei")
    assert masked.restore("@: xq 2 x, sign xq1x.") == "@: @mei, sign 「開店」."


def test_a_number_never_grows_together_with_a_word() -> None:
    masked = mask("背景 #ff8800，@mei 攝")
    first, second = masked.marks
    assert masked.restore(f"background{first}photo by{second}s") == "background #ff8800 photo by @mei s"


@pytest.mark.parametrize(
    "translation", ["a sign", "XQ1X and XQ1X and XQ2X", "XQ1X XQ2X XQ3X", "XQ1X XQ22X", "XQ0X XQ1X"]
)
def test_a_translation_that_loses_or_invents_something_is_refused(translation: str) -> None:
    masked = mask("招牌「開店」旁的 @mei")
    with pytest.raises(Problem, match="must stay as it was written") as caught:
        masked.restore(translation)
    assert caught.value.code == "kept_text_lost"


def test_the_marks_are_in_no_other_place_of_the_text() -> None:
    masked = mask("xq1x 和 XQQ1X「開店」")
    assert masked.text.count(masked.marks[0]) == 1
    assert masked.restore(masked.text) == "xq1x 和 XQQ1X「開店」"
