"""What the imitations of Google's two surfaces share: pictures, operations, errors, and what goes wrong on demand.

What goes wrong is chosen by words with a "!" in the prompt. Shapes are from google-genai's own types and the recorded
bodies of wire.md; nothing of it was checked against the real services.
"""

import asyncio
import base64
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from aiohttp import web

from .media import FILM, a_picture
from .text_model import TextModel

POLLS = 2  # until a work is done
POLICY = (
    "The prompt could not be submitted. This prompt contains sensitive words that violate Google's Responsible AI "
    "practices. Try rephrasing the prompt. Support codes: 42876398"
)
RATIOS = {"1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9", "1:4", "4:1", "1:8", "8:1"}
SIZES = {"512", "1K", "2K", "4K"}
SIGNATURE = base64.b64encode(bytes(60_000)).decode()  # longer than many a picture
CONFIG = {
    *("responseModalities", "imageConfig", "candidateCount", "seed", "temperature", "topP", "topK", "stopSequences"),
    *("maxOutputTokens", "thinkingConfig", "mediaResolution"),
}
STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
STATUS |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}

Tree = dict[str, Any]


@dataclass
class Call:
    """What was asked, by whom."""

    method: str
    path: str
    key: str
    body: Tree = field(default_factory=dict)


@dataclass
class Work:
    """Something that goes on in the background."""

    id: str
    prompt: str
    body: Tree
    polls: int = 0
    cancelled: bool = False


