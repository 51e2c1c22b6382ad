"""Bodies the pack does not have: curled-up sleepers, and something to stand on for glyphs that are only a head.

Everything here is SVG text; the sleepers stand on the lower edge of a 200 x 120 box, the others on that of theirs.
"""

import random
from dataclasses import dataclass, replace

from danqing.sketch.craft import art
from danqing.sketch.craft.palette import Colour, code, mix, rgb, turn

SLEEPER_BOX = (0.0, 0.0, 200.0, 120.0)
SITTER_BOX = (0.0, 0.0, 32.0, 45.0)
STANDER_BOX = (0.0, 0.0, 36.0, 66.0)
BUST_BOX = (0.0, 0.0, 32.0, 54.0)
UNICORN_BOX = (0.0, -3.0, 32.0, 35.0)


ROBED = ("mage", "judge", "health-worker", "scientist", "princess", "woman-singer", "cook")  # long coats and gowns


@dataclass(frozen=True, slots=True)
class Coat:
    """What an animal wears: fur, its dark markings, its pale parts, the kind of ears, tail and pattern."""

    fur: str
    dark: str
    pale: str
    ears: str  # point, flop, round, long
    tail: str  # long, brush, stub
    pattern: str = "plain"  # plain, stripes, mask, mane, calico


COATS: dict[str, Coat] = {
    "cat": Coat("#f3ad61", "#c9762f", "#fde3c0", "point", "long", "stripes"),
    "black-cat": Coat("#54477a", "#38305a", "#7a6aa8", "point", "long"),
    "dog": Coat("#d9995b", "#8a5a34", "#fbe6cb", "flop", "long"),
    "poodle": Coat("#c9c9d2", "#9a9aa8", "#efeff4", "flop", "stub"),
    "fox": Coat("#f97b2c", "#a8431a", "#fff1e2", "point", "brush"),
    "wolf": Coat("#9a9a9f", "#636369", "#e6e6ea", "point", "brush"),
    "lion": Coat("#f6b445", "#8a4f2a", "#fde0a6", "round", "long", "mane"),
    "tiger": Coat("#f98a2c", "#3b2a2a", "#fff1e2", "round", "long", "stripes"),
    "bear": Coat("#a56953", "#7a4837", "#d9a98c", "round", "stub"),
    "panda": Coat("#f4f4f6", "#3d3a5c", "#ffffff", "round", "stub", "mask"),
    "polar-bear": Coat("#eeeef2", "#b9b9c6", "#ffffff", "round", "stub"),
    "koala": Coat("#9d9da4", "#6a6a72", "#e2e2e6", "round", "stub"),
    "rabbit": Coat("#f0edf4", "#c3bccd", "#ffffff", "long", "stub"),
    "mouse": Coat("#c6bcd0", "#8f84a0", "#efe9f5", "round", "long"),
    "hamster": Coat("#f3a95f", "#c47a36", "#fff0dc", "round", "stub"),
    "raccoon": Coat("#9a98a3", "#4a4852", "#e8e6ee", "point", "brush", "mask"),
    "pig": Coat("#ff9db0", "#d9607a", "#ffd0da", "flop", "stub"),
    "monkey": Coat("#a5694a", "#6f4029", "#eebf98", "round", "long"),
    "cow": Coat("#efeaea", "#5a4a4a", "#ffd9d9", "flop", "long", "calico"),
    "hedgehog": Coat("#8a6a55", "#5c4437", "#f0d2b0", "round", "stub"),
    "leopard": Coat("#f5b659", "#6b4526", "#fde8c6", "round", "long", "stripes"),
}
_SAME = {
    "cat-face": "cat",
    "dog-face": "dog",
    "tiger-face": "tiger",
    "rabbit-face": "rabbit",
    "mouse-face": "mouse",
    "pig-face": "pig",
    "monkey-face": "monkey",
    "cow-face": "cow",
    "guide-dog": "dog",
    "service-dog": "dog",
    "pig-nose": "pig",
    "chipmunk": "hamster",
    "grinning-cat": "cat",
    "smiling-cat-with-heart-eyes": "cat",
}
HEADS = frozenset(
    {
        "cat-face",
        "dog-face",
        "fox",
        "wolf",
        "lion",
        "tiger-face",
        "bear",
        "panda",
        "polar-bear",
        "koala",
        "rabbit-face",
        "mouse-face",
        "hamster",
        "monkey-face",
        "cow-face",
        "pig-face",
        "raccoon",
    }
)
PEOPLE = ("woman", "man", "girl", "boy", "person", "child", "old-woman", "old-man", "older-person")
CROWDS: dict[str, tuple[str, ...]] = {  # what several of a glyph are drawn as
    "person-standing": ("woman-standing", "man-standing", "person-standing"),
    "person-walking": ("woman-walking", "man-walking", "person-walking"),
    "person-running": ("woman-running", "man-running", "person-running"),
    "person": ("woman", "man", "person"),
    "child": ("girl", "boy", "child"),
    "older-person": ("old-woman", "old-man"),
}
_HAIR = ("blonde-hair", "red-hair", "curly-hair", "white-hair", "beard", "bald", "wearing-turban")
CLOTHES = ("#e5484d", "#3d7eff", "#3fa66b", "#f5a742", "#8b5cf6", "#14b8a6", "#ec5f99", "#4a5578")


