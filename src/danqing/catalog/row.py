"""One row of the catalog for checking: a TOML text becomes a Model, or an error that names the file and the field."""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date

import msgspec

from danqing.domain.media import SUFFIXES, Medium
from danqing.domain.models import Ability, Lifecycle, Model, Route
from danqing.domain.money import Price, dollars, per_million

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # it stands in URLs, before a colon
_ASPECT = re.compile(r"[1-9]\d*:[1-9]\d*")


class CatalogError(ValueError):
    """A mistake in a model's file. The message names the file and the field."""

    def __init__(self, file: str, mistake: str) -> None:
        super().__init__(f"{file}: {mistake}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    """The [price] table: dollars as text, and where and when they were found, so that they can be checked again."""

    source: str
    as_of: date
    image: str | None = None
    film: str | None = None
    second: str | None = None
    input_million_tokens: str | None = None
    output_million_tokens: str | None = None
    image_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The whole file, as it is written."""

    id: str
    title: str
    family: str
    ability: Ability
    price: _Rates
    aliases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    description: str = ""


_TABLES = {"ability": Ability, "price": _Rates, "lifecycle": Lifecycle, "routes": Route}
_RATES: dict[str, tuple[str, Callable[[str], int]]] = {
    "image": ("image", dollars),
    "film": ("film", dollars),
    "second": ("second", dollars),
    "input_million_tokens": ("input_token", per_million),
    "output_million_tokens": ("output_token", per_million),
}


def read(file: str, text: bytes) -> Model:
    """The model that a file describes. Raises CatalogError."""
    try:
        table = tomllib.loads(text.decode())
    except ValueError as error:
        raise CatalogError(file, f"this is not TOML: {error}") from error
    if unknown := next(_unknown(table), None):
        raise CatalogError(file, f"`{unknown}` is not a field of the catalog")
    try:
        row = msgspec.convert(table, _Row)
    except msgspec.ValidationError as error:
        raise CatalogError(file, str(error).replace("`$.", "`")) from error
    model = Model(
        id=row.id,
        title=row.title,
        family=row.family,
        ability=row.ability,
        price=_price(file, row.price),
        aliases=row.aliases,
        methods=row.methods,
        routes=row.routes,
        lifecycle=row.lifecycle,
        description=row.description,
    )
    if contradiction := next(_contradictions(model), None):
        raise CatalogError(file, contradiction)
    return model


def _unknown(table: dict[str, object]) -> Iterator[str]:
    yield from sorted(table.keys() - {field.name for field in fields(_Row)})
    for name, kind in _TABLES.items():
        known = {field.name for field in fields(kind)}
        section = table.get(name)
        for entry in section if isinstance(section, list) else [section]:
            if isinstance(entry, dict):
                yield from sorted(f"{name}.{key}" for key in entry.keys() - known)


def _price(file: str, rates: _Rates) -> Price:
    nanos: dict[str, int] = {}
    for name, (rate, parse) in _RATES.items():
        amount = getattr(rates, name)
        if amount is None:
            continue
        try:
            nanos[rate] = parse(amount)
        except ValueError as error:
            raise CatalogError(file, f"`price.{name}`: {error}") from error
    if not nanos:
        raise CatalogError(file, f'`price` has none of {", ".join(_RATES)}; write "0" for what is free')
    if not rates.source.strip():
        raise CatalogError(file, "`price.source` is empty")
    return Price(**nanos, image_tokens=rates.image_tokens)


def _contradictions(model: Model) -> Iterator[str]:
    """What no type can say."""
    ability = model.ability
    for place, names in (("id", (model.id,)), ("aliases", model.aliases)):
        yield from (f"`{place}`: {name!r} cannot stand in a URL" for name in names if not _NAME.fullmatch(name))
    if not ability.makes:
        yield "`ability.makes` is empty"
    if not 1 <= ability.count_default <= ability.count_max:
        yield f"`ability.count_default`: {ability.count_default} is not between 1 and {ability.count_max}"
    yield from (f"`ability.aspects`: {it!r} is not a ratio such as 16:9" for it in ability.aspects if not _ratio(it))
    yield from (f"`ability.mimes`: {mime!r} cannot be made" for mime in ability.mimes if mime not in SUFFIXES)
    if Medium.VIDEO in ability.makes and not ability.seconds:
        yield "`ability.seconds` is missing: a film needs a length"
    if Medium.VIDEO in ability.makes and not ability.fps:
        yield "`ability.fps` is missing: a film needs a frame rate"


def _ratio(text: str) -> bool:
    return _ASPECT.fullmatch(text) is not None
