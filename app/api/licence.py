"""The licence (R38, R39): how it stands, and activating a key."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.idempotency import Idempotent
from app.domain.licence import Edition, LicenceState, LicenceStatus
from app.http.callers import Configurer, Reader
from app.http.state import Here

router = APIRouter(tags=["licence"], route_class=Idempotent)

NOTICE = "Licence-Notice"
"""Header of every answer as long as something is not written because of the licence: why."""


class LicenceOut(BaseModel):
    """How it stands with the licence. As long as `valid` is false, nothing is written to Wice or Exchange."""

    version: str = Field(description="Of the product.", examples=["1.0.0"])
    state: LicenceState = Field(description="Stable word for how it stands.", examples=["licensed"])
    valid: bool = Field(description="May anything be written?", examples=[True])
    message: str = Field(
        description="How it stands and what happens afterwards, in words.",
        examples=["Licensed to Example until 2027-11-24."],
    )
    edition: Edition = Field(description="basic: one profile. enterprise: any number.", examples=["enterprise"])
    licensee: str = Field(description="Who may use the product; empty in the trial.", examples=["Example"])
    accounts_used: int = Field(description="Active accounts with an active profile.", examples=[480])
    accounts_allowed: int = Field(description="So many may be.", examples=[500])
    profiles_used: int = Field(description="Active profiles of active accounts.", examples=[510])
    profiles_allowed: int | None = Field(description="So many may be; null: any number.", examples=[None])
    valid_from: date | None = Field(description="The first day (UTC).", examples=["2026-11-24"])
    until: date = Field(description="The last day (UTC).", examples=["2027-11-24"])
    days_left: int = Field(description="0 on the last day and after it.", examples=[365])
    activated: datetime | None = Field(description="When its key was activated; null: the trial.", examples=[None])
    activated_by: str = Field(description="By whom.", examples=["anna"])

    @classmethod
    def of(cls, status: LicenceStatus) -> LicenceOut:
        """As the API shows it."""
        told = {name: getattr(status, name, None) for name in cls.model_fields}
        told |= {"valid": status.state.valid, "days_left": max(status.days_left, 0)}
        return cls.model_validate({**told, "message": " ".join(map(str, status.sentences))})


class LicenceKey(BaseModel):
    """A key to activate."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(description="One line, as the vendor sent it.", max_length=10_000, examples=["WS1.eyJ..."])


@router.get("/licence")
def read_licence(here: Here, _: Reader) -> LicenceOut:
    """Edition, licensee, accounts used of allowed, days left, and what happens afterwards."""
    return LicenceOut.of(here.product.licences.status())


@router.post("/licence")
def activate_licence(here: Here, by: Configurer, body: LicenceKey) -> LicenceOut:
    """Activate a key; one that is active already stays as it is."""
    status = here.product.licences.activate(body.key, by)
    here.house.forget()
    return LicenceOut.of(status)


def add_notice(here: Here, response: Response) -> None:
    """Dependency of all routes: says so in a header as long as something is not written because of the licence."""
    licence = (here.house.known() or here.house.look()).licence
    if licence and licence.unwritten:
        response.headers[NOTICE] = " ".join(map(str, licence.unwritten))
