"""The embedded engine as a provider: turns an order into tasks for the Sketch workers."""

import asyncio
import errno
import tempfile
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import cast

from danqing.domain.changes import adapt
from danqing.domain.errors import Kind, Problem, Unstored, invalid
from danqing.domain.generation import PREVIEWS, Area, Generation, Output, Person, Role, Task
from danqing.domain.jobs import Accepted, Produced, Progressed, Reported, Withheld
from danqing.domain.media import Blob, Medium
from danqing.domain.models import Ability
from danqing.domain.ports import Assets, Order, Provider, Update
from danqing.domain.sizes import sides
from danqing.sketch import magic
from danqing.sketch.pool import Limits, Message, Pool, TookTooLong, WorkerDied

PEOPLE = {Person.ALL: "all", Person.ADULT: "adult", Person.NONE: "none", None: "all"}
NO_ROOM = "The disk that unfinished drawings are written to is full. Free some space, then try again."
REASON = "The prompt asked the Sketch engine to refuse it (a magic prompt)."
SIZES = {
    "1:1": (1024, 1024),
    "2:3": (832, 1248),
    "3:2": (1248, 832),
    "3:4": (960, 1280),
    "4:3": (1280, 960),
    "4:5": (896, 1120),
    "5:4": (1120, 896),
    "9:16": (792, 1408),
    "16:9": (1408, 792),
    "21:9": (1568, 672),
    "1:2": (720, 1440),
    "2:1": (1440, 720),
    "1:3": (592, 1776),
    "3:1": (1776, 592),
    "1:4": (512, 2048),
    "4:1": (2048, 512),
    "1:8": (352, 2816),
    "8:1": (2816, 352),
}
FRAMES = {"16:9": (1280, 720), "9:16": (720, 1280)}
INPUTS_MAX = 64
SIDE_MIN, SIDE_MAX = 64, 2816  # the workers' own
FRAME_PIXELS_MAX = 1920 * 1088
SECONDS_MAX = 60
TIMES = {"1K": 1.0, "2K": 2.0, "512": 0.5, "256": 0.25}  # as many pixels on each side as in SIZES
FRAME_TIMES = {"720p": 1.0, "1080p": 1.5, "1024p": 1024 / 720}
QUALITY = 90  # of JPEG and WebP, when nothing is said
GROWN = "maskImageConfig.dilation"
HEIGHT = 1024  # of a picture whose model knows no sizes, as the document says of Gemini
PICTURES = Ability(
    makes=frozenset({Medium.TEXT, Medium.IMAGE}),
    aspects=tuple(SIZES),
    sizes=tuple(TIMES),
    persons=tuple(Person),
    mimes=("image/png", "image/jpeg", "image/webp"),
    pictures_max=INPUTS_MAX,
    tasks=(Task.EDIT, Task.INSERT, Task.REMOVE, Task.OUTPAINT, Task.BACKGROUND, Task.UPSCALE),
    masks=True,
    areas=(Area.BACKGROUND,),
    factors=(2, 3, 4),
    roles=(Role.SUBJECT, Role.STYLE, Role.CONTENT),
)
FILMS = Ability(
    makes=frozenset({Medium.VIDEO}),
    aspects=tuple(FRAMES),
    sizes=tuple(FRAME_TIMES),
    seconds=tuple(range(1, SECONDS_MAX + 1)),
    persons=tuple(Person),
    mimes=("video/mp4",),
    pictures_max=INPUTS_MAX,
    frames=True,
    tasks=(Task.EXTEND, Task.EDIT),
    roles=(Role.SUBJECT, Role.STYLE),
    audio=True,
)


Paths = Mapping[Blob, str]


@dataclass(frozen=True, slots=True)
class _Task:
    """One thing to draw, as the workers' protocol has it, and the file that it will be in."""

    fields: Mapping[str, object]
    out: Path | None
    mime: str


