"""The shape of a job as code."""

from typing import Literal

from danqing.wire.answers.shapes import Money, Shape


class Snippet(Shape):
    """A piece of code, or null where the dialect `lacks` something of the job and would make another."""

    language: Literal["python", "bash"]
    code: str | None
    lacks: list[str]


class Code(Shape):
    """One job in every dialect. `files` are the reader's own, which the code looks for where it is run.

    `cost` is the most that each of them will pay.
    """

    google_genai: Snippet
    openai: Snippet
    curl: Snippet
    cli: Snippet
    files: list[str]
    cost: Money