def coat_of(slug: str) -> Coat | None:
    """What the animal of this glyph wears; None for anything else."""
    return COATS.get(_SAME.get(slug, slug))


def is_person_head(slug: str) -> bool:
    """Whether the glyph is a person's head with nothing below it."""
    return slug in PEOPLE or any(slug == f"{who}-{hair}" for who in PEOPLE for hair in _HAIR)


def seated(slug: str) -> str:
    """The glyph whose figure sits upright for an animal that has one; any other slug as it is."""
    return f"{slug}-face" if f"{slug}-face" in HEADS else slug


def dyed(coat: Coat, colour: Colour) -> Coat:
    """The coat in another colour."""
    return replace(
        coat, fur=code(colour), dark=code(turn(colour, 0, 1.1, 0.6)), pale=code(mix(colour, (255, 255, 255), 0.7))
    )


CALICO = Coat("#fbf3e8", "#4a3f42", "#ffffff", "point", "long", "calico")

_BACK = "M30 116C14 114 16 92 34 76C56 46 104 32 144 43C182 54 196 88 186 108C183 115 176 116 164 116Z"
_HEAD = "M52 54C74 54 87 67 87 83C87 100 72 110 52 110C32 110 17 100 17 83C17 67 30 54 52 54Z"


def _ears(coat: Coat) -> tuple[str, str]:
    """Ears behind the head, and ears over it."""
    pink, fur, dark = "#f7a8a8", coat.fur, coat.dark
    shapes = {
        "point": (
            f'<path d="M22 72L20 38Q22 34 27 38L50 58Z M56 57L79 37Q84 34 85 39L83 72Z" fill="{fur}"/>',
            f'<path d="M26 61L25 45L38 55Z M68 56L79 45L79 61Z" fill="{pink}"/>',
        ),
        "flop": (
            "",
            '<path d="M24 60C8 58 4 80 12 96C18 102 26 94 28 82Z M80 60C96 58 100 80 92 96C86 102 78 94 76 82'
            f'Z" fill="{dark}"/>',
        ),
        "round": (
            f'<circle cx="27" cy="57" r="14" fill="{dark}"/><circle cx="77" cy="57" r="14" fill="{dark}"/>'
            f'<circle cx="28" cy="58" r="7" fill="{pink}" opacity=".7"/>'
            f'<circle cx="76" cy="58" r="7" fill="{pink}" opacity=".7"/>',
            "",
        ),
        "long": (
            f'<ellipse cx="52" cy="50" rx="10" ry="28" transform="rotate(58 58 60)" fill="{fur}" stroke="{dark}"'
            ' stroke-width="1.5"/>'
            f'<ellipse cx="78" cy="50" rx="10" ry="30" transform="rotate(66 76 58)" fill="{fur}" stroke="{dark}"'
            ' stroke-width="1.5"/>'
            f'<ellipse cx="80" cy="50" rx="5" ry="22" transform="rotate(66 76 58)" fill="{pink}"/>',
            "",
        ),
    }
    return shapes[coat.ears]


