"""How profiles and accounts are (`AccountState`), as one expression: what lists show, filter and sort by, and what the overview counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Subquery,
    case,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
)

from app.adapters.db.column_types import DatabaseTime
from app.adapters.db.tables import accounts, profiles, runs
from app.adapters.db.tables_runs import run_requests
from app.adapters.db.views.paging import NEVER
from app.domain.run import RequestState, RunStatus
from app.domain.views import AccountState

IN_PROGRESS: Final = text("run_requests.state IN ('queued', 'running')")
"""Written out, as in the partial index: SQLite uses it only for a condition without parameters."""


def _busy() -> Subquery:
    """profile_id and the rank of WAITING or RUNNING, for profiles with a run that is queued or goes on."""
    asked = select(
        run_requests.c.profile_id,
        case((run_requests.c.state == RequestState.RUNNING, _rank(AccountState.RUNNING)), else_=_QUEUED).label("rank"),
    ).where(IN_PROGRESS)
    by_hand = (
        select(runs.c.profile_id, _rank(AccountState.RUNNING).label("rank"))
        .join(profiles, profiles.c.id == runs.c.profile_id)
        # A run whose process died still counts as running in its row; its lease ends.
        .where(runs.c.status == RunStatus.RUNNING, profiles.c.lease_until > DatabaseTime())
    )
    either = union_all(asked, by_hand).subquery()
    return (
        select(either.c.profile_id, func.max(either.c.rank).label("rank"))
        .group_by(either.c.profile_id)
        .subquery("busy")
    )


def _rank(state: AccountState) -> ColumnElement[int]:
    return literal_column(str(state.rank), Integer)


_QUEUED: Final = _rank(AccountState.WAITING)

BUSY: Final = _busy()

OWN_RANK: Final[ColumnElement[int]] = case(
    (~profiles.c.active, _rank(AccountState.INACTIVE)),
    (profiles.c.failed_runs > 0, _rank(AccountState.FAILING)),
    (profiles.c.waiting_run != "", _rank(AccountState.NEEDS_CONFIRMATION)),
    (profiles.c.failed_items + profiles.c.frozen_items > 0, _rank(AccountState.ATTENTION)),
    (BUSY.c.rank == _rank(AccountState.RUNNING), _rank(AccountState.RUNNING)),
    (or_(BUSY.c.rank == _QUEUED, profiles.c.synced_at.is_(None)), _QUEUED),
    else_=_rank(AccountState.HEALTHY),
)
"""The rank of a profile's state as if its account were active; of rows of `PROFILES`."""

PROFILES: Final[FromClause] = profiles.outerjoin(BUSY, BUSY.c.profile_id == profiles.c.id)


def profile_rank() -> ColumnElement[int]:
    """The rank of a profile's state; of rows of `PROFILES` joined with `accounts`."""
    return case((~accounts.c.active, _rank(AccountState.INACTIVE)), else_=OWN_RANK)


def health(conditions: Iterable[ColumnElement[bool]] = ()) -> CTE:
    """The accounts that fit: `id`, `name_key`, both server ids, `rank` of the worst state, `synced_at` (the oldest of its active profiles, NEVER
    if one never was), and `last_finished` (the latest, NEVER if there is none).

    One pass over accounts and the index that holds all of their profiles' health; joining what was grouped before takes twice as long.
    """
    synced = func.min(case((profiles.c.active, func.coalesce(profiles.c.synced_at, NEVER))))
    worst = func.coalesce(func.max(OWN_RANK), _QUEUED)
    return (
        select(
            *(accounts.c[name] for name in ("id", "name_key", "wice_server_id", "exchange_server_id")),
            case((~accounts.c.active, _rank(AccountState.INACTIVE)), else_=worst).label("rank"),
            func.coalesce(synced, NEVER).label("synced_at"),
            func.coalesce(func.max(profiles.c.last_finished), NEVER).label("last_finished"),
        )
        .select_from(
            accounts.outerjoin(profiles, profiles.c.account_id == accounts.c.id).outerjoin(
                BUSY, BUSY.c.profile_id == profiles.c.id
            )
        )
        .where(*conditions)
        .group_by(accounts.c.id)
        .cte("health")
    )
