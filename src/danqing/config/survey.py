"""Goes through everything that sets a server: options, the environment, danqing.toml; and keeps all that is wrong."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from danqing.config.settings import IN_FILES, PREFIX, SETTINGS, Wrong
from danqing.config.written import Unreadable, Written, read
from danqing.domain.spelling import meant, unknown

FILE = "danqing.toml"
TABLES = frozenset({"upstreams", "prompts"})
OTHERS = frozenset({"DANQING_DATA", "DANQING_CONFIG", "DANQING_URL", "DANQING_KEY"})  # variables that are no setting
OPTION, ENVIRONMENT, DEFAULT = "option", "environment", "default"
_PASSWORD = re.compile(r"//[^/@:]*:[^/@]+@")


@dataclass(frozen=True, slots=True)
class Mistake:
    """`where`: a file with its line, or the environment. One that is not `grave` keeps nobody from serving."""

    where: str
    setting: str
    message: str
    grave: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.setting} {self.message}" if self.setting else f"{self.where} {self.message}"

    def place(self) -> tuple[str, int]:
        """For sorting: a file's own lines in their order."""
        file, _, line = self.where.rpartition(":")
        return (file, int(line)) if line.isdecimal() else (self.where, 0)


@dataclass(frozen=True, slots=True)
class Found:
    """A setting's value, and who said so."""

    value: object
    source: str


@dataclass
class Survey:
    """What was found: each setting by its name, the tables of upstreams and prompts as written, every mistake."""

    data: Path
    written: Written
    settings: dict[str, Found] = field(default_factory=dict)
    upstreams: dict[str, Mapping[str, object]] = field(default_factory=dict)
    prompts: Mapping[str, object] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def value(self, name: str) -> object:
        """What a setting is; its default when what was written is wrong."""
        return self.settings[name].value

    def mistaken(self, where: str, setting: str, message: str, *, grave: bool = True) -> None:
        """Keep a mistake and go on."""
        sentence = message if message.endswith("?") else f"{message}."
        self.mistakes.append(Mistake(where, setting, sentence, grave))


def survey(*, data: Path | None, options: Mapping[str, object], env: Mapping[str, str], home: Path) -> Survey:
    """Look at everything. An option goes before the environment, that before danqing.toml, that before the default.

    `home`: the data directory when nobody names one.
    """
    named = env.get("DANQING_CONFIG")
    data = data or _path(env.get("DANQING_DATA"))
    path = _path(named) or (data or home) / FILE
    try:
        written, failure = read(path.absolute()), ""
    except Unreadable as error:
        written, failure = Written(path.absolute()), str(error)
    if named and isinstance(written.table.get("data"), str):
        data = data or path.parent / Path(str(written.table["data"])).expanduser()
    found = Survey((data or home).absolute(), written)
    if failure:
        found.mistaken(str(written.path), "", failure)
    elif named and not path.exists():
        found.mistaken(ENVIRONMENT, "DANQING_CONFIG", f"names a file that is not there: {path}")
    layers = _layers(found, options, env)
    for name in SETTINGS:
        found.settings[name] = _first(found, name, layers)
    for name in IN_FILES:
        _from_file(found, name, layers)
    found.upstreams = _upstreams(found)
    found.prompts = _prompts(found)
    _strangers(found, env, own=bool(named))
    return found


@dataclass(frozen=True, slots=True)
class _Layer:
    """One of those who may set something: the options, the environment or, when `written` is given, the file."""

    kind: str
    values: Mapping[str, object]
    written: Written | None = None

    def source(self, name: str) -> str:
        """Who says so."""
        return SETTINGS[name].variable if self.kind == ENVIRONMENT else self.where(name)

    def where(self, *name: str) -> str:
        """Where to look for it, or for what is inside of it."""
        return self.written.at(*name) if self.written else self.kind

    def spelled(self, name: str) -> str:
        """What it is called there."""
        return SETTINGS[name].variable if self.kind == ENVIRONMENT else name


def _layers(found: Survey, options: Mapping[str, object], env: Mapping[str, str]) -> Sequence[_Layer]:
    """Those who may set something, the first to be heard first. An empty variable is none."""
    variables = {name: env[setting.variable] for name, setting in SETTINGS.items() if env.get(setting.variable)}
    given = {name: value for name, value in options.items() if value is not None}
    written = found.written
    return (_Layer(OPTION, given), _Layer(ENVIRONMENT, variables), _Layer(FILE, written.table, written))