def _markings(coat: Coat) -> tuple[str, str]:
    """Markings on the back, and on the head; both are clipped to their part."""
    dark = coat.dark
    pen = f'stroke="{dark}" stroke-width="5.5" stroke-linecap="round" fill="none"'
    marks = {
        "plain": ("", ""),
        "stripes": (
            '<path d="M92 34Q86 50 94 64M112 30Q106 48 113 62M132 32Q127 48 133 60M152 38Q148 50 154 60'
            f'M172 52Q164 60 168 70" {pen}/>',
            '<path d="M44 52Q44 60 45 66M53 50V67M62 52Q62 60 61 66M14 84L24 86M15 93L24 92M90 84L80 86'
            f'M89 93L80 92" {pen}/>',
        ),
        "mask": (
            f'<path d="M20 96C40 70 76 66 92 120L20 120Z" fill="{dark}"/>',
            f'<ellipse cx="37" cy="84" rx="12" ry="10" fill="{dark}"/>'
            f'<ellipse cx="67" cy="84" rx="12" ry="10" fill="{dark}"/>',
        ),
        "mane": ("", ""),
        "calico": (
            '<path d="M84 30C104 26 128 34 126 54C120 74 92 70 86 56Z" fill="#ea8a3a"/>'
            f'<path d="M142 40C172 40 194 62 190 84C170 96 142 80 140 62Z" fill="{dark}"/>'
            f'<ellipse cx="104" cy="98" rx="17" ry="11" fill="#ea8a3a"/>',
            '<path d="M12 40H50C52 66 44 82 16 82Z" fill="#ea8a3a"/><path d="M92 34H64C60 58 72 76 92 76'
            f'Z" fill="{dark}"/>',
        ),
    }
    return marks[coat.pattern]


def _tail(coat: Coat) -> str:
    if coat.tail == "stub":
        return f'<circle cx="186" cy="96" r="10" fill="{coat.pale}"/>'
    wide = 12 if coat.tail == "long" else 22
    line = "M180 92C198 112 176 112 146 111L112 111"
    tip = "M126 111L112 111"
    colour = code(mix(rgb(coat.fur), rgb(coat.dark), 0.45 if coat.pattern != "calico" else 0.95))
    return (
        f'<path d="{line}" stroke="{colour}" stroke-width="{wide}" stroke-linecap="round" fill="none" '
        f'transform="translate(0 {-(wide - 12) / 2:g})"/>'
        f'<path d="{tip}" stroke="{coat.pale if coat.tail == "brush" else colour}" '
        f'stroke-width="{wide - 1}" stroke-linecap="round" transform="translate(0 {-(wide - 12) / 2:g})"/>'
    )


def _sleeping_face(coat: Coat) -> str:
    """Closed eyes, cheeks, nose and a small smile."""
    line = "#3a2430" if coat.pattern != "mask" else "#f4f0ff"
    if coat.fur == COATS["black-cat"].fur:
        line = "#efe6ff"
    whiskers = (
        '<path d="M20 93L4 89M20 97L5 99M84 93L100 89M84 97L99 99" stroke="#fff" stroke-opacity=".75"'
        ' stroke-width="1.4" stroke-linecap="round"/>'
        if coat.ears in ("point", "round")
        else ""
    )
    return (
        f'<ellipse cx="52" cy="98" rx="16" ry="11" fill="{coat.pale}"/>'
        f'<path d="M29 83Q37 91 45 83M59 83Q67 91 75 83" stroke="{line}" stroke-width="3.2" stroke-linecap="round"'
        ' fill="none"/>'
        f'<path d="M47 91H57Q57 95 52 97Q47 95 47 91Z" fill="#d9596a"/>'
        '<path d="M52 97Q48 103 43 100M52 97Q56 103 61 100" stroke="#3a2430" stroke-width="2"'
        ' stroke-linecap="round" fill="none"/>'
        '<ellipse cx="28" cy="95" rx="6" ry="3.6" fill="#ff8f8f" opacity=".5"/>'
        f'<ellipse cx="76" cy="95" rx="6" ry="3.6" fill="#ff8f8f" opacity=".5"/>{whiskers}'
    )


def sleeping(coat: Coat) -> str:
    """A curled-up animal, eyes closed, its tail around it, facing left; SVG body in `SLEEPER_BOX`."""
    behind, over = _ears(coat)
    back, head = _markings(coat)
    shade = code(mix(rgb(coat.fur), rgb(coat.dark), 0.35))
    mane = (
        '<g fill="#9a5a2c">'
        + "".join(
            f'<circle cx="{x}" cy="{y}" r="15"/>'
            for x, y in ((52, 48), (26, 56), (78, 56), (12, 78), (92, 78), (16, 100), (88, 100))
        )
        + "</g>"
        if coat.pattern == "mane"
        else ""
    )
    return (
        f'<defs><clipPath id="k"><path d="{_BACK}"/></clipPath><clipPath id="h"><path d="{_HEAD}"/>'
        f'<path d="M22 72L20 38L50 58ZM56 57L84 36L83 72Z"/></clipPath></defs>'
        f'<path d="{_BACK}" fill="{coat.fur}"/><g clip-path="url(#k)">{back}'
        f'<ellipse cx="150" cy="98" rx="38" ry="33" fill="none" stroke="{shade}" stroke-width="3" opacity=".75"/>'
        f'<ellipse cx="100" cy="122" rx="70" ry="16" fill="{shade}" opacity=".35"/></g>'
        f'{_tail(coat)}{mane}{behind}<path d="{_HEAD}" fill="{coat.fur}"/><g clip-path="url(#h)">{head}</g>{over}'
        f'<ellipse cx="34" cy="111" rx="15" ry="7" fill="{coat.pale}"/>'
        f'<ellipse cx="68" cy="112" rx="15" ry="6.5" fill="{coat.pale}"/>'
        f'<path d="M28 112V116M35 112V117M63 113V117M70 113V117" stroke="{shade}" stroke-width="1.6"'
        ' stroke-linecap="round"/>'
        f"{_sleeping_face(coat)}"
    )


