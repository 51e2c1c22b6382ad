"""Imitates AiHubMix as its document has it: Imagen and Veo below /gemini, pictures in chat, and films told in a chat.

Errors below /gemini are Google's or OpenAI's, as with gateways of its family. Words with a "!" in the prompt choose
what goes wrong. Nothing of it was checked against the real service.
"""

import base64
import json

from aiohttp import web

from .media import FILM, a_picture
from .openai import Call, Engine, Refusal

TASK = "8167db37-2b7c-4794-9232-891d02ca7fa3"
RAI = "Unable to show generated images. They violated usage guidelines. Support codes: 29310472"
POLLS = 2


class Hub(Engine):
    """The gateway."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: dict[str, tuple[str, int]] = {}  # the prompt, and how often it was asked for
        self.sources = 0

    def routes(self) -> list[web.RouteDef]:
        own = [
            web.post("/gemini/v1beta/models/{call:[^/]+:predict}", self._guarded(self._predict)),
            web.post("/gemini/v1beta/models/{call:[^/]+:predictLongRunning}", self._guarded(self._start)),
            web.get("/gemini/v1beta/{above:.*}/operations/{id}", self._guarded(self._operation)),
            web.get("/gemini/v1beta/files/{name}", self._guarded(self._download)),
            web.get("/source/{task}", self._source),
            web.get("/cdn/{path:.*}", self._cdn),
        ]
        return [*own, *super().routes()]

    async def _predict(self, request: web.Request, call: Call) -> web.StreamResponse:
        prompt = call.fields["instances"][0]["prompt"]
        asked = call.fields.get("parameters", {})
        if "!sensitive" in prompt:
            error = {"code": 400, "message": RAI, "status": "INVALID_ARGUMENT"}
            return web.json_response({"error": error}, status=400)
        if "!blank" in prompt:
            return web.json_response({})
        count = int(asked.get("sampleCount") or asked.get("numberOfImages") or 4)
        made: list[dict[str, object]] = [
            {
                "mimeType": "image/png",
                "bytesBase64Encoded": _text(a_picture(*self.shape, seed=at, large="large" in prompt)),
            }
            for at in range(count)
        ]
        if "!reason" in prompt:
            made[-1] = {"raiFilteredReason": RAI}
        return web.json_response({"predictions": made})

    async def _start(self, request: web.Request, call: Call) -> web.StreamResponse:
        id = f"ff{len(self.operations)}"
        self.operations[id] = (call.fields["instances"][0]["prompt"], 0)
        model = request.match_info["call"].partition(":")[0]
        return web.json_response({"name": f"models/{model}/operations/{id}"})

    async def _operation(self, request: web.Request, call: Call) -> web.StreamResponse:
        id = request.match_info["id"]
        prompt, polls = self.operations[id]
        self.operations[id] = (prompt, polls + 1)
        if "!flaky" in prompt and polls == 0:
            raise Refusal(500, "Try again.", kind="server_error")
        name = f"projects/ahm-gemini-03/locations/us-central1/publishers/google/models/x/operations/{id}"
        if polls < POLLS or "!endless" in prompt:
            return web.json_response({"name": name})
        if "!dies" in prompt:
            return web.json_response({"name": name, "done": True, "error": {"code": 13, "message": "Internal error."}})
        films: list[dict[str, object]] = [{"bytesBase64Encoded": _text(FILM), "mimeType": "video/mp4"}]
        response: dict[str, object] = {"raiMediaFilteredCount": 0, "videos": films}
        if "!rai" in prompt:
            response = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [RAI]}
        if "!nothing" in prompt:
            response = {}
        if "!uri" in prompt:
            uri = "https://generativelanguage.googleapis.com/v1beta/files/abc123:download?alt=media"
            response = {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": uri}}]}}
        return web.json_response({"name": name, "done": True, "response": response})

    async def _download(self, request: web.Request, call: Call) -> web.StreamResponse:
        if request.match_info["name"] != "abc123:download":
            raise Refusal(404, "No such file.")
        return web.Response(body=FILM)

    async def _chat(self, request: web.Request, call: Call) -> web.StreamResponse:
        if call.fields["model"] == "veo-3":
            return await self._tell(request, call)
        if "!" not in json.dumps(call.fields["messages"]):
            call.fields["messages"].append({"role": "system", "content": "!multi"})
        return await super()._chat(request, call)

    async def _tell(self, request: web.Request, call: Call) -> web.StreamResponse:
        prompt = call.fields["messages"][-1]["content"]
        story = list(self._story(prompt))
        if not call.fields.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": "".join(story)}, "finish_reason": "stop"}
            return web.json_response({"id": "x", "object": "chat.completion", "choices": [choice]})
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        for piece in story:
            choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
            await response.write(f"data: {json.dumps({'id': 'x', 'choices': [choice]})}\n\n".encode())
        if "!breaks" in prompt:
            request.transport.close()
        else:
            await response.write(b"data: [DONE]\n\n")
        return response

    def _story(self, prompt: str) -> list[str]:
        """The document's own example, piece by piece."""
        opening = json.dumps({"prompt": f"A sleek {prompt}"}, indent=2)
        links = f"> [Data Preview]({self.url}/web/{TASK}) | [Source Data]({self.url}/source/{TASK})\n"
        pieces = [
            f"{opening}\n> Video generation task created\n> Task ID: `{TASK}`\n",
            links,
            "> Waiting for processing\n",
        ]
        making = ["\n> Type: Text-to-video generation\n> 🎬 Starting video generation", *["."] * 19, "\n"]
        if "!wordless" in prompt:
            return ["I cannot make films."]
        if "!breaks" in prompt:
            return [*pieces, *making[:5]]
        if "!refused" in prompt:
            return [*pieces, *making, "\n> ❌ Video generation failed: the prompt may violate our content policy\n"]
        if "!fails" in prompt:
            return [*pieces, *making, "\n> ❌ Video generation failed: internal error\n"]
        place = f"{self.elsewhere if '!elsewhere' in prompt else self.url}/cdn"
        ends = [
            "\n> 🔄 Optimizing video quality.................\n",
            "\n> 🎉 High-quality video generated\n",
            f"\n[▶️ Watch Online]({place}/20250615/T7.mp4) | [⏬ Download Video]({place}/download/20250615/T7.mp4)",
        ]
        return [*pieces, *making, "\n> ⚠️ Retrying (0/3)\n", *making, *ends]

    async def _source(self, request: web.Request) -> web.StreamResponse:
        self.sources += 1
        film = f"{self.url}/cdn/download/20250615/T7.mp4".replace("/", "\\/")
        state = f'"video_url": "{film}"' if self.sources > 1 else '"status": "processing"'
        return web.Response(text=f'{{"id": "{TASK}", {state}}}', content_type="application/json")

    async def _cdn(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=FILM, content_type="video/mp4")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
