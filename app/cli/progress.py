"""How far a run is: a bar on a terminal, a line for each quarter elsewhere. On standard error, so that results stay clean."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from app.cli.console import ERR
from app.services.desk import Progress, Step
from app.services.wording import STEPS


class _Bar:
    """One bar, renamed with each step."""

    def __init__(self, bars: Bars, name: str) -> None:
        self._bars = bars
        self._name = name
        self._task = bars.add_task(name, total=None)

    def step(self, what: Step, done: int, total: int) -> None:
        """See `app.services.desk.Progress`."""
        self._bars.update(self._task, description=f"{self._name}: {STEPS[what]}", completed=done, total=total or None)


class _Lines:
    """A line when a step begins, and when it passes a quarter."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._said: tuple[Step, int] | None = None

    def step(self, what: Step, done: int, total: int) -> None:
        """See `app.services.desk.Progress`."""
        quarter = 4 * done // total if total else 0
        if (what, quarter) != self._said:
            self._said = (what, quarter)
            sys.stderr.write(f"{self._name}: {STEPS[what]}" + (f", {done} of {total}\n" if total else "\n"))


@contextmanager
def shown(name: str) -> Iterator[Progress]:
    """Show the progress of a run of the profile `name`."""
    if not ERR.is_terminal:
        yield _Lines(name)
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bars(*columns, console=ERR, transient=True) as bars:
        yield _Bar(bars, name)
