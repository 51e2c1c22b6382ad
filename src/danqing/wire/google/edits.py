"""What Imagen and Veo change or go by: pictures with their roles, masks, films, and what is to be done (wire.md 15.4).

What a picture says of itself beside its role, such as the id that the prompt calls it by, is kept as one knob and put
back when it is sent on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import msgspec

from danqing.domain.errors import Problem, invalid
from danqing.domain.generation import Area, Generation, Knob, Role, Task
from danqing.domain.media import Blob
from danqing.wire import bodies
from danqing.wire.bodies import Fields
from danqing.wire.google.given import read_film, read_picture, write_file
from danqing.wire.holes import Json, Tree, given
from danqing.wire.inline import Upload

REFERENCES_MAX = 16
REFERENCES, MODE, MASK_ID = "referenceImages", "editMode", "maskReferenceId"
MASK_KNOBS = {"maskImageConfig.dilation": "dilation", "maskImageConfig.maskClasses": "maskClasses"}
UPSCALE_KNOBS = {
    "upscaleConfig.enhanceInputImage": "enhanceInputImage",
    "upscaleConfig.imagePreservationFactor": "imagePreservationFactor",
}
KNOBS = frozenset({REFERENCES, MODE, MASK_ID, "editConfig", *MASK_KNOBS, *UPSCALE_KNOBS})

_ROLES = {
    "RAW": Role.BASE,
    "SUBJECT": Role.SUBJECT,
    "STYLE": Role.STYLE,
    "CONTROL": Role.CONTROL,
    "CONTENT": Role.CONTENT,
}
_FILM_ROLES = {"ASSET": Role.SUBJECT, "STYLE": Role.STYLE}
_CONFIGS = ("controlImageConfig", "styleImageConfig", "subjectImageConfig")
_AREAS = {"BACKGROUND": Area.BACKGROUND, "FOREGROUND": Area.FOREGROUND, "SEMANTIC": Area.SEMANTIC}
_TASKS = {
    "DEFAULT": Task.EDIT,
    "INPAINT_INSERTION": Task.INSERT,
    "INPAINT_REMOVAL": Task.REMOVE,
    "OUTPAINT": Task.OUTPAINT,
    "BGSWAP": Task.BACKGROUND,
    "CONTROLLED_EDITING": Task.EDIT,
    "STYLE": Task.EDIT,
    "PRODUCT_IMAGE": Task.BACKGROUND,
}
_BY_REFERENCE = ("CONTROLLED_EDITING", "STYLE")  # may do without a picture to change
_MODES = {task: mode for mode, task in reversed(_TASKS.items())}  # the first of each
# What is asked for in fields of the same call, and is not made: what can be asked for instead.
_REFUSED = {
    "personImage": "Clothes are not tried on here",
    "productImages": "Products are not set into another scene here",
    "scribble": "Nothing is cut out here",
    "mask": "A mask stands among the referenceImages, as REFERENCE_TYPE_MASK",
    "video": "A film is changed by :predictLongRunning",
}
_INSTEAD = (
    "Send pictures as referenceImages: REFERENCE_TYPE_RAW for the one to change, _SUBJECT for what is to be seen."
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a call gives and what is to become of it, for the Generation; and the files that are to be stored."""

    fields: dict[str, object] = field(default_factory=dict)
    pictures: tuple[Blob, ...] = ()
    uploads: tuple[Upload, ...] = ()
    knobs: tuple[tuple[str, Knob], ...] = ()

    def put(self, generation: Generation) -> Generation:
        """The generation with all of it."""
        first = generation.turns[0]
        turns = (replace(first, parts=(*first.parts, *self.pictures)), *generation.turns[1:])
        return replace(generation, turns=turns, knobs=(*self.knobs, *generation.knobs), **self.fields)  # type: ignore[arg-type]


def read_edit(instance: Fields, parameters: Fields) -> Inputs:
    """What `:predict` changes or goes by. Raises Problem(INVALID), also for what nobody makes of such fields."""
    mode = (parameters.text("mode") or "").upper()
    if mode == "UPSCALE":
        return _read_upscale(instance, parameters)
    for name, why in _REFUSED.items():
        if name in instance:
            raise _unmade(f"{name} is not taken. {why}. {_INSTEAD}", name)
    if mode:
        raise _unmade(f'The mode {mode[:40]!r} is not made here: only "upscale" is. {_INSTEAD}', "mode")
    if "image" in instance:
        raise _unmade(f'image alone is only made larger, with parameters.mode "upscale". {_INSTEAD}', "image")
    references = [_Reference.read(entry) for entry in instance.objects(REFERENCES)]
    word = parameters.text(MODE)
    if not references and not word:
        return Inputs()
    return _inputs(references, _named(word or "DEFAULT", "EDIT_MODE_", _TASKS, MODE))


