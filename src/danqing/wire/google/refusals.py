"""Google's many ways of not making a picture, told in sentences, and which of them are about the content."""

import re

# What a finishReason or blockReason means; each may come with the prefix IMAGE_.
_REASONS: dict[str, str] = {
    "SAFETY": "it may be against the engine's safety rules",
    "PROHIBITED_CONTENT": "it may show what the engine prohibits",
    "RECITATION": "it may repeat a protected work",
    "BLOCKLIST": "it has a word that is on the engine's list",
    "SPII": "it may tell private data of a person",
    "JAILBREAK": "it looks like an attempt to get around the engine's rules",
    "MODEL_ARMOR": "the engine's Model Armor stopped it",
    "ESCALATION": "one of the engine's rules stopped it",
    "LANGUAGE": "the engine does not know its language",
    "OTHER": "the engine named no reason",
    "BLOCKED_REASON_UNSPECIFIED": "the engine named no reason",
    "PUP_LIMITED_DISABLED": "the engine's account is limited because of what was asked of it before",
}
_NO_PICTURE = "The engine made no picture"
NO_PICTURE = f"{_NO_PICTURE}, and said no more than that."
NOTHING = "The engine withheld the picture and gave no reason."
_BLOCKED = "The prompt was blocked"
_NAMED = re.compile(r" \(([A-Z_]{1,60})\)\.")
SAID_CHARACTERS_MAX = 300

# How Google's errors say that the content is the cause; a code of its own there is none.
_POLICY = re.compile(
    r"usage guidelines|responsible ai|sensitive words|safety (?:filter|polic|setting)|content polic|prohibited use"
    r"|content was filtered|violat\w+ .{0,60}\bpolic|(?:blocked|filtered) (?:by|due to|for|because)|support codes?:",
    re.IGNORECASE,
)


def prompt_blocked(reason: str, said: str = "") -> str:
    """The sentence for `promptFeedback.blockReason`."""
    return _sentence(_BLOCKED, reason, said)


def picture_withheld(reason: str, said: str = "") -> str | None:
    """The sentence for a `finishReason` that withholds the picture; None for one that says nothing of the kind."""
    if reason == "NO_IMAGE":
        return NO_PICTURE if not said else f"{_NO_PICTURE}: {shortened(said)}"
    if reason.removeprefix("IMAGE_") not in _REASONS:
        return None
    return _sentence("The picture was withheld", reason, said)


def blames_prompt(sentence: str) -> bool:
    """Whether a sentence is one of `prompt_blocked`."""
    return sentence.startswith(_BLOCKED)


def reason_in(sentence: str) -> str:
    """The vendor's word in a sentence of this module, so that it is answered as it came; "" when there is none."""
    if sentence.startswith(_NO_PICTURE):
        return "NO_IMAGE"
    named = _NAMED.search(sentence)
    return named[1] if named else ""


def is_policy(message: str) -> bool:
    """Whether the message of an error blames the content."""
    return _POLICY.search(message) is not None


def shortened(said: str) -> str:
    """What an engine said, in one line that is not too long."""
    line = " ".join(said.split())
    return line if len(line) <= SAID_CHARACTERS_MAX else line[:SAID_CHARACTERS_MAX] + "…"


def _sentence(what: str, reason: str, said: str) -> str:
    meaning = _REASONS.get(reason.removeprefix("IMAGE_"), "the engine named no known reason")
    told = f"{what}: {meaning} ({reason})."
    return f"{told} {shortened(said)}" if said else told
