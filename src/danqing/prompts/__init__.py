"""What is done with an author's words before an engine gets them: understood, translated, enriched."""

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from danqing.domain.errors import Problem
from danqing.domain.generation import Preflight, Translate
from danqing.domain.ports import Breakers, Provider, Translator
from danqing.domain.prompts.languages import Languages
from danqing.prompts import translators
from danqing.prompts.editor import Editor, Manner
from danqing.prompts.enhancer import Enhancer
from danqing.prompts.scribe import Unminded
from danqing.prompts.settings import TextModel, misset, read, scribe_of

TABLE = "prompts"
REMEMBERED = 256  # prompts whose languages are known: sweeps and batches ask for the same again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompts:
    """[prompts]: `translate`, `enhance` and `preflight` are for requests and keys that say nothing of them."""

    translate: Translate = Translate.AUTO
    enhance: bool = False
    preflight: Preflight = Preflight.REPORT
    enhancer: dict[str, object] | None = None
    translators: dict[str, dict[str, object]] = field(default_factory=dict)


def connect(
    settings: Mapping[str, object],
    upstreams: Mapping[str, Provider],
    languages_of: Callable[[str], Languages] | None = None,
    breakers: Breakers | None = None,
) -> Editor:
    """The editor of a server. Raises Problem(INVALID) naming the setting that is wrong."""
    given, breakers = read(settings, Prompts, TABLE), breakers or Unminded()
    known = [_translator(name, row, upstreams, breakers) for name, row in given.translators.items()]
    enhancer = None
    if given.enhancer is not None:
        table = f"{TABLE}.enhancer"
        model = read(given.enhancer, TextModel, table)
        enhancer = Enhancer(model.model, scribe_of(model, table, upstreams, breakers))
    elif given.enhance:
        raise misset(TABLE, "enhance", "needs a text model in [prompts.enhancer]")
    manner = Manner(translate=given.translate, enhance=given.enhance, preflight=given.preflight)
    return Editor(languages_of or detect, known, enhancer, manner)


@lru_cache(maxsize=REMEMBERED)
def detect(text: str) -> Languages:
    """See `detection.detect`; whatever it needs is loaded with the first call, which takes a second or two."""
    found: Languages = importlib.import_module(f"{__name__}.detection").detect(text)
    return found


def prepare() -> None:
    """Load what `detect` needs, so that no request waits for it."""
    importlib.import_module(f"{__name__}.detection").load()


def _translator(
    name: str, row: Mapping[str, object], upstreams: Mapping[str, Provider], breakers: Breakers
) -> Translator:
    table = f"{TABLE}.translators.{name}"
    try:
        return translators.connect(str(row.get("kind", name)), {**row, "name": name}, upstreams, breakers)
    except LookupError as error:
        raise misset(table, "kind", 'must be "model" or "opus"') from error
    except Problem as problem:
        if problem.code != "extra_missing":
            raise
        raise misset(table, "kind", f"cannot be used: {problem.message.removesuffix('.')}") from problem
