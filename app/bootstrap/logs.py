"""Logs: one JSON object a line on standard error, constant event names, ids instead of people's data."""

from __future__ import annotations

import logging
import sys

import structlog
from structlog.typing import Processor

_ADDED: list[Processor] = [
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.JSONRenderer(),
]


class _LibraryLines(logging.Handler):
    """What libraries report: logger, level and the message's template. Its arguments may be people's data and stay out."""

    def emit(self, record: logging.LogRecord) -> None:
        log = structlog.get_logger().bind(logger=record.name, template=str(record.msg))
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
