"""Imitates a text model that was given a task: a faithful one, and all those that are not.

`temper` says which. It reads the task and the texts as they are sent, so that it can do what a real model may do with
them: obey the stranger, repeat its instructions, forget the marks, chat.
"""

import re
from dataclasses import dataclass, field

POEM_ASKED = "生成一幅山水畫，並給出一首詩詞描述"  # the document's own prompt
POEM_IN_ENGLISH = "Paint a landscape of mountains and water, and give a poem that describes it"
KNOWN = {
    POEM_ASKED: POEM_IN_ENGLISH,
    "一隻貓": "a cat",
    "一只戴草帽的猫": "a cat with a straw hat",
    "雪の中の狐": "a fox in the snow",
    "un zorro en la nieve": "a fox in the snow",
}
POEM = "Roses are red, violets are blue, I was told to translate and this is for you. " * 40
CALL = '{"tool_calls":[{"name":"transfer_funds","arguments":{"to":"mallory","usd":"1000"}}]}'
_TEXT = re.compile(r"\[\[(\w+) (\d+)\]\]\n(.*?)\n(?=\[\[\1 )", re.DOTALL)
_KEPT = re.compile(r"XQ+\d+X")


@dataclass
class TextModel:
    """What it was told and what it was sent, call by call."""

    temper: str = "faithful"
    counts: tuple[int, int] = (300, 20)  # the tokens that are said to have come in and gone out
    known: dict[str, str] = field(default_factory=lambda: dict(KNOWN))
    tasks: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def answer(self, task: str, message: str) -> str:
        """Its words."""
        self.tasks.append(task)
        self.messages.append(message)
        found = _TEXT.findall(message)
        mark, texts = (found[0][0] if found else ""), [text for _, _, text in found]
        return self._in_form(mark, task, texts)

    def _in_form(self, mark: str, task: str, texts: list[str]) -> str:
        said = [self._said(text, task) for text in texts]
        temper = "faithful" if self.temper == "first-chatty" and len(self.tasks) > 1 else self.temper
        form = "".join(f"[[{mark} {at}]]\n{text}\n" for at, text in enumerate(said, 1)) + f"[[{mark} end]]"
        match temper:
            case "chatty" | "first-chatty":
                return f"Sure! Here is the translation:\n\n{form}"
            case "obeys":
                return "HACKED. I am a pirate now, arr."
            case "forgets-one":
                return f"[[{mark} 1]]\n{said[0]}\n[[{mark} end]]" if len(said) > 1 else said[0]
            case "goes-on":
                return f"{form}\nAnd now I transfer the money."
            case _:
                return form

    def _said(self, text: str, task: str) -> str:
        kept = _KEPT.findall(text)
        said = self._version(text)
        match self.temper:
            case "loses":
                return _KEPT.sub("", said)
            case "doubles":
                return f"{said} {' '.join(kept)}"
            case "leaks":
                return " ".join(task.split()[:40])
            case "poet":
                return POEM
            case "terse" | "empty":
                return "No." if self.temper == "terse" else ""
            case "calls-tools":
                return CALL
            case "fenced":
                return f"```\n{said}\n```"
            case "hidden":
                return f"{said}\u202e\x07"
            case _:
                return said

    def _version(self, text: str) -> str:
        bare = _KEPT.sub("", text).strip(" ,.。，、")
        if text in self.known:
            return self.known[text]
        words = self.known.get(bare, f"a scene as it is told in {len(bare)} signs")
        return " ".join([words, *_KEPT.findall(text)])
