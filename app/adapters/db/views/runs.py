"""Lists of runs, past and in progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, Table, case, func, select

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.tables import accounts, profiles, runs
from app.adapters.db.tables_runs import run_requests
from app.adapters.db.views import paging
from app.adapters.db.views.health import IN_PROGRESS
from app.adapters.db.views.paging import Keys
from app.adapters.db.views.profiles import given
from app.domain.ids import RunId
from app.domain.run import RequestState, RunStatus
from app.domain.views import Cut, Page, ProgressRow, RunFilter, RunRow, Todo

_ORDERS: Final[Mapping[str, Keys]] = {"started": (runs.c.started, runs.c.id)}
_RUN: Final = ("id", "number", "verb", "trigger", "requested_by", "status", "started", "finished", "summary")
_REQUEST: Final = ("id", "verb", "trigger", "requested_by", "state", "requested", "started", "step", "done", "total")
_RUNNING_FIRST: Final = case((run_requests.c.state == RequestState.RUNNING, 0), else_=1)


def page(connection: Connection, wanted: RunFilter, cut: Cut) -> Page[RunRow]:
    """See `app.ports.views.Views.runs`."""
    cut = cut if cut.sort else replace(cut, sort="started", descending=True)
    columns = [runs.c[name] for name in _RUN]
    query = _named(select(*columns), runs).where(*_conditions(connection, wanted))
    found = paging.page(connection, query, paging.keys_of(_ORDERS, cut), cut)
    rows = [_run_row(row) for row in found.rows]
    return Page(rows=rows, next=found.next, previous=found.previous)


def one(connection: Connection, run: RunId) -> RunRow | None:
    """See `app.ports.run_views.RunViews.run`."""
    query = _named(select(*(runs.c[name] for name in _RUN)), runs).where(runs.c.id == given(run))
    row = connection.execute(query).one_or_none()
    return _run_row(row) if row else None


def in_progress(connection: Connection, wanted: RunFilter, limit: int) -> Todo[ProgressRow]:
    """See `app.ports.views.Views.in_progress`."""
    asked = list(_progress_conditions(run_requests, wanted))
    by_hand = list(_progress_conditions(runs, wanted))
    queue = _requests().where(*asked).order_by(_RUNNING_FIRST, run_requests.c.requested, run_requests.c.id)
    rows = [_by_hand_row(row) for row in connection.execute(_by_hand().where(*by_hand).limit(limit))]
    counts = (
        select(func.count()).select_from(query.subquery())
        for query in (_requests().where(*asked), _by_hand().where(*by_hand))
    )
    total = sum(connection.execute(count).scalar_one() for count in counts)
    rows += [_request_row(row) for row in connection.execute(queue.limit(limit - len(rows)))]
    return Todo(rows=rows, total=total)


def progress(connection: Connection, run: RunId) -> ProgressRow | None:
    """See `app.ports.views.Views.progress`."""
    asked = connection.execute(_requests().where(run_requests.c.id == given(run))).one_or_none()
    if asked:
        return _request_row(asked)
    by_hand = connection.execute(_by_hand().where(runs.c.id == given(run))).one_or_none()
    return _by_hand_row(by_hand) if by_hand else None


def _requests() -> Select[Any]:
    columns = (*(run_requests.c[name] for name in _REQUEST), run_requests.c.cancel)
    return _named(select(*columns), run_requests).where(IN_PROGRESS)


def _by_hand() -> Select[Any]:
    """Runs that go on without that anybody asked the server for them; one whose lease has ended is dead."""
    asked = select(run_requests.c.id).where(IN_PROGRESS)
    alive = (runs.c.status == RunStatus.RUNNING, profiles.c.lease_until > DatabaseTime(), runs.c.id.not_in(asked))
    return _named(select(*(runs.c[name] for name in _RUN)), runs).where(*alive)


def _named(query: Select[Any], table: Table) -> Select[Any]:
    """With the names of profile and account of the rows of `table`."""
    return (
        query.add_columns(accounts.c.name.label("account"), profiles.c.name.label("profile"))
        .join(profiles, profiles.c.id == table.c.profile_id)
        .join(accounts, accounts.c.id == profiles.c.account_id)
    )


def _conditions(connection: Connection, wanted: RunFilter) -> Iterator[ColumnElement[bool]]:
    yield from _of_profile(connection, wanted)
    yield runs.c.status != RunStatus.RUNNING
    for name in ("status", "trigger", "verb"):
        if value := getattr(wanted, name):
            yield runs.c[name] == (given(value) if name == "trigger" else value)
    if wanted.since:
        yield runs.c.started >= wanted.since
    if wanted.until:
        yield runs.c.started < wanted.until


def _of_profile(connection: Connection, wanted: RunFilter) -> Iterator[ColumnElement[bool]]:
    """Looked up first: a database that knows the ids takes the index of the profile's runs."""
    if not (wanted.account or wanted.profile):
        return
    query = select(profiles.c.id).join(accounts, accounts.c.id == profiles.c.account_id)
    if wanted.account:
        query = query.where(accounts.c.name == given(wanted.account))
    if wanted.profile:
        query = query.where(profiles.c.name == given(wanted.profile))
    yield runs.c.profile_id.in_(connection.execute(query).scalars().all())


def _progress_conditions(table: Table, wanted: RunFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.account:
        yield accounts.c.name == given(wanted.account)
    if wanted.profile:
        yield profiles.c.name == given(wanted.profile)
    if wanted.trigger:
        yield table.c.trigger == given(wanted.trigger)
    if wanted.verb:
        yield table.c.verb == wanted.verb


def _run_row(row: Row[Any]) -> RunRow:
    return RunRow(**{name: getattr(row, name) for name in (*_RUN, "account", "profile")})


def _request_row(row: Row[Any]) -> ProgressRow:
    told = {name: getattr(row, name) for name in (*_REQUEST, "cancel")}
    return ProgressRow(**told, account=row.account, profile=row.profile)


def _by_hand_row(row: Row[Any]) -> ProgressRow:
    told = {name: getattr(row, name) for name in ("id", "verb", "trigger", "requested_by", "started")}
    return ProgressRow(
        **told, account=row.account, profile=row.profile, state=RequestState.RUNNING, requested=row.started
    )
