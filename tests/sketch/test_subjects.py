"""The thing a prompt is about is the thing that is drawn first: a table of prompts, their subjects and their places."""

import pytest

from danqing.sketch.craft import art
from danqing.sketch.planning.plan import plan

pytestmark = pytest.mark.skipif(not art.available(), reason="the art pack was not built (npm was out of reach)")

# prompt | glyph of the main subject, or "@place" when the prompt is about a place, or "-" when a card is set
TABLE = """
a red sedan in the rain | automobile
a vintage convertible at sunset | automobile
a semi-truck on the highway | articulated-lorry
a double-decker bus in London | bus
a steam train crossing a valley | locomotive
a space shuttle lifting off | rocket
the International Space Station above the Earth | satellite
a hot air balloon over the hills | hot-air-balloon
a biplane doing a loop | small-airplane
a cruise ship in the harbour | passenger-ship
a pirate ship in a storm | ship
a fishing boat at dawn | sailboat
a kayak on the lake | canoe
a Harley-Davidson in the desert | motorcycle
a mountain bike | bicycle
a golden retriever catching a frisbee | dog
a dalmatian and a fire engine | dog
a pug in a basket | dog
a border collie herding sheep | dog
a Maine Coon on a windowsill | cat
a sphynx cat | cat
a humpback whale | whale
an orca jumping | whale
a great white shark | shark
a swordfish | fish
a school of tropical fish | tropical-fish
a cockatoo on a branch | parrot
a snowy owl in the snow | owl
a seagull over the sea | bird
three ducklings in a pond | duck
a mule carrying sacks | donkey
a coyote howling at the moon | wolf
a guinea pig eating a carrot | hamster
a porcupine | hedgehog
a scarab on the sand | beetle
a tarantula | spider
a monarch butterfly on a daisy | butterfly
a T-Rex in a business suit | t-rex
a velociraptor running | t-rex
King Kong on a skyscraper | gorilla
Godzilla in Tokyo | t-rex
a bonsai in a window | potted-plant
a willow by the river | deciduous-tree
a redwood in the fog | evergreen-tree
an orchid | blossom
a vase of flowers on a table | flower-vase
a pumpkin on a porch | jack-o-lantern
a bowl of pho | steaming-bowl
a glass of orange juice | glass-of-juice
a bottle of wine | wine-bottle
a stack of pancakes with butter | pancakes
a slice of pizza | pizza
a cheeseburger and fries | hamburger
macarons on a plate | cookie
a cup of espresso | hot-beverage
a pint of stout | beer-mug
a grand piano on a stage | grand-piano
a cello | violin
a ukulele on the beach | guitar
a trombone | trumpet
an armchair by the fireplace | chair
a porcelain vase | amphora
a cardboard box | package
a grandfather clock | mantelpiece-clock
a MacBook on a desk | laptop
an iPhone | mobile-phone
a fedora | top-hat
a leather jacket | coat
a wedding dress | dress
hiking boots | hiking-boot
a hammer and a screwdriver | hammer
a chef's knife | kitchen-knife
a samurai sword | dagger
a watering can | watering-can
a chessboard | chess-pawn
a playing card | joker
a world atlas | world-map
a wooden sign | placard
a politician giving a speech | office-worker
a ballerina | woman-dancing
a fisherman in a boat | man-standing
a software engineer at night | technologist
a rock star singing | singer
a family at the beach | man-standing
a vampire in a castle | man-vampire
a mermaid under the sea | woman-merpeople
a pagoda in autumn | pagoda
the Golden Gate Bridge | suspension-bridge
the London Eye | ferris-wheel
a grocery store | convenience-store
a Gothic cathedral | church
a tall building | office-building
a log cabin in the woods | hut
a solar system | ringed-planet
an atom | atom-symbol
a beach at sunset | @sea
a busy street in Paris | @city
a misty mountain valley | @mountain
a bamboo grove | @forest
a waterfall | waterfall
the Milky Way over the dunes | milky-way
an empty classroom | @room
a wheat field in summer | @meadow
northern lights | @sky
the skyline of New York | @city
a fjord in Norway | @sea
a watercolour of a lake | @sea
a charcoal sketch of a village square | @city
justice | -
a fire hydrant | fire-hydrant
a parking meter | -
a wombat | wombat
the Eiffel Tower | eiffel-tower
the word 'START' | -
a submarine | submarine
熱氣球 | hot-air-balloon
一位老爺爺在釣魚 | old-man
青花瓷瓶 | amphora
長頸鹿吃樹葉 | giraffe
騎士 | knight
una bicicleta roja | bicycle
un mouton dans un pré | ewe
ein roter Regenschirm | umbrella
um girassol amarelo | sunflower
una barca sul lago | sailboat
самолёт в небе | airplane
赤い自転車 | bicycle
우산을 든 소녀 | girl
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("prompt", "expected"), ROWS)
def test_the_main_subject(prompt: str, expected: str) -> None:
    sketch = plan(prompt, seed=1)
    glyphs = [subject.glyph for subject in sketch.subjects]
    if expected == "-":
        assert (glyphs, sketch.place) == ([], "studio")
    elif expected.startswith("@"):
        assert (glyphs, sketch.place) == ([], expected[1:])
    else:
        assert glyphs[0] == expected
