"""Imitates OpenAI's images, videos and chat over real sockets, and with a switch the servers that look like it.

What goes wrong is chosen by a word with a "!" in the prompt. Every call is kept with its key, its fields and the
sizes of its files. Shapes are from the openai SDK's own types and the servers' documentation; nothing of it was
checked against the real services.
"""

import asyncio
import base64
import json
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import TypeVar

from aiohttp import web
from PIL import Image

from .media import FILM, a_picture
from .text_model import TextModel

COUNT_MAX = {"openai": 10, "vllm-omni": 10, "sglang": 4, "sd-server": 8, "localai": 10}
KNOWN_TO_OPENAI = {
    *("background", "input_fidelity", "model", "moderation", "n", "output_compression", "output_format"),
    *("partial_images", "prompt", "quality", "size", "stream", "user"),
}
BLOCKED = "Your request was rejected by the safety system. safety_violations=[violence]."
POLLS = 2  # until a film is done


@dataclass
class Call:
    """What was asked, by whom."""

    method: str
    path: str
    key: str
    fields: dict[str, object] = field(default_factory=dict)
    files: list[tuple[str, int]] = field(default_factory=list)
    data: dict[str, bytes] = field(default_factory=dict)  # the last file of each name


@dataclass
class Film:
    """A film's job."""

    id: str
    prompt: str
    model: str
    seconds: str
    size: str
    polls: int = 0
    deleted: bool = False


E = TypeVar("E", bound="Engine")


class Refusal(Exception):
    """Ends a call with an error in OpenAI's shape."""

    def __init__(self, status: int, message: str, *, code: str | None = None, kind: str = "invalid_request_error"):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "type": kind, "param": None, "code": code}}


