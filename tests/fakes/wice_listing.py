"""How a `FakeWice` lists a user's scope: always an inventory of ids, page by page, with the faults that listings have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from app.domain.appointment import Appointment
from app.domain.ids import Version
from app.domain.sync import Kind, Page, Sighting
from app.ports import Known
from tests.fakes.faults import LISTING_FAULTS, FaultKind
from tests.fakes.wice import FakeWice, Row

if TYPE_CHECKING:
    from tests.fakes.wice_crm import FakeCrm

PAGE = 7
LISTED = "listed"
"""An appointments cursor: there is nothing to continue from."""


def changes(crm: FakeCrm, kind: Kind, cursor: str | None, known: Known) -> Iterator[Page]:
    """A contacts cursor says up to which `last_update` companies were seen; only the last page moves it on. Appointments need none.

    A person's row does not move with its company's, so persons of companies that changed since then are uncertain (R5).
    """
    rows, fault = crm.call("list", lambda: _listing(crm, kind))
    unsure: frozenset[str] = frozenset()
    end = LISTED
    if kind is Kind.CONTACTS:
        companies = [row for row in crm.server.rows.values() if row.id.startswith("c:")]
        since = json.loads(cursor)["companies_since"] if cursor else ""
        changed = [row.id for row in companies if row.last_update >= since]
        unsure = known.children(changed) if cursor else frozenset(row.id for row in rows if row.company)
        newest = max((row.last_update for row in companies), default="")
        end = json.dumps({"companies_since": newest})
    if not crm.server.capabilities.delta:
        unsure = frozenset(row.id for row in rows if row.company)
    sightings = [Sighting(row.id, Version(row.last_update), certain=row.id not in unsure) for row in rows]
    at_rest = fault is None and all(seen.certain for seen in sightings)
    crm.server.told[crm.user, kind] = (end, tuple(sightings)) if at_rest else ("", ())
    twice = fault is FaultKind.DUPLICATES
    yield from _pages(sightings * 2 if twice else sightings, cursor, end, suspect=twice)


def unchanged(crm: FakeCrm, kind: Kind, cursor: str, *, children: bool) -> bool:
    """The list is the one that was last told behind this cursor, and of companies nothing else can be told than then."""
    end, told = crm.server.told.get((crm.user, kind), ("", ()))
    rows, fault = crm.call("list", lambda: _listing(crm, kind))
    as_listed = tuple(Sighting(row.id, Version(row.last_update)) for row in rows)
    companies = children and any(row.id.startswith("c:") for row in crm.server.rows.values())
    return fault is None and end == cursor and as_listed == told and not companies


def _listing(crm: FakeCrm, kind: Kind) -> tuple[list[Row], FaultKind | None]:
    server = crm.server
    fault = server.faults.due("list", LISTING_FAULTS)
    rows = [row for row in server.rows.values() if _is_listed(server, crm, kind, row)]
    former = server.listings.get((crm.user, kind), rows)
    server.listings[crm.user, kind] = rows
    match fault.kind if fault else None:
        case FaultKind.EMPTY:
            return [], FaultKind.EMPTY
        case FaultKind.TRUNCATED:
            return rows[: len(rows) // 2], FaultKind.TRUNCATED
        case FaultKind.STALE:
            return former, FaultKind.STALE
        case other:
            return rows, other


def _is_listed(server: FakeWice, crm: FakeCrm, kind: Kind, row: Row) -> bool:
    if isinstance(row.record, Appointment) is not (kind is Kind.APPOINTMENTS):
        return False
    last_day = row.record.last_day if isinstance(row.record, Appointment) else None
    if crm.window_start and last_day and last_day < crm.window_start:
        return False
    return server.absence(row.id, crm.user) is None


def _pages(sightings: Sequence[Sighting], cursor: str | None, end: str | None, *, suspect: bool) -> Iterator[Page]:
    starts = range(0, max(len(sightings), 1), PAGE)
    for start in starts:
        last = start == starts[-1]
        part = tuple(sightings[start : start + PAGE])
        yield Page(part, end if last else cursor, inventory=True, suspect=suspect, last=last)
