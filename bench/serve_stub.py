"""Starts the gateway with another engine in the Sketch engine's place, out of a folder: `serve_stub.py DATA [stub]`."""

import asyncio
import sys
from pathlib import Path

import uvloop

from danqing import app, config, providers
from danqing.cli import logs

_ENGINE = sys.argv[2] if len(sys.argv) > 2 else "stub"
providers.__path__.insert(0, str(Path(__file__).parent / _ENGINE))

if __name__ == "__main__":
    logs.configure("info")
    settings = config.load(data=Path(sys.argv[1]), port=0)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(app.serve(settings, lambda url: None))