def sitting(slug: str, coat: Coat) -> str:
    """A sitting animal under its own head glyph; SVG body in `SITTER_BOX`."""
    shade = code(mix(rgb(coat.fur), rgb(coat.dark), 0.4))
    paws = coat.dark if coat.pattern == "mask" else shade
    brush = (
        f'<path d="M23 41C33 41 33 31 28 27C27 33 22 34 21 38Z" fill="{coat.fur}"/>'
        f'<path d="M28 27C31 29 31.4 32 30.4 34L27 33Z" fill="{coat.pale}"/>'
        if coat.tail == "brush"
        else f'<path d="M23 41C30 42 32 36 29 32" stroke="{shade}" stroke-width="2.6" stroke-linecap="round"'
        ' fill="none"/>'
        if coat.tail == "long"
        else ""
    )
    return (
        f'{brush}<path d="M16 18C9 20 6.4 31 6.8 38Q7 44 12 44H20Q25 44 25.2 38C25.6 31 23 20 16 18'
        f'Z" fill="{coat.fur}"/>'
        '<path d="M16 22C12.6 24 11.4 31 12 37Q12.6 40 16 40Q19.4 40 20 37C20.6 31 19.4 24 16 22'
        f'Z" fill="{coat.pale}"/>'
        f'<path d="M12.6 31V42M19.4 31V42" stroke="{paws}" stroke-width="4" stroke-linecap="round"/>'
        f'<ellipse cx="11.8" cy="43" rx="3.4" ry="1.9" fill="{paws}"/>'
        f'<ellipse cx="20.2" cy="43" rx="3.4" ry="1.9" fill="{paws}"/>'
        f'<svg x="3" y="0" width="26" height="26" viewBox="0 0 32 32">{art.glyph(slug)}</svg>'
    )


def robot() -> str:
    """A robot under its head glyph; SVG body in `STANDER_BOX`."""
    steel, shade, red = "#c9bfdd", "#8f84ab", "#f23b4f"
    limbs = "".join(
        f'<path d="M{x} 36L{x + way * 4} 45L{x + way * 2} 51" stroke="{shade}" stroke-width="3.4"'
        ' stroke-linecap="round" '
        f'stroke-linejoin="round" fill="none"/><circle cx="{x + way * 2}" cy="52" r="2.6" fill="{red}"/>'
        f'<rect x="{18 + way * 5 - 2.2}" y="52" width="4.4" height="10" rx="1.4" fill="{shade}"/>'
        f'<rect x="{18 + way * 5.4 - 4}" y="60" width="8" height="4.6" rx="2" fill="{red}"/>'
        for x, way in ((9, -1), (27, 1))
    )
    return (
        f'{limbs}<rect x="14" y="26" width="8" height="8" rx="2" fill="{shade}"/>'
        f'<rect x="8" y="31" width="20" height="23" rx="4.5" fill="{steel}"/>'
        '<rect x="12" y="36" width="12" height="8" rx="2" fill="#2b2344"/>'
        f'<circle cx="15.4" cy="40" r="1.5" fill="#26c9fc"/><circle cx="20.6" cy="40" r="1.5" fill="#ffd75e"/>'
        f'<rect x="12" y="47.4" width="12" height="2.2" rx="1.1" fill="{shade}"/>'
        f'<svg x="3" y="0" width="30" height="30" viewBox="0 0 32 32">{art.glyph("robot")}</svg>'
    )


