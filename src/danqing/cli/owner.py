"""What the owner of a server types about keys and projects, and the limits that both have."""

import re
from collections.abc import Callable
from inspect import Parameter, Signature, signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from danqing.domain.retention import DAYS_MAX, FOREVER, Kept
from danqing.later import Later

if TYPE_CHECKING:
    from danqing.cli import commands
else:
    commands = Later("danqing.cli.commands")

_NONE = "none"
_SIZE = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,3}))? ?([KMGT]?)B?", re.IGNORECASE)
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}

KeyId = Annotated[str, typer.Argument(metavar="ID", help="The key's id, such as key_1f…", show_default=False)]
Limits = dict[str, str | int | None]
Translated = Annotated[
    str | None, typer.Option("--translate", metavar="WORD", help="Prompts in other languages: auto, off or require.")
]
Ranked = Annotated[
    str | None,
    typer.Option("--role", metavar="WORD", help="viewer (only looks), member, or admin (does what the owner may)."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]

_LIMITS: dict[str, object] = {
    "budget": Annotated[str | None, typer.Option(metavar="DOLLARS", help="The most it may ever spend: 25.00")],
    "monthly": Annotated[str | None, typer.Option(metavar="DOLLARS", help="The most a calendar month (UTC).")],
    "daily": Annotated[str | None, typer.Option(metavar="DOLLARS", help="The most a day (UTC).")],
    "per_minute": Annotated[str | None, typer.Option(metavar="NUMBER", help="The most requests a minute.")],
    "concurrent": Annotated[str | None, typer.Option(metavar="NUMBER", help="The most unfinished jobs at a time.")],
    "storage": Annotated[
        str | None, typer.Option(metavar="SIZE", help="The most that its files may take: 500MB, 10GB")
    ],
    "keep": Annotated[
        list[str] | None,
        typer.Option(metavar="KIND=DAYS", help="How long pictures, films or inputs are kept: films=30"),
    ],
}

keys = typer.Typer(help="Create, limit, list and revoke keys. For the owner of the server.", no_args_is_help=True)
projects = typer.Typer(help="Keys that share limits. For the owner of the server.", no_args_is_help=True)


def _limited(command: Callable[..., None]) -> Callable[..., None]:
    """The command with an option for every limit, before `json`; it is given what was typed of them as `limits`."""
    *before, _, last = signature(command).parameters.values()
    options = [Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=of) for name, of in _LIMITS.items()]

    def typed(**given: Any) -> None:
        limits = _limits(**{name: given.pop(name) for name in _LIMITS})
        command(**given, limits=limits)

    typed.__name__, typed.__doc__ = command.__name__, command.__doc__
    typed.__signature__ = Signature([*before, *options, last])  # type: ignore[attr-defined]
    typed.__annotations__ = {each.name: each.annotation for each in (*before, *options, last)}
    return typed


@keys.command("list")
def list_keys(json: Json = False) -> None:
    """List all keys."""
    commands.keys(json=json)


@keys.command("create")
@_limited
def create_key(
    name: Annotated[str, typer.Argument(help="What to know the key by.", show_default=False)],
    live: Annotated[bool, typer.Option("--live", help="For real upstreams and real money.")] = False,
    project: Annotated[str | None, typer.Option(metavar="ID", help="The project that it belongs to.")] = None,
    role: Ranked = None,
    translate: Translated = None,
    *,
    limits: Limits,
    json: Json = False,
) -> None:
    """Create a key and print it, this once."""
    commands.create_key(name, test=not live, project=project, limits=limits | _manner(role, translate), json=json)


@keys.command("limit")
@_limited
def limit_key(
    id: KeyId,
    role: Ranked = None,
    translate: Translated = None,
    *,
    limits: Limits,
    json: Json = False,
) -> None:
    """Change limits of a key or its role, at once; "none" takes a limit away."""
    commands.limit_key(id, limits=limits | _manner(role, translate), json=json)


@projects.command("list")
def list_projects(json: Json = False) -> None:
    """List all projects."""
    commands.projects(json=json)


@projects.command("create")
@_limited
def create_project(
    name: Annotated[str, typer.Argument(help="What to know the project by.", show_default=False)],
    *,
    limits: Limits,
    json: Json = False,
) -> None:
    """Create a project; what its keys do counts together."""
    commands.create_project(name, limits=limits, json=json)


@projects.command("limit")
@_limited
def limit_project(
    id: Annotated[str, typer.Argument(metavar="ID", help="The project's id.", show_default=False)],
    *,
    limits: Limits,
    json: Json = False,
) -> None:
    """Change limits of a project, at once; "none" takes one away."""
    commands.limit_project(id, limits=limits, json=json)


@keys.command("revoke")
def revoke_key(
    id: KeyId,
    json: Json = False,
) -> None:
    """Have a key refused from now on."""
    commands.revoke(id, json=json)


def _limits(
    budget: str | None,
    monthly: str | None,
    daily: str | None,
    per_minute: str | None,
    concurrent: str | None,
    storage: str | None,
    keep: list[str] | None,
) -> Limits:
    """The limits that were typed, as the server takes them. What was not typed is left out; the server reads money."""
    typed = {
        "budget_usd": budget,
        "monthly_usd": monthly,
        "daily_usd": daily,
        "per_minute": _number(per_minute, "--per-minute"),
        "concurrent": _number(concurrent, "--concurrent"),
        "storage_bytes": _bytes(storage),
        **dict(map(_kept, keep or [])),
    }
    return {name: None if value == _NONE else value for name, value in typed.items() if value is not None}


def _manner(role: str | None, translate: str | None) -> Limits:
    """What a key may do, and what becomes of its prompts in other languages, where that was typed."""
    told = {"role": role, "translate": translate}
    return {name: None if value == _NONE else value for name, value in told.items() if value is not None}


def _number(text: str | None, option: str) -> str | int | None:
    if text is None or text == _NONE:
        return text
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise typer.BadParameter(f"{option} takes a whole number, or {_NONE}.")
    return int(text)


def _bytes(text: str | None) -> str | int | None:
    if text is None or text == _NONE:
        return text
    found = _SIZE.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f"--storage takes a size such as 500MB or 10GB, or {_NONE}.")
    whole, fraction, unit = found.groups()
    return int(whole + (fraction or "").ljust(3, "0")) * _UNITS[unit.upper()] // 1000


def _kept(text: str) -> tuple[str, str | int | None]:
    kind, _, days = text.partition("=")
    if kind not in set(Kept) or not (days in (_NONE, FOREVER) or (days.isascii() and days.isdigit())):
        kinds = ", ".join(kept.value for kept in Kept)
        raise typer.BadParameter(f"--keep takes KIND=DAYS, such as films=30; kinds are {kinds}; days may be {FOREVER}.")
    return f"keep_{kind}_days", DAYS_MAX if days == FOREVER else _number(days, "--keep")
