"""Checks the types of the studio's modules: against each other, their libraries, and what the API answers."""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import danqing.studio
from danqing.dialects import native
from danqing.front import Front
from danqing.wire.openapi import document

from .declarations import declarations

HERE = Path(__file__).parent
STUDIO = Path(danqing.studio.__file__).parent
MODULES = HERE.parents[2] / ".venvs" / "studio" / "node_modules"
COMPILER = MODULES / "typescript" / "bin" / "tsc"
# What the build puts into vendor/, by the packages that it comes from.
LIBRARIES = {"preact": "preact", "hooks": "preact/hooks", "signals": "@preact/signals"}
# What every room stands on is held to more: nothing may be absent or of any type unless it says so.
STRICT = "base/"
STRICTLY = ("--strictNullChecks", "true", "--noImplicitAny", "true")
FRONT = Front(*[None] * 8)  # type: ignore[arg-type]  # nobody asks


def missing() -> str:
    """Why nothing can be checked here, or nothing."""
    return "" if COMPILER.exists() else "TypeScript is not installed: make .venvs/studio/ready (it needs npm)"


def complaints(also: Mapping[str, str] | None = None) -> list[str]:
    """Every line that the compiler has to say; `also`: modules by name that are taken to lie there too."""
    with tempfile.TemporaryDirectory() as folder:
        lay_out(Path(folder), also or {})
        strict = [line for line in compiled(folder, *STRICTLY) if line.startswith(f"studio/{STRICT}")]
        return list(dict.fromkeys([*compiled(folder), *strict]))


def compiled(folder: str, *options: str) -> list[str]:
    """What the compiler says to all that was laid out."""
    command = ["node", str(COMPILER), "--project", "tsconfig.json", "--pretty", "false", *options]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240)
    told = (run.stdout + run.stderr).splitlines()
    assert bool(told) == bool(run.returncode), told
    return told


def lay_out(folder: Path, also: Mapping[str, str]) -> None:
    """The studio as it lies in the package, with declarations where its libraries are."""
    (folder / "node_modules").symlink_to(MODULES)
    for name in ("tsconfig.json", "ambient.d.ts"):
        (folder / name).write_text((HERE / name).read_text())
    calls = [call.operation for subject in native.SUBJECTS for call in subject(FRONT).calls()]
    (folder / "api.d.ts").write_text(declarations(document(calls, version="", server="")))
    modules = {path.relative_to(STUDIO).as_posix(): path.read_text() for path in STUDIO.rglob("*.js")}
    for name, text in {**modules, **also}.items():
        if not name.startswith(danqing.studio.VENDOR):
            put(folder / "studio" / name, text)
    vendor = folder / "studio" / danqing.studio.VENDOR
    put(vendor / "htm.d.ts", (HERE / "htm.d.ts").read_text())
    for name, package in LIBRARIES.items():
        put(vendor / f"{name}.d.ts", f'export * from "{package}";\n')


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