def _first(found: Survey, name: str, layers: Sequence[_Layer]) -> Found:
    """Who speaks first about a setting, is heard; were it wrong, nobody else is asked."""
    setting = SETTINGS[name]
    for layer in layers:
        if name in layer.values:
            try:
                return Found(setting.read(layer.values[name]), layer.source(name))
            except Wrong as wrong:
                found.mistaken(layer.where(name, wrong.inside), layer.spelled(name), str(wrong))
                break
    return Found(setting.default, DEFAULT)


def _from_file(found: Survey, name: str, layers: Sequence[_Layer]) -> None:
    """A setting whose value is in a file that another setting names, when nobody who goes before it says otherwise.

    A relative name begins beside danqing.toml when it stands there, else where the command was typed.
    """
    other = f"{name}_file"
    layer = next((layer for layer in layers if name in layer.values or other in layer.values), None)
    if layer is None or not (other in layer.values and found.value(other)):
        return
    where, spelled = layer.where(other), layer.spelled(other)
    if name in layer.values:
        found.mistaken(where, spelled, f"and {layer.spelled(name)} cannot both be set")
        return
    beside = layer.written.path.parent if layer.written else Path()
    path = beside / Path(str(found.value(other))).expanduser()
    try:
        found.settings[name] = Found(SETTINGS[name].read(path.read_text()), layer.source(other))
    except (OSError, UnicodeDecodeError):
        found.mistaken(where, spelled, f"names a file that cannot be read: {path}")
    except Wrong as wrong:
        found.mistaken(where, spelled, f"names {path}, and what is in it {wrong}")


def _upstreams(found: Survey) -> dict[str, Mapping[str, object]]:
    rows = found.written.table.get("upstreams", {})
    if not isinstance(rows, dict):
        rows = {"": rows}
    for name, row in rows.items():
        if not isinstance(row, dict):
            where = found.written.at("upstreams", name)
            found.mistaken(where, f"upstreams.{name}".rstrip("."), "must be a table of its own, [upstreams.NAME]")
    return {name: row for name, row in rows.items() if isinstance(row, dict)}


def _prompts(found: Survey) -> Mapping[str, object]:
    table = found.written.table.get("prompts", {})
    if isinstance(table, dict):
        return table
    found.mistaken(found.written.at("prompts"), "prompts", "must be a table, [prompts]")
    return {}


def _strangers(found: Survey, env: Mapping[str, str], *, own: bool) -> None:
    """Names that nobody knows. A variable may be somebody else's, so that it is only told of."""
    for name in found.written.table.keys() - SETTINGS.keys() - TABLES:
        if name == "data" and own:
            if not isinstance(found.written.table[name], str):
                found.mistaken(found.written.at(name), name, "must be text in quotation marks")
        elif name == "data":
            found.mistaken(found.written.at(name), name, "is for a file that DANQING_CONFIG names; this one is in it")
        else:
            found.mistaken(found.written.at(name), name, unknown(name, SETTINGS.keys() | TABLES))
    known = {setting.variable for setting in SETTINGS.values()} | OTHERS
    names = {variable.removeprefix(PREFIX) for variable in known}
    for variable in sorted(name for name in env.keys() - known if name.startswith(PREFIX)):
        if near := meant(variable.removeprefix(PREFIX), names):
            found.mistaken(ENVIRONMENT, variable, f"is not a setting; did you mean {PREFIX}{near}?", grave=False)
    if _readable_by_others(found.written) and _holds_a_secret(found):
        message = "holds a key and others can read it; chmod 600, or name the key with key_env or key_file"
        found.mistaken(str(found.written.path), "", message, grave=False)


def _holds_a_secret(found: Survey) -> bool:
    table = found.written.table
    password = _PASSWORD.search(str(table.get("database", "")))
    keys = any(row.keys() & {"key", "keys"} for row in found.upstreams.values())
    return "secret" in table or password is not None or keys


def _readable_by_others(written: Written) -> bool:
    return bool(written.text) and bool(written.path.stat().st_mode & 0o044)


def _path(words: str | None) -> Path | None:
    return Path(words).expanduser() if words else None
