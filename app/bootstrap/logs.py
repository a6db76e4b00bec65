"""Logs: one JSON object a line on standard error, constant event names, ids instead of people's data."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from traceback import extract_tb
from typing import Final

import structlog
from structlog.typing import EventDict, Processor

MOST_FRAMES: Final = 20


def _whereabouts(error: BaseException) -> dict[str, object]:
    """What kind of error it is and where it was raised; its words may hold people's data."""
    frames = [f"{Path(one.filename).name}:{one.lineno} {one.name}" for one in extract_tb(error.__traceback__)]
    return {"error": type(error).__name__, "frames": frames[-MOST_FRAMES:]}


def _without_words(_logger: object, _method: str, line: EventDict) -> EventDict:
    error = line.pop("exc_info", None)
    return {**line, **_whereabouts(error)} if isinstance(error, BaseException) else line


_ADDED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    _without_words,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.JSONRenderer(),
]


class _LibraryLines(logging.Handler):
    """What libraries report: logger, level and the message's template. Its arguments may be people's data and stay out."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger().bind(logger=record.name, template=str(record.msg))
        if record.exc_info and record.exc_info[1]:
            log = log.bind(exc_info=record.exc_info[1])
        log.log(record.levelno, "library_message")


def start_logging(level: str) -> None:
    """Write log lines from `level` ("INFO", ...) on; those of libraries from WARNING on."""
    least = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=_ADDED,
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=max(least, logging.WARNING), handlers=[_LibraryLines()], force=True)
    logging.captureWarnings(capture=True)
