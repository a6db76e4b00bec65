"""The links of a profile: streamed in the order of their ids, saved in batches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, bindparam, select, update

from app.adapters.db.session import reading
from app.adapters.db.tables import links
from app.adapters.db.terms import accumulated
from app.adapters.db.upsert import Excluded, upsert
from app.domain.ids import LinkId, ProfileId
from app.domain.sync import End, Kind, Link, Say, Side
from app.domain.terms import joined

CHUNK = 1000
"""Links per statement of a stream."""


def stream(engine: Engine, profile: ProfileId, kind: Kind) -> Iterator[Link]:
    """All links of a kind, ended ones too, by id; no transaction stays open between chunks.

    Links saved while the stream is consumed may appear as they were or as they are; each id appears once.
    """
    last = LinkId("")
    query = select(links).where(links.c.profile_id == profile, links.c.kind == kind).order_by(links.c.id).limit(CHUNK)
    while True:
        with reading(engine) as connection:
            rows = connection.execute(query.where(links.c.id > last)).all()
        yield from map(read, rows)
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def save(connection: Connection, profile: ProfileId, changed: Iterable[Link]) -> None:
    """Store links as given. Raises (at the end of the block): BooksBroken if two links that have not ended claim one item."""
    # Ended ones first: what they give up, another link of this batch may claim.
    ordered = sorted(changed, key=lambda link: not link.ended)
    rows = [_row(profile, link) for link in ordered]
    upsert(connection, links, rows, computed=_with_former_terms)


def _with_former_terms(given: Excluded) -> Mapping[str, ColumnElement[Any]]:
    return {"terms": accumulated(links.c.terms, given.terms)}


def thaw(connection: Connection, profile: ProfileId, ids: Collection[str]) -> None:
    """Forget how often these links (all, if none is given) were written without a person's edit: what was frozen is written again (R40)."""
    frozen = update(links).where(links.c.profile_id == profile, links.c.written_runs > 0)
    if not ids:
        connection.execute(frozen.values(written_runs=0))
        return
    one = frozen.where(links.c.id == bindparam("of_id")).values(written_runs=0)
    connection.execute(one, [{"of_id": link} for link in ids])


def read(row: Row[Any]) -> Link:
    """A row as a link."""
    return Link(
        id=row.id,
        kind=row.kind,
        wice=_end(row, Side.WICE),
        exchange=_end(row, Side.EXCHANGE),
        label=row.label,
        parent=row.parent,
        last_day=row.last_day,
        ended=row.ended,
        written_side=row.written_side,
        written_fingerprint=row.written_fingerprint,
        written_run=row.written_run,
        written_runs=row.written_runs,
        incomplete=row.incomplete,
        missing=row.missing,
        undone=row.undone,
        say=Say(row.say),
        apart=row.apart,
        private=row.private,
        terms=row.terms,
    )


def _end(row: Row[Any], side: Side) -> End:
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's documented name of a row's mapping
    parts = {name: values[f"{side}_{name}"] for name in ("id", "version", "fingerprint", "certain")}
    return End(**parts)


def _row(profile: ProfileId, link: Link) -> Mapping[str, Any]:
    row: dict[str, Any] = {
        "profile_id": profile,
        "kind": link.kind,
        "id": link.id,
        "label": link.label,
        "parent": link.parent,
        "last_day": link.last_day,
        "ended": link.ended,
        "written_side": link.written_side,
        "written_fingerprint": link.written_fingerprint,
        "written_run": link.written_run,
        "written_runs": link.written_runs,
        "incomplete": link.incomplete,
        "missing": link.missing,
        "undone": link.undone,
        "say": int(link.say),
        "apart": link.apart,
        "private": link.private,
        "terms": joined(link.label, link.terms),
    }
    for side in Side:
        end = link.end(side)
        row |= {
            f"{side}_id": end.id,
            f"{side}_version": end.version,
            f"{side}_fingerprint": end.fingerprint,
            f"{side}_certain": end.certain,
        }
    return row
