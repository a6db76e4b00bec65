"""Full editing of a profile (R35): its links of some kinds are dropped, so that the next plan matches everything anew (R24)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, select, update

from app.adapters.db import aftermath, leases
from app.adapters.db.plans import UNFINISHED
from app.adapters.db.sightings import forget_side
from app.adapters.db.tables import failures, links, plans, profiles
from app.domain.account import FirstPlan
from app.domain.ids import ProfileId
from app.domain.plan import PlanState
from app.domain.sync import Kind, Side


def linked_kinds(connection: Connection, profile: ProfileId) -> frozenset[Kind]:
    """The kinds of which this profile has links, past ones too."""
    query = select(links.c.kind).where(links.c.profile_id == profile).distinct()
    return frozenset(connection.execute(query).scalars())


def unlink(connection: Connection, profile: ProfileId, kinds: Collection[Kind]) -> None:
    """Drop links, failures and lists; what was planned no longer holds, and a person approves the next plan (R27)."""
    leases.revoke(connection, [profile])
    for table in (links, failures):
        connection.execute(delete(table).where(table.c.profile_id == profile, table.c.kind.in_(kinds)))
    for side in Side:
        # What is linked no longer must be seen again, which a list of changes would not do.
        forget_side(connection, [profile], kinds, side)
    unfinished = (plans.c.profile_id == profile, plans.c.state.in_(UNFINISHED))
    connection.execute(update(plans).where(*unfinished).values(state=PlanState.SUPERSEDED))
    asks = (profiles.c.id == profile, profiles.c.first_plan == FirstPlan.ASK)
    connection.execute(update(profiles).where(*asks).values(approved=False))
    aftermath.refresh(connection, profile)
