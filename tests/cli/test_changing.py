"""Changing what is given: pictures by words, inside a mask, larger and in motion, and a film that goes on."""

from pathlib import Path

from PIL import Image, ImageDraw

from .terminal import Terminal


def test_a_picture_is_changed_inside_its_mask_and_made_larger(terminal: Terminal) -> None:
    picture = Image.merge("RGB", [Image.effect_noise((128, 96), spread) for spread in (90, 50, 10)])
    picture.save(terminal.folder / "photo.png")
    mask = Image.new("L", picture.size, 0)
    ImageDraw.Draw(mask).rectangle((0, 0, 63, 95), fill=255)
    mask.save(terminal.folder / "mask.png")
    asked = (
        "edit",
        "photo.png",
        "make it black and white",
        "--mask",
        "mask.png",
        "--model",
        "imagen-3.0-capability-001",
        "--json",
    )
    told = terminal.run(*asked).json()
    with Image.open(told["saved"][0]) as changed:
        assert changed.size == picture.size
        right = (64, 0, 128, 96)
        assert changed.convert("RGB").crop(right).tobytes() == picture.crop(right).tobytes(), "nothing outside of it"
        red, green, blue = (band.tobytes() for band in changed.convert("RGB").crop((0, 0, 63, 96)).split())
        assert red == green == blue
    assert told["parameters"]["mask"] is True

    larger = terminal.run(
        "upscale", f"files/{told['outputs'][0]['file']}", "--factor", "2", "-o", "large.png", "--json"
    )
    with Image.open(larger.json()["saved"][0]) as large:
        assert large.size == (256, 192)
    assert Path(larger.json()["saved"][0]).name == "large.png"


def test_what_cannot_be_changed_is_said_before_anything_is_paid(terminal: Terminal) -> None:
    Image.new("RGB", (64, 64)).save(terminal.folder / "photo.png")
    (terminal.folder / "notes.txt").write_text("not a picture")
    for words, says in (
        (("edit", "nowhere.png", "make it blue"), "nowhere.png cannot be read"),
        (("edit", "notes.txt", "make it blue"), "is not a PNG, JPEG or WebP picture"),
        (("edit", "photo.png", "make it blue", "--max-cost", "0.001"), "at most $0.001"),
        (("upscale", "files/nothing"), "There is no file nothing"),
        (("extend", "photo.png", "it goes on"), "film"),
    ):
        ended = terminal.run(*words)
        assert (ended.status, ended.out, ended.err.count("\n")) == (1, "", 1), ended.err
        assert says in ended.err
