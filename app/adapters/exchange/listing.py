"""Listing a folder's changes page by page, ids only; its position survives between pages and runs (R42).

A position is `<list>/<digest>/<the server's sync state>`. The list is `delta` once everything was listed, `inventory` before: a run that dies in
the middle of the first list is continued as what it was. The digest is that of the newest page with changes in it: no page comes twice, since a
change lists its item at a new version.
Source: SyncFolderItems.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from app.adapters.exchange import bodies
from app.adapters.exchange.errors import AnswerLost, RejectedCall, by_code
from app.adapters.exchange.items import identity
from app.adapters.exchange.session import Session
from app.adapters.exchange.wire import Message, children, find, local, text_of
from app.domain.sync import Page, Sighting

_INVENTORY, _DELTA = "inventory", "delta"
_INVALID = "ErrorInvalidSyncStateData"


class Listing:
    """One list of changes. It starts over at most once."""

    def __init__(self, session: Session, folder: str) -> None:
        self._session = session
        self._folder = folder
        self._seen: set[Sighting] = set()
        self._digest = ""
        self._started_over = False
        self._first: tuple[str, Message | None] | None = None

    def look_ahead(self, cursor: str | None) -> None:
        """Ask for the first page behind `cursor`; `is_empty` and `pages` do not ask for it again."""
        _, _, state = _position(cursor)
        self._first = state, self._ask(state)

    def is_empty(self, cursor: str) -> bool:
        """Nothing has changed since `cursor`. The answer to this question is the first page's: `pages` does not ask again."""
        mode, _, state = _position(cursor)
        if mode != _DELTA:
            return False
        message = self._answer(state)
        self._first = state, message
        if message is None:
            return False
        changes = find(message.element, "m:Changes")
        told = changes is not None and any(True for _ in children(changes))
        return not told and text_of(find(message.element, "m:IncludesLastItemInRange")).strip() != "false"

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Pages from `cursor`, or all.

        A state that the server no longer accepts, or a page that repeats what was listed, starts an inventory from scratch: what a repeated page
        replaced would never be listed again. If the second list is wrong too, it ends without a position, so that the next run lists everything.
        """
        mode, self._digest, state = _position(cursor)
        while True:
            message = self._answer(state)
            page = self._page(message, mode, state) if message else None
            if page:
                yield page
                if page.last:
                    return
            if page is None or page.suspect:
                self._started_over = True
                self._seen.clear()
                mode, self._digest, state = _position(None)
            else:
                state = _position(page.cursor)[2]

    def _answer(self, state: str) -> Message | None:
        first, self._first = self._first, None
        return first[1] if first and first[0] == state else self._ask(state)

    def _ask(self, state: str) -> Message | None:
        """The server's answer; None when it refuses the state, which may happen once."""
        where = self._session.access.where
        try:
            [message] = self._session.read(bodies.sync_items(self._folder, state), 1)
            code, text = message.code, message.text
        except RejectedCall as error:
            code, text = error.code, error.text
        if code == _INVALID and self._started_over:
            raise AnswerLost(f"{where} refuses even an empty sync state")
        if code == _INVALID:
            return None
        if code != "NoError":
            raise by_code(code, text, where)
        return message

    def _page(self, message: Message, mode: str, state: str) -> Page:
        sightings = tuple(_sightings(message))
        after = text_of(find(message.element, "m:SyncState")).strip()
        last = text_of(find(message.element, "m:IncludesLastItemInRange")).strip() != "false"
        digest = _digest(sightings)
        repeated = len(set(sightings)) < len(sightings) or not self._seen.isdisjoint(sightings)
        repeated = repeated or digest == self._digest != ""
        stuck = not after or (after == state and not last)
        self._seen.update(sightings)
        inventory = mode == _INVENTORY
        if repeated or stuck:
            return Page(sightings, None, inventory=inventory, suspect=True, last=self._started_over)
        self._digest = digest or self._digest
        position = f"{_DELTA if last else mode}/{self._digest}/{after}"
        return Page(sightings, position, inventory=inventory, last=last)


def _position(cursor: str | None) -> tuple[str, str, str]:
    """Which list, the digest of its newest page, and the server's state; without a cursor the beginning of everything."""
    mode, _, rest = (cursor or f"{_INVENTORY}//").partition("/")
    digest, _, state = rest.partition("/")
    return mode, digest, state


def _digest(sightings: tuple[Sighting, ...]) -> str:
    """16 hex digits over a page's changes, "" for none."""
    if not sightings:
        return ""
    lines = sorted(f"{seen.id} {seen.version} {seen.gone}" for seen in sightings)
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()


def _sightings(message: Message) -> Iterator[Sighting]:
    """The page's changes. Read-flag changes are none: they move no content."""
    changes = find(message.element, "m:Changes")
    for change in children(changes) if changes is not None else ():
        kind = local(change)
        if kind == "Delete":
            yield Sighting(identity(change)[0], gone=True)
        elif kind in {"Create", "Update"}:
            for item in children(change):
                identifier, version = identity(item)
                yield Sighting(identifier, version)
