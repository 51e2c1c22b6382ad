"""One job as code: what asks for the same in every dialect, to be run as it is printed."""

from collections.abc import Callable, Mapping, Sequence

from danqing.wire.code import google, openai, shell
from danqing.wire.code.recipe import ONCE, Recipe, Unsaid
from danqing.wire.holes import Tree

__all__ = ["Recipe", "written"]

Way = Callable[[Recipe, Unsaid], str]
_DIALECTS: Mapping[str, tuple[str, Callable[[Recipe], Sequence[Way]]]] = {
    "google_genai": ("python", google.ways),
    "openai": ("python", openai.ways),
    "curl": ("bash", shell.curl_ways),
    "cli": ("bash", shell.command_ways),
}

_ONCE = f"# With this {ONCE} it is one job, paid for once, however often it is run.\n"


def written(recipe: Recipe) -> Tree:
    """The code by dialect, each with what the dialect cannot say: then there is none."""
    own = recipe.own_files()
    told = f"# Your own files, to lie beside this: {', '.join(own)}\n" if own else ""
    snippets: Tree = {}
    for name, (language, ways) in _DIALECTS.items():
        code, lacks = _best(recipe, ways(recipe))
        once = _ONCE if ONCE in code else ""
        snippets[name] = {"language": language, "code": None if lacks else f"{told}{once}{code}", "lacks": lacks}
    return {**snippets, "files": own}


def _best(recipe: Recipe, ways: Sequence[Way]) -> tuple[str, tuple[str, ...]]:
    """The first way that says all of it, or else the one that lacks least."""
    tried: list[tuple[str, tuple[str, ...]]] = []
    for way in ways:
        unsaid = Unsaid(recipe)
        tried.append((way(recipe, unsaid), unsaid.lacks()))
        if not tried[-1][1]:
            break
    return min(tried, key=lambda outcome: len(outcome[1]))
