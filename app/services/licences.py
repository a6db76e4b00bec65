"""Licences (R38, R39): how it stands, whether a profile may write, and activating a key. The policy is `app.rules.licence`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.metadata import version
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from app.domain.ids import ProfileId
from app.domain.licence import ActiveLicence, Coverage, KeyRefused, LicenceStatus, Marks, Permit, Usage
from app.domain.people import Actor
from app.ports.licences import KeyReader, LicenceBook
from app.rules import licence as rules

REMEMBERED_EVERY: Final = timedelta(hours=1)
KNOWN_FOR: Final = timedelta(seconds=5)
"""How long runs go by how a valid licence stood: finding out counts all accounts. That there is none, and what a demo licence depends on, is found
out each time."""


class Licences:
    """One installation's licences. `now` gives aware UTC times."""

    def __init__(self, book: LicenceBook, keys: KeyReader, now: Callable[[], datetime]) -> None:
        self._book = book
        self._keys = keys
        self._now = now
        self._known: tuple[datetime, rules.Standing] | None = None

    def status(self) -> LicenceStatus:
        """What *Info* shows (R39). Raises: Retry."""
        usage = self._usage()
        return rules.status(version("wice-sync"), self._standing(usage), usage)

    def permit(self, profile: ProfileId) -> Permit:
        """May runs of this profile write? Raises: Retry."""
        return rules.permit(self._lately(), self._book.seat(profile))

    def coverage(self) -> Coverage:
        """Which profiles may write, for all at once. Raises: Retry."""
        return rules.coverage(self._standing(self._usage()))

    def activate(self, key: str, by: Actor) -> LicenceStatus:
        """Activate a pasted key; a key that is active already stays as it is. Raises: KeyRefused (a BadInput), Retry."""
        key = self._keys.line(key)
        licence = self._keys.read(key)
        now, marks, known = self._now(), self._book.marks(), list(self._active())
        today = rules.day_for(licence, now, marks, known)
        rules.refuse_unusable(licence, today, on_loopback=self._usage().on_loopback)
        if all(active.licence.id != licence.id for active in known):
            self._book.activate(key, licence, now, by, afresh=rules.starts_afresh(licence, known))
            self._known = None
        return self.status()

    def _lately(self) -> rules.Standing:
        now, known = self._now(), self._known
        if known is not None and timedelta(0) <= now - known[0] < KNOWN_FOR:
            return known[1]
        stands = self._standing(self._usage())
        self._known = (now, stands) if stands.state.valid and not stands.licence.loopback else None
        return stands

    def _standing(self, usage: Usage) -> rules.Standing:
        now, marks = self._now(), self._book.marks()
        self._remember(now, marks)
        return rules.standing(now, marks, list(self._active()), usage)

    def _remember(self, now: datetime, marks: Marks) -> None:
        if marks.seen is None or now - marks.seen >= REMEMBERED_EVERY:
            self._book.saw(now)

    def _active(self) -> Iterator[ActiveLicence]:
        for kept in self._book.activations():
            # A key that a former version knew and this one does not is no licence, and no reason to stop.
            with suppress(KeyRefused):
                yield ActiveLicence(
                    licence=self._keys.read(kept.key), activated=kept.activated, activated_by=kept.activated_by
                )

    def _usage(self) -> Usage:
        accounts, profiles = self._book.counts()
        return Usage(accounts=accounts, profiles=profiles, on_loopback=all_on_loopback(self._book.addresses()))


def all_on_loopback(addresses: Sequence[str]) -> bool:
    """Do all addresses name this machine? What autodiscover finds ("") may be anywhere."""
    return all(map(_is_loopback, addresses))


def _is_loopback(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
