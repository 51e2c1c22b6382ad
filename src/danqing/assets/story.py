"""The story of an output as text: JSON to be read back by Danqing, and the few words that other programs show."""

import json
import re

from danqing.domain.ports import Story

_CAPTION_MAX = 2_000  # characters; the whole prompt stands in the story itself

_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def dump(story: Story) -> str:
    """JSON that may stand in XML and in UTF-8: what neither can hold is escaped."""
    plain = json.dumps(dict(story), ensure_ascii=False, separators=(",", ":"), default=str)
    return _NOT_XML.sub(lambda match: f"\\u{ord(match[0]):04x}", plain)


def parse(text: str | bytes) -> dict[str, object] | None:
    """The story, or None when this is not one."""
    try:
        story = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return story if isinstance(story, dict) else None


def caption(story: Story) -> str:
    """The prompt, as a description for viewers."""
    prompt = _CONTROL.sub(" ", _NOT_XML.sub(" ", str(story.get("prompt", ""))))
    return prompt if len(prompt) <= _CAPTION_MAX else f"{prompt[:_CAPTION_MAX]}…"


def software(story: Story) -> str:
    """Who wrote the file, for viewers."""
    return f"Danqing {story.get('danqing', '')}".strip()


def shorter(story: Story) -> Story:
    """The story with half of its prompt, for containers with little room."""
    prompt = str(story.get("prompt", "")).removesuffix("…")
    return {**story, "prompt": prompt[: len(prompt) // 2] + "…"}
