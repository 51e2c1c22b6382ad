"""Imitates Google AI Studio (the Developer API): content, Interactions, files, and the older predict calls."""

from contextlib import AbstractAsyncContextManager

from aiohttp import web

from .googles import POLLS, Engine, Refusal, Tree, Work, at_work, cut, faults, filtered, inline, text
from .media import a_picture

KEY = "AIza-imitation-0123456789"
VERSIONS = "{version:v1|v1beta|v1alpha}"


class Studio(Engine):
    """See `googles.Engine`."""

    def routes(self) -> list[web.RouteDef]:
        models = f"/{VERSIONS}/models/{{model:[^/:]+}}"
        interactions = f"/{VERSIONS}/interactions"
        return [
            web.get(f"/{VERSIONS}/models", self.guarded(self._list)),
            web.post(f"{models}:generateContent", self.guarded(self.content)),
            web.post(f"{models}:predict", self.guarded(self.predict)),
            web.post(f"{models}:predictLongRunning", self.guarded(self.begin)),
            web.get(f"{models}/operations/{{id}}", self.guarded(self._poll)),
            web.get(f"/{VERSIONS}/files/{{name}}:download", self.guarded(self._file)),
            web.post(interactions, self.guarded(self._interact)),
            web.get(f"{interactions}/{{id}}", self.guarded(self._look)),
            web.post(f"{interactions}/{{id}}/cancel", self.guarded(self._cancel)),
        ]

    async def _list(self, request: web.Request, body: Tree) -> web.StreamResponse:
        rows = [{"name": f"models/{id}", "supportedGenerationMethods": ["generateContent"]} for id in self.models]
        return web.json_response({"models": rows})

    async def _poll(self, request: web.Request, body: Tree) -> web.StreamResponse:
        return await self.operation(request, request.path.partition("/")[2].partition("/")[2])

    async def finished(self, request: web.Request, work: Work, words: set[str]) -> web.StreamResponse:
        count = work.body.get("parameters", {}).get("sampleCount", 1) - (1 if filtered(words) else 0)
        samples = [{"video": {"uri": self._uri(work, at), "encoding": "video/mp4"}} for at in range(count)]
        response = {**({"generatedSamples": samples} if samples and "empty" not in words else {}), **filtered(words)}
        kind = "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse"
        told = {"name": work.id, "done": True, "response": {"@type": kind, "generateVideoResponse": response}}
        return web.json_response(told)

    def _uri(self, work: Work, at: int) -> str:
        """On Google's own host, whatever address it was asked at."""
        name = "expired" if "expired" in faults(work.prompt) else f"film{at}x{abs(hash(work.id))}"
        return f"https://generativelanguage.googleapis.com/v1beta/files/{name}:download?alt=media"

    async def _file(self, request: web.Request, body: Tree) -> web.StreamResponse:
        if request.query.get("alt") != "media" or "expired" in request.path:
            raise Refusal(403, "You do not have permission to access the File or it may not exist.")
        return web.Response(body=self.film, content_type="video/mp4")

    async def _interact(self, request: web.Request, body: Tree) -> web.StreamResponse:
        prompt = _words(body)
        if failed := await self.fail(request, prompt):
            return failed
        known = {"model", "input", "system_instruction", "response_format", "generation_config", "background", "store"}
        if unknown := body.keys() - known - {"stream", "response_modalities"}:
            raise Refusal(400, f"Unknown parameter: {min(unknown)}.")
        id = f"int{len(self.works) + 1}"
        work = self.works[id] = Work(id, prompt, body)
        if body.get("background"):
            return web.json_response({"id": id, "object": "interaction", "status": "in_progress"})
        return web.json_response(self._ended(work))

    async def _look(self, request: web.Request, body: Tree) -> web.StreamResponse:
        if request.match_info["id"] not in self.works:
            raise Refusal(404, "Interaction not found.")
        work = self.works[request.match_info["id"]]
        work.polls += 1
        words = faults(work.prompt)
        if failed := await self.stumble(request, words, work.polls):
            return failed
        if work.cancelled:
            return web.json_response({"id": work.id, "status": "cancelled"})
        if "stuck" in words or work.polls < POLLS:
            return web.json_response({"id": work.id, "object": "interaction", "status": "in_progress"})
        if "cut" in words and work.polls == POLLS:
            return await cut(request, f'{{"id":"{work.id}","steps":[{{"data":"{text(self.film)[:40_000]}')
        return web.json_response(self._ended(work))

    async def _cancel(self, request: web.Request, body: Tree) -> web.StreamResponse:
        work = self.works[request.match_info["id"]]
        work.cancelled = True
        return web.json_response({"id": work.id, "status": "cancelled"})

    def _ended(self, work: Work) -> Tree:
        words = faults(work.prompt)
        if "first-only" in words and len(self.works) > 1 and work.id == "int1":
            words = words | {"violates"}
        head = {"id": work.id, "object": "interaction", "model": work.body["model"], "role": "model"}
        if words & {"failed", "violates"}:
            message = "It broke." if "failed" in words else "The output violates our usage guidelines."
            return {**head, "status": "failed", "errors": [{"code": "error", "message": message}]}
        if "incomplete" in words:
            return {**head, "status": "incomplete"}
        content = [self._made(work, words), {"type": "text", "text": "Here it is."}]
        steps = [{"type": "thought", "signature": text(bytes(60_000))}, {"type": "model_output", "content": content}]
        usage = {"total_input_tokens": 7, "total_output_tokens": 40_000, "total_thought_tokens": 100}
        return {**head, "status": "completed", "steps": steps, "usage": usage}

    def _made(self, work: Work, words: set[str]) -> Tree:
        wanted = work.body.get("response_format", {})
        if "words" in words:
            return {"type": "text", "text": "I would rather not."}
        if wanted.get("type") != "video":
            return {"type": "image", "mime_type": "image/png", "data": inline(a_picture())["inlineData"]["data"]}
        if "inline" in words or wanted.get("delivery") != "uri":
            return {"type": "video", "mime_type": "video/mp4", "data": text(self.film)}
        return {"type": "video", "mime_type": "video/mp4", "uri": self._uri(work, 0)}


def _words(body: Tree) -> str:
    if isinstance(body["input"], str):
        return body["input"]
    return " ".join(part.get("text", "") for step in body["input"] for part in step["content"])


def imitating(keys: tuple[str, ...] = (KEY,)) -> AbstractAsyncContextManager[Studio]:
    """AI Studio at work."""
    return at_work(Studio(keys))
