"""The turns of English that lead a reader of nouns astray, each as a table of prompts and what is drawn for them."""

import pytest

from danqing.sketch.craft import art
from danqing.sketch.planning.plan import Plan, plan

pytestmark = pytest.mark.skipif(not art.available(), reason="the art pack was not built (npm was out of reach)")

# prompt | everything that is drawn, in order, with counts above one; "@place" where nothing stands; "-" for a card
SUBJECTS = """
# who sits on a part of somebody sits on somebody
a frog on a crocodile's back | frog, crocodile
a parrot on an old woman's shoulder | parrot, old-woman
a kitten asleep in a man's lap | cat, man-standing
a bear's face | bear

# a company of animals is no company of people
a fox family | fox x3
a family of otters by a river | otter x3
a team of horses | horse x4
a team of doctors | health-worker x4
a litter of kittens | cat x3
a gaggle of geese | goose x5
a family at the zoo | man-standing, woman-standing, child

# the young, the stuffed and the pictured are what they are named after
a fox cub in the grass | fox
a lion cub and its mother | lion, woman-standing
a giraffe calf | giraffe
an elephant plushie | elephant
a pizza emoji | pizza
a sticker of a smiling avocado | avocado
a wolf head | wolf
the silhouette of a camel | camel

# one word, several things
a violinist in a park | person-standing, violin
a photographer on a mountain | person-standing, camera
a panda guitarist | panda, guitar
a knight's castle | castle
a warrior princess | princess
two skateboarders | person-standing x2, skateboard

# a shape is no thing when a thing has it
a square red box | package
a square yellow window | window
a square | red-square

# a thing without its owner is another picture
a platypus in a bow tie | -
a meerkat wearing a top hat and sunglasses | -
an armadillo holding a balloon | -
an armadillo playing the trumpet | -
a platypus wearing a hat, a scarf and gloves | -
a platypus next to a car | automobile
a platypus wearing a hat, beside it a cat | cat

a kachina doll with feathers on its head | -

# who does something to a thing shows no thing of the verb's name
building a sandcastle | sandcastle
train a dog to sit | dog
park the car in front of the house | automobile, house
a cat that has black fur bats a red balloon | cat, balloon
a building | office-building
a panda playing the drums | panda, drum-kit
a man fishing at a river | man-standing, fishing-pole
a fishing village | @meadow

# what the sky, a ring and a logo are of
a ring of mushrooms in the forest | mushroom x5
a basket full of kittens | basket, cat x5
a girl under cherry blossoms | girl, cherry-tree
a logo of a mountain | snow-capped-mountain
the milky way over a desert | milky-way

# flags of countries, bottles that stand and the one that lies
the flag of Japan | flag-of-japan
a flag | white-flag
two bottles | upright-bottle x2
a ship in a bottle | ship, glass-bottle

# a bowl of soup is one bowl
a bowl of chicken pho | steaming-bowl
a glass of orange juice | glass-of-juice

# a statue of somebody whom no glyph shows
a statue of a pharaoh | statue
a statue of a horse | horse

# parts of a thing are in its picture
a robot with the number 42 on its chest | robot
a piano with many keys | grand-piano
a bunch of keys | key x5

# one more who looks like one already there
a mother and her daughter | woman-standing x2
a man with his brother | man-standing x2
a kitten, the cat is orange | cat

# what people do and how they look
a woman surfing at dawn | woman-surfing
a man rowing on a lake | man-rowing-boat
rock climbing | person-climbing
a woman doing yoga in a garden | woman-in-lotus-position
a dog surfing | dog
a man with a beard | man-beard
a red-haired woman | woman-red-hair
a bald man | man-bald
a bearded man running | man-running

# who a logo is for
a logo of a lion for a basketball team | lion
a logo with a teapot for a restaurant | teapot

# a compound is more than its parts
the Lincoln opera house | -
a record player | -
a power plant at night | @sky
a coffee shop | @room
a throne room | @room
salt flats at dawn | @desert
rice terraces | @meadow
a rock concert | @room
an alien landscape | @space
a torii gate | shinto-shrine
a bow tie | ribbon
a kachina doll | -
chess queens | -

# containers and verbs that look like things
a bag of chips | -
children building a sandcastle | child x2, sandcastle
an old brick building | office-building
a wheel of cheese | cheese-wedge
a row of houses | houses

# unknown words between a number and its noun
three gothic churches | church x3
two lacquered boxes | package x2
a soccer player kicking a ball | person-standing, soccer-ball
a girl and a boy share an umbrella | girl, boy, umbrella
a bear found a honey pot | bear, honey-pot
eleven apples | red-apple x9
""".strip()
ROWS = [
    tuple(part.strip() for part in line.split("|"))
    for line in SUBJECTS.splitlines()
    if line and not line.startswith("#")
]


