"""The books of one profile, written under its lease. Each writing method is one transaction that first proves the lease (R36).

Statements per call do not grow with the number of items: rows travel in batches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import Connection, Engine, select, update

from app.adapters.db import claims, failures, holders, journal, leases, links, plans, runs, standing
from app.adapters.db import sightings as listed
from app.adapters.db.leases import Lease
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import accounts, profiles
from app.domain.ids import AttemptId, ItemId, PlanId, RunId
from app.domain.journal import Intent, IntentState, JournalEntry, Settlement
from app.domain.plan import Failure, KindPlan, PlanState, Seen, StoredPlan
from app.domain.run import RunStatus
from app.domain.sync import Holder, Kind, Link, Side, Sighting
from app.domain.writes import Unknown
from app.ports import Cursor, Standing


class SqlLedger:
    """`app.ports.Ledger` in a database."""

    def __init__(self, engine: Engine, lease: Lease, run: RunId, number: int) -> None:
        self._engine = engine
        self._lease = lease
        self._profile = lease.profile
        self.run = run
        self._finished = False
        # The lease's fencing token moves on by one with every run.
        self.number = number
        self._claimed: frozenset[AttemptId] = frozenset()

    def cursor(self, kind: Kind, side: Side) -> Cursor:
        with reading(self._engine) as connection:
            return listed.cursor(connection, self._profile, kind, side)

    def standing(self, kind: Kind, window_start: date | None) -> Standing | None:
        with reading(self._engine) as connection:
            return standing.of_kind(connection, self._profile, kind, window_start)

    def save_page(self, kind: Kind, side: Side, sightings: Sequence[Sighting], cursor: Cursor) -> None:
        with self._writing() as connection:
            listed.see(connection, self._profile, kind, side, sightings)
            listed.save_cursor(connection, self._profile, kind, side, cursor)

    def seen(self, kind: Kind, side: Side) -> Sequence[Seen]:
        with reading(self._engine) as connection:
            return listed.seen(connection, self._profile, kind, side)

    def hold(self, kind: Kind, held: Sequence[Seen]) -> None:
        with self._writing() as connection:
            listed.hold(connection, self._profile, kind, held)

    def forget_seen(self, kind: Kind, side: Side, ids: Sequence[ItemId]) -> None:
        with self._writing() as connection:
            listed.forget(connection, self._profile, [(side, item) for item in ids], kind)

    def links(self, kind: Kind) -> Iterator[Link]:
        """Streamed in chunks; other methods may write while it is consumed (see `links.stream`)."""
        return links.stream(self._engine, self._profile, kind)

    def holders(self, items: Collection[ItemId]) -> Mapping[ItemId, Sequence[Holder]]:
        with reading(self._engine) as connection:
            return holders.of(connection, self._profile, items)

    def failures(self, kind: Kind) -> Mapping[str, Failure]:
        with reading(self._engine) as connection:
            return failures.of_kind(connection, self._profile, kind)

    def release(self, keys: Collection[str]) -> None:
        with self._writing() as connection:
            failures.forget(connection, self._profile, keys)
            links.thaw(connection, self._profile, keys)

    def begin(self, intents: Sequence[Intent]) -> frozenset[AttemptId]:
        with self._writing() as connection:
            waiting = claims.take(connection, self._lease, intents)
            made = [intent for intent in intents if intent.attempt not in waiting]
            journal.begin(connection, self._profile, self.run, made)
        self._claimed |= frozenset(intent.attempt for intent in made if intent.claims)
        return waiting

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Later settlements win over earlier ones where they speak of the same link or key."""
        verdicts: dict[str, Failure | None] = {}
        for one in settlements:
            verdicts |= {one.clear_failure: None} if one.clear_failure else {}
            verdicts |= {one.failure.key: one.failure} if one.failure else {}
        with self._writing() as connection:
            outcomes = [outcome for one in settlements for outcome in one.outcomes]
            journal.close(connection, self._profile, outcomes)
            self._release(connection, [attempt for attempt, came in outcomes if not isinstance(came, Unknown)])
            links.save(connection, self._profile, {one.link.id: one.link for one in settlements if one.link}.values())
            listed.forget(connection, self._profile, [item for one in settlements for item in one.seen])
            failures.change(connection, self._profile, verdicts)
            for kind in {one.link.kind for one in settlements if one.link and one.holds}:
                held = [seen for one in settlements if one.link and one.link.kind is kind for seen in one.holds]
                listed.hold_unless_seen(connection, self._profile, kind, held)

    def open_intents(self, kind: Kind) -> Sequence[JournalEntry]:
        with reading(self._engine) as connection:
            entries = journal.open_entries(connection, self._profile, kind)
            self._claimed |= claims.standing(connection, self._profile) if entries else frozenset()
            return entries

    def close_intent(self, attempt: AttemptId, state: IntentState) -> None:
        with self._writing() as connection:
            journal.set_state(connection, self._profile, attempt, state)
            self._release(connection, [attempt])

    def abandoned(self, attempts: Collection[AttemptId]) -> frozenset[AttemptId]:
        with reading(self._engine) as connection:
            return journal.abandoned(connection, self._profile, attempts)

    def entries(self, attempts: Collection[AttemptId]) -> Sequence[JournalEntry]:
        with reading(self._engine) as connection:
            return journal.named(connection, self._profile, attempts)

    def entries_of(self, run: RunId) -> Sequence[JournalEntry]:
        with reading(self._engine) as connection:
            return journal.of_run(connection, self._profile, run)

    def save_plan(self, state: PlanState, kinds: Sequence[KindPlan], undoes: Sequence[AttemptId] = ()) -> PlanId:
        with self._writing() as connection:
            for plan in kinds:
                listed.describe(connection, self._profile, plan)
            return plans.save(connection, self._profile, self.run, state, kinds, undoes)

    def set_plan_state(self, plan: PlanId, state: PlanState) -> None:
        with self._writing() as connection:
            plans.set_state(connection, self._profile, plan, state)

    def stored_plan(self) -> StoredPlan | None:
        with reading(self._engine) as connection:
            return plans.newest_unfinished(connection, self._profile)

    def left_out(self, plan: PlanId) -> frozenset[str]:
        with reading(self._engine) as connection:
            return plans.left_out_of(connection, self._profile, plan)

    def stored_undo(self) -> StoredPlan | None:
        with reading(self._engine) as connection:
            return plans.newest_unfinished(connection, self._profile, undo=True)

    def save_folder(self, kind: Kind, folder_id: str) -> None:
        with self._writing() as connection:
            self._set_profile(connection, {folder_column(kind): folder_id})

    def forget_folder(self, kind: Kind) -> None:
        with self._writing() as connection:
            self._set_profile(connection, {folder_column(kind): ""})
            listed.forget_side(connection, [self._profile], [kind], Side.EXCHANGE)

    def save_endpoint(self, endpoint: str) -> None:
        owner = select(profiles.c.account_id).where(profiles.c.id == self._profile).scalar_subquery()
        with self._writing() as connection:
            connection.execute(update(accounts).where(accounts.c.id == owner).values(endpoint=endpoint))

    def approve(self) -> None:
        with self._writing() as connection:
            self._set_profile(connection, {"approved": True})

    def deep_compared(self) -> datetime | None:
        query = select(profiles.c.deep_compared_at).where(profiles.c.id == self._profile)
        with reading(self._engine) as connection:
            return connection.execute(query).scalar()

    def note_deep_compare(self, at: datetime) -> None:
        with self._writing() as connection:
            self._set_profile(connection, {"deep_compared_at": at})

    def finish(self, status: str, report: Mapping[str, object]) -> None:
        with self._writing() as connection:
            runs.end(connection, self.run, RunStatus(status), report)
            leases.free(connection, self._lease)
        self._finished = True

    def abandon(self) -> None:
        """Close a run that was not finished as failed, and free the lease if it is still ours."""
        if self._finished:
            return
        with writing(self._engine) as connection:
            leases.free(connection, self._lease)
            runs.end(connection, self.run, RunStatus.FAILED)

    def _release(self, connection: Connection, attempts: Sequence[AttemptId]) -> None:
        """What came of these attempts is known, be they this run's own or what a former one has left open."""
        if known := self._claimed & frozenset(attempts):
            claims.release(connection, self._profile, known)
            self._claimed -= known

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with writing(self._engine) as connection:
            leases.renew(connection, self._lease)
            yield connection

    def _set_profile(self, connection: Connection, values: Mapping[str, object]) -> None:
        connection.execute(update(profiles).where(profiles.c.id == self._profile).values(**values))


def folder_column(kind: Kind) -> str:
    """The profile's column that holds the folder id of a kind."""
    return "contacts_folder_id" if kind is Kind.CONTACTS else "calendar_folder_id"
