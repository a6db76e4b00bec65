"""Runs that are asked for, as the portal sees them. `work` is the workers' side of the same rows, `dispatch` the scheduler's.

`beat` is the latest sign of life: of a queued request when workers were last told, of a running one what its worker last said.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, Select, case, insert, select, update

from app.adapters.db import audit
from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.session import reading, take_turns, writing
from app.adapters.db.tables import accounts, profiles
from app.adapters.db.tables_runs import run_requests
from app.domain.ids import ProfileId, RunId, new_id
from app.domain.people import Actor, Via
from app.domain.run import RequestState, RunRequest, Verb
from app.errors import NotFound, Taken

_CHUNK = 500
_LOCK = 0x77696304
ACTIVE = (RequestState.QUEUED, RequestState.RUNNING)
_OTHERWISE: Final = {
    "profile": run_requests.c.profile_id,
    "account": select(profiles.c.account_id).where(profiles.c.id == run_requests.c.profile_id).scalar_subquery(),
}
_COLUMNS: Final = [
    (_OTHERWISE[f.name] if f.name in _OTHERWISE else run_requests.c[f.name]).label(f.name) for f in fields(RunRequest)
]


@dataclass(frozen=True)
class Wish:
    """What is asked for: two queued requests of one profile for the same would be one too many."""

    verb: Verb
    trigger: str
    requested_by: str
    subject: str = ""
    items: tuple[str, ...] = ()
    attempts: int = 0


class SqlRequests:
    """`app.ports.requests.Requests` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(
        self,
        names: Sequence[str],
        verb: Verb,
        by: Actor,
        *,
        trigger: str,
        subject: str = "",
        items: Sequence[str] = (),
    ) -> Sequence[RunRequest]:
        """See `app.ports.requests.Requests.ask`."""
        wish = Wish(verb, trigger, by.name, subject, tuple(items))
        with writing(self._engine) as connection:
            wanted = _ids(connection, names)
            asked = queue(connection, list(wanted.values()), wish)
            if by.via is not Via.SYSTEM:
                audit.note_each(connection, by, verb.value, "profile", _changes(wanted, asked))
            return [asked[profile] for profile in wanted.values()]

    def sent(self, runs: Collection[RunId]) -> None:
        """See `app.ports.requests.Requests.sent`."""
        with writing(self._engine) as connection:
            for some in chunks(runs):
                told = update(run_requests).where(run_requests.c.id.in_(some), _is(RequestState.QUEUED))
                connection.execute(told.values(beat=DatabaseTime(), message=""))

    def unsent(self, runs: Collection[RunId], message: str) -> Sequence[RunRequest]:
        """See `app.ports.requests.Requests.unsent`."""
        found: dict[RunId, RunRequest] = {}
        with writing(self._engine) as connection:
            for some in chunks(runs):
                untold = update(run_requests).where(run_requests.c.id.in_(some), _is(RequestState.QUEUED))
                connection.execute(untold.values(beat=None, message=message))
                rows = connection.execute(rows_of().where(run_requests.c.id.in_(some)))
                found |= {request.id: request for request in map(read, rows)}
        return [found[run] for run in runs if run in found]

    def cancel(self, run: RunId, by: Actor) -> RunRequest:
        """See `app.ports.requests.Requests.cancel`."""
        queued = run_requests.c.state == RequestState.QUEUED
        with writing(self._engine) as connection:
            values = {
                "cancel": True,
                "ended": case((queued, DatabaseTime()), else_=run_requests.c.ended),
                "state": case((queued, RequestState.CANCELLED), else_=run_requests.c.state),
            }
            stopped = update(run_requests).where(run_requests.c.id == run, run_requests.c.state.in_(ACTIVE))
            changed = connection.execute(stopped.values(**values)).rowcount
            row = connection.execute(rows_of().where(run_requests.c.id == run)).one_or_none()
            if row is None:
                raise NotFound(f"there is no run {run} that was asked for")
            if not changed:
                raise Taken(f"run {run} is over already")
            audit.note(
                connection, by, "cancelled", "run", run, after={"verb": row.verb, "profile": _name(connection, row)}
            )
            return read(row)

    def request(self, run: RunId) -> RunRequest | None:
        """See `app.ports.requests.Requests.request`."""
        with reading(self._engine) as connection:
            row = connection.execute(rows_of().where(run_requests.c.id == run)).one_or_none()
            return read(row) if row else None

    def unfinished(self, profile: ProfileId) -> Sequence[RunRequest]:
        """See `app.ports.requests.Requests.unfinished`."""
        query = rows_of().where(run_requests.c.profile_id == profile, run_requests.c.state.in_(ACTIVE))
        order = (run_requests.c.state.desc(), run_requests.c.requested, run_requests.c.id)
        with reading(self._engine) as connection:
            return [read(row) for row in connection.execute(query.order_by(*order))]


