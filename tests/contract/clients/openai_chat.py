"""Calls a server with openai: pictures over chat, streams and everything that can go wrong.

Env: BASE, KEY, FOLDER for files, POOR: a key that has no money, DAILY: one that
has none today, RATED: one that may ask once a minute.
"""

import base64
import os
from pathlib import Path

from facts import Facts
from openai import OpenAI
from openai.types.chat import ChatCompletion

BASE, KEY, FOLDER, POOR, DAILY, RATED = (
    os.environ[name] for name in ("BASE", "KEY", "FOLDER", "POOR", "DAILY", "RATED")
)
GEMINI = "gemini-2.0-flash-preview-image-generation"
BOTH = ["text", "image"]


def connect(key: str = KEY) -> OpenAI:
    return OpenAI(api_key=key, base_url=BASE + "/v1")


def asked(content: object, *, key: str = KEY, model: str = GEMINI, **more: object) -> ChatCompletion:
    messages = [{"role": "user", "content": content}]
    return connect(key).chat.completions.create(model=model, messages=messages, **more)


def kept(answer: ChatCompletion, name: str) -> dict[str, object]:
    """The document's way to read an answer, word for word."""
    words, files = [], []
    for part in answer.choices[0].message.multi_mod_content:
        if "text" in part and part["text"] is not None:
            words.append(part["text"])
        elif "inline_data" in part and part["inline_data"] is not None:
            file = Path(FOLDER, f"{name}-{len(files)}.png")
            file.write_bytes(base64.b64decode(part["inline_data"]["data"]))
            files.append([file.name, part["inline_data"].get("mime_type", "none")])
    usage = answer.usage
    return {
        "words": words,
        "files": files,
        "content": answer.choices[0].message.content,
        "finish": answer.choices[0].finish_reason,
        "tokens": [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens],
        "request": answer._request_id,
        "created": answer.created,
    }


def drawn() -> dict[str, object]:
    return kept(asked("a red fox in the snow", modalities=BOTH, temperature=0.7, seed=3), "drawn")


def edited() -> dict[str, object]:
    data = base64.b64encode(Path(FOLDER, "drawn-0.png").read_bytes()).decode()
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
    return kept(asked([{"type": "text", "text": "in children's crayon style"}, picture], modalities=BOTH), "edited")


def streamed() -> dict[str, object]:
    words, parts, finishes, usages = "", [], [], []
    usage = {"include_usage": True}
    for chunk in asked("a red fox in the snow", modalities=BOTH, stream=True, stream_options=usage, seed=3):
        usages += [chunk.usage.total_tokens] if chunk.usage else []
        for choice in chunk.choices:
            words += choice.delta.content or ""
            parts += getattr(choice.delta, "multi_mod_content", None) or []
            finishes += [choice.finish_reason] if choice.finish_reason else []
    Path(FOLDER, "streamed.png").write_bytes(base64.b64decode(parts[0]["inline_data"]["data"]))
    return {"words": words, "parts": len(parts), "finishes": finishes, "usages": usages}


def told(prompt: str, **more: object) -> str:
    """The words of a stream to its end."""
    chunks = asked(prompt, stream=True, **more)
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


def advised() -> dict[str, object]:
    """What comes of leaving the model open: the header first, then the answer."""
    chat = connect().chat.completions.with_raw_response
    message = {"role": "user", "content": "a minimalist logo of a fox"}
    raw = chat.create(model="auto", messages=[message])
    answer = raw.parse()
    told = {"header": raw.headers["danqing-advised"], "job": raw.headers["danqing-job"], "model": answer.model}
    return {**told, **kept(answer, "advised")}


def hurried() -> object:
    """Two requests in one minute; the client does not wait for its next turn by itself."""
    chat = connect(RATED).with_options(max_retries=0).chat.completions
    message = {"role": "user", "content": "what would you draw?"}
    return [chat.create(model=GEMINI, messages=[message]) for _ in range(2)]


def main() -> None:
    facts = Facts()
    facts.of("drawn", drawn)
    facts.of("edited", edited)
    facts.of("streamed", streamed)
    facts.of("words", lambda: asked("what would you draw?").choices[0].message.content)
    facts.of("models", lambda: [model.id for model in connect().models.list()])
    facts.of("model", lambda: connect().models.retrieve(GEMINI).id)
    facts.of("advised", advised)
    facts.of("nobody", lambda: asked("a fox", model="auto", n=40))
    facts.of("two", lambda: asked("a fox", n=2))
    facts.of("unknown model", lambda: asked("a fox", model="gemini-0"))
    facts.of("filtered", lambda: asked("[danqing:filtered] a fox", modalities=BOTH))
    facts.of("failed", lambda: asked("[danqing:fail] a fox that is tried once"))
    facts.of("failed film", lambda: asked("[danqing:fail] a fox that is filmed once", model="veo-3"))
    facts.of("broken stream", lambda: told("[danqing:fail] a fox", modalities=BOTH))
    facts.of("filtered film stream", lambda: told("[danqing:filtered] a fox", model="veo-3"))
    facts.of("no money", lambda: asked("a fox", key=POOR, modalities=BOTH))
    facts.of("no money to stream", lambda: told("a fox", key=POOR, modalities=BOTH))
    facts.of("no money today", lambda: asked("a fox", key=DAILY, modalities=BOTH))
    facts.of("too fast", hurried)
    facts.of("wrong key", lambda: asked("a fox", key="sk-test-wrong"))
    facts.of("web address", lambda: asked([{"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}]))
    facts.of("unknown path", lambda: connect().moderations.create(input="a fox"))
    facts.tell()


main()
