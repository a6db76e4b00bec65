"""Undo: ask for the plan that takes back what a run wrote (R33)."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.idempotency import Idempotent
from app.api.run_models import RunOut
from app.domain.ids import RunId
from app.domain.run import Verb
from app.http.callers import Runner
from app.http.state import Here
from app.services import runs
from app.services.requests import ask

router = APIRouter(tags=["runs"], route_class=Idempotent)


class UndoIn(BaseModel):
    """What is to be taken back."""

    model_config = ConfigDict(extra="forbid")

    items: list[str] = Field(
        default=[],
        max_length=10_000,
        description="Writes of the run, each by its `attempt`; empty: all that it wrote.",
        examples=[["k3v7qmzlw2abk3v7qmzl"]],
    )


@router.post("/runs/{run}/undo", status_code=202)
def undo_run(here: Here, by: Runner, run: str, body: UndoIn, response: Response) -> RunOut:
    """Ask for the plan of an undo; nothing is written yet. That is a run of its own (see `Location`): look at its plan, then confirm it."""
    known = runs.look_up(here.product, RunId(run))
    asked = ask(here.product, known.profile, Verb.UNDO, by, known.id, body.items)
    response.headers["Location"] = f"/api/v1/runs/{asked.id}"
    return RunOut.told(runs.look_up(here.product, asked.id))
