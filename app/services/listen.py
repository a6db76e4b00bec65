"""The listener: keeps connections at which mail servers tell of changes, and marks the profiles concerned as due.

One connection for many mailboxes, one thread for each connection. Whoever cannot be watched is synchronised by schedule, as before, and is tried
again after a while. Several listeners may run: one works, the others wait for it to fall silent. Nothing is lost with it: what nobody was told of,
the schedule finds.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from time import monotonic
from typing import Final, Protocol

import structlog

from app.domain.budget import Limits, Taken, Want
from app.domain.ids import ProfileId, new_id
from app.domain.watching import Watched
from app.errors import Halt, HaltCode, HostBusy, Retry, WiceSyncError
from app.ports.budget import HostBudgets
from app.ports.hints import Hints
from app.ports.notifications import Channel, Notifications, WatchList

MOST: Final = 200
"""So many mailboxes share a connection."""

LOOKS_EVERY_S: Final = 5.0
"""How often it shows that it lives, and looks whom to watch."""

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 300.0
"""A connection that broke comes back after a pause, which doubles as long as it does not work."""

POLLED_FOR_S: Final = 900.0
"""A mailbox that cannot be watched is tried again after so long."""

_ONE: Final = [Want("listener", Limits(1), 0)]

_log = structlog.get_logger()


class Station(Protocol):
    """What a listener needs. `listening`: of which one at a time may work."""

    @property
    def notifications(self) -> Notifications: ...
    @property
    def watch_list(self) -> WatchList: ...
    @property
    def hints(self) -> Hints: ...
    @property
    def listening(self) -> HostBudgets: ...


@dataclass(frozen=True)
class Standing:
    """How many profiles are watched, over how many connections, and how many are left to their schedule."""

    watched: int = 0
    connections: int = 0
    polled: int = 0


class Listener:
    """Call `look` again and again, and `close` at the end. Threads: those of its connections, which only mark profiles as due."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._holder = new_id()
        self._groups: list[_Group] = []
        self._polled: dict[ProfileId, float] = {}

    def look(self) -> Standing:
        """Take part: watch whom to watch if no other listener does. Raises: Retry; what is watched stays watched."""
        if not isinstance(self._station.listening.take(self._holder, _ONE, urgent=True), Taken):
            self._end(self._groups)
            return Standing()
        wanted = set(self._station.watch_list.watched())
        self._forget(wanted)
        self._merge()
        there = {one for group in self._groups for one in group.members}
        tried = {profile for profile, until in self._polled.items() if until > monotonic()}
        for members in grouped(one for one in wanted - there if one.profile not in tried):
            self._begin(members)
        return self._standing(wanted)

    def close(self) -> None:
        """End all connections, and let another listener work."""
        self._end(self._groups)
        self._station.listening.leave(self._holder, {want.host: 0 for want in _ONE})

    def _begin(self, members: Sequence[Watched]) -> None:
        group = _Group(self._station, members, self._poll)
        self._groups.append(group)
        group.start()

    def _forget(self, wanted: AbstractSet[Watched]) -> None:
        """Groups that have changed for the worse end; their mailboxes are grouped anew."""
        self._end([group for group in self._groups if not group.members <= wanted or not group.is_alive()])

    def _merge(self) -> None:
        """Whoever came later has a connection of their own for a moment: servers allow few of them."""
        for _, same in groupby(sorted(self._groups, key=_group_place), key=_group_place):
            small = [group for group in same if len(group.members) < MOST]
            if len(small) > 1:
                self._end(small)

    def _end(self, groups: Iterable[_Group]) -> None:
        for group in list(groups):
            group.stop()
            self._groups.remove(group)

    def _poll(self, members: Iterable[Watched]) -> None:
        for one in members:
            self._polled[one.profile] = monotonic() + POLLED_FOR_S

    def _standing(self, wanted: Collection[Watched]) -> Standing:
        watched = sum(len(group.members) for group in self._groups)
        return Standing(watched, len(self._groups), len(wanted) - watched)


class _Group(threading.Thread):
    """One connection and its mailboxes; comes back by itself when it breaks. Ends when none of its mailboxes can be watched."""

    def __init__(self, station: Station, members: Sequence[Watched], poll: _Poll) -> None:
        super().__init__(name="listener", daemon=True)
        self.members = set(members)
        self.place = _place(members[0])[:2]
        self._station = station
        self._poll = poll
        self._stopped = threading.Event()
        self._channel: Channel | None = None

    def stop(self) -> None:
        """Soon; it need not be waited for."""
        self._stopped.set()
        if self._channel is not None:
            self._channel.close()

    def run(self) -> None:
        pause = FIRST_PAUSE_S
        while self.members and not self._stopped.is_set():
            begun = monotonic()
            try:
                self._listen()
            except WiceSyncError as error:
                if not self._stopped.is_set():
                    _log.warning(
                        "listener_broke", mailboxes=len(self.members), error=type(error).__name__, pause_s=pause
                    )
            pause = FIRST_PAUSE_S if monotonic() - begun > LONGEST_PAUSE_S else min(pause * 2, LONGEST_PAUSE_S)
            self._stopped.wait(pause)

    def _listen(self) -> None:
        some = next(iter(self.members))
        channel = self._channel = self._station.notifications.open(some.server, some.endpoint)
        if channel is None:
            self._leave(self.members, "no_service_account")
            return
        try:
            self._watch_all(channel)
            if self.members:
                for profiles in channel.changes():
                    self._hint(profiles)
        finally:
            channel.close()

    def _watch_all(self, channel: Channel) -> None:
        """Raises: Retry for what concerns the server as a whole."""
        for one in sorted(self.members, key=lambda one: one.mailbox):
            try:
                channel.watch(one)
            except HostBusy as error:
                if error.whole:
                    raise
                self._leave([one], type(error).__name__)
            except Retry:
                raise
            except Halt as error:
                # All sign in with the same login: who tries it for each has it locked.
                refused = error.code is HaltCode.LOGIN_REFUSED
                self._leave(self.members if refused else [one], error.code.value)
                if refused:
                    return
            except WiceSyncError as error:
                self._leave([one], type(error).__name__)

    def _leave(self, members: Iterable[Watched], reason: str) -> None:
        gone = list(members)
        if len(gone) == 1:
            _log.warning("mailbox_is_polled", profile=gone[0].profile, reason=reason)
        else:
            _log.info("mailboxes_are_polled", mailboxes=len(gone), reason=reason)
        self.members -= set(gone)
        self._poll(gone)

    def _hint(self, profiles: Collection[ProfileId]) -> None:
        if not profiles:
            return
        try:
            sooner = self._station.hints.changed(profiles)
            _log.info("mailboxes_changed", profiles=len(profiles), sooner=sooner)
        except Retry as error:
            # The schedule finds it.
            _log.warning("hint_lost", reason=type(error).__name__)


class _Poll(Protocol):
    def __call__(self, members: Iterable[Watched], /) -> None: ...


def grouped(mailboxes: Iterable[Watched]) -> Iterator[Sequence[Watched]]:
    """Those of one server and address together, so many as a connection takes."""
    by_place = sorted(mailboxes, key=_place)
    for _, same in groupby(by_place, key=lambda one: _place(one)[:2]):
        members = list(same)
        yield from (members[start : start + MOST] for start in range(0, len(members), MOST))


def _group_place(group: _Group) -> tuple[str, str]:
    return group.place


def _place(one: Watched) -> tuple[str, str, str]:
    return one.server, one.endpoint, one.mailbox
