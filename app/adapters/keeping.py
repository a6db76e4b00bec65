"""What a process keeps of one run for the account's next one: an open connection, the session of a login.

Bounded in number and in idle time. Each is given to one taker at a time, so that no two runs share one, and what a run had trouble with is not given
back. Its key says all that must be the same: server, account, login. It is a digest under a secret of this process: nobody reads a password from it.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from secrets import token_bytes
from threading import Lock
from time import monotonic
from typing import Final, Protocol

MOST: Final = 128
"""Things that are kept at the same time."""
IDLE_S: Final = 900.0
"""Seconds after which a thing that nobody has taken is let go."""


class Closable(Protocol):
    """What can be kept."""

    def close(self) -> None: ...


class Keeper:
    """Keeps things until somebody takes them. Safe in several threads, empty after a fork: a socket belongs to one process."""

    def __init__(self, most: int = MOST, idle_s: float = IDLE_S, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._idle_s = idle_s
        self._clock = clock
        self._turn = Lock()
        self._secret = token_bytes(32)
        self._process = os.getpid()
        self._kept: OrderedDict[str, tuple[Closable, float]] = OrderedDict()

    def key(self, *parts: object) -> str:
        """The key of what `parts` say, secrets among them. Parts are compared by their representation."""
        return blake2b(repr(parts).encode("utf-8", "surrogatepass"), key=self._secret, digest_size=32).hexdigest()

    def take(self, key: str) -> Closable | None:
        """What was kept under this key; from now on it is the taker's."""
        with self._turn:
            late = self._outdated()
            found = self._kept.pop(key, None)
        _close(late)
        return found[0] if found else None

    def keep(self, key: str, thing: Closable) -> None:
        """Keep `thing`; of two under the same key the newer one."""
        with self._turn:
            late = self._outdated()
            if former := self._kept.pop(key, None):
                late.append(former[0])
            self._kept[key] = thing, self._clock()
            while len(self._kept) > self._most:
                late.append(self._kept.popitem(last=False)[1][0])
        _close(late)

    def close(self) -> None:
        """Let everything go."""
        with self._turn:
            self._forget_after_fork()
            things = [thing for thing, _ in self._kept.values()]
            self._kept.clear()
        _close(things)

    def _outdated(self) -> list[Closable]:
        self._forget_after_fork()
        late, now = [], self._clock()
        while self._kept and now - next(iter(self._kept.values()))[1] > self._idle_s:
            late.append(self._kept.popitem(last=False)[1][0])
        return late

    def _forget_after_fork(self) -> None:
        if self._process != os.getpid():
            self._process = os.getpid()
            self._kept.clear()


def _close(things: list[Closable]) -> None:
    for thing in things:
        with suppress(OSError):
            thing.close()