class Refusal(Exception):
    """Ends a call with an error in Google's shape."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"code": status, "message": message, "status": STATUS[status]}}


ALIVE = ("gemini-3.1-flash-image", "gemini-3-pro-image", "gemini-omni-1.1-flash", "veo-3.1-generate-001")


class Engine:
    """A server. `calls` is all that it was asked."""

    image_fields: ClassVar[set[str]] = {"aspectRatio", "imageSize"}

    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
        self.url = ""
        self.calls: list[Call] = []
        self.works: dict[str, Work] = {}
        self.film = FILM
        self.models: Sequence[str] = ALIVE
        self.shape = (64, 64)  # of its pictures
        self.text_model = TextModel()
        self.held = False  # nothing that goes on in the background ends
        self.released = asyncio.Event()
        self._noticed = asyncio.Condition()

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    async def asked(self, count: int, ending: str = "") -> None:
        """Return when there have been so many calls, or so many whose path ends so."""
        async with self._noticed:
            await self._noticed.wait_for(lambda: len(self.bodies(ending)) >= count)

    def bodies(self, ending: str) -> list[Tree]:
        """Of the calls whose path ends so."""
        return [call.body for call in self.calls if call.path.endswith(ending)]

    def key_of(self, request: web.Request) -> str:
        return request.headers.get("x-goog-api-key", "")

    def guarded(self, handler: Callable[[web.Request, Tree], Any]) -> Callable[[web.Request], Any]:
        """With its key checked, its body read, and Google's errors."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            call = Call(request.method, request.path, self.key_of(request))
            self.calls.append(call)
            async with self._noticed:
                self._noticed.notify_all()
            try:
                if call.key not in self.keys:
                    raise Refusal(400, "API key not valid. Please pass a valid API key.")
                if request.method == "POST" and request.can_read_body:
                    call.body = await request.json()
                return await handler(request, call.body)
            except Refusal as refusal:
                headers = {"retry-after": "3"} if refusal.status == 429 else {}
                return web.json_response(refusal.body, status=refusal.status, headers=headers)

        return guarded

    async def fail(self, request: web.Request, prompt: str) -> web.StreamResponse | None:
        """The faults that every paid call can have."""
        words = faults(prompt)
        second = "second-busy" in words and sum(call.method == "POST" for call in self.calls) == 2
        if "busy" in words or second:
            raise Refusal(429, "Resource has been exhausted (e.g. check quota).")
        if "500" in words:
            raise Refusal(500, "An internal error has occurred. Please retry.")
        if "forbidden" in words:
            raise Refusal(403, "Permission denied on resource.")
        if "policy" in words:
            raise Refusal(400, POLICY)
        if "hangup" in words and request.transport:
            request.transport.close()
        if "never" in words:
            await self.released.wait()
        if "inside" in words:
            return web.json_response({"error": {"code": 500, "message": "It broke.", "status": "INTERNAL"}})
        if "html" in words:
            return web.Response(text="<html>welcome</html>", content_type="text/html")
        if "truncated" in words:
            return await cut(request, f'{{"candidates":[{{"content":{{"parts":[{{"inlineData":{{"data":"{large()}')
        return None

    async def content(self, request: web.Request, body: Tree) -> web.StreamResponse:
        """`generateContent`."""
        prompt = last_words(body)
        if failed := await self.fail(request, prompt):
            return failed
        self._check(request, body)
        words_alone = body.get("generationConfig", {}).get("responseModalities") == ["TEXT"]
        if words_alone and "blocked" not in faults(prompt):
            return web.json_response(self._talk(body, prompt))
        return web.json_response(self._answer(faults(prompt), len(self.bodies(request.path))))

    def _check(self, request: web.Request, body: Tree) -> None:
        config = body.get("generationConfig", {})
        image = config.get("imageConfig", {})
        for unknown in [*(config.keys() - CONFIG), *(image.keys() - self.image_fields)]:
            raise Refusal(400, f'Invalid JSON payload received. Unknown name "{unknown}": Cannot find field.')
        if image.get("aspectRatio", "1:1") not in RATIOS or image.get("imageSize", "1K") not in SIZES:
            raise Refusal(400, "Invalid image config.")
        for content in body["contents"]:
            for part in content["parts"]:
                file = part.get("inlineData", {})
                if file and not decoded(file["data"]).startswith((b"\x89PNG", b"\xff\xd8")):
                    raise Refusal(400, "Unable to process input image.")
                if file and content["role"] == "model" and not (part.get("thought") or part.get("thoughtSignature")):
                    raise Refusal(400, "Image part is missing a thought_signature in content.")

    def _answer(self, words: set[str], number: int) -> Tree:
        usage = {
            "promptTokenCount": 7,
            "candidatesTokenCount": 1120,
            "totalTokenCount": 1327,
            "thoughtsTokenCount": 200,
            "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
        }
        whole = {"usageMetadata": usage, "modelVersion": "imitation", "responseId": f"r{number}"}
        if "blocked" in words:
            return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, **whole}
        if "nothing" in words:
            return whole
        if "first-only" in words and number == 1:
            words = words | {"IMAGE_SAFETY"}
        picture = a_picture(*self.shape, large="large" in words, seed=number)
        thought = {"thought": True, **inline(a_picture(seed=99))}
        parts = [{"text": "Thinking.", "thought": True}, thought, {"text": "Here it is."}]
        parts.append({**inline(picture), "thoughtSignature": "c2ln" if "signed" in words else SIGNATURE})
        reason = next((word for word in words if word.isupper()), "STOP")
        if reason != "STOP":
            return {"candidates": [{"finishReason": reason, "finishMessage": "Try other words.", "index": 0}], **whole}
        if "words" in words:
            parts = [{"text": "I cannot draw that."}]
        candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
        return {"candidates": [candidate], **whole}

    def _talk(self, body: Tree, prompt: str) -> Tree:
        """Words alone were asked for: a text model answers."""
        task = " ".join(part["text"] for part in body.get("systemInstruction", {}).get("parts", []))
        parts = [{"text": "Thinking.", "thought": True}, {"text": self.text_model.answer(task, prompt)}]
        candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
        asked, said = self.text_model.counts
        usage = {"promptTokenCount": asked, "candidatesTokenCount": said, "thoughtsTokenCount": 100}
        return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "imitation", "responseId": "t1"}

    async def predict(self, request: web.Request, body: Tree) -> web.StreamResponse:
        """Imagen's `:predict`."""
        prompt = body["instances"][0].get("prompt", "")
        if failed := await self.fail(request, prompt):
            return failed
        words, asked = faults(prompt), body.get("parameters", {})
        count = asked.get("sampleCount", 4)
        made: list[Tree] = [
            {"mimeType": "image/png", "bytesBase64Encoded": text(a_picture(large="large" in words, seed=at))}
            for at in range(count)
        ]
        if "rai" in words:
            made[0] = {"raiFilteredReason": "Unable to show generated images. Support codes: 58061214"}
        if "all-rai" in words:
            made = [{"raiFilteredReason": "Unable to show generated images."}] * count
        if "fewer" in words:
            made = made[1:]
        if not asked.get("includeRaiReason"):
            made = [one for one in made if "raiFilteredReason" not in one]
        return web.json_response({} if "empty" in words else {"predictions": made})

    async def begin(self, request: web.Request, body: Tree) -> web.StreamResponse:
        """Veo's `:predictLongRunning`."""
        prompt = body["instances"][0].get("prompt", "")
        if failed := await self.fail(request, prompt):
            return failed
        model = request.match_info["model"]
        name = f"{self.resource(request)}models/{model}/operations/op{len(self.works) + 1}"
        self.works[name] = Work(name, prompt, body)
        return web.json_response({"name": name})

    def resource(self, request: web.Request) -> str:
        return ""

    async def operation(self, request: web.Request, name: str) -> web.StreamResponse:
        """How far an operation is."""
        if name not in self.works:
            raise Refusal(404, "Operation not found.")
        work = self.works[name]
        work.polls += 1
        words = faults(work.prompt)
        if failed := await self.stumble(request, words, work.polls):
            return failed
        if self.held or "stuck" in words or work.polls < POLLS:
            return web.json_response({"name": name, "metadata": {"progressPercent": 40}})
        if error := operation_error(words):
            return web.json_response({"name": name, "done": True, "error": error})
        return await self.finished(request, work, words)

    async def finished(self, request: web.Request, work: Work, words: set[str]) -> web.StreamResponse:
        raise NotImplementedError

    async def stumble(self, request: web.Request, words: set[str], polls: int) -> web.StreamResponse | None:
        """Polls that get lost, or that nobody answers."""
        if "hung" in words and polls == 1:
            await self.released.wait()
        if "lost" not in words or polls > 3:
            return None
        if polls == 1:
            raise Refusal(503, "The service is currently unavailable.")
        if polls == 2 and request.transport:
            request.transport.close()
        return web.Response(text="<html>bad gateway</html>", status=502)


