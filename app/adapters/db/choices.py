"""What an administrator leaves out of a stored plan, with its entry in the audit log."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, select

from app.adapters.db import audit, plans
from app.adapters.db.session import reading, writing
from app.adapters.db.tables import accounts, plan_actions, profiles, runs
from app.domain.ids import RunId
from app.domain.people import Actor
from app.domain.plan_views import PlannedRow


class SqlChoices:
    """`app.ports.requests.Choices` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def bound(self, run: RunId) -> Sequence[PlannedRow]:
        """See `app.ports.requests.Choices.bound`."""
        with reading(self._engine) as connection:
            return plans.rows(connection, plans.newest_of(connection, run), plans.BOUND)

    def leave_out(self, run: RunId, keys: Collection[str], by: Actor, *, out: bool) -> None:
        """See `app.ports.requests.Choices.leave_out`."""
        with writing(self._engine) as connection:
            plans.leave_out(connection, run, keys, out=out)
            action = "left_out" if out else "taken_in"
            audit.note(
                connection,
                by,
                action,
                "profile",
                _name(connection, run),
                after={"run": run, "items": tuple(sorted(keys))},
            )

    def rows(self, run: RunId, keys: Collection[str]) -> Sequence[PlannedRow]:
        """See `app.ports.requests.Choices.rows`."""
        with reading(self._engine) as connection:
            return plans.rows(connection, plans.newest_of(connection, run), plan_actions.c.key.in_(keys))


def _name(connection: Connection, run: RunId) -> str:
    of_run = (
        select(accounts.c.name, profiles.c.name)
        .join_from(profiles, accounts)
        .join(runs, runs.c.profile_id == profiles.c.id)
    )
    return "/".join(connection.execute(of_run.where(runs.c.id == run)).one())
