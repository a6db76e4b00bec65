"""Several processes as one: started together, started again when one dies, ended together - in order, or with us however we end.

Children die by the system's hand when this process is killed (`end_with_parent`), so nothing of it is ever left behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Final, Self

from app.bootstrap import end_with_parent

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
HEALTHY_S: Final = 60.0
"""Who has run so long may be started again at once."""

LOOKS_EVERY_S: Final = 0.25


@dataclass(frozen=True)
class Part:
    """One process. `ready`: has it come up? `patience_s`: how long it may take to end when it is asked to."""

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] = lambda: True
    patience_s: float = 20.0


@dataclass
class _Child:
    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE_S
    due: float = 0.0


@dataclass
class Supervisor:
    """Runs `parts`, started in their order; `say` tells an operator what happens. For a main thread only: it takes the stop signals."""

    parts: Sequence[Part]
    environment: Mapping[str, str]
    say: Callable[[str], None]
    _stop: threading.Event = field(default_factory=threading.Event)
    _children: list[_Child] = field(default_factory=list)

    def __enter__(self) -> Self:
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, self._asked_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        """End them all at once, but the first one last: the others depend on it."""
        others = self._children[1:]
        for child in others:
            _ask_to_end(child)
        for child in (*others, *self._children[:1]):
            _end(child)

    def start(self) -> bool:
        """Start every part when the one before it is ready; False if somebody stopped us meanwhile."""
        for part in self.parts:
            child = _Child(part)
            self._children.append(child)
            self._start(child)
            while not part.ready():
                if self._stop.wait(LOOKS_EVERY_S):
                    return False
                self._look_after(child)
        return not self._stop.is_set()

    def watch(self) -> None:
        """Keep them all running until somebody stops us."""
        while not self._stop.wait(LOOKS_EVERY_S):
            for child in self._children:
                self._look_after(child)

    def _asked_to_stop(self, _sign: int, _frame: FrameType | None) -> None:
        self._stop.set()

    def _start(self, child: _Child) -> None:
        parent = os.getpid()
        child.started = time.monotonic()
        child.process = subprocess.Popen(  # noqa: S603 - our own commands
            child.part.command,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            # What they report is for the log; standard output is ours.
            stdout=sys.stderr,
            # Ctrl-C is for us alone: we end them in their order.
            start_new_session=True,
            preexec_fn=lambda: end_with_parent(parent),  # noqa: PLW1509 - this process has one thread
        )

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            code = child.process.poll()
            if code is None:
                return
            child.process = None
            healthy = now - child.started > HEALTHY_S
            child.pause = FIRST_PAUSE_S if healthy else min(child.pause * 2, LONGEST_PAUSE_S)
            child.due = now + child.pause
            self.say(f"{child.part.name} has ended (code {code}); it is started again in {child.pause:.0f} seconds.")
        elif now >= child.due:
            self._start(child)


def _ask_to_end(child: _Child) -> None:
    if child.process is not None:
        child.process.terminate()


def _end(child: _Child) -> None:
    process = child.process
    if process is None:
        return
    process.terminate()
    try:
        process.wait(child.part.patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def this_program(*arguments: str) -> list[str]:
    """Command line of another process of this program."""
    return [sys.executable, "-m", "app.cli", *arguments]
