"""The worker process: its protocol, and that no request and no hostile picture can end it."""

import json
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import av
import pytest
from PIL import Image

Message = dict[str, dict[str, object]]


class Worker:
    """The real process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "danqing.sketch.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, encoding="utf-8",
        )  # fmt: skip

    def send(self, line: str) -> tuple[Message, list[Message]]:
        """One line in; the closing message and what came before it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        before: list[Message] = []
        while True:
            message: Message = json.loads(self.process.stdout.readline())
            if "progress" not in message:
                return message, before
            before.append(message)

    def ask(self, **request: object) -> Message:
        return self.send(json.dumps(request))[0]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    _out, complaints = worker.process.communicate()  # closes stdin
    assert worker.process.returncode == 0
    assert "Traceback" not in complaints


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """A PNG file of any claim and any content."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def saved(kind: str) -> bytes:
    out = BytesIO()
    Image.effect_noise((200, 200), 60).convert("RGB").save(out, kind)
    return out.getvalue()


HOSTILE: dict[str, tuple[bytes, str]] = {
    "a bomb": (png(30_000, 30_000, zlib.compress(b"\0" * 1000)), "too_large"),
    "a larger bomb": (png(60_000, 60_000), "too_large"),
    "just too large": (png(8_000, 5_001), "too_large"),
    "no data": (png(64, 64), "invalid_picture"),
    "truncated": (saved("JPEG")[:900], "invalid_picture"),
    "a gif": (saved("GIF"), "invalid_picture"),
    "a tiff": (saved("TIFF"), "invalid_picture"),
    "a svg": (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "invalid_picture"),
    "empty": (b"", "invalid_picture"),
    "text": (b"hello", "invalid_picture"),
}
MALFORMED: dict[str, str] = {
    "no json": "hello",
    "half": '{"task": "pic',
    "a list": "[1, 2]",
    "a number": "7",
    "deep": "[" * 5000,
    "unknown task": '{"task": "sing"}',
    "wrong type": '{"task": "picture", "prompt": 7, "out": "x"}',
    "a bool": '{"task": "picture", "seed": true, "out": "x"}',
    "too wide": '{"task": "picture", "width": 100000, "out": "x"}',
    "too small": '{"task": "picture", "width": 63, "out": "x"}',
    "bad mime": '{"task": "picture", "mime": "image/gif", "out": "x"}',
    "no out": '{"task": "picture", "prompt": "cat"}',
    "odd film": '{"task": "film", "width": 101, "height": 100, "out": "x"}',
    "long film": '{"task": "film", "seconds": 9999, "out": "x"}',
    "no picture": '{"task": "edit", "out": "x"}',
    "huge words": '{"task": "picture", "huge": "very", "out": "x"}',
    "inputs of numbers": '{"task": "edit", "inputs": [1], "out": "x"}',
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_request_is_answered(worker: Worker, name: str) -> None:
    answer, before = worker.send(MALFORMED[name])
    assert answer["error"]["code"] == "failed"
    assert str(answer["error"]["message"]).endswith(".")
    assert before == []


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("task", ["edit", "words", "film"])
def test_a_hostile_picture_is_refused(worker: Worker, name: str, task: str, tmp_path: Path) -> None:
    data, code = HOSTILE[name]
    (tmp_path / "in").write_bytes(data)
    given: dict[str, object] = {"first": str(tmp_path / "in")} if task == "film" else {"inputs": [str(tmp_path / "in")]}
    answer = worker.ask(task=task, prompt="night", out=str(tmp_path / "out"), width=64, height=64, seconds=1, **given)
    assert answer["error"]["code"] == code
    assert not (tmp_path / "out").exists()


def test_a_missing_file_is_no_picture(worker: Worker, tmp_path: Path) -> None:
    answer = worker.ask(task="words", inputs=[str(tmp_path / "nothing")])
    assert answer["error"]["code"] == "invalid_picture"


def test_a_picture_is_drawn_and_described(worker: Worker, tmp_path: Path) -> None:
    out = tmp_path / "a.webp"
    request = {"task": "picture", "prompt": "a cat with a zorblax", "seed": 3, "width": 200, "height": 100}
    answer, before = worker.send(json.dumps({**request, "mime": "image/webp", "out": str(out)}))
    done = answer["done"]
    assert (done["width"], done["height"], done["mime"]) == (200, 100, "image/webp")
    assert (done["seconds"], done["fps"], done["audio"]) == (None, None, False)
    assert "cat" in done["drawn"]
    assert "zorblax" in done["missing"]
    assert done["text"]
    assert done["prompt"]
    assert {message["stage"] for message in before} >= {"planning", "drawing", "writing"}
    with Image.open(out) as picture:
        assert (picture.format, picture.size) == ("WEBP", (200, 100))


def test_a_poem_comes_when_it_is_asked_for(worker: Worker, tmp_path: Path) -> None:
    with_poem, without = (
        str(worker.ask(prompt=prompt, width=64, height=64, out=str(tmp_path / "a.png"))["done"]["text"])
        for prompt in ("生成一幅山水畫，並給出一首詩詞描述", "生成一幅山水畫")
    )
    assert "\n" in with_poem
    assert len(with_poem) > len(without)


def test_a_film_is_made(worker: Worker, tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    request = {
        "task": "film",
        "prompt": "a cat playing with a ball",
        "width": 128,
        "height": 72,
        "seconds": 1,
        "fps": 24,
    }
    answer, before = worker.send(json.dumps({**request, "out": str(out)}))
    done = answer["done"]
    assert (done["seconds"], done["fps"], done["audio"], done["mime"]) == (1, 24, True, "video/mp4")
    assert {message["stage"] for message in before} == {"planning", "drawing", "filming", "sound", "writing"}
    with av.open(str(out)) as film:
        assert film.streams.video[0].frames == 24


def test_an_edit_describes_the_picture_and_the_change(worker: Worker, tmp_path: Path) -> None:
    Image.new("RGBA", (300, 150), (40, 90, 220, 255)).save(tmp_path / "in.png")
    files = {"inputs": [str(tmp_path / "in.png")], "out": str(tmp_path / "o.png")}
    answer = worker.ask(task="edit", prompt="make it night", height=300, **files)
    done = answer["done"]
    assert (done["width"], done["height"]) == (600, 300), "its own shape, at the height that was asked for"
    assert "blue" in str(done["text"])
    assert "night" in str(done["text"])
    with Image.open(tmp_path / "o.png") as changed:
        assert (changed.mode, changed.size) == ("RGB", (600, 300))


def test_an_edit_tells_what_it_did_not_do(worker: Worker, tmp_path: Path) -> None:
    Image.new("RGB", (300, 150), (40, 90, 220)).save(tmp_path / "in.png")
    files = {"inputs": [str(tmp_path / "in.png")], "out": str(tmp_path / "o.png")}
    done = worker.ask(task="edit", prompt="remove the car, then rotate it", height=200, **files)["done"]
    assert (done["drawn"], done["missing"]) == (["rotate it"], ["remove the car"])
    assert "did not do" in str(done["text"])
    assert (done["width"], done["height"]) == (100, 200), "turned, and still at the height that was asked for"


def test_a_huge_picture_is_a_valid_file_of_more_than_15_mb(worker: Worker, tmp_path: Path) -> None:
    done = worker.ask(prompt="a cat", width=512, height=256, huge=True, out=str(tmp_path / "a.png"))["done"]
    assert (tmp_path / "a.png").stat().st_size > 15_000_000
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (done["width"], done["height"])
        assert picture.width == 2 * picture.height
        picture.load()


def test_two_processes_draw_the_same_bytes(worker: Worker, tmp_path: Path) -> None:
    other = Worker()
    for name, which in (("a.png", worker), ("b.png", other)):
        assert "done" in which.ask(prompt="a fox in the snow", seed=9, width=160, height=120, out=str(tmp_path / name))
    other.process.communicate()
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_the_end_of_stdin_ends_the_process_well() -> None:
    ended = subprocess.run([sys.executable, "-m", "danqing.sketch.worker"], input="", capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "")


def test_an_exception_is_answered_and_told_on_stderr() -> None:
    line = json.dumps({"task": "picture", "prompt": "cat", "width": 64, "height": 64, "out": "/no/such/folder/a.png"})
    ended = subprocess.run(
        [sys.executable, "-m", "danqing.sketch.worker"], input=line + "\n", capture_output=True, text=True
    )
    assert ended.returncode == 0
    assert json.loads(ended.stdout.splitlines()[-1])["error"]["code"] == "failed"
    assert "Traceback" in ended.stderr