def read_film_inputs(instance: Fields) -> Inputs:
    """What `:predictLongRunning` goes by, beside its frames: a film that goes on, and up to three pictures."""
    if "mask" in instance:
        message = "Films are not changed by a mask here. Films go on from `video`; pictures are changed by a mask."
        raise _unmade(message, "mask")
    entries = instance.objects(REFERENCES)
    _check_count(len(entries))
    roles = [
        _FILM_ROLES[_named(entry.text("referenceType") or "ASSET", "", _FILM_ROLES, "referenceType")]
        for entry in entries
    ]
    pictures = tuple(_picture(entry, "image") for entry in entries)
    film = read_film(instance, "video", "film")
    fields: dict[str, object] = {"roles": tuple(roles)} if roles else {}
    if film:
        fields |= {"film": film.blob, "film_ms": film.film_ms, "task": Task.EXTEND}
    knobs = tuple(knob for at, entry in enumerate(entries) for knob in entry.knobs(f"{REFERENCES}[{at}]."))
    uploads = (*pictures, *([film] if film else []))
    return Inputs(fields, tuple(picture.blob for picture in pictures), uploads, knobs)


def write_edit(generation: Generation) -> tuple[Tree, Tree]:
    """What belongs into the instance and into the parameters; nothing when nothing is given."""
    knobs = dict(generation.knobs)
    if generation.task is Task.UPSCALE:
        config: Tree = {"upscaleFactor": f"x{generation.factor or 2}", **_known(knobs, UPSCALE_KNOBS)}
        return {"image": write_file(generation.pictures[0])}, {"mode": "upscale", "upscaleConfig": config}
    if not generation.pictures:
        return {}, {}
    roles = generation.roles or (Role.BASE, *[Role.SUBJECT] * (len(generation.pictures) - 1))
    types = {role: word for word, role in _ROLES.items()}
    told = _told(knobs.get(REFERENCES), len(generation.pictures))
    entries: list[Json] = [
        {**own, "referenceImage": write_file(picture), "referenceType": f"REFERENCE_TYPE_{types[role]}"}
        for own, picture, role in zip(told, generation.pictures, roles, strict=True)
    ]
    if mask := _mask_config(generation, knobs):
        number = knobs.get(MASK_ID, _next_id(told))
        image: Tree = {"referenceImage": write_file(generation.mask)} if generation.mask else {}
        entries.append(
            {"referenceId": number, "referenceType": "REFERENCE_TYPE_MASK", **image, "maskImageConfig": mask}
        )
    task = generation.task if generation.task is not Task.EDIT else None  # which is done when nothing is said
    mode = knobs.get(MODE) or (f"EDIT_MODE_{_MODES[task]}" if task else None)
    return {REFERENCES: entries}, given({MODE: mode})


def write_film_inputs(generation: Generation) -> Tree:
    """What belongs into the instance of a film."""
    types = {role: word for word, role in _FILM_ROLES.items()}
    roles = generation.roles or (Role.SUBJECT,) * len(generation.pictures)
    entries: list[Json] = [
        {"image": write_file(picture), "referenceType": types.get(role, "ASSET")}
        for picture, role in zip(generation.pictures, roles, strict=True)
    ]
    return given({REFERENCES: entries or None, "video": write_file(generation.film)})


@dataclass(frozen=True, slots=True)
class _Reference:
    """One of the referenceImages: `kind` is "MASK", or a key of `_ROLES`."""

    kind: str
    id: int | None
    upload: Upload | None
    own: Tree
    mask: Fields
    knobs: tuple[tuple[str, Knob], ...]

    @classmethod
    def read(cls, entry: Fields) -> "_Reference":
        kind = _named(entry.text("referenceType") or "", "REFERENCE_TYPE_", {**_ROLES, "MASK": None}, "referenceType")
        id = entry.whole("referenceId")
        own = cast(Tree, {name: value for name in _CONFIGS if (value := entry.take(name)) is not None})
        mask = entry.nested("maskImageConfig")
        upload = read_picture(entry, "referenceImage", "pictures" if kind in _ROLES else "mask")
        if kind in _ROLES and not upload:
            message = f"{entry.path('referenceImage')} is missing: only a mask can do without a picture."
            raise invalid(message, param="pictures")
        return cls(kind, id, upload, own, mask, tuple(entry.knobs(f"{REFERENCES}.")))

    @property
    def role(self) -> Role:
        """What its picture is given for."""
        return _ROLES[self.kind]


