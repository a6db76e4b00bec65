"""Find out what changed on one side since the last sync, page by page, and read it in full; prove every absence.

A page's ids are stored together with the cursor behind it, so that a run that dies goes on there (R30). What a version alone cannot
tell is looked at; what a list does not name is asked for by id: only the server's own word makes an item GONE (R42).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from app.domain.fingerprint import Record
from app.domain.ids import ItemId, Version
from app.domain.journal import Settlement
from app.domain.plan import HintReason, Seen
from app.domain.sync import Absence, Absent, Found, Held, Item, Link, Page, Side, Sighting
from app.domain.veil import is_private
from app.ports import Cursor, Ledger, Store
from app.rules.policy import Policy
from app.rules.state import SideView, end_of
from app.services.desk import LinkIndex, NoProgress, Progress, Step

BATCH: Final = 200
NOBODY_WATCHES: Final = NoProgress()

Tell = Callable[[int], None]
"""Told how many items are through."""


def _tell_nobody(done: int) -> None:
    del done


@dataclass
class _Listing:
    """What a side's list told: all ids of an inventory (None after a delta), and whether it contradicted itself.

    `expected` are the linked items that an inventory has to name, `cursor` is how far the books have it.
    """

    expected: Sequence[ItemId]
    cursor: Cursor
    inventory: set[ItemId] | None = None
    suspect: bool = False

    @property
    def absent(self) -> list[ItemId]:
        """Linked items that an inventory did not name."""
        return [] if self.inventory is None else [item for item in self.expected if item not in self.inventory]


@dataclass
class _Reading:
    """What was read in full."""

    items: dict[ItemId, Item] = field(default_factory=dict)
    held: dict[ItemId, Held] = field(default_factory=dict)
    gone: dict[ItemId, Absence] = field(default_factory=dict)
    remains: dict[ItemId, Record] = field(default_factory=dict)

    def take(self, found: Iterable[Found]) -> None:
        """Sort answers by what they are."""
        for answer in found:
            match answer:
                case Item():
                    self.items[answer.id] = answer
                case Held():
                    self.held[answer.id] = answer
                case Absent():
                    self.gone[answer.id] = answer.because
                    self.remains |= {answer.id: answer.record} if answer.record else {}


def gather(
    store: Store,
    ledger: Ledger,
    links: LinkIndex,
    policy: Policy,
    progress: Progress = NOBODY_WATCHES,
    *,
    deep: bool = False,
) -> SideView:
    """Return what is new, changed and gone on the side of `store`.

    `deep`: list everything from the start, and read all that is linked or held, whatever its version says.
    """
    step = Step.gather(store.kind, store.side)
    expected = _expected(store.side, links, policy)
    listing = _list(store, ledger, links, expected, lambda listed: progress.step(step, listed, 0), afresh=deep)
    seen = ledger.seen(store.kind, store.side)
    pending = [sighting for sighting in seen if deep or sighting.held is None]
    absent = listing.absent
    ids = dict.fromkeys([*(sighting.id for sighting in pending), *absent, *_open_questions(store.side, links)])
    if deep:
        ids |= dict.fromkeys(_expected(store.side, links, policy))
    reading = _Reading()
    found = fetch(store, list(ids), lambda read: progress.step(step, read, len(ids)))
    reading.take(_unlike_the_books(store.side, links, frozenset(absent), found) if deep else found)
    outside = _set_aside_strangers(store, ledger, links, listing, pending, reading)
    parked = _still_parked(store, ledger, [s for s in seen if s.held is not None and s.id not in ids], listing)
    doubtful = _doubt(store, ledger, links, listing, absent, reading)
    view = SideView(
        side=store.side,
        items=reading.items,
        held=reading.held,
        gone={item: why for item, why in reading.gone.items() if links.of(store.side, item)},
        remains=reading.remains,
        parked=parked,
        unlisted=sum(item in reading.items for item in absent),
        doubtful=doubtful,
        aged=_aged(store.side, links, policy),
    )
    return replace(view, size=_size(view, links, listing) - outside)


def fetch(store: Store, ids: Sequence[ItemId], tell: Tell = _tell_nobody) -> Iterator[Found]:
    """Read items in batches."""
    remaining, read = iter(ids), 0
    while batch := list(islice(remaining, BATCH)):
        tell(read)
        yield from store.fetch(batch)
        read += len(batch)


def more(view: SideView, store: Store, ids: Collection[ItemId]) -> SideView:
    """`view` with these items read as well, if they are not in it yet."""
    wanted = [item for item in ids if item not in view.items and item not in view.held and item not in view.gone]
    if not wanted:
        return view
    reading = _Reading(dict(view.items), dict(view.held), dict(view.gone), dict(view.remains))
    reading.take(fetch(store, wanted))
    parked = [sighting for sighting in view.parked if sighting.id not in wanted]
    return replace(
        view, items=reading.items, held=reading.held, gone=reading.gone, remains=reading.remains, parked=parked
    )


def _list(
    store: Store, ledger: Ledger, links: LinkIndex, expected: Sequence[ItemId], tell: Tell, *, afresh: bool = False
) -> _Listing:
    cursor = ledger.cursor(store.kind, store.side)
    # An inventory that broke off cannot name what is absent: with links to lose it starts again, without it goes on where it stopped.
    start = None if afresh or (cursor.inventory_open and links.active) else cursor.value
    listing = _walk(store, ledger, links, _Listing(expected, cursor), start, tell)
    if listing.suspect:
        listing = _walk(store, ledger, links, _Listing(expected, Cursor()), None, tell)
        listing.suspect = True
    return listing


def _walk(store: Store, ledger: Ledger, links: LinkIndex, listing: _Listing, start: str | None, tell: Tell) -> _Listing:
    listed = 0
    tell(listed)
    parked = {seen.id: seen.version for seen in ledger.seen(store.kind, store.side) if seen.held is not None}
    for page in store.changes(start, links):
        listing.suspect = listing.suspect or page.suspect
        if page.inventory:
            listing.inventory = (listing.inventory or set()) | {s.id for s in page.sightings if not s.gone}
        if store.side is Side.EXCHANGE and not page.suspect:
            _confirm(ledger, links, page)
        news = [s for s in page.sightings if not _is_known(s, store.side, links, parked)]
        behind = _cursor_behind(page, listing)
        if news or behind != listing.cursor:
            ledger.save_page(store.kind, store.side, news, behind)
            listing.cursor = behind
        listed += len(page.sightings)
        tell(listed)
        if listing.suspect:
            break
    return listing


def _confirm(ledger: Ledger, links: LinkIndex, page: Page) -> None:
    """Our own creations that the list names at the version we know: from now on it would tell of their deletion too."""
    named = ((links.of(Side.EXCHANGE, seen.id), seen) for seen in page.sightings if not seen.gone)
    confirmed = [
        replace(link, exchange=replace(link.exchange, certain=True))
        for link, seen in named
        if link and not link.exchange.certain and link.exchange.version == seen.version
    ]
    if confirmed:
        ledger.settle([Settlement(link=link) for link in confirmed])
        for link in confirmed:
            links.note(link)


def _cursor_behind(page: Page, listing: _Listing) -> Cursor:
    going_on = page.inventory and not page.last
    return Cursor(page.cursor, inventory_open=going_on, missing=not going_on and bool(listing.absent))


def _is_known(sighting: Sighting, side: Side, links: LinkIndex, parked: dict[ItemId, Version]) -> bool:
    """Nothing to look at: the version is the one of the last sync, or of the hold."""
    if sighting.gone:
        return False
    link = links.of(side, sighting.id)
    if link is None:
        return parked.get(sighting.id) == sighting.version
    end = link.end(side)
    return sighting.certain and end.certain and end.version == sighting.version


def _expected(side: Side, links: LinkIndex, policy: Policy) -> list[ItemId]:
    """Linked items that an inventory has to name. What has left the window is not expected in it (R20)."""
    return [link.end(side).id for link in links.active if _lists(side, link, policy)]


def _aged(side: Side, links: LinkIndex, policy: Policy) -> int:
    return sum(not _lists(side, link, policy) for link in links.active)


def _lists(side: Side, link: Link, policy: Policy) -> bool:
    """Exchange lists a whole folder, Wice what lies in the window."""
    return side is Side.EXCHANGE or policy.picks_up(link.last_day)


def _unlike_the_books(
    side: Side, links: LinkIndex, absent: Collection[ItemId], found: Iterable[Found]
) -> Iterator[Found]:
    """Without what is just as the books have it, so that a deep compare of a large mailbox keeps only its findings in memory."""
    for answer in found:
        link = links.of(side, answer.id) if isinstance(answer, Item) and answer.id not in absent else None
        if not (link and isinstance(answer, Item) and _is_in_step(link, answer, side)):
            yield answer


def _is_in_step(link: Link, item: Item, side: Side) -> bool:
    settled = not (link.incomplete or link.missing) and link.private == is_private(item.record)
    return settled and end_of(item) == link.end(side)


def _open_questions(side: Side, links: LinkIndex) -> list[ItemId]:
    """Items to look at whatever the lists say: links that a dead run left half done, and in Exchange absences that wait for a second witness and
    our own creations that no list has named yet: had a person deleted one since, the list of changes would never mention it (R8).
    """
    unsure = side is Side.EXCHANGE
    return [
        link.end(side).id
        for link in links.active
        if link.incomplete or (unsure and (link.missing or not link.exchange.certain))
    ]


def _set_aside_strangers(
    store: Store, ledger: Ledger, links: LinkIndex, listing: _Listing, pending: Sequence[Seen], reading: _Reading
) -> int:
    """Items that were never linked and are out of scope: forgotten, or remembered as such while a list goes on naming them.

    Returns how many a list names although they are out of scope (a flagged record that is deactivated, an external appointment).
    """
    strangers = [s for s in pending if s.id in reading.gone and links.of(store.side, s.id) is None]
    listed = [s for s in strangers if _goes_on_naming(s, listing, reading.gone[s.id])]
    if listed:
        outside = HintReason.OUT_OF_SCOPE
        ledger.hold(store.kind, [replace(s, held=outside, detail=reading.gone[s.id].value) for s in listed])
    gone = [s.id for s in strangers if s not in listed]
    if gone:
        ledger.forget_seen(store.kind, store.side, gone)
    return len(listed)


def _goes_on_naming(sighting: Seen, listing: _Listing, because: Absence) -> bool:
    """A list of changes names a declined meeting only once, but it lies there, and tells when its like comes from Wice (D2)."""
    if listing.inventory is None:
        return because is Absence.DECLINED
    return sighting.id in listing.inventory


def _still_parked(store: Store, ledger: Ledger, parked: Sequence[Seen], listing: _Listing) -> list[Seen]:
    """Held items that a complete list no longer names are gone, and with them their hint."""
    if listing.inventory is None:
        return list(parked)
    vanished = [seen.id for seen in parked if seen.id not in listing.inventory]
    if vanished:
        ledger.forget_seen(store.kind, store.side, vanished)
    return [seen for seen in parked if seen.id in listing.inventory]


def _doubt(
    store: Store, ledger: Ledger, links: LinkIndex, listing: _Listing, absent: Sequence[ItemId], reading: _Reading
) -> int:
    """After a lost or contradictory sync state nothing is deleted on one run's evidence: the second run is the witness (R42).

    Returns how many absences wait for it. Wice lists are inventories in every run and need no witness.
    """
    if store.side is Side.WICE:
        return 0
    first_time: list[Link] = []
    for item in absent if listing.inventory is not None else ():
        link = links.of(store.side, item)
        if link and item in reading.gone and not link.missing:
            first_time.append(replace(link, missing=True))
            del reading.gone[item]
    returned = [
        replace(link, missing=False) for link in links.active if link.missing and link.exchange.id in reading.items
    ]
    if first_time or returned:
        ledger.settle([Settlement(link=link) for link in (*first_time, *returned)])
        for link in (*first_time, *returned):
            links.note(link)
    return len(first_time)


def _size(view: SideView, links: LinkIndex, listing: _Listing) -> int:
    if listing.inventory is not None:
        return len(listing.inventory) - sum(seen.held is HintReason.OUT_OF_SCOPE for seen in view.parked)
    strangers = sum(links.of(view.side, item) is None for item in (*view.items, *view.held))
    return len(links.active) - len(view.gone) + strangers + len(view.parked)
