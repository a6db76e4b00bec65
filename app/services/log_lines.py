"""Which run a log line belongs to: all that is written while a run is carried out, by whatever part, carries its ids."""

from __future__ import annotations

from contextlib import AbstractContextManager

from structlog.contextvars import bound_contextvars

from app.domain.ids import AccountId, ProfileId, RunId


def of_run(run: RunId, profile: ProfileId, account: AccountId) -> AbstractContextManager[object]:
    """For whoever carries out a run: around all of it, from taking it to noting what came of it.

    Threads that a run starts have no part in it by themselves; those of `app.adapters.lanes` have.
    """
    return bound_contextvars(run=run, profile=profile, account=account)
