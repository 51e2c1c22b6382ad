"""What a model can be asked for as a JSON Schema, so that forms and programs know it without asking in vain."""

from collections.abc import Sequence

from danqing.domain.generation import Preflight, Translate
from danqing.domain.media import Medium
from danqing.domain.models import PROMPT_CHARACTERS_MAX, QUALITY_MAX, Ability, Model
from danqing.wire.holes import Json, Tree

_PICTURE: Tree = {
    "type": "string",
    "description": "A data: URL of a PNG, JPEG or WebP picture, or the name of a file of the key: files/abc123.",
}
_INTEGERS: Tree = {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1}


def schema(model: Model) -> Tree:
    """JSON Schema 2020-12 of the body of POST /api/jobs for one model, with its defaults.

    What is valid by it is taken, but for what needs several fields to be told, such as a mask without its picture.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": model.title,
        "description": model.description,
        "type": "object",
        "properties": {
            "model": {"enum": model.names, "default": model.id},
            **_words(),
            **_shape(model.ability),
            **_inputs(model.ability),
        },
        "required": _needed(model.ability),
        "additionalProperties": False,
    }


def _needed(ability: Ability) -> list[Json]:
    if not ability.anew:
        return ["model", "task"]
    return ["model"] if ability.pictures_max or ability.frames else ["model", "prompt"]


def _words() -> Tree:
    return {
        "prompt": {"type": "string", "maxLength": PROMPT_CHARACTERS_MAX},
        "negative": {"type": "string", "description": "What shall not be in it."},
        "translate": {"enum": [*Translate, None]},
        "enhance": {"type": ["boolean", "null"]},
        "preflight": {"enum": [*Preflight, None]},
        "sketch": {"type": "boolean", "description": "A sketch in place of the model's work, at no cost."},
        "words_only": {"type": "boolean", "description": "Only the prompt that would be sent; nothing is made."},
        "knobs": {
            "type": "object",
            "description": "Parameters of the vendor's own; those that the engine does not honour are told.",
            "additionalProperties": {"type": ["string", "number", "boolean"]},
        },
    }


def _shape(ability: Ability) -> Tree:
    makes = sorted(ability.makes)
    told: Tree = {
        "wants": {"type": "array", "items": {"enum": makes}, "uniqueItems": True},
        "count": {"type": "integer", "minimum": 1, "maximum": ability.count_max, "default": ability.count_default},
        "seed": {**_INTEGERS, "description": "The same seed makes the same again, where the engine can."},
        **_chosen("aspect", ability.aspects),
        **_chosen("size", ability.sizes),
        **_chosen("seconds", ability.seconds),
        **_chosen("person", ability.persons),
        **_chosen("mime", ability.mimes),
    }
    if ability.pixels or ability.step:
        told["pixels"] = {"type": "string", "pattern": "^[0-9]{1,5}x[0-9]{1,5}$", "examples": ability.pixels}
    if Medium.IMAGE in ability.makes:
        told["quality"] = {"type": "integer", "minimum": 0, "maximum": QUALITY_MAX}
    return told


def _chosen(name: str, allowed: Sequence[str | int]) -> Tree:
    return {name: {"enum": allowed, "default": allowed[0]}} if allowed else {}


def _inputs(ability: Ability) -> Tree:
    told: Tree = {}
    if ability.pictures_max:
        told["pictures"] = {"type": "array", "items": _PICTURE, "maxItems": ability.pictures_max}
    if ability.frames:
        told |= {"first_frame": _PICTURE, "last_frame": _PICTURE}
    if ability.masks:
        told["mask"] = {**_PICTURE, "description": "Where something may change: transparent, or white if it is opaque."}
    if ability.tasks:
        told["task"] = {"enum": [*ability.tasks, None]}
    if ability.areas:
        told["area"] = {"enum": [*ability.areas, None]}
    if ability.factors:
        told["factor"] = {"enum": [*ability.factors, None]}
    if ability.roles:
        told["roles"] = {"type": "array", "items": {"enum": ability.roles}, "maxItems": ability.pictures_max}
    if ability.tasks and Medium.VIDEO in ability.makes:
        film: Json = {"type": "string", "description": "The name of a film of the key, such as files/abc123."}
        told["film"] = film
    return told
