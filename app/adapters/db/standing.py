"""How the books of one kind stand when nothing is open: three statements, however many links there are."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, exists, func, not_, or_, select

from app.adapters.db.sightings import read
from app.adapters.db.tables import cursors, failures, links, sightings
from app.domain.ids import ProfileId
from app.domain.plan import Seen
from app.domain.sync import Kind, Side
from app.ports import Cursor, Standing

_OPEN = or_(
    *(links.c[name] for name in ("incomplete", "missing", "undone", "apart")),
    not_(links.c.exchange_certain),
    not_(links.c.wice_certain),
)
"""Links to be looked at, or told of, in every run."""

_CHILD = links.c.parent != ""


def of_kind(connection: Connection, profile: ProfileId, kind: Kind, window_start: date | None) -> Standing | None:
    """See `app.ports.Ledger.standing`."""
    held = _held(connection, profile, kind)
    if held is None:
        return None
    named = {"of_profile": profile, "of_kind": kind, "from_day": window_start or date.min}
    linked, unclosed, old, children, refused = connection.execute(_counted(), named).one()
    if unclosed or refused:
        return None
    return Standing(
        cursors=_cursors(connection, profile, kind), linked=linked, aged=old, held=held, children=bool(children)
    )


@cache
def _counted() -> Select[Any]:
    """Links, of these open ones, aged ones and persons of companies, and whether an item was refused. Parameters: of_profile, of_kind, from_day."""
    profile = bindparam("of_profile", type_=links.c.profile_id.type)
    kind = bindparam("of_kind", type_=links.c.kind.type)
    aged = links.c.last_day < bindparam("from_day", type_=links.c.last_day.type)
    numbers = (func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in (_OPEN, aged, _CHILD))
    refused = exists().where(failures.c.profile_id == profile, failures.c.kind == kind)
    ours = (links.c.profile_id == profile, links.c.kind == kind, not_(links.c.ended))
    return select(func.count(), *numbers, refused).where(*ours)


def _held(connection: Connection, profile: ProfileId, kind: Kind) -> list[Seen] | None:
    """What is held; None if anything else is remembered, which then waits."""
    query = select(sightings).where(sightings.c.profile_id == profile, sightings.c.kind == kind)
    seen = [read(row) for row in connection.execute(query.order_by(sightings.c.side, sightings.c.item_id))]
    return None if any(one.held is None for one in seen) else seen


def _cursors(connection: Connection, profile: ProfileId, kind: Kind) -> dict[Side, Cursor]:
    query = select(cursors.c.side, cursors.c.value, cursors.c.inventory_open, cursors.c.missing)
    rows = connection.execute(query.where(cursors.c.profile_id == profile, cursors.c.kind == kind))
    return {side: Cursor() for side in Side} | {side: Cursor(*reached) for side, *reached in rows}
