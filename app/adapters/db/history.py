"""What happened: runs with their reports, journal entries by run, link or name, plans, links. Reads only; nothing here needs a lease."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Engine, select

from app.adapters.db import codec, journal, links, plans, runs
from app.adapters.db.session import reading
from app.adapters.db.tables import journal as journal_rows
from app.adapters.db.tables import links as link_rows
from app.adapters.db.tables import plans as plan_rows
from app.adapters.db.tables import runs as run_rows
from app.adapters.db.terms import matching
from app.domain.ids import LinkId, ProfileId, RunId
from app.domain.journal import JournalEntry
from app.domain.plan import StoredPlan
from app.domain.run import Run
from app.domain.sync import Kind
from app.domain.terms import words_of


class SqlHistory:
    """Read access to the books of all profiles."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def runs(self, profile: ProfileId, limit: int = 50) -> Sequence[Run]:
        """The latest runs of a profile, newest first."""
        query = select(run_rows).where(run_rows.c.profile_id == profile).order_by(run_rows.c.number.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [runs.read(row) for row in connection.execute(query)]

    def run(self, run: RunId) -> Run | None:
        """One run."""
        with reading(self._engine) as connection:
            row = connection.execute(select(run_rows).where(run_rows.c.id == run)).one_or_none()
            return runs.read(row) if row else None

    def plan_of(self, run: RunId) -> StoredPlan | None:
        """The newest plan that this run made, in whatever state."""
        with reading(self._engine) as connection:
            return plans.newest(connection, select(plan_rows).where(plan_rows.c.run_id == run))

    def entries_of_run(self, run: RunId) -> Sequence[JournalEntry]:
        """What a run wrote, in the order in which it did."""
        with reading(self._engine) as connection:
            return journal.entries(connection, select(journal_rows).where(journal_rows.c.run_id == run))

    def entries_of_links(self, profile: ProfileId, wanted: Collection[LinkId]) -> Sequence[JournalEntry]:
        """The timeline of some links of a profile, oldest first."""
        query = select(journal_rows).where(journal_rows.c.profile_id == profile, journal_rows.c.link.in_(wanted))
        with reading(self._engine) as connection:
            return journal.entries(connection, query)

    def links_called(self, profile: ProfileId, text: str) -> Sequence[LinkId]:
        """Links, past ones too, whose names now or before hold every word of `text`, whatever the case; sorted."""
        called = select(link_rows.c.id).where(
            link_rows.c.profile_id == profile, matching(link_rows.c.terms, words_of(text))
        )
        with reading(self._engine) as connection:
            return [LinkId(link) for link in connection.execute(called.order_by(link_rows.c.id)).scalars()]

    def export(self, profile: ProfileId) -> Iterator[Mapping[str, object]]:
        """All that is kept of a profile, as JSON-ready objects: `{"table": "link" | "run" | "entry", ...}`, entries by run in their order."""
        for kind in Kind:
            for link in links.stream(self._engine, profile, kind):
                yield {"table": "link", **codec.plain(link)}
        with reading(self._engine) as connection:
            query = select(run_rows.c.id).where(run_rows.c.profile_id == profile).order_by(run_rows.c.number)
            known = connection.execute(query).scalars().all()
        for run in filter(None, map(self.run, known)):
            yield {"table": "run", **codec.plain(run)}
            for entry in self.entries_of_run(run.id):
                yield {"table": "entry", **codec.plain(entry)}