class Sketch:
    """See `domain.ports.Provider`. The same order gives the same bytes, so it may be asked as often as one likes."""

    repeatable = True
    honours = frozenset({"enhancePrompt", "generateAudio", GROWN, PREVIEWS})

    def __init__(self, scratch: Path, pool: Pool) -> None:
        self.slots = pool.size
        self._scratch = scratch
        self._pool = pool

    async def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        """Words first, then the pictures or films in their order; pictures are drawn side by side."""
        asked, changes = adapt(order.generation, FILMS if Medium.VIDEO in order.generation.wants else PICTURES)
        spell, prompt = magic.read(asked.prompt)
        await _pretend(spell)
        count = asked.count or 1
        refused = count if spell.filtered is None else min(spell.filtered, count)
        paths = {blob: await assets.path(blob) for blob in asked.blobs()}
        if asked.wants == {Medium.TEXT}:
            refused, count = int(spell.filtered is None), 1
        said = {"prompt": prompt, "huge": spell.huge}
        works = [self._work(asked, said, index, paths, assets) for index in range(order.delivered, count - refused)]
        unseen = (PREVIEWS,) if PREVIEWS in dict(asked.knobs) and not _shown(asked) else ()
        if changes or unseen:
            yield Reported(changes=changes, ignored=unseen)
        alone = Medium.VIDEO in asked.wants or len(works) == 1
        async with aclosing(_one_by_one(works) if alone else _at_once(works)) as updates:
            async for update in updates:
                yield update
        for _ in range(refused):
            yield Withheld(REASON)

    async def close(self) -> None:
        """End the workers."""
        await self._pool.close()

    async def _work(
        self, asked: Generation, said: Mapping[str, object], index: int, paths: Paths, assets: Assets
    ) -> AsyncGenerator[Update]:
        with _folder(self._scratch) as folder:
            task = _task(asked, said, index, paths, folder)
            async with aclosing(self._draw(task, index, asked, assets)) as updates:
                async for update in updates:
                    yield update

    async def _draw(self, task: _Task, index: int, asked: Generation, assets: Assets) -> AsyncGenerator[Update]:
        told = False
        try:
            async with aclosing(self._pool.run(task.fields)) as messages:
                async for message in messages:
                    if "error" in message:
                        raise _problem(message)
                    if not told and "prompt" in message:
                        told = True
                        yield Accepted(prompt=str(message["prompt"]) if dict(asked.knobs).get("enhancePrompt") else "")
                    if "done" in message:
                        async for update in _deliver(task, cast(Message, message["done"]), index, asked, assets):
                            yield update
                    else:
                        fraction = (index + float(cast(float, message["progress"]))) / (asked.count or 1)
                        rough = message.get("preview")
                        seen = await assets.put(Path(str(rough)), "image/png", {"preview": True}) if rough else None
                        yield Progressed(fraction, str(message.get("stage", "")), seen)
        except TookTooLong as error:
            raise Problem(Kind.UPSTREAM, "The drawing took too long and was stopped.", code="sketch_failed") from error
        except WorkerDied as error:
            raise Problem(Kind.UPSTREAM, "The Sketch worker stopped in the middle of the drawing.") from error


def connect(settings: Mapping[str, object]) -> Provider:
    """`scratch`: a folder for unfinished files, on the same disk as the assets. `workers`: how many draw at once.

    The `pool.Limits` of a worker may be given by their names.
    """
    named = {spec.name: settings[spec.name] for spec in fields(Limits) if spec.name in settings}
    pool = Pool(int(cast(int, settings.get("workers", 2))), replace(Limits(), **cast(dict[str, int], named)))
    return Sketch(Path(str(settings["scratch"])), pool)


@contextmanager
def _folder(scratch: Path) -> Iterator[Path]:
    """For what one task writes. Raises Unstored."""
    try:
        folder = tempfile.TemporaryDirectory(dir=scratch, ignore_cleanup_errors=True)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Unstored(Kind.UNAVAILABLE, NO_ROOM, code="disk_full") from error
    with folder as path:
        yield Path(path)


async def _one_by_one(works: Sequence[AsyncGenerator[Update]]) -> AsyncGenerator[Update]:
    """Each takes all that the machine has, and tells how far it is."""
    for work in works:
        async with aclosing(work) as updates:
            async for update in updates:
                yield update


async def _at_once(works: Sequence[AsyncGenerator[Update]]) -> AsyncGenerator[Update]:
    """Pictures: as many as there are workers are drawn side by side, and delivered in their order."""

    async def whole(work: AsyncGenerator[Update]) -> list[Update]:
        async with aclosing(work) as updates:
            return [update async for update in updates]

    tasks = [asyncio.create_task(whole(work)) for work in works]
    try:
        for task in tasks:
            for update in await task:
                yield update
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _pretend(spell: magic.Magic) -> None:
    if spell.slow_s:
        await asyncio.sleep(spell.slow_s)
    if spell.fail:
        raise Problem(Kind.UPSTREAM, "The prompt asked the Sketch engine to fail (a magic prompt).")
    if spell.quota:
        raise Problem(Kind.BUSY, "The prompt asked for an exhausted quota (a magic prompt).", code="quota_exhausted")
    if spell.unknown:
        raise Problem(Kind.UNKNOWN, "The prompt asked for an unknown outcome (a magic prompt).", code="outcome_unknown")


def _task(asked: Generation, said: Mapping[str, object], index: int, paths: Paths, folder: Path) -> _Task:
    mime = "video/mp4" if Medium.VIDEO in asked.wants else asked.mime or "image/png"
    fields: dict[str, object] = {
        **said,
        "seed": (asked.seed or 0) + index,
        "person": PEOPLE[asked.person],
        "negative": asked.negative,
        "inputs": [paths[blob] for blob in asked.pictures],
        "roles": list(asked.roles),
    }
    if asked.wants == {Medium.TEXT}:
        return _Task({**fields, "task": "words"}, None, mime)
    out = folder / "out"
    fields["out"] = str(out)
    if Medium.VIDEO in asked.wants:
        return _Task({**fields, **_filmed(asked, paths)}, out, mime)
    width, height = _size(asked)
    quality = QUALITY if asked.quality is None else max(asked.quality, 1)
    picture = {"width": width, "height": height, "mime": mime, "quality": quality}
    return _Task({**fields, **picture, **_changed(asked, paths)}, out, mime)


