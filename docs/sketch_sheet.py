"""Draws the sheets of docs/sketch.md: sixty prompts, stills of twelve films, and the two hundred that were judged.

make sheet
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image, ImageDraw

from danqing.sketch.craft import art
from danqing.sketch.craft.lettering import measure, wrapped, write
from danqing.sketch.planning.plan import Plan, plan
from danqing.sketch.works.film import film
from danqing.sketch.works.picture import picture

OUT = Path(__file__).parent / "sketch"
VERDICTS = Path(__file__).parent / "sketch-verdicts.tsv"
JUDGED, JUDGED_COLUMNS = 150, 20  # pixels of a judged picture, and how many stand side by side
TILE = 300
CAPTION = 44
GAP = 12
COLUMNS = 6
PAPER, INK = "#faf7f0", (58, 53, 44)

PICTURES = """
A minimalist logo for a LLM router market company on a solid white background. trident in a circle as the main symbol, with ONLY text 'InferEra' below.
生成一幅山水畫,並給出一首詩詞描述
A cat playing with a ball
a mechanical butterfly flying in the futuristic garden
Panning wide shot of a calico kitten sleeping in the sunshine
a red fox in the snow
three cats on a sofa
a sailboat on the sea at sunset
an astronaut riding a horse on the moon
a lighthouse in a storm at night
a bowl of ramen on a table
一隻熊貓在竹林裡吃竹子
夜晚的城市，下著雨
a penguin walking on the ice
a whale swimming underwater
a hot air balloon over the mountains at dawn
a robot holding a flower
a dragon flying over a castle
a bicycle beside a tree in autumn
una taza de café en la mesa
un chat noir sous la lune
ein roter Apfel auf dem Tisch
桜の木の下の犬
눈 속의 여우
красный воздушный шар в небе
a birthday cake with text "Happy 5th!"
a logo of a bee with text "Honeyed"
a crayon drawing of a house with a garden
a watercolour of tulips
a pencil sketch of an old car
pixel art of a dinosaur
a neon sign of a guitar
an owl on a pile of books
an oil painting of a ship in a storm
a canoe on a mountain lake
a tiny mouse and a giant elephant
a bear fishing in a river
a rocket launching into space
a polar bear in the fog
a butterfly on a sunflower
a monkey with a banana
a train crossing a bridge at dusk
a rainbow over a meadow
a camel in the desert at noon
a snowman with a red hat
a ship in a bottle
a stained glass window of a peacock
a fish tank in a living room
a singer on a stage
an embroidery of a rose
a shark under the sea
a campfire in the forest at night
a panda playing the drums
two parrots on a branch
a unicorn under a rainbow
a black and white photo of an elephant
a violin on a chair
an ink painting of a crane
Loneliness
the quick brown fox jumps over the lazy dog
""".strip().splitlines()  # noqa: E501  a prompt is as long as it is

FILMS = """
A cat playing with a ball
a mechanical butterfly flying in the futuristic garden
Panning wide shot of a calico kitten sleeping in the sunshine
a horse running across the meadow
a rocket flying into space
一條龍在雲中飛
a dolphin swimming in the sea
a fox walking in the snow
a spinning globe, zoom in
rain over the city at night
a bee flying over the sunflowers
生成一幅山水畫
""".strip().splitlines()


@dataclass(frozen=True)
class Tile:
    """A picture and the words that stand below it."""

    image: Image.Image
    words: str


def main() -> None:
    """Draw everything and write the page."""
    if not art.available():
        sys.exit("The art pack is missing; install with npm within reach first.")
    OUT.mkdir(exist_ok=True)
    stills = [Tile(fitted(picture(made, 768, 768)), made.prompt) for made in plans(PICTURES)]
    sheet(stills, COLUMNS).save(OUT / "pictures.jpg", quality=82)
    frames = [tile for made in plans(FILMS) for tile in film_stills(made)]
    sheet(frames, COLUMNS).save(OUT / "films.jpg", quality=82)
    sheet(judged(), JUDGED_COLUMNS).save(OUT / "verdicts.jpg", quality=72)


def plans(prompts: Sequence[str]) -> list[Plan]:
    """What is drawn, with one seed for each."""
    return [plan(prompt, seed=number) for number, prompt in enumerate(prompts, 1)]


def judged() -> list[Tile]:
    """Every prompt of the verdicts as it is drawn now, with its verdict."""
    rows = [line.split("\t") for line in VERDICTS.read_text(encoding="utf-8").splitlines()[2:]]
    pictures = ((verdict, prompt, picture(plan(prompt, seed=1), 512, 512)) for verdict, _, prompt in rows)
    return [Tile(fitted(image, JUDGED), f"{verdict}: {prompt}") for verdict, prompt, image in pictures]


def film_stills(made: Plan) -> Iterator[Tile]:
    """Three moments of a film of three seconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.mp4"
        film(made, path, width=640, height=360, seconds=3, fps=24, report=lambda progress, stage: None)
        with av.open(str(path)) as file:
            frames = [frame.to_image() for frame in file.decode(video=0)]
    for second, frame in ((0.5, frames[12]), (1.5, frames[36]), (2.5, frames[60])):
        yield Tile(fitted(frame), f"{second} s  {made.prompt}")


def fitted(image: Image.Image, wide: int = TILE) -> Image.Image:
    """As wide as a tile."""
    return image.resize((wide, round(image.height * wide / image.width)), Image.Resampling.LANCZOS)


def sheet(tiles: Sequence[Tile], columns: int) -> Image.Image:
    """All tiles on one page."""
    rows, room = -(-len(tiles) // columns), max(tile.image.width for tile in tiles)
    wide, high = room + GAP, max(tile.image.height for tile in tiles) + CAPTION + GAP
    board = Image.new("RGB", (columns * wide + GAP, rows * high + GAP), PAPER)
    pen = ImageDraw.Draw(board)
    for number, tile in enumerate(tiles):
        x, y = GAP + number % columns * wide, GAP + number // columns * high
        board.paste(tile.image, (x, y))
        for line, words in enumerate(wrapped(tile.words, "sans-regular", 14, room)[:2]):
            middle, below = x + measure(words, "sans-regular", 14) / 2, y + tile.image.height + 18 * (line + 1)
            write(pen, middle, below, words, "sans-regular", 14, INK)
    return board


if __name__ == "__main__":
    main()
