"""`app.ports.finding.Finder` in a database: links and sightings by their terms, with all else that is kept of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Row, RowMapping, Select, and_, or_, select, tuple_

from app.adapters.db import journal
from app.adapters.db import runs as stored_runs
from app.adapters.db.finding_entry import assemble
from app.adapters.db.session import reading
from app.adapters.db.tables import accounts, failures, links, profiles, runs, sightings
from app.adapters.db.tables import journal as journal_rows
from app.adapters.db.terms import matching
from app.domain.finding import BookEntry, Happened, Hit
from app.domain.ids import ItemId, ProfileId
from app.domain.plan import newcomer_key
from app.domain.run import Run
from app.domain.sync import Kind, Side

_KEY = (links.c.profile_id, links.c.kind, links.c.id)
_NAMED = (accounts.c.name.label("account"), profiles.c.name.label("profile"))


class SqlFinder:
    """Reads only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def profiles(self, limit: int) -> Sequence[str]:
        """By the accounts' index; no more is read of them than names."""
        query = select(accounts.c.name, profiles.c.name).join_from(accounts, profiles)
        with reading(self._engine) as connection:
            found = connection.execute(query.order_by(accounts.c.name_key, accounts.c.id, profiles.c.name).limit(limit))
            return [f"{account}/{name}" for account, name in found]

    def search(self, words: Sequence[str], limit: int) -> Sequence[Hit]:
        """Links first, then what is linked to nothing."""
        with reading(self._engine) as connection:
            places = connection.execute(_links_called(words, limit)).all()
            found = connection.execute(_links_at(places)).all() if places else []
            hits = _judged(connection, found)
            if len(hits) < limit:
                linked = {(row["profile_id"], side, row[f"{side}_id"]) for row in _mappings(found) for side in Side}
                alone = connection.execute(_sightings_called(words, limit)).all()
                hits += [_seen_hit(row) for row in alone if (row.profile_id, row.side, row.item_id) not in linked]
        return hits[:limit]

    def entries(self, profile: ProfileId, words: Sequence[str], limit: int) -> Sequence[BookEntry]:
        """Of links and sightings; failed ones and planned ones are among them."""
        of_links = select(links.c.kind, links.c.id).where(links.c.profile_id == profile, matching(links.c.terms, words))
        of_sightings = select(sightings.c.kind, sightings.c.side, sightings.c.item_id).where(
            sightings.c.profile_id == profile, matching(sightings.c.terms, words)
        )
        with reading(self._engine) as connection:
            keys = [(row.kind, row.id) for row in connection.execute(of_links.order_by(links.c.ended).limit(limit))]
            seen = connection.execute(of_sightings.limit(limit)).all()
            keys += [(row.kind, newcomer_key(row.side, row.item_id)) for row in seen]
            return _entries(connection, profile, keys)[:limit]

    def entry(self, profile: ProfileId, kind: Kind, key: str) -> BookEntry | None:
        """By link or by item."""
        with reading(self._engine) as connection:
            return next(iter(_entries(connection, profile, [(kind, key)])), None)

    def of_items(self, profile: ProfileId, kind: Kind, side: Side, ids: Collection[ItemId]) -> Sequence[BookEntry]:
        """By the ids of one side."""
        with reading(self._engine) as connection:
            return _entries(connection, profile, [(kind, newcomer_key(side, item)) for item in sorted(ids)])

    def latest(self, profile: ProfileId) -> Run | None:
        """The newest run that has ended."""
        ended = select(runs).where(runs.c.profile_id == profile, runs.c.finished.is_not(None))
        with reading(self._engine) as connection:
            row = connection.execute(ended.order_by(runs.c.number.desc()).limit(1)).one_or_none()
            return stored_runs.read(row) if row else None

    def timeline(self, profile: ProfileId, entry: BookEntry) -> Sequence[Happened]:
        """By link, and by the keys that the item had before it was linked."""
        ids = [(side, entry.id_on(side)) for side in Side]
        keys = {entry.key, *(newcomer_key(side, item) for side, item in ids if item)}
        ours = or_(journal_rows.c.link == (entry.link.id if entry.link else ""), journal_rows.c.key.in_(keys))
        about = and_(journal_rows.c.profile_id == profile, journal_rows.c.kind == entry.kind, ours)
        with reading(self._engine) as connection:
            found = journal.entries(connection, select(journal_rows).where(about))
            started = select(runs.c.id, runs.c.trigger).where(runs.c.id.in_({one.run for one in found}))
            triggers = {row.id: row.trigger for row in connection.execute(started)}
        return [Happened(entry=one, trigger=triggers.get(one.run, "")) for one in found]