def told(sketch: Plan) -> str:
    shown = [f"{one.glyph} x{one.count}" if one.count > 1 else one.glyph for one in sketch.subjects]
    return ", ".join(shown) or ("-" if sketch.place == "studio" else f"@{sketch.place}")


@pytest.mark.parametrize(("prompt", "expected"), ROWS)
def test_what_is_drawn(prompt: str, expected: str) -> None:
    assert told(plan(prompt, seed=1)) == expected


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("a sign that says Slow Down", ("Slow Down",)),
        ("a mug that reads best dad ever on a desk", ("best dad ever",)),
        ("a poster saying “Jazz Night”", ("Jazz Night",)),
        ("a hoodie with Night Owls printed on it", ("Night Owls",)),
        ("a cake with the words happy birthday", ("happy birthday",)),
        ("a wall with the word love on it", ("love",)),
        ("neon sign: «OPEN»", ("OPEN",)),
        ("a wizard who says that it will rain", ()),
        ("a book full of words", ()),
    ],
)
def test_text_that_is_told_of_and_not_quoted(prompt: str, text: tuple[str, ...]) -> None:
    assert plan(prompt, seed=1).text == text


def test_the_colour_of_the_background_is_the_pictures() -> None:
    sketch = plan("a black background with a yellow bird", seed=1)
    assert sketch.subjects[0].colour == "#f5c542"
    assert sketch.colours == ("#26262b",)


def test_a_colour_before_an_unknown_adjective_is_still_the_nouns() -> None:
    sketch = plan("a red lacquered box", seed=1)
    assert sketch.subjects[0].colour == "#e5484d"
    assert sketch.missing == ("lacquered",)


def test_what_a_thing_is_made_of_gives_it_its_colour_and_is_no_second_thing() -> None:
    sketch = plan("a castle made of chocolate, a giraffe made of turtle", seed=1)
    assert [(one.glyph, one.colour) for one in sketch.subjects] == [("castle", "#5b3a24"), ("giraffe", None)]
    assert ("chocolate" in sketch.drawn, sketch.missing) == (True, ("turtle",))


def test_a_bowl_of_strawberries_is_full_of_them() -> None:
    sketch = plan("a woman holding a basket of apples", seed=1)
    ties = {(tie.kind, sketch.subjects[tie.one].glyph, sketch.subjects[tie.other].glyph) for tie in sketch.relations}
    assert ties == {("holding", "woman-standing", "basket"), ("in", "red-apple", "basket")}


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("a woman watching the rain from a window", "room"),
        ("an empty library with tall windows", "room"),
        ("a cat at the window", "room"),
        ("a house with a blue door", "meadow"),
        ("a koala looking out of the window of a train", "forest"),
    ],
)
def test_windows_and_doors_belong_to_the_room_or_the_house(prompt: str, place: str) -> None:
    sketch = plan(prompt, seed=1)
    assert sketch.place == place
    assert not {"window", "door"} & {one.glyph for one in sketch.subjects}


@pytest.mark.parametrize(
    ("prompt", "symbol", "text"),
    [
        ("logo for a coffee brand called Monsoon", "hot-beverage", ("Monsoon",)),
        ("a logo for a bakery", "croissant", ()),
        ("a logo for a flower shop", "blossom", ()),
    ],
)
def test_a_logo_shows_what_is_sold(prompt: str, symbol: str, text: tuple[str, ...]) -> None:
    sketch = plan(prompt, seed=1)
    assert ([one.glyph for one in sketch.subjects], sketch.text) == ([symbol], text)


@pytest.mark.parametrize(
    ("prompt", "missing"),
    [
        ("a dog doing yoga", ("doing yoga",)),
        ("a cat with red hair", ("red hair",)),
        ("a platypus wearing a hat", ("platypus", "hat")),
        ("a fresco of a cat", ("fresco",)),
        ("a man with a beard", ()),
    ],
)
def test_what_is_not_drawn_is_listed(prompt: str, missing: tuple[str, ...]) -> None:
    assert plan(prompt, seed=1).missing == missing


def test_a_sport_brings_no_person_where_nobody_is_wanted() -> None:
    sketch = plan("rock climbing", seed=1, person="none")
    assert (sketch.subjects, sketch.missing) == ((), ("rock climbing",))
