"""What an administrator leaves out of a stored plan, with its entry in the audit log."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Engine, select

from app.adapters.db import audit, plans
from app.adapters.db.session import writing
from app.adapters.db.tables import accounts, profiles, runs
from app.domain.ids import RunId
from app.domain.people import Actor
from app.domain.plan import StoredPlan


class SqlChoices:
    """`app.ports.requests.Choices` in a database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def leave_out(self, run: RunId, keys: Collection[str], by: Actor, *, out: bool) -> StoredPlan:
        """See `app.ports.requests.Choices.leave_out`."""
        with writing(self._engine) as connection:
            plan = plans.leave_out(connection, run, keys, out=out)
            action = "left_out" if out else "taken_in"
            audit.note(
                connection,
                by,
                action,
                "profile",
                _name(connection, run),
                after={"run": run, "items": tuple(sorted(keys))},
            )
            return plan


def _name(connection: Connection, run: RunId) -> str:
    of_run = (
        select(accounts.c.name, profiles.c.name)
        .join_from(profiles, accounts)
        .join(runs, runs.c.profile_id == profiles.c.id)
    )
    return "/".join(connection.execute(of_run.where(runs.c.id == run)).one())
