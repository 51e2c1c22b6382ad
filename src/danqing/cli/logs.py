"""Sets up logging for a process: to stderr, for people on a terminal and as JSON lines everywhere else.

Tracebacks come without the values of variables, which may be keys and prompts.
"""

import asyncio
import logging
import sys
from contextlib import suppress
from typing import TextIO

import structlog
from structlog.typing import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


class _Lenient:
    """A file for lines that may be lost: were one to raise, a full disk would end whatever wanted to tell of it."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._file.flush()


def configure(level: str) -> None:
    """Our own lines from `level` on ("debug", "info", "warning", "error"); those of libraries never below warning."""
    least = logging.getLevelNamesMapping()[level.upper()]
    ending = _for_people() if sys.stderr.isatty() else _for_machines()
    structlog.configure(
        processors=[*_SHARED, *ending],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.WriteLoggerFactory(_Lenient(sys.stderr)),  # type: ignore[arg-type]
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_SHARED, processors=_foreign(ending)))
    logging.getLogger("uvicorn.error").addFilter(_is_news)
    logging.getLogger("python_multipart").setLevel(logging.ERROR)  # it warns of what a client is told anyway
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[handler], force=True)


def _is_news(record: logging.LogRecord) -> bool:
    """Not uvicorn's complaints about the streams that it cuts off because it was told to stop."""
    cut_off = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not cut_off and not record.getMessage().startswith("Cancel ")


def _for_people() -> list[Processor]:
    return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]


def _for_machines() -> list[Processor]:
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]


def _foreign(ending: list[Processor]) -> list[Processor]:
    return [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending]
