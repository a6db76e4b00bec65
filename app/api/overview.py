"""Is everything fine? How accounts are, what waits, what runs did, what needs a person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.licence import LicenceOut
from app.api.run_models import FailureOut
from app.domain.process import ProcessKind
from app.domain.views import AccountState, Activity, Overview, ProfileRow, Todo
from app.http.callers import Reader
from app.http.state import Here
from app.services.entries import Zone
from app.services.first_steps import FirstStep, first_steps
from app.services.overview import in_progress, nobody_works, overview, standstill

router = APIRouter(tags=["overview"])

_PROFILE = Field(description="account/profile.", examples=["anna/outlook"])


class OldestOut(BaseModel):
    """The change that waits longest."""

    profile: str = _PROFILE
    since: datetime = Field(description="When it was seen first.", examples=["2026-11-24T08:00:00Z"])


class ActivityOut(BaseModel):
    """What runs did that ended in an hour, or on a day."""

    start: datetime = Field(description="When the hour or the day begins.", examples=["2026-11-24T08:00:00Z"])
    runs: int = Field(description="Runs that ended.", examples=[40])
    failed_runs: int = Field(description="Of these, so many failed.", examples=[0])
    exchange_writes: int = Field(description="Items written in Exchange.", examples=[12])
    wice_writes: int = Field(description="Items written in Wice.", examples=[3])
    conflicts: int = Field(description="Items that had been changed on both sides.", examples=[1])
    failed_items: int = Field(description="Items that their server refused.", examples=[0])

    @classmethod
    def of(cls, activity: Activity) -> ActivityOut:
        """As the API shows it."""
        return cls.model_validate({name: getattr(activity, name) for name in cls.model_fields})


class FreshOut(BaseModel):
    """Profiles by the age of their last synchronisation."""

    hours: int | None = Field(description="Within so many; null: longer ago; 0: never.", examples=[1])
    profiles: int = Field(description="So many, not counting those of the step before.", examples=[480])


class CaseOut(BaseModel):
    """A profile that needs a person."""

    profile: str = _PROFILE
    run: str = Field(description="The run that tells more.", examples=["k3v7qmzlw2ab9xyz"])
    message: str = Field(description="Why, in words.", examples=["More than 20 % would be deleted."])
    failed_runs: int = Field(description="So many runs failed in a row.", examples=[0])
    frozen_items: int = Field(description="So many items are frozen.", examples=[0])

    @classmethod
    def of(cls, row: ProfileRow) -> CaseOut:
        """As the API shows it."""
        return cls(
            profile=row.full_name,
            run=row.waiting_run or row.last_run,
            message=row.last_message,
            failed_runs=row.failed_runs,
            frozen_items=row.frozen_items,
        )


class CasesOut(BaseModel):
    """The most pressing cases, and how many there are in all."""

    items: list[CaseOut] = Field(description="At most five.")
    total: int = Field(description="How many there are.", examples=[0])

    @classmethod
    def of(cls, todo: Todo[ProfileRow]) -> CasesOut:
        """As the API shows it."""
        return cls(items=[CaseOut.of(row) for row in todo.rows], total=todo.total)


class RefusedOut(BaseModel):
    """Items that rest after refusals."""

    items: list[FailureOut] = Field(description="At most five.")
    total: int = Field(description="How many there are.", examples=[0])


class FirstStepOut(BaseModel):
    """What a new installation needs before its first run."""

    step: FirstStep = Field(description="Stable word for it.", examples=["wice_server"])
    done: bool = Field(description="Is it done?", examples=[True])


class OverviewOut(BaseModel):
    """Everything at a glance."""

    at: datetime = Field(description="When this was looked up.", examples=["2026-11-24T08:00:00Z"])
    fine: bool = Field(description="Nobody has to do anything.", examples=[True])
    states: dict[AccountState, int] = Field(description="Accounts by state.", examples=[{"healthy": 480}])
    oldest: OldestOut | None = Field(description="The change that waits longest; null: none waits.")
    waiting_since: datetime | None = Field(
        description="Runs have been waiting since then though none is carried out; null: that is not so.",
        examples=[None],
    )
    not_alive: list[ProcessKind] = Field(
        description="Kinds of processes without which nothing is synchronised, and of which none is alive.",
        examples=[["worker"]],
    )
    hours: list[ActivityOut] = Field(description="The last 24 hours, the present one last.")
    days: list[ActivityOut] = Field(description="The last 30 days of `time_zone`, today last.")
    freshness: list[FreshOut] = Field(description="How fresh the profiles are.")
    confirmations: CasesOut = Field(description="Plans that wait for an answer.")
    failing: CasesOut = Field(description="Profiles whose latest run failed.")
    frozen: CasesOut = Field(description="Profiles with frozen items.")
    quarantined: RefusedOut = Field(
        description="Items in quarantine, until they change or are retried (R32).",
        examples=[{"items": [], "total": 0}],
    )
    licence: LicenceOut = Field(description="How it stands with the licence.")
    first_steps: list[FirstStepOut] = Field(description="Of a new installation; empty once there was a run.")


@router.get("/overview")
def read_overview(
    here: Here,
    _: Reader,
    time_zone: Annotated[Zone | None, Query(description="IANA zone whose days are counted, else the server's.")] = None,
) -> OverviewOut:
    """Is everything fine?"""
    product, at = here.product, datetime.now(UTC)
    shown = overview(product.views, at, ZoneInfo(time_zone or product.options.read().time_zone))
    licence, waiting = product.licences.status(), standstill(in_progress(product.views), product.requests, at)
    steps = first_steps(product.views, product.registry, licence)
    idle = nobody_works(product.processes, steps)
    return OverviewOut(
        at=at,
        fine=shown.is_fine and waiting is None and not idle and not licence.unwritten,
        states=shown.states,
        oldest=_oldest(shown),
        waiting_since=waiting,
        not_alive=idle,
        hours=[ActivityOut.of(hour) for hour in shown.hours],
        days=[ActivityOut.of(day) for day in shown.days],
        freshness=[FreshOut(hours=step.hours, profiles=step.profiles) for step in shown.freshness],
        confirmations=CasesOut.of(shown.confirmations),
        failing=CasesOut.of(shown.failing),
        frozen=CasesOut.of(shown.frozen),
        quarantined=RefusedOut(
            items=[FailureOut.of(row) for row in shown.quarantined.rows], total=shown.quarantined.total
        ),
        licence=LicenceOut.of(licence),
        first_steps=[FirstStepOut(step=one.step, done=one.done) for one in steps],
    )


def _oldest(shown: Overview) -> OldestOut | None:
    oldest = shown.oldest
    return OldestOut(profile=f"{oldest.account}/{oldest.profile}", since=oldest.since) if oldest else None
