"""Casts a picture: which glyph plays each subject in its company, and where they are when the prompt does not say."""

from collections.abc import Mapping, Sequence

from danqing.sketch.craft import art
from danqing.sketch.language import kinds
from danqing.sketch.planning import stature

STYLE_PLACES: Mapping[str, str] = {"logo": "studio", "ink": "mountain"}
TIME_PLACES: Mapping[str, str] = {"dawn": "meadow", "dusk": "sea", "night": "sky", "neon": "city"}
SNOWED = frozenset({"forest", "meadow", "garden"})  # where one would otherwise see falling snow on green grass
WEATHER_PLACES: Mapping[str, str] = {"rain": "city", "snow": "snow", "fog": "mountain", "wind": "meadow"}
ACTION_PLACES: Mapping[str, str] = {"fly": "sky", "swim": "underwater"}
COMPANY_PLACES = ("meadow", "garden", "forest", "city")  # where a pet goes along with what it is shown with
BALL = "ball"
BALL_OF_DEFAULT = "soccer-ball"
BOTTLE, SHIPS_BOTTLE = "upright-bottle", "glass-bottle"  # one stands, the other lies with a ship in it
BALL_OF: Mapping[str, str] = {"cat": "yarn", "black-cat": "yarn", "dog": "tennis", "poodle": "tennis"}
PEOPLE = ("man", "woman", "person")
FIXTURES = frozenset({"window", "door"})  # of rooms, houses and vehicles
BUILT = 1.3  # of a person's height: what is as large may have windows of its own
POSES: Mapping[str, str] = {"run": "running", "walk": "walking", "dance": "dancing", "swim": "swimming"}
STANDING = "standing"
LOOKS = frozenset(  # shown by busts, which stay where they are
    {"bald", "beard", "blonde-hair", "curly-hair", "red-hair", "white-hair"}
)


def player(glyph: str, companions: Sequence[str], facts: Mapping[str, str]) -> str:
    """The glyph that plays one: the ball its owner likes, or a person in the pose of the facts."""
    if glyph == BALL:
        return next((BALL_OF[other] for other in companions if other in BALL_OF), BALL_OF_DEFAULT)
    if glyph == BOTTLE and any(stature.is_boat(other) for other in companions):
        return SHIPS_BOTTLE
    if is_posed([glyph], facts["pose"], facts):
        return f"{glyph}-{facts['pose']}"
    if glyph in PEOPLE and facts["camera"] != "close":
        posed = f"{glyph}-{POSES.get(facts['action'], STANDING)}"
        return posed if art.has(posed) else f"{glyph}-{STANDING}"
    return glyph


def belongings(glyphs: Sequence[str], place: str | None) -> frozenset[int]:
    """The windows and doors that are not shown by themselves, as the room, the house or the car there has its own.

    `place` is the one that the prompt names; None when it names none.
    """
    if place == "room" or any(_is_built(glyph) for glyph in glyphs if glyph not in FIXTURES):
        return frozenset(k for k, glyph in enumerate(glyphs) if glyph in FIXTURES)
    looked_through = place is None and is_indoors(glyphs)
    return frozenset(k for k, glyph in enumerate(glyphs) if looked_through and glyph == "window")


def is_indoors(glyphs: Sequence[str]) -> bool:
    """Whether the window that is named with people, pets or what stands on a sill is a room's, not a train's."""
    inside = any(kinds.is_living(glyph) or stature.is_tabletop(glyph) for glyph in glyphs)
    return inside and not any(_is_built(glyph) for glyph in glyphs)


def _is_built(glyph: str) -> bool:
    return stature.size(glyph) >= BUILT and not kinds.is_living(glyph)


def is_posed(glyphs: Sequence[str], pose: str, facts: Mapping[str, str]) -> bool:
    """Whether one of them can be drawn in the pose, which a bust cannot while it has to move."""
    moving = facts.get("action", "still") != "still" and pose in LOOKS
    return not moving and any(glyph in PEOPLE and art.has(f"{glyph}-{pose}") for glyph in glyphs)


def place(glyphs: Sequence[str], facts: Mapping[str, str], named: Mapping[str, str]) -> str:
    """Where the scene is when the prompt does not say; `named` holds those of the facts that it does say."""
    if facts["style"] in STYLE_PLACES:
        return STYLE_PLACES[facts["style"]]
    homes = [home for glyph in glyphs if (home := kinds.habitat(glyph))]
    home = next(iter(homes), None)
    if home == "room":
        home = next((other for other in homes if other in COMPANY_PLACES), home)
    implied = ACTION_PLACES.get(facts["action"]) or WEATHER_PLACES.get(facts["weather"])
    under_the_sky = "time" in named or any(kinds.is_sky(glyph) for glyph in glyphs[1:])
    if implied == "snow" and home in SNOWED:
        return implied
    if home in (None, "room") and (implied or under_the_sky):
        return implied or TIME_PLACES.get(facts["time"], "meadow")
    return home or ("sky" if glyphs and kinds.is_sky(glyphs[0]) else facts["place"])
