"""What the lists of changes named and no run has dealt with yet (unsettled), or what is left alone for a reason (held)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, case, delete, not_, or_, select, update

from app.adapters.db.column_types import clock
from app.adapters.db.tables import cursors, sightings
from app.adapters.db.upsert import Excluded, upsert
from app.domain.ids import ItemId, ProfileId
from app.domain.plan import KindPlan, Seen
from app.domain.sync import Kind, Side, Sighting
from app.domain.terms import joined
from app.ports import Cursor

_DESCRIBED = ("held", "label", "detail", "terms")


def cursor(connection: Connection, profile: ProfileId, kind: Kind, side: Side) -> Cursor:
    """How far this list was read."""
    query = select(cursors.c.value, cursors.c.inventory_open, cursors.c.missing).where(
        cursors.c.profile_id == profile, cursors.c.kind == kind, cursors.c.side == side
    )
    row = connection.execute(query).one_or_none()
    return Cursor(*row) if row else Cursor()


def save_cursor(connection: Connection, profile: ProfileId, kind: Kind, side: Side, reached: Cursor) -> None:
    """Remember how far this list was read."""
    row = {
        "profile_id": profile,
        "kind": kind,
        "side": side,
        "value": reached.value,
        "inventory_open": reached.inventory_open,
        "missing": reached.missing,
    }
    upsert(connection, cursors, [row])


def see(connection: Connection, profile: ProfileId, kind: Kind, side: Side, listed: Iterable[Sighting]) -> None:
    """Remember listed items. A held one that is listed as it was stays held; at another version, or gone, it is looked at again (R32)."""
    # A server may list an item twice in one page (R42); its last word counts.
    newest = {sighting.id: sighting for sighting in listed}
    seen = [Seen(side, item.id, item.version, gone=item.gone) for item in newest.values()]
    at = clock(connection)
    upsert(connection, sightings, [_row(profile, kind, one, at) for one in seen], computed=_kept_hold)


def hold(connection: Connection, profile: ProfileId, kind: Kind, held: Sequence[Seen]) -> None:
    """Mark as held, inserting what is not there yet."""
    rows = {(one.side, one.id): _row(profile, kind, one, None) for one in held}
    upsert(connection, sightings, list(rows.values()))


def describe(connection: Connection, profile: ProfileId, plan: KindPlan) -> None:
    """Note the names of what is planned: lists tell ids only, and *explain* looks for names (R41)."""
    ends = [
        {"of_side": side, "of_item": end.id, "label": action.label, "terms": joined(action.label, action.terms)}
        for action in plan.actions
        for side, end in ((Side.WICE, action.wice), (Side.EXCHANGE, action.exchange))
        if end
    ]
    if not ends:
        return
    ours = (sightings.c.profile_id == profile, sightings.c.kind == plan.kind, sightings.c.held.is_(None))
    named = (sightings.c.side == bindparam("of_side"), sightings.c.item_id == bindparam("of_item"))
    statement = update(sightings).where(*ours, *named).values(label=bindparam("label"), terms=bindparam("terms"))
    connection.execute(statement, ends)


def hold_unless_seen(connection: Connection, profile: ProfileId, kind: Kind, held: Sequence[Seen]) -> None:
    """Hold what is not remembered yet; news of an item stay unsettled."""
    known = {(one.side, one.id) for side in Side for one in seen(connection, profile, kind, side)} if held else set()
    hold(connection, profile, kind, [one for one in held if (one.side, one.id) not in known])


def seen(connection: Connection, profile: ProfileId, kind: Kind, side: Side) -> list[Seen]:
    """All that is remembered, ordered by item id."""
    query = (
        select(sightings)
        .where(sightings.c.profile_id == profile, sightings.c.side == side, sightings.c.kind == kind)
        .order_by(sightings.c.item_id)
    )
    return [read(row) for row in connection.execute(query)]


def read(row: Row[Any]) -> Seen:
    """A row as what is remembered."""
    return Seen(row.side, row.item_id, row.version, row.gone, row.held, row.label, row.detail, row.terms)


def forget(
    connection: Connection, profile: ProfileId, items: Collection[tuple[Side, ItemId]], kind: Kind | None = None
) -> None:
    """Drop what needs no action any more; of one kind, or of either."""
    if not items:
        return
    named = [sightings.c.side == bindparam("of_side"), sightings.c.item_id == bindparam("of_item")]
    if kind:
        named.append(sightings.c.kind == kind)
    statement = delete(sightings).where(sightings.c.profile_id == profile, *named)
    connection.execute(statement, [{"of_side": side, "of_item": item} for side, item in items])


def forget_side(connection: Connection, profiles: Collection[ProfileId], kinds: Collection[Kind], side: Side) -> None:
    """Drop the cursors and all sightings of a side, so that its next list is a whole one."""
    for table in (cursors, sightings):
        of_side = (table.c.profile_id.in_(profiles), table.c.kind.in_(kinds), table.c.side == side)
        connection.execute(delete(table).where(*of_side))


def release(connection: Connection, profiles: Collection[ProfileId]) -> None:
    """Make held sightings unsettled ones: the settings that held them have changed."""
    held = update(sightings).where(sightings.c.profile_id.in_(profiles), sightings.c.held.is_not(None))
    connection.execute(held.values(held=None, detail="", at=clock(connection)))


def _row(profile: ProfileId, kind: Kind, one: Seen, at: datetime | None) -> Mapping[str, Any]:
    return {
        "profile_id": profile,
        "side": one.side,
        "item_id": one.id,
        "kind": kind,
        "version": one.version,
        "gone": one.gone,
        "held": one.held,
        "label": one.label,
        "detail": one.detail,
        "terms": joined(one.label, one.terms),
        "at": at,
    }


def _kept_hold(given: Excluded) -> Mapping[str, ColumnElement[Any]]:
    unchanged = and_(sightings.c.version == given.version, sightings.c.gone == given.gone)
    kept = {name: case((unchanged, sightings.c[name]), else_=given[name]) for name in _DESCRIBED}
    # Since when it waits: an item that changes once more before it is settled has waited since its first change.
    held = sightings.c.held.is_not(None)
    waits = or_(and_(held, unchanged), and_(not_(held), sightings.c.at.is_not(None)))
    return kept | {"at": case((waits, sightings.c.at), else_=given.at)}
