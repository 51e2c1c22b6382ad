"""The story of a film as a gateway's chat tells it, read: the opposite of `filmchat`, from however much has come."""

import re
from dataclasses import dataclass

import msgspec

from danqing.wire.google.refusals import is_policy, shortened

_PROMPT = re.compile(r"\A\s*(\{.{0,20000}?\n\})", re.DOTALL)
_TASK = re.compile(r"Task ID: `([^`\s]{1,200})`")
_SOURCE = re.compile(r"\[Source Data\]\((https?://[^)\s]{1,2000})\)")
_SAVE = re.compile(r"\[[^\]\n]{0,40}Download[^\]\n]{0,40}\]\((https?://[^)\s]{1,2000})\)")
_WATCH = re.compile(r"\[[^\]\n]{0,40}Watch[^\]\n]{0,40}\]\((https?://[^)\s]{1,2000})\)")
_FILE = re.compile(r"https?://[^\s\"'()<>\\]{1,2000}?\.mp4")
_RETRY = re.compile(r"Retrying \([0-9]+/[0-9]+\)")
_FAILED = re.compile(
    r"^.{0,40}(?:❌|generation failed|failed to generate|task failed|生成失败|生成失敗|任务失败|任務失敗).{0,2000}$",
    re.MULTILINE | re.IGNORECASE,
)
_CONTENT = re.compile(r"违规|違規|敏感|审核|審核|sensitive|moderat|unsafe|safety|filtered|policy", re.IGNORECASE)
_MAKING = re.compile(r"Starting video generation(\.*)")
_IMPROVING = re.compile(r"Optimizing video quality(\.*)")
_DOTS_MAKING, _DOTS_IMPROVING = 21, 17  # of a film that took its usual time
_MAKING_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class FilmStory:
    """What is known so far. `failure` is why there will be no film, and `filtered` whether the content is the cause.

    `source` is the address that goes on telling when the chat has broken off.
    """

    task: str = ""
    prompt: str = ""
    source: str = ""
    link: str = ""
    fraction: float = 0.0
    stage: str = ""
    failure: str = ""
    filtered: bool = False


def read_story(text: str) -> FilmStory:
    """The story from the text so far."""
    attempts = _RETRY.split(text)
    link = _first(_SAVE, text) or _first(_WATCH, text) or link_in(text)
    fraction, stage = _progress(attempts[-1])
    failed = None if link else _FAILED.search(attempts[-1])
    failure = shortened(failed.group().strip(" >❌")) if failed else ""
    return FilmStory(
        task=_first(_TASK, text),
        prompt=_prompt(text),
        source=_first(_SOURCE, text),
        link=link,
        fraction=1.0 if link else fraction,
        stage=f"{stage}, attempt {len(attempts)}" if len(attempts) > 1 and stage else stage,
        failure=failure,
        filtered=bool(failure) and (is_policy(failure) or _CONTENT.search(failure) is not None),
    )


def link_in(text: str) -> str:
    """The first film that a page or a document links to; "" when there is none."""
    found = _FILE.search(text.replace("\\/", "/"))
    return found.group() if found else ""


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _prompt(text: str) -> str:
    found = _PROMPT.match(text)
    try:
        tree = msgspec.json.decode(found[1]) if found else None
    except (msgspec.DecodeError, RecursionError):
        return ""
    prompt = tree.get("prompt") if isinstance(tree, dict) else None
    return prompt if isinstance(prompt, str) else ""


def _progress(text: str) -> tuple[float, str]:
    making, improving = _MAKING.search(text), _IMPROVING.search(text)
    if improving:
        return _MAKING_SHARE + (1 - _MAKING_SHARE) * min(len(improving[1]) / _DOTS_IMPROVING, 1), "optimizing"
    return (_MAKING_SHARE * min(len(making[1]) / _DOTS_MAKING, 1), "filming") if making else (0.0, "")