def _links_called(words: Sequence[str], limit: int) -> Select[Any]:
    """Keys only, former links last: the index `ix_links_search` answers alone, in its own order."""
    return select(*_KEY).where(matching(links.c.terms, words)).order_by(links.c.ended).limit(limit)


def _links_at(places: Sequence[Row[Any]]) -> Select[Any]:
    query = select(*_NAMED, links).select_from(links).join(profiles).join(accounts)
    return query.where(tuple_(*_KEY).in_([tuple(place) for place in places])).order_by(links.c.ended, links.c.label)


def _sightings_called(words: Sequence[str], limit: int) -> Select[Any]:
    query = select(*_NAMED, sightings).select_from(sightings).join(profiles).join(accounts)
    return query.where(matching(sightings.c.terms, words)).limit(limit)


def _judged(connection: Connection, found: Sequence[Row[Any]]) -> list[Hit]:
    """Links as hits, with what the books hold against them."""
    rows = list(_mappings(found))
    if not rows:
        return []
    keys = {(row["profile_id"], row["id"]) for row in rows}
    ends = {(row["profile_id"], row["kind"], side, row[f"{side}_id"]) for row in rows for side in Side}
    refused = select(failures.c.profile_id, failures.c.key, failures.c.count)
    refused = refused.where(tuple_(failures.c.profile_id, failures.c.key).in_(keys))
    place = (sightings.c.profile_id, sightings.c.kind, sightings.c.side, sightings.c.item_id)
    listed = select(*place, sightings.c.held, sightings.c.version, sightings.c.gone).where(tuple_(*place).in_(ends))
    counts = {(profile, key): count for profile, key, count in connection.execute(refused)}
    seen = {tuple(row[:4]): row for row in connection.execute(listed)}
    return [_link_hit(row, counts, seen) for row in rows]


def _link_hit(row: RowMapping, counts: Mapping[tuple[int, str], int], seen: Mapping[tuple[Any, ...], Any]) -> Hit:
    places = {side: (row["profile_id"], row["kind"], side, row[f"{side}_id"]) for side in Side}
    known = {side: seen[place] for side, place in places.items() if place in seen}
    # As in `app.rules.explaining`: what a list names at the version that we know is no news.
    news = [side for side, one in known.items() if not one.held and (one.gone or one.version != row[f"{side}_version"])]
    return Hit(
        profile_id=row["profile_id"],
        account=row["account"],
        profile=row["profile"],
        kind=row["kind"],
        key=row["id"],
        label=row["label"],
        ended=row["ended"],
        linked=not row["ended"],
        held=next((one.held for one in known.values() if one.held), None),
        waits=bool(news) or (not row["ended"] and row["incomplete"]),
        refusals=counts.get((row["profile_id"], row["id"]), 0),
    )


def _seen_hit(row: Row[Any]) -> Hit:
    return Hit(
        profile_id=row.profile_id,
        account=row.account,
        profile=row.profile,
        kind=row.kind,
        key=newcomer_key(row.side, row.item_id),
        label=row.label,
        held=row.held,
        waits=row.held is None,
    )


def _mappings(rows: Iterable[Row[Any]]) -> Iterable[RowMapping]:
    return (row._mapping for row in rows)  # noqa: SLF001 - SQLAlchemy's documented name of a row's mapping


def _entries(connection: Connection, profile: ProfileId, keys: Sequence[tuple[Kind, str]]) -> list[BookEntry]:
    found: dict[str, BookEntry] = {}
    for kind in Kind:
        wanted = [key for of_kind, key in keys if of_kind is kind]
        found |= {entry.key: entry for entry in assemble(connection, profile, kind, wanted)} if wanted else {}
    return list(found.values())
