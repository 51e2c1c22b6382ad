"""What a model can be asked for and what it costs, in the JSON that forms are made from."""

from danqing.domain.models import Ability
from danqing.domain.money import Price, show
from danqing.wire.holes import Json, Tree

_MILLION = 1_000_000


def money(nanos: int | None) -> Json:
    """An amount for people, in dollars, and for machines, in nano-dollars; null for no limit."""
    return None if nanos is None else {"usd": show(nanos), "nanos": nanos}


def ability(ability: Ability) -> Tree:
    """Every parameter with what it may be; an empty list where the model has none of it."""
    return {
        "makes": sorted(ability.makes),
        "count": {"default": ability.count_default, "max": ability.count_max},
        "aspects": ability.aspects,
        "sizes": ability.sizes,
        "pixels": ability.pixels,
        "step": ability.step or None,
        "seconds": ability.seconds,
        "persons": ability.persons,
        "mimes": ability.mimes,
        "pictures_max": ability.pictures_max,
        "frames": ability.frames,
        "tasks": ability.tasks,
        "masks": ability.masks,
        "areas": ability.areas,
        "factors": ability.factors,
        "roles": ability.roles,
        "anew": ability.anew,
        "extend_seconds": ability.extend_seconds,
        "reference_seconds": ability.reference_seconds,
        "fps": ability.fps or None,
        "audio": ability.audio,
        "languages": ability.languages,
    }


def prices(price: Price) -> list[Json]:
    """One row for everything that is charged for; tokens by the million, as vendors quote them."""
    rows = (
        ("picture", price.image),
        ("film", price.film),
        ("second", price.second),
        ("million input tokens", price.input_token * _MILLION),
        ("million output tokens", price.output_token * _MILLION),
    )
    sizes = (
        (f"{unit} at {name}", nanos)
        for name, rates in price.sizes
        for unit, nanos, usual in (("picture", rates.image, price.image), ("second", rates.second, price.second))
        if nanos != usual
    )
    return [{"per": unit, "price": money(nanos)} for unit, nanos in (*rows, *sizes) if nanos]
