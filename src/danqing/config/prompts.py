"""What danqing.toml says of prompts, and what is wrong with it."""

from collections.abc import AsyncGenerator

from danqing import prompts
from danqing.config.survey import Survey
from danqing.domain.errors import Problem
from danqing.domain.ports import Assets, Order, Update


class _Named:
    """An upstream of which only the name matters."""

    repeatable = False
    honours: frozenset[str] = frozenset()

    def generate(self, order: Order, assets: Assets) -> AsyncGenerator[Update]:
        raise NotImplementedError


def check(found: Survey) -> None:
    """Keep the first mistake below [prompts]."""
    try:
        prompts.connect(found.prompts, dict.fromkeys(found.upstreams, _Named()))
    except Problem as problem:
        setting = problem.param or prompts.TABLE
        message = problem.message.removeprefix(f"{setting} ").removesuffix(".")
        found.mistaken(found.written.at(*setting.split(".")), setting, message)
