"""Commands for a shell: what asks the native API with curl, and what asks with Danqing's own command line."""

import shlex
from collections.abc import Callable, Mapping, Sequence

from danqing.domain.generation import Task
from danqing.domain.media import Blob, Medium
from danqing.domain.money import show
from danqing.wire import bodies
from danqing.wire.code.recipe import Given, Recipe, Unsaid

Way = Callable[[Recipe, Unsaid], str]

_CURL = r"""
DANQING_URL=%(base)s
curl -sS "$DANQING_URL/api/jobs" -H "authorization: Bearer $DANQING_KEY" \
%(headers)s
  -o job.json -d @- <<%(end)s
%(body)s
END
JOB=$(sed -n 's/^{"id":"\([^"]*\)".*/\1/p' job.json)
: "${JOB:?$(cat job.json)}"

until curl -sS "$DANQING_URL/api/jobs/$JOB" -H "authorization: Bearer $DANQING_KEY" -o job.json &&
  grep -qE '^\{"id":"[^"]*","state":"(done|failed|cancelled|unknown)"' job.json; do sleep 2; done

FILES=$(grep -oE '"file":"[a-z0-9]+","url":"[^"]+","gone":null,"mime":"[a-z]+/[a-z0-9]+"' job.json |
  sed -E 's|"file":"([^"]+)".*/([^"]+)"|\1.\2|')
: "${FILES:?$(cat job.json)}"
printf '%%s\n' "$FILES" | while read -r FILE; do
  curl -sS "$DANQING_URL/api/files/${FILE%%.*}" -H "authorization: Bearer $DANQING_KEY" -o "$FILE"
  echo "$FILE"
done
"""
_DRAW = {
    "aspect": "--aspect",
    "count": "--count",
    "seed": "--seed",
    "size": "--size",
    "person": "--person",
    "negative": "--negative",
    "translate": "--translate",
}
_FILM = {"seconds": "--seconds", **_DRAW}
_CHANGE = {"aspect": "--aspect", "seed": "--seed"}
_CHANGES = (Task.EDIT, Task.INSERT, Task.REMOVE, Task.OUTPAINT, Task.BACKGROUND)
_SPECIAL = str.maketrans({"$": r"\u0024", "`": r"\u0060"})


def curl_ways(recipe: Recipe) -> Sequence[Way]:
    """The native API says everything."""
    return (_asked,)


def command_ways(recipe: Recipe) -> Sequence[Way]:
    """The command that is made for it, or the one that takes anything."""
    generation = recipe.generation
    if recipe.ordered or not generation.words.replace("\n", "").isprintable():
        return (_made,)  # since a shell and a terminal do not hand on everything
    if recipe.makes_film:
        return (_extended if generation.task is Task.EXTEND else _filmed, _made)
    if generation.task is Task.UPSCALE:
        return (_upscaled, _made)
    changed = generation.pictures and (generation.mask or generation.task in _CHANGES)
    return (_changed if changed else _drawn, _made)


def body(recipe: Recipe) -> dict[str, object]:
    """The body of POST /api/jobs, with a Given in the place of each file."""
    generation, unsaid = recipe.generation, Unsaid(recipe)
    told: dict[str, object] = {"model": generation.model}
    files = {given.blob: given for given in recipe.pictures()}
    if recipe.plain:
        told |= {"prompt": generation.prompt} if generation.prompt else {}
        told |= {"pictures": recipe.pictures()} if files else {}
    else:
        told["turns"] = [
            {"role": turn.role, "parts": [_part(part, files) for part in turn.parts]} for turn in generation.turns
        ]
    if generation.wants != recipe.model.ability.makes - {Medium.TEXT}:
        told["wants"] = sorted(generation.wants)
    fields = ("first_frame", "last_frame", "mask", "film")
    told |= {field: given for field in fields if (given := recipe.given(field))}
    told |= {"roles": list(generation.roles)} if generation.roles else {}
    told |= generation.parameters()
    told |= unsaid.named({name: name for name in ("translate", "preflight", "enhance")})
    knobs = unsaid.knobs()
    return {**told, **({"knobs": knobs} if knobs else {})}


def _asked(recipe: Recipe, unsaid: Unsaid) -> str:
    unsaid.take_all(*unsaid.lacks())
    headers = [f"  -H {shlex.quote(f'{name}: {value}')} \\" for name, value in recipe.headers("curl").items()]
    open_end = bool(recipe.own_files())  # the shell puts files in, and so has to be kept from the rest
    text = _json(body(recipe), in_shell=open_end)
    parts = {"base": shlex.quote(recipe.base), "end": "END" if open_end else "'END'", "body": text}
    return (_CURL % {**parts, "headers": "\n".join(headers).removesuffix(" \\") + " \\"}).lstrip("\n")


def _made(recipe: Recipe, unsaid: Unsaid) -> str:
    unsaid.take_all(*unsaid.lacks())
    command = _command(recipe, ["danqing", "make", "-"], [])
    return f"{command} <<'END'\n{_json(_named(body(recipe)), in_shell=False)}\nEND\n"