class Engine:
    """The server. `calls` is all that it was asked, `submitted` how often it worked for money."""

    def __init__(self, flavour: str = "openai", keys: tuple[str, ...] = ("sk-real-0123456789",)) -> None:
        self.flavour = flavour
        self.keys = keys
        self.url = ""
        self.shape = (64, 64)  # of pictures in a chat
        self.models: Sequence[str] = ("gpt-image-2", "sora-2")
        self.elsewhere = ""
        self.calls: list[Call] = []
        self.strange: list[str] = []  # Authorization headers that reached the other host
        self.films: dict[str, Film] = {}
        self.files: dict[str, bytes] = {}
        self.text_model = TextModel()
        self.released = asyncio.Event()
        self._noticed = asyncio.Condition()

    async def asked(self, count: int) -> None:
        """Return when there have been so many calls."""
        async with self._noticed:
            await self._noticed.wait_for(lambda: len(self.calls) >= count)

    @property
    def submitted(self) -> list[Call]:
        return [call for call in self.calls if call.method == "POST"]

    def routes(self) -> list[web.RouteDef]:
        table = [
            web.get("/v1/models", self._guarded(self._list)),
            web.post("/v1/images/generations", self._guarded(self._generate)),
            web.post("/v1/images/edits", self._guarded(self._edit)),
            web.post("/v1/chat/completions", self._guarded(self._chat)),
            web.get("/files/{name}", self._file),
            web.get("/moved/{name}", self._moved),
        ]
        if self.flavour in ("openai", "vllm-omni", "sglang"):
            table += [
                web.post("/v1/videos", self._guarded(self._begin)),
                web.get("/v1/videos/{id}", self._guarded(self._poll)),
                web.get("/v1/videos/{id}/content", self._guarded(self._content)),
                web.delete("/v1/videos/{id}", self._guarded(self._delete)),
            ]
        return [*table, web.post("/video", self._guarded(self._wait))] if self.flavour == "localai" else table

    async def _list(self, request: web.Request, call: Call) -> web.StreamResponse:
        rows = [{"id": id, "object": "model", "created": 1, "owned_by": "imitation"} for id in self.models]
        return web.json_response({"object": "list", "data": rows})

    def _guarded(self, handler: object) -> object:
        async def guarded(request: web.Request) -> web.StreamResponse:
            key = request.headers.get("authorization", "").removeprefix("Bearer ")
            key = key or request.headers.get("x-goog-api-key", "")
            call = Call(request.method, request.path, key)
            self.calls.append(call)
            async with self._noticed:
                self._noticed.notify_all()
            try:
                if self.keys and key not in self.keys:
                    raise Refusal(401, f"Incorrect API key provided: {key}.", code="invalid_api_key")
                await self._read(request, call)
                if request.method == "POST":
                    await self._fail(request, json.dumps(call.fields))
                return await handler(request, call)
            except Refusal as refusal:
                headers = {"retry-after": "3"} if refusal.status == 429 else {}
                return web.json_response(refusal.body, status=refusal.status, headers=headers)

        return guarded

    async def _read(self, request: web.Request, call: Call) -> None:
        if request.content_type == "application/json" and request.can_read_body:
            call.fields = await request.json()
        elif request.content_type == "multipart/form-data":
            async for part in await request.multipart():
                data = bytes(await part.read())
                if part.filename:
                    call.files.append((part.name, len(data)))
                    call.data[part.name] = data
                else:
                    call.fields[part.name] = data.decode()

    async def _fail(self, request: web.Request, prompt: str) -> None:
        """The faults that every paid call can have."""
        match re.findall(r"!([a-z0-9-]+)", prompt):
            case ["busy", *_]:
                raise Refusal(429, "Rate limit reached for images.", code="rate_limit_exceeded", kind="requests")
            case ["quota", *_]:
                raise Refusal(
                    429, "You exceeded your current quota.", code="insufficient_quota", kind="insufficient_quota"
                )
            case ["500", *_]:
                raise Refusal(500, "The server had an error while processing your request.", kind="server_error")
            case ["blocked", *_]:
                raise Refusal(400, BLOCKED, code="moderation_blocked", kind="image_generation_user_error")
            case ["policy", *_]:
                raise Refusal(400, "This violates our content policy.", code="content_policy_violation")
            case ["azure", *_]:
                raise Refusal(400, "The response was filtered.", code="contentFilter")
            case ["hangup", *_]:
                request.transport.close()
            case ["never", *_] if not re.search("/videos|LongRunning", request.path):
                await self.released.wait()

    async def _generate(self, request: web.Request, call: Call) -> web.StreamResponse:
        return await self._pictures(request, call, "image_generation")

    async def _edit(self, request: web.Request, call: Call) -> web.StreamResponse:
        names = [name for name, _ in call.files if name.startswith("image")]
        if "mask" in call.data:
            self._check_mask(call)
        if not names or (len(names) > 1 and set(names) != {"image[]"}):
            raise Refusal(400, "image is required; several are sent as image[].")
        return await self._pictures(request, call, "image_edit")

    def _check_mask(self, call: Call) -> None:
        if self.flavour != "openai":
            raise Refusal(400, "mask is not supported.")
        with Image.open(BytesIO(call.data["mask"])) as mask:
            if mask.format != "PNG" or mask.mode != "RGBA":
                raise Refusal(400, "Invalid mask image format - mask must be a PNG with an alpha channel.")

    async def _pictures(self, request: web.Request, call: Call, event: str) -> web.StreamResponse:
        asked = call.fields
        self._check(asked)
        count, prompt = int(asked.get("n") or 1), str(asked["prompt"])
        width, height = _pixels(str(asked.get("size", "auto")))
        kind = {"jpeg": "JPEG", "webp": "WEBP"}.get(str(asked.get("output_format", "png")), "PNG")
        made = [a_picture(width, height, kind=kind, large="large" in prompt, seed=at) for at in range(count)]
        if "!empty" in prompt:
            made = []
        if "!fewer" in prompt:
            made = made[1:]
        if "!inside" in prompt:
            return web.json_response({"error": {"message": BLOCKED, "code": "moderation_blocked"}})
        if "!html" in prompt:
            return web.Response(text="<html>welcome</html>", content_type="text/html")
        if "!truncated" in prompt:
            return await _truncated(request, made[0])
        if str(asked.get("stream")).lower() == "true" and self.flavour == "openai":
            return await self._streamed(request, asked, made[0], event)
        linked = asked.get("response_format") == "url" or (self.flavour == "localai" and "response_format" not in asked)
        data = [self._entry(picture, prompt, linked=linked) for picture in made]
        usage = {"input_tokens": 10, "output_tokens": 1000 * count, "total_tokens": 10 + 1000 * count}
        return web.json_response({"created": int(time.time()), "data": data, "usage": usage})

    def _check(self, asked: dict[str, object]) -> None:
        if self.flavour == "openai":
            for name in asked:
                if name not in KNOWN_TO_OPENAI:
                    raise Refusal(400, f"Unknown parameter: '{name}'.", code="unknown_parameter")
            width, height = _pixels(str(asked.get("size", "auto")))
            if width % 16 or height % 16 or max(width, height) > 3840 or width * height > 3840 * 2160:
                raise Refusal(400, "Invalid size.", code="invalid_value")
            if not 1 / 3 <= width / height <= 3:
                raise Refusal(400, "Invalid ratio.", code="invalid_value")
        if self.flavour == "sglang" and asked.get("response_format") == "url":
            raise Refusal(400, "response_format=url is not supported.")
        if not 1 <= int(asked.get("n") or 1) <= COUNT_MAX[self.flavour]:
            raise Refusal(400, "Too many images.", code="integer_above_max_value")

    def _entry(self, picture: bytes, prompt: str, *, linked: bool) -> dict[str, object]:
        if "!elsewhere" in prompt:
            return {"url": f"{self.elsewhere}/files/{self._stored(picture)}"}
        if "!redirect" in prompt:
            return {"url": f"{self.url}/moved/{self._stored(picture)}"}
        if "!expired" in prompt:
            return {"url": f"{self.url}/files/gone.png"}
        if linked or "!link" in prompt:
            return {"url": f"{self.url}/files/{self._stored(picture)}"}
        if "!dataurl" in prompt:
            return {"url": f"data:image/png;base64,{_text(picture)}"}
        return {"b64_json": _text(picture), "revised_prompt": f"better: {prompt}"}

    def _stored(self, data: bytes) -> str:
        name = f"{len(self.files)}.png"
        self.files[name] = data
        return name

    async def _streamed(
        self, request: web.Request, asked: dict[str, object], picture: bytes, event: str
    ) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)

        async def say(kind: str, **fields: object) -> None:
            data = json.dumps({"type": kind, "created_at": 1, "size": "1024x1024", **fields})
            await response.write(f"event: {kind}\ndata: {data}\n\n".encode())

        prompt = str(asked["prompt"])
        for at in range(int(asked.get("partial_images") or 0)):
            await say(f"{event}.partial_image", partial_image_index=at, b64_json=_text(picture))
        if "!midway" in prompt:
            error = {"message": BLOCKED, "code": "moderation_blocked", "type": "image_generation_user_error"}
            await say("error", error=error)
        elif "!stops" not in prompt:
            usage = {"input_tokens": 10, "output_tokens": 1000, "total_tokens": 1010}
            await say(f"{event}.completed", b64_json=_text(picture), usage=usage)
        return response

    async def _chat(self, request: web.Request, call: Call) -> web.StreamResponse:
        if "modalities" not in call.fields:
            return self._talk(call)
        words = json.dumps(call.fields["messages"])
        url = f"data:image/png;base64,{_text(a_picture(*self.shape, large='large' in words))}"
        message: dict[str, object] = {"role": "assistant", "content": "Here it is.", "refusal": None}
        finish = "stop"
        if "!markdown" in words:
            message["content"] = f"Here it is. ![a fox]({url})"
        elif "!parts" in words:
            message["content"] = [
                {"type": "text", "text": "Here it is."},
                {"type": "image_url", "image_url": {"url": url}},
            ]
        elif "!multi" in words:
            part = {"inline_data": {"mime_type": "image/png", "data": url.partition(",")[2]}}
            message["multi_mod_content"] = [{"text": "Here it is.", "inlineData": {}}, part]
        elif "!refuses" in words:
            message |= {"content": None, "refusal": "I cannot draw that."}
        elif "!filter" in words:
            message["content"], finish = "", "content_filter"
        elif "!words" not in words:
            message["images"] = [{"type": "image_url", "image_url": {"url": url}}]
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        usage = {"prompt_tokens": 5, "completion_tokens": 1290, "total_tokens": 1295}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": call.fields["model"]}
        return web.json_response({**head, "choices": [choice], "usage": usage})

    def _talk(self, call: Call) -> web.StreamResponse:
        """Words alone were asked for: a text model answers."""
        said = {message["role"]: message["content"] for message in call.fields["messages"]}
        content = self.text_model.answer(said.get("system", ""), said["user"])
        message = {"role": "assistant", "content": content, "refusal": None}
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        asked, said_tokens = self.text_model.counts
        usage = {"prompt_tokens": asked, "completion_tokens": said_tokens, "total_tokens": asked + said_tokens}
        head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": call.fields["model"]}
        return web.json_response({**head, "choices": [choice], "usage": usage})

    async def _begin(self, request: web.Request, call: Call) -> web.StreamResponse:
        asked = call.fields
        if request.content_type != "multipart/form-data":
            raise Refusal(400, "multipart/form-data is expected.")
        if self.flavour == "openai" and "seed" in asked:
            raise Refusal(400, "Unknown parameter: 'seed'.", code="unknown_parameter")
        id = f"video_{len(self.films)}"
        film = Film(
            id,
            str(asked["prompt"]),
            str(asked.get("model")),
            str(asked.get("seconds", "4")),
            str(asked.get("size", "")),
        )
        self.films[id] = film
        if "!second" in film.prompt and len(self.films) > 1:
            raise Refusal(500, "The second film cannot be begun.", kind="server_error")
        return web.json_response(self._job(film))

    async def _poll(self, request: web.Request, call: Call) -> web.StreamResponse:
        film = self._found(request)
        film.polls += 1
        if "!flaky" in film.prompt and film.polls == 1:
            raise Refusal(500, "Try again.", kind="server_error")
        if "!flaky" in film.prompt and film.polls == 2:
            request.transport.close()
        if "!forgotten" in film.prompt:
            raise Refusal(404, "No such video.", code="not_found")
        return web.json_response(self._job(film))

    def _job(self, film: Film) -> dict[str, object]:
        done = film.polls >= POLLS and "!never" not in film.prompt
        job: dict[str, object] = {
            "id": film.id,
            "object": "video",
            "created_at": 1,
            "model": film.model,
            "seconds": film.seconds,
            "size": film.size,
            "status": "completed" if done else "in_progress" if film.polls else "queued",
            "progress": 100 if done else film.polls * 40,
            "error": None,
        }
        if done and "!fails" in film.prompt:
            job |= {"status": "failed", "error": {"code": "internal_error", "message": "The video could not be made."}}
        if done and "!withheld" in film.prompt:
            job |= {"status": "failed", "error": {"code": "moderation_blocked", "message": BLOCKED}}
        return job

    async def _content(self, request: web.Request, call: Call) -> web.StreamResponse:
        film = self._found(request)
        if "!late" in film.prompt and film.polls < 9:
            film.polls = 9
            raise Refusal(500, "The file is not there yet.")
        return web.Response(body=FILM, content_type="video/mp4")

    async def _delete(self, request: web.Request, call: Call) -> web.StreamResponse:
        film = self._found(request)
        film.deleted = True
        return web.json_response({"id": film.id, "object": "video.deleted", "deleted": True})

    def _found(self, request: web.Request) -> Film:
        if (film := self.films.get(request.match_info["id"])) is None or film.deleted:
            raise Refusal(404, "No such video.", code="not_found")
        return film

    async def _wait(self, request: web.Request, call: Call) -> web.StreamResponse:
        if call.fields.get("response_format") == "b64_json":
            return web.json_response({"created": 1, "data": [{"b64_json": _text(FILM)}]})
        return web.json_response({"created": 1, "data": [{"url": f"{self.url}/files/{self._stored(FILM)}"}]})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.url.port != int(self.url.rpartition(":")[2]):
            self.strange.append(request.headers.get("authorization", ""))
        if (data := self.files.get(request.match_info["name"])) is None:
            return web.Response(status=404, text="The link has expired.")
        return web.Response(body=data)

    async def _moved(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"{self.elsewhere}/files/{request.match_info['name']}")


@asynccontextmanager
async def imitating(flavour: str = "openai", **settings: object) -> AsyncIterator[Engine]:
    """An engine at work, on two ports: the second stands for another host."""
    async with at_work(Engine(flavour, **settings)) as engine:
        yield engine


@asynccontextmanager
async def at_work(engine: E) -> AsyncIterator[E]:
    """Any engine of this kind, served."""
    app = web.Application(client_max_size=1 << 26)
    app.add_routes(engine.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    for _ in range(2):
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    engine.url, engine.elsewhere = (f"http://127.0.0.1:{address[1]}" for address in runner.addresses)
    try:
        yield engine
    finally:
        engine.released.set()
        await runner.cleanup()


async def _truncated(request: web.Request, picture: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-length": "900000", "content-type": "application/json"})
    await response.prepare(request)
    await response.write(f'{{"data":[{{"b64_json":"{_text(picture)}'.encode())
    request.transport.close()
    return response


def _pixels(size: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)x(\d+)", size)
    return (int(match[1]), int(match[2])) if match else (1024, 1024)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