def _inputs(references: Sequence[_Reference], mode: str) -> Inputs:
    _check_count(len(references))
    masks = [reference for reference in references if reference.kind == "MASK"]
    shown = sorted((one for one in references if one.kind != "MASK"), key=lambda one: one.role is not Role.BASE)
    bases = sum(one.role is Role.BASE for one in shown)
    if bases > 1 or len(masks) > 1:
        raise invalid("Send one REFERENCE_TYPE_RAW and one REFERENCE_TYPE_MASK at the most.", param="pictures")
    if not bases and (masks or mode not in ("DEFAULT", *_BY_REFERENCE)):
        raise invalid("What is to be changed is missing: send it as REFERENCE_TYPE_RAW.", param="pictures")
    fields, knobs = _place(masks[0].mask, masks[0].upload) if masks else ({}, {})
    if bases:
        fields["task"] = _TASKS[mode]
    if mode in (*_BY_REFERENCE, "PRODUCT_IMAGE"):  # there is no other word for them
        knobs[MODE] = f"EDIT_MODE_{mode}"
    if any(one.role is not Role.BASE for one in shown):
        fields["roles"] = tuple(one.role for one in shown)
    told = [{"referenceId": one.id or at, **one.own} for at, one in enumerate(shown, 1)]
    if any(own != {"referenceId": at} for at, own in enumerate(told, 1)):
        knobs[REFERENCES] = bodies.compact(told)
    if masks and masks[0].id not in (None, _next_id(told)):
        knobs[MASK_ID] = masks[0].id
    strange = tuple(knob for one in references for knob in one.knobs)
    uploads = tuple(one.upload for one in (*shown, *masks) if one.upload)
    pictures = tuple(one.upload.blob for one in shown if one.upload)
    return Inputs(fields, pictures, uploads, (*knobs.items(), *strange))


def _place(config: Fields, upload: Upload | None) -> tuple[dict[str, object], dict[str, Knob]]:
    """Where something may change: a mask, or what the maker is to find."""
    word = _named(
        config.text("maskMode") or "DEFAULT", "MASK_MODE_", {**_AREAS, "DEFAULT": 0, "USER_PROVIDED": 0}, "maskMode"
    )
    area = _AREAS.get(word)
    if bool(upload) is bool(area):
        message = "Send a mask as referenceImage, or say by maskMode what is to be found; not both, and not neither."
        raise invalid(message, param="mask")
    knobs = dict(config.knobs("maskImageConfig."))
    return {"mask": upload.blob} if upload else {"area": area}, knobs


def _read_upscale(instance: Fields, parameters: Fields) -> Inputs:
    picture = _picture(instance, "image")
    config = parameters.nested("upscaleConfig")
    word = (config.text("upscaleFactor") or "x2").lower()
    if not (word[:1] == "x" and word[1:].isdecimal() and len(word) == 2):
        raise invalid(f"upscaleFactor must be x2, x3 or x4, not {word[:20]!r}.", param="factor")
    fields: dict[str, object] = {"task": Task.UPSCALE, "factor": int(word[1:])}
    return Inputs(fields, (picture.blob,), (picture,), tuple(config.knobs("upscaleConfig.")))


def _mask_config(generation: Generation, knobs: Mapping[str, Knob]) -> Tree:
    if not (generation.mask or generation.area):
        return {}
    words = {area: word for word, area in _AREAS.items()}
    word = words[generation.area] if generation.area else "USER_PROVIDED"
    return {"maskMode": f"MASK_MODE_{word}", **_known(knobs, MASK_KNOBS)}


def _known(knobs: Mapping[str, Knob], names: Mapping[str, str]) -> Tree:
    return {word: unfolded(knobs[name]) for name, word in names.items() if name in knobs}


def _next_id(told: Sequence[Mapping[str, object]]) -> int:
    return max((cast(int, own["referenceId"]) for own in told), default=0) + 1


def _told(knob: Knob | None, count: int) -> list[Tree]:
    """What each picture says of itself, its id at the least."""
    told = unfolded(knob) if knob is not None else None
    if isinstance(told, list) and len(told) == count and all(isinstance(own, dict) for own in told):
        return [{"referenceId": at, **own} for at, own in enumerate(told, 1)]
    return [{"referenceId": at} for at in range(1, count + 1)]


def unfolded(knob: Knob) -> Json:
    """A list or object that was read as compact JSON text is sent as what it was."""
    if not isinstance(knob, str) or not knob.startswith(("{", "[")):
        return knob
    try:
        value: Json = msgspec.json.decode(knob)
    except (msgspec.DecodeError, RecursionError):
        return knob
    return value if bodies.compact(value) == knob else knob


def _picture(entry: Fields, name: str) -> Upload:
    upload = read_picture(entry, name, "pictures")
    if upload is None:
        raise invalid(f"{entry.path(name)} is missing.", param="pictures")
    return upload


def _named(word: str, prefix: str, known: Mapping[str, object], name: str) -> str:
    """A word of an enum, in any case and with or without its prefix."""
    bare = word.upper().removeprefix(prefix)
    if bare not in known:
        raise invalid(f"{word[:60]!r} is no {name}. Known: {', '.join(prefix + each for each in known)}.", param=name)
    return bare


def _check_count(count: int) -> None:
    if count > REFERENCES_MAX:
        raise invalid(f"At most {REFERENCES_MAX} referenceImages are taken, not {count}.", param="pictures")


def _unmade(message: str, param: str) -> Problem:
    return invalid(message, param=param, code="unsupported_parameter")