def queue(
    connection: Connection,
    wanted: Sequence[ProfileId],
    wish: Wish,
    *,
    not_before: DatabaseTime | None = None,
    told: bool = False,
) -> dict[ProfileId, RunRequest]:
    """Queue a request for each profile, or find the one that is queued already, which then need not wait any longer than this one.

    `told`: the caller is going to tell the workers.
    """
    # Two who ask at once must find each other's.
    take_turns(connection, _LOCK)
    there = _queued(connection, wish, wanted)
    moments = {"not_before": not_before, "beat": DatabaseTime() if told else None}
    if there and not_before is None:
        hurried = update(run_requests).where(run_requests.c.id.in_([request.id for request in there.values()]))
        connection.execute(hurried.values(not_before=None))
    values = {name: getattr(wish, name) for name in ("verb", "trigger", "requested_by", "subject", "items", "attempts")}
    new = [{"id": new_id(), "profile_id": profile} for profile in dict.fromkeys(wanted) if profile not in there]
    if new:
        statement = insert(run_requests).values(
            **values, **moments, state=RequestState.QUEUED, requested=DatabaseTime(), step="", cancel=False, message=""
        )
        connection.execute(statement, new)
    # One that a worker has taken since the first look is none that waits, but it is the one that was asked for.
    return there | _queued(connection, wish, wanted)


def rows_of() -> Select[Any]:
    """The columns of `RunRequest`."""
    return select(*_COLUMNS)


def read(row: Row[Any]) -> RunRequest:
    """A row as a request."""
    return RunRequest(**row._mapping)  # noqa: SLF001 - the public name of a row's mapping


def chunks(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """So many as a statement may have parameters."""
    remaining = iter(ids)
    while some := list(islice(remaining, _CHUNK)):
        yield some


def _queued(connection: Connection, wish: Wish, wanted: Collection[ProfileId]) -> dict[ProfileId, RunRequest]:
    same = (
        _is(RequestState.QUEUED),
        run_requests.c.verb == wish.verb,
        run_requests.c.trigger == wish.trigger,
        run_requests.c.subject == wish.subject,
        run_requests.c["items"] == wish.items,
    )
    found = map(read, connection.execute(rows_of().where(*same)))
    mine = frozenset(wanted)
    return {request.profile: request for request in found if request.profile in mine}


def _is(state: RequestState) -> Any:
    return run_requests.c.state == state


def _ids(connection: Connection, names: Sequence[str]) -> dict[str, ProfileId]:
    """Profile by account/name, in the order given. Raises: NotFound that names what is not there."""
    owners = {name.partition("/")[0] for name in names}
    query = select(accounts.c.name.label("account"), profiles.c.name, profiles.c.id).join_from(profiles, accounts)
    found = {
        f"{row.account}/{row.name}": ProfileId(row.id)
        for some in chunks(sorted(owners))
        for row in connection.execute(query.where(accounts.c.name.in_(some)))
    }
    missing = [f"there is no profile {name!r}" for name in dict.fromkeys(names) if name not in found]
    if missing:
        raise NotFound(*missing)
    return {name: found[name] for name in names}


def _changes(wanted: Mapping[str, ProfileId], asked: Mapping[ProfileId, RunRequest]) -> Iterator[audit.Change]:
    for name, profile in wanted.items():
        request = asked[profile]
        more = {"of_run": request.subject} if request.subject else {}
        yield audit.Change(
            name, after={"run": request.id, **more, **({"items": request.items} if request.items else {})}
        )


def _name(connection: Connection, row: Row[Any]) -> str:
    query = select(accounts.c.name, profiles.c.name).join_from(profiles, accounts).where(profiles.c.id == row.profile)
    return "/".join(connection.execute(query).one())
