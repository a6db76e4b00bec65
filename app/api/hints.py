"""The webhook: Wice, or a script beside it, says that something has changed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from app.http.callers import Messenger
from app.http.state import Here
from app.services.hints import wice_changed

router = APIRouter(tags=["hints"])


class WiceHintIn(BaseModel):
    """For whom something has changed."""

    model_config = ConfigDict(extra="forbid")

    users: list[str] | None = Field(
        default=None,
        max_length=1000,
        description="User names in Wice for whom something has changed, who carry the flag or take part; left out: anybody may be concerned.",
        examples=[["anna", "bernd"]],
    )


class HintOut(BaseModel):
    """What came of it."""

    due: int = Field(description="How many profiles are synchronised sooner because of this call.", examples=[2])


@router.post("/hints/wice/{server}", status_code=202)
def hint_wice(
    here: Here,
    by: Messenger,
    server: Annotated[str, Path(description="Name of the Wice server here.")],
    body: WiceHintIn,
) -> HintOut:
    """Something has changed in Wice: the profiles concerned are synchronised within seconds instead of when their schedule says.

    Only a hint: unknown users are ignored, the same twice does no harm, and what nobody reports is found by the schedule. A token of the role
    `messenger` may call this and nothing else. Faster than a few calls a second are answered with 429: name many users in one call.
    """
    del by
    return HintOut(due=wice_changed(here.product, server, body.users))
