"""The command line: asks a server, or works in this very process when none is named, and prints what came of it."""

from danqing.cli.program import main

__all__ = ["main"]