def filtered(words: set[str]) -> Tree:
    """What an operation says of films that it withheld."""
    if "silent" in words:
        return {"raiMediaFilteredCount": 1}
    if words & {"filtered", "partly"}:
        return {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["A film shows a celebrity."]}
    return {}


def operation_error(words: set[str]) -> Tree:
    """The google.rpc.Status that an operation ends with."""
    codes = {"code3": 3, "code4": 4, "code8": 8, "code13": 13}
    if "op-policy" in words:
        return {"code": 3, "message": "Veo could not generate videos because it violates our usage guidelines."}
    return next(({"code": code, "message": "It broke."} for word, code in codes.items() if word in words), {})


def faults(prompt: str) -> set[str]:
    """The words with a "!"."""
    return set(re.findall(r"!([A-Za-z0-9_-]+)", prompt))


def last_words(body: Tree) -> str:
    return " ".join(part.get("text", "") for part in body["contents"][-1]["parts"])


def inline(data: bytes) -> Tree:
    return {"inlineData": {"mimeType": "image/png", "data": text(data)}}


def text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def large() -> str:
    return text(a_picture(large=True))


def decoded(data: str) -> bytes:
    """Both alphabets, as Google takes them."""
    return base64.b64decode(data.translate(str.maketrans("-_", "+/")) + "=" * (-len(data) % 4))


async def cut(request: web.Request, beginning: str) -> web.StreamResponse:
    """An answer that breaks off."""
    response = web.StreamResponse(headers={"content-length": "9000000", "content-type": "application/json"})
    await response.prepare(request)
    await response.write(beginning.encode())
    if request.transport:
        request.transport.close()
    return response


E_ = TypeVar("E_", bound=Engine)


@asynccontextmanager
async def at_work(engine: E_) -> AsyncIterator[E_]:
    """The engine behind a port."""
    app = web.Application(client_max_size=1 << 27)
    app.add_routes(engine.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    engine.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield engine
    finally:
        engine.released.set()
        await runner.cleanup()
