"""One row of the catalog for checking: a TOML text becomes a Model, or an error that names the file and the field."""

import re
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import msgspec

from danqing.domain.advice import AUTO
from danqing.domain.media import SUFFIXES, Medium
from danqing.domain.models import Ability, Found, Lifecycle, Model, Prompting, Route
from danqing.domain.money import Price, dollars, per_million
from danqing.domain.shapes import Shapes

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # it stands in URLs, before a colon
_ASPECT = re.compile(r"[1-9]\d*:[1-9]\d*")


class CatalogError(ValueError):
    """A mistake in a model's file. The message names the file and the field."""

    def __init__(self, file: str, mistake: str) -> None:
        super().__init__(f"{file}: {mistake}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rates:
    """Dollars as text."""

    image: str | None = None
    film: str | None = None
    second: str | None = None
    input_million_tokens: str | None = None
    output_million_tokens: str | None = None
    image_tokens: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Priced(_Rates):
    """The [price] table: rates, and where and when they were found, so that they can be checked again.

    `sizes` are tables of the rates that differ at a size: [price.sizes.4k]. `batch_percent`: what of all these a
    request of a batch costs.
    """

    source: str
    as_of: date
    sizes: dict[str, _Rates] = field(default_factory=dict)
    batch_percent: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """The whole file, as it is written."""

    id: str
    title: str
    family: str
    ability: Ability
    price: _Priced
    aliases: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    lifecycle: Lifecycle = field(default_factory=Lifecycle)
    prompting: Prompting = field(default_factory=Prompting)
    description: str = ""


_TABLES = {"ability": Ability, "price": _Priced, "lifecycle": Lifecycle, "prompting": Prompting, "routes": Route}
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
        price=_price(file, row.price, row.ability.sizes),
        priced=Found(row.price.source, row.price.as_of),
        batch_percent=row.price.batch_percent,
        aliases=row.aliases,
        methods=row.methods,
        routes=row.routes,
        lifecycle=row.lifecycle,
        prompting=row.prompting,
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
    yield from _unknown_rates(table.get("price"))


def _unknown_rates(price: object) -> Iterator[str]:
    sizes = price.get("sizes") if isinstance(price, dict) else None
    known = {field.name for field in fields(_Rates)}
    for size, rates in sizes.items() if isinstance(sizes, dict) else ():
        if isinstance(rates, dict):
            yield from sorted(f"price.sizes.{size}.{key}" for key in rates.keys() - known)


def _price(file: str, priced: _Priced, sizes: Sequence[str]) -> Price:
    """When one size has rates of its own, every size is named with its rates: what is delivered may have any."""
    usual = _nanos(file, "price", priced)
    if not usual.keys() - {"image_tokens"}:
        raise CatalogError(file, f'`price` has none of {", ".join(_RATES)}; write "0" for what is free')
    if not priced.source.strip():
        raise CatalogError(file, "`price.source` is empty")
    own = {name: _nanos(file, f"price.sizes.{name}", rates) for name, rates in priced.sizes.items()}
    if strange := own.keys() - set(sizes):
        raise CatalogError(file, f"`price.sizes`: {min(strange)!r} is none of the model's `ability.sizes`")
    named = sizes if own else ()
    return Price(**usual, sizes=tuple((name, Price(**{**usual, **own.get(name, {})})) for name in named))


def _nanos(file: str, table: str, rates: _Rates) -> dict[str, Any]:
    """The rates that a table has, as a Price names them."""
    nanos: dict[str, Any] = {} if rates.image_tokens is None else {"image_tokens": rates.image_tokens}
    for name, (rate, parse) in _RATES.items():
        amount = getattr(rates, name)
        if amount is None:
            continue
        try:
            nanos[rate] = parse(amount)
        except ValueError as error:
            raise CatalogError(file, f"`{table}.{name}`: {error}") from error
    return nanos


def _contradictions(model: Model) -> Iterator[str]:
    """What no type can say."""
    ability = model.ability
    for place, names in (("id", (model.id,)), ("aliases", model.aliases)):
        yield from (f"`{place}`: {name!r} cannot stand in a URL" for name in names if not _NAME.fullmatch(name))
        yield from (f"`{place}`: {AUTO!r} stands for whichever model is advised" for name in names if name == AUTO)
    if not 1 <= model.batch_percent <= 100:
        yield f"`price.batch_percent`: {model.batch_percent} is not 1 to 100"
    else:
        try:
            model.price.scaled(model.batch_percent)
        except ValueError as error:
            yield f"`price.batch_percent`: {error}"
    if not ability.makes:
        yield "`ability.makes` is empty"
    if not 1 <= ability.count_default <= ability.count_max:
        yield f"`ability.count_default`: {ability.count_default} is not between 1 and {ability.count_max}"
    yield from (f"`ability.aspects`: {it!r} is not a ratio such as 16:9" for it in ability.aspects if not _ratio(it))
    yield from (
        f"`ability.pixels`: {it!r} is not a size of one of the model's ratios, such as 1024x1024"
        for it in ability.pixels
        if not Shapes(ability.aspects, ability.sizes).words(it)
    )
    yield from (f"`ability.mimes`: {mime!r} cannot be made" for mime in ability.mimes if mime not in SUFFIXES)
    if not ability.anew and not ability.tasks:
        yield "`ability.tasks` is empty, and with `anew = false` it does nothing"
    if ability.tasks and not (ability.pictures_max or Medium.VIDEO in ability.makes):
        yield "`ability.pictures_max` is 0: what are its `ability.tasks` done to?"
    if Medium.VIDEO in ability.makes and not ability.seconds:
        yield "`ability.seconds` is missing: a film needs a length"
    if Medium.VIDEO in ability.makes and not ability.fps:
        yield "`ability.fps` is missing: a film needs a frame rate"


def _ratio(text: str) -> bool:
    return _ASPECT.fullmatch(text) is not None
