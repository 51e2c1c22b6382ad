"""Chat completions, written: the answer in one piece and in chunks, with pictures in `multi_mod_content`.

The layout of a picture satisfies three kinds of readers at once (wire.md 9.2, 9.3): a part with a picture has no
`text`, a part with words has no `inline_data`, no key is null, and the second copy of the base64 has a blank before it
that hides it from `grep '"data":"'`. Who asks for it gets them in `images` besides (wire.md 9.4).
"""

from danqing.domain.jobs import Job
from danqing.domain.media import Blob, Medium
from danqing.wire.holes import Hole, Json, Tree


def completion(job: Job, *, content: str | None = None, listed: bool = False) -> Tree:
    """The answer in one piece. `content` is said instead of the job's own words (the story of a film).

    `listed`: with its pictures in `images` too.
    """
    words = job.text if content is None else content
    message: Tree = {"role": "assistant", "content": words, "refusal": None}
    if Medium.IMAGE in job.generation.wants:
        message["multi_mod_content"] = [*_text_part(words), *_picture_parts(job)]
        message |= _images(job) if listed else {}
    message["annotations"] = []
    choice: Tree = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {**_head(job, "chat.completion"), "choices": [choice], "usage": _usage(job)}


def first_chunk(job: Job) -> Tree:
    """Opens a stream."""
    return _chunk(job, {"role": "assistant", "content": ""})


def words_chunk(job: Job, text: str) -> Tree:
    """Some more words."""
    return _chunk(job, {"content": text})


def media_chunk(job: Job, *, listed: bool = False) -> Tree:
    """The pictures that are there; their words were sent before."""
    return _chunk(job, {"multi_mod_content": _picture_parts(job), **(_images(job) if listed else {})})


def stop_chunk(job: Job) -> Tree:
    """Ends the answer, but for a usage that was asked for."""
    return _chunk(job, {}, finish_reason="stop")


def usage_chunk(job: Job) -> Tree:
    """What `stream_options.include_usage` asks for; the last chunk of a stream."""
    return {**_head(job, "chat.completion.chunk"), "choices": [], "usage": _usage(job)}


def _chunk(job: Job, delta: Tree, *, finish_reason: str | None = None) -> Tree:
    choice: Tree = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
    return {**_head(job, "chat.completion.chunk"), "choices": [choice]}


def _head(job: Job, kind: str) -> Tree:
    return {
        "id": "chatcmpl-" + job.id.replace("-", ""),
        "object": kind,
        "created": int(job.created.timestamp()),
        "model": job.generation.model,
    }


def _usage(job: Job) -> Tree:
    units = job.usage()
    return {
        "prompt_tokens": units.input_tokens,
        "completion_tokens": units.output_tokens,
        "total_tokens": units.input_tokens + units.output_tokens,
    }


def _text_part(words: str) -> list[Json]:
    return [{"text": words, "inlineData": {}}] if words else []


def _picture_parts(job: Job) -> list[Json]:
    return [_picture_part(blob) for blob in _pictures(job)]


def _images(job: Job) -> Tree:
    """What OpenRouter and LiteLLM say: data: URLs, numbered."""
    listed: list[Json] = [
        {"type": "image_url", "image_url": {"url": Hole(blob, url=True)}, "index": at}
        for at, blob in enumerate(_pictures(job))
    ]
    return {"images": listed}


def _pictures(job: Job) -> list[Blob]:
    return [output.blob for output in job.outputs if output.medium is Medium.IMAGE and output.blob]


def _picture_part(blob: Blob) -> Tree:
    return {
        "inline_data": {"mime_type": blob.mime, "data": Hole(blob)},
        "inlineData": {"mimeType": blob.mime, "data": Hole(blob, spaced=True)},
    }
