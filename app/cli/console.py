"""Where commands write: results on standard output, everything about the way there on standard error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from rich.console import Console

from app.settings import Settings

if TYPE_CHECKING:
    from app.bootstrap import Application

PIPE_WIDTH: Final = 120
"""Columns when nobody's terminal tells its own."""


def _console(*, stderr: bool) -> Console:
    # No markup and no highlighting: names of people may hold any character.
    console = Console(stderr=stderr, markup=False, highlight=False, emoji=False)
    if not console.is_terminal:
        console.width = PIPE_WIDTH
    return console


OUT: Final = _console(stderr=False)
ERR: Final = _console(stderr=True)


@contextmanager
def application(*, any_schema: bool = False) -> Iterator[Application]:
    """The product, opened with the settings of the environment."""
    from app.bootstrap import opened, start_logging  # late: `--help` must not load both servers' libraries

    settings = Settings.load()
    start_logging(settings.log_level)
    with opened(settings, any_schema=any_schema) as product:
        yield product