def _filmed(asked: Generation, paths: Paths) -> dict[str, object]:
    film: dict[str, object] = {"seconds": asked.seconds or 8, "silent": asked.audio is False}
    if asked.film:
        work = "extend" if asked.task is Task.EXTEND else "refilm"
        return {**film, "seconds": min(asked.seconds or 8, SECONDS_MAX), "task": work, "given": paths[asked.film]}
    width, height = _frame(asked)
    frames = {
        "first": asked.first_frame and paths[asked.first_frame],
        "last": asked.last_frame and paths[asked.last_frame],
        "roles": list(asked.roles or [Role.SUBJECT] * len(asked.pictures)),
    }
    return {**film, **frames, "task": "film", "width": width, "height": height, "fps": 24}


def _changed(asked: Generation, paths: Paths) -> dict[str, object]:
    """What is done to the pictures; with nothing said of them, what the prompt asks for is done to the last."""
    if not (asked.task or asked.mask or asked.area or asked.roles):
        return {"task": "edit"} if asked.pictures else {"task": "picture", "preview": _shown(asked)}
    grown = dict(asked.knobs).get(GROWN)
    across, down = SIZES.get(asked.aspect or "", (0, 0))
    return {
        "task": "change",
        "work": asked.task or Task.EDIT,
        "mask": asked.mask and paths[asked.mask],
        "area": asked.area or "",
        "grown": float(grown) if isinstance(grown, int | float) else 0.0,
        "factor": asked.factor or 2,
        "ratio": across / down if down else None,
    }


def _shown(asked: Generation) -> bool:
    """Whether a picture is seen on its way: one that is made of words, by itself."""
    alone = (asked.count or 1) == 1 and asked.wants == {Medium.IMAGE} and not any(asked.blobs())
    return alone and PREVIEWS in dict(asked.knobs)


def _frame(asked: Generation) -> tuple[int, int]:
    if asked.pixels and (sized := sides(asked.pixels)) and sized[0] * sized[1] <= FRAME_PIXELS_MAX:
        return sized[0] // 2 * 2, sized[1] // 2 * 2
    width, height = FRAMES[asked.aspect or "16:9"]
    scale = FRAME_TIMES.get(asked.size or "", 1.0)
    return round(width * scale), round(height * scale)


def _size(asked: Generation) -> tuple[int, int]:
    if asked.pixels and (sized := sides(asked.pixels)):
        scale = max(min(1.0, SIDE_MAX / max(sized)), SIDE_MIN / min(sized))
        return round(sized[0] * scale), round(sized[1] * scale)
    width, height = SIZES[asked.aspect or "1:1"]
    wished = TIMES.get(asked.size, 1.0) if asked.size else HEIGHT / height
    scale = min(wished, SIDE_MAX / max(width, height))
    return round(width * scale), round(height * scale)


async def _deliver(task: _Task, done: Message, index: int, asked: Generation, assets: Assets) -> AsyncGenerator[Update]:
    drawn, missing = _words(done, "drawn"), _words(done, "missing")
    if Medium.TEXT in asked.wants and index == 0:
        yield Produced(Output(medium=Medium.TEXT, text=str(done["text"]), seed=asked.seed))
    if task.out is None:
        return
    seed = (asked.seed or 0) + index
    blob = await assets.put(task.out, task.mime, {"seed": seed, "drawn": drawn, "missing": missing})
    film = Medium.VIDEO in asked.wants
    yield Produced(
        Output(
            medium=Medium.VIDEO if film else Medium.IMAGE,
            blob=blob,
            width=int(cast(int, done["width"])),
            height=int(cast(int, done["height"])),
            duration_ms=round(float(cast(float, done["seconds"])) * 1000) if film else 0,
            fps=int(cast(int, done.get("fps") or 0)),
            audio=bool(done.get("audio")),
            seed=seed,
            drawn=drawn,
            missing=missing,
        )
    )


def _words(done: Message, name: str) -> tuple[str, ...]:
    return tuple(str(word) for word in cast(list[object], done.get(name) or []))


def _problem(message: Message) -> Problem:
    error = cast(dict[str, str], message["error"])
    if error["code"] == "disk_full":
        return Unstored(Kind.UNAVAILABLE, NO_ROOM, code="disk_full")
    if error["code"] == "failed":
        return Problem(Kind.UPSTREAM, error["message"], code="sketch_failed")
    return invalid(error["message"], param="pictures", code=error["code"])