def unicorn() -> str:
    """The horse in a unicorn's colours, horn and all; SVG body in `UNICORN_BOX`."""
    horse = art.glyph("horse").replace("#1c1c1c", "#ff6dc6", 1)  # mane and tail; the eye stays as it is
    for brown, pale in (("#a56953", "#f0dcff"), ("#6d4534", "#c9a8ec"), ("#e39d89", "#ffc2dd")):
        horse = horse.replace(brown, pale)
    return (
        f'{horse}<path d="M3.4 4.1L1.2 -2.8L5.4 2.5Z" fill="#f9c23c"/>'
        '<path d="M2.5 1.4L3.4 .1M3 3L4.6 1.5" stroke="#e2952c" stroke-width=".5"/>'
        '<path d="M13.2 3C11.6 5.2 12.4 7 15.2 6.6M13.4 8C12 9.6 13.2 11 16 10.4" stroke="#8d65c5" '
        'stroke-width="1" fill="none" stroke-linecap="round"/>'
    )


def standing(slug: str, dice: random.Random, colour: Colour | None) -> str:
    """A paper doll under a person's head glyph; SVG body in `STANDER_BOX`."""
    cloth = colour or rgb(dice.choice(CLOTHES))
    dark, skin = code(turn(cloth, 0, 1.1, 0.68)), "#ffc83d"
    trousers = code(mix(rgb(dice.choice(("#3b4a6b", "#5a4a3c", "#4a5568"))), cloth, 0.1))
    arms = (
        f'<path d="M12 27L7.4 38.4" stroke="{dark}" stroke-width="4" stroke-linecap="round"/>'
        f'<circle cx="7" cy="40" r="2.1" fill="{skin}"/>'
        f'<path d="M24 27L28.6 38.4" stroke="{dark}" stroke-width="4" stroke-linecap="round"/>'
        f'<circle cx="29" cy="40" r="2.1" fill="{skin}"/>'
    )
    dress = any(who in slug for who in ("woman", "girl")) and dice.random() < 0.75
    legs = (
        f'<path d="M14.6 48V60M21.4 48V60" stroke="{skin}" stroke-width="3.2"/>'
        '<path d="M18 22C13 22 11.6 25 11.4 28L7.6 50Q18 54 28.4 50L24.6 28C24.4 25 23 22 18 22'
        f'Z" fill="{code(cloth)}"/>'
        f'<path d="M11.6 36Q18 38.4 24.4 36L24.8 38.6Q18 41 11.2 38.6Z" fill="{dark}"/>'
        if dress
        else f'<path d="M14.4 42V60M21.6 42V60" stroke="{trousers}" stroke-width="5.4"/>'
        f'<path d="M11.8 40H24.2V47H11.8Z" fill="{trousers}"/>'
        f'<path d="M18 22C13 22 11.4 25 11.4 28V43H24.6V28C24.6 25 23 22 18 22Z" fill="{code(cloth)}"/>'
    )
    shoes = '<path d="M11 62.4Q11 59.4 14 59.4H17V62.4ZM25 62.4Q25 59.4 22 59.4H19V62.4Z" fill="#3a2f3f"/>'
    return (
        f'{arms}{legs}{shoes}<rect x="15.6" y="18" width="4.8" height="6" rx="2" fill="#f5b02e"/>'
        f'<svg x="6.5" y="0" width="23" height="23" viewBox="0 0 32 32">{art.glyph(slug)}</svg>'
    )


def below(slug: str, coat: Colour) -> str:
    """A person under the glyph that ends at the chest; SVG body in `BUST_BOX`."""
    whole = slug.endswith("astronaut")  # one suit from the neck to the boots
    trousers, shade = code(turn(coat, 0, 0.9, 0.9 if whole else 0.55)), code(turn(coat, 0, 1.05, 0.82))
    hem = 44.0 if slug.endswith(ROBED) else 39.0
    return (
        f'<path d="M12.6 {hem - 3:g}V51M19.4 {hem - 3:g}V51" stroke="{trousers}" stroke-width="5.6"/>'
        '<path d="M8.8 53Q8.8 50.4 11.6 50.4H15V53ZM23.2 53Q23.2 50.4 20.4 50.4H17V53Z" fill="#3a2f3f"/>'
        f'<path d="M7 29L6.4 37M25 29L25.6 37" stroke="{shade}" stroke-width="4.4" stroke-linecap="round"/>'
        '<circle cx="6.3" cy="38.8" r="2.1" fill="#ffc83d"/><circle cx="25.7" cy="38.8" r="2.1" fill="#ffc83d"/>'
        f'<path d="M7.4 28H24.6L23 {hem:g}Q16 {hem + 1.6:g} 9 {hem:g}Z" fill="{code(coat)}"/>'
        f'<path d="M9.3 {hem - 3:g}Q16 {hem - 1.4:g} 22.7 {hem - 3:g}L22.4 {hem - 1:g}'
        f'Q16 {hem + 0.6:g} 9.6 {hem - 1:g}Z" fill="{shade}"/>{art.glyph(slug)}'
    )
