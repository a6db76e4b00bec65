"""Being told by a mail server that something has changed. Hints only: a channel may lose what it likes, the schedule finds it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from app.domain.ids import ProfileId
from app.domain.watching import Watched


class Channel(Protocol):
    """One connection at which one server tells of many mailboxes. Used by one thread; `close` may be called by another."""

    def watch(self, mailbox: Watched) -> None:
        """From now on this mailbox too, before `changes` is called. Raises: Retry, Halt; then this one is not watched."""
        ...

    def changes(self) -> Iterator[Collection[ProfileId]]:
        """For whom something changed, as it happens; nobody, as a sign of life. Ends when the server has had enough of it. Raises: Retry, Halt."""
        ...

    def close(self) -> None:
        """End it; whoever waits in `changes` gets an error."""
        ...


class Notifications(Protocol):
    """Servers that tell."""

    def open(self, server: str, endpoint: str) -> Channel | None:
        """A channel of a server of the configuration, at `endpoint` if it has no address itself; sends nothing yet.

        None if its mailboxes cannot be watched together, since each has a login of its own.
        """
        ...


class WatchList(Protocol):
    """Whom to watch."""

    def watched(self) -> Sequence[Watched]:
        """Active profiles with a schedule whose folders are known and whose service account can sign in, by server and mailbox."""
        ...