def _drawn(recipe: Recipe, unsaid: Unsaid) -> str:
    unsaid.take("pictures")
    options = _options(unsaid, _DRAW)
    if unsaid.take_if("mime", "image/jpeg"):
        options.append(("--output", "made.jpg"))
    options += [("--picture", _name(picture)) for picture in recipe.pictures()]
    return _command(recipe, ["danqing", "draw"], options, recipe.generation.prompt) + "\n"


def _filmed(recipe: Recipe, unsaid: Unsaid) -> str:
    options = _options(unsaid, _FILM)
    for field, option in (("first_frame", "--frame"), ("last_frame", "--last-frame")):
        if given := recipe.given(field):
            unsaid.take(field)
            options.append((option, _name(given)))
    return _command(recipe, ["danqing", "film"], options, recipe.generation.prompt) + "\n"


def _changed(recipe: Recipe, unsaid: Unsaid) -> str:
    unsaid.take("pictures")
    unsaid.take_if("count", recipe.model.ability.count_default)
    first, *others = recipe.pictures()
    options = [*_options(unsaid, _CHANGE), *(("--like", _name(picture)) for picture in others)]
    if mask := recipe.given("mask"):
        unsaid.take("mask")
        options.append(("--mask", _name(mask)))
    if task := recipe.generation.task:
        unsaid.take("task")
        options.append(("--task", task))
    return _command(recipe, ["danqing", "edit", _name(first)], options, recipe.generation.prompt) + "\n"


def _upscaled(recipe: Recipe, unsaid: Unsaid) -> str:
    unsaid.take_all("pictures", "task")
    unsaid.take_if("count", recipe.model.ability.count_default)
    words = ["danqing", "upscale", _name(recipe.pictures()[0])]
    return _command(recipe, words, _options(unsaid, {"factor": "--factor"})) + "\n"


def _extended(recipe: Recipe, unsaid: Unsaid) -> str:
    unsaid.take_all("film", "task")
    film = recipe.given("film")
    assert film, "this way is for those that have one"
    options = _options(unsaid, {"seed": "--seed"})
    return _command(recipe, ["danqing", "extend", _name(film)], options, recipe.generation.prompt) + "\n"


def _options(unsaid: Unsaid, names: Mapping[str, str]) -> list[tuple[str, str]]:
    told = [(option, str(value)) for option, value in unsaid.named(names).items()]
    enhance = unsaid.take("enhance") if "--translate" in names.values() else None
    return told if enhance is None else [*told, ("--enhance" if enhance else "--no-enhance", "")]


def _command(
    recipe: Recipe, words: Sequence[str], options: Sequence[tuple[str, str]], prompt: str | None = None
) -> str:
    """A command with each of its options on a line of its own, and the server that it is for."""
    told = [*options, ("--max-cost", show(recipe.most))]
    if "make" not in words:
        told = [("--model", recipe.generation.model), *told]
    lines = [f"{name} {shlex.quote(value)}" if value else name for name, value in told]
    said = [] if prompt is None else [f"-- {shlex.quote(prompt)}" if prompt.startswith("-") else shlex.quote(prompt)]
    first = " ".join(map(shlex.quote, words))
    whole = " \\\n  ".join([first, *lines, *said])
    return f"export DANQING_URL={shlex.quote(recipe.base)}\n{whole}"


def _part(part: str | Blob, files: Mapping[Blob, Given]) -> object:
    return part if isinstance(part, str) else {"picture": files[part]}


def _name(given: Given) -> str:
    return given.url or (given.named if given.file else given.path)


def _named(value: object) -> object:
    """The same with what each file is called, for a command that finds it."""
    match value:
        case Given():
            return _name(value)
        case Mapping():
            return {name: _named(part) for name, part in value.items()}
        case list():
            return [_named(part) for part in value]
    return value


def _json(value: object, *, in_shell: bool, depth: int = 0) -> str:
    """The value as JSON, a field on each line; `in_shell`: it stands where a shell looks for `$` and "`"."""
    pad = "  " * (depth + 1)
    match value:
        case Given() if value.url or value.file:
            return _json(_name(value), in_shell=in_shell)
        case Given():
            return f"\"data:{value.blob.mime};base64,$(base64 < {value.path} | tr -d '\\n')\""
        case Mapping() if value:
            entries = [
                f"{_json(name, in_shell=in_shell)}: {_json(part, in_shell=in_shell, depth=depth + 1)}"
                for name, part in value.items()
            ]
            return "{\n" + ",\n".join(pad + entry for entry in entries) + f"\n{'  ' * depth}}}"
        case list():
            return f"[{', '.join(_json(part, in_shell=in_shell, depth=depth + 1) for part in value)}]"
    text = bodies.compact(value)
    return text.replace("\\\\", r"\u005c").translate(_SPECIAL) if in_shell else text
