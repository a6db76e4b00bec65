"""Runs: ask for one, follow it, look at its plan item by item, leave items out, execute or discard it; try again what was refused."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime

from app.api.idempotency import Idempotent
from app.api.paging import Cursor, Limit, Paged
from app.api.run_models import ActionOut, ChoiceIn, FailureOut, PlanOut, RunIn, RunOut, RunRowOut
from app.domain.ids import RunId
from app.domain.plan import Op, Reason
from app.domain.plan_views import ChangeFilter
from app.domain.run import THOROUGH, RunStatus, Verb
from app.domain.sync import Kind, Side
from app.domain.views import Cut, FailureFilter, RunFilter
from app.errors import BadInput, NotFound
from app.http.callers import Reader, Runner
from app.http.events import Event, stream
from app.http.state import Here
from app.services import runs
from app.services.gone import missing
from app.services.leave_out import leave_out
from app.services.requests import ask, cancel

router = APIRouter(tags=["runs"], route_class=Idempotent)

_BY_ITSELF = (Verb.ANALYSE, Verb.SYNC, Verb.RETRY)


def _runs_asked(
    profile: Annotated[str, Query(max_length=500, description="Only of this account, or this account/profile.")] = "",
    status: Annotated[RunStatus | None, Query(description="Only those that ended so.")] = None,
    trigger: Annotated[str, Query(max_length=50, description="`scheduled`, or a verb.")] = "",
    verb: Annotated[Verb | None, Query(description="Only those that were asked for this.")] = None,
    since: Annotated[AwareDatetime | None, Query(description="Begun from here on, with its time zone.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Begun before this.")] = None,
) -> RunFilter:
    account, _, name = profile.partition("/")
    return RunFilter(account=account, profile=name, status=status, trigger=trigger, verb=verb, since=since, until=until)


def _changes_asked(
    kind: Annotated[Kind | None, Query(description="Only contacts, or appointments.")] = None,
    side: Annotated[Side | None, Query(description="Only what is written there.")] = None,
    op: Annotated[Op | None, Query(description="Only what is added, changed or deleted.")] = None,
    reason: Annotated[Reason | None, Query(description="Only for this reason.")] = None,
    conflict: Annotated[bool | None, Query(description="Only conflicts, or none.")] = None,
    left_out: Annotated[bool | None, Query(description="Only what is left out, or taken; of plans only.")] = None,
    q: Annotated[str, Query(max_length=200, description="Words that the item is found by.")] = "",
) -> ChangeFilter:
    return ChangeFilter(kind=kind, side=side, op=op, reason=reason, conflict=conflict, left_out=left_out, text=q)


RunsAsked = Annotated[RunFilter, Depends(_runs_asked)]
ChangesAsked = Annotated[ChangeFilter, Depends(_changes_asked)]
Of = Annotated[
    Literal["plan", "writes", ""],
    Query(
        description="`plan`: what is planned. `writes`: what was written. Empty: the writes of a run that made any, else its plan."
    ),
]


@router.post("/runs", status_code=202)
def create_run(here: Here, by: Runner, body: RunIn, response: Response) -> RunOut:
    """Ask for a run; it starts as soon as a worker is free. Its address is in `Location`."""
    if body.verb is Verb.REMOVE:
        raise BadInput("verb: to remove a profile, DELETE it with `also_remove`")
    if body.verb not in _BY_ITSELF:
        raise BadInput(f"verb: {body.verb} belongs to a run: POST to /runs/{{id}}/{body.verb}")
    if body.items and body.verb is not Verb.RETRY:
        raise BadInput("items: only `retry` takes them")
    if body.thorough and body.verb is not Verb.ANALYSE:
        raise BadInput("thorough: only `analyse` can be")
    asked = ask(here.product, body.profile, body.verb, by, items=[THOROUGH] if body.thorough else body.items)
    return _asked(here, asked.id, response)


@router.get("/runs")
def list_runs(
    here: Here,
    _: Reader,
    wanted: RunsAsked,
    state: Annotated[
        Literal["ended", "in_progress"], Query(description="Past runs, or queued and running ones.")
    ] = "ended",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Paged[RunRowOut]:
    """Past runs, the newest first; or those in progress, running ones first (one page, counted)."""
    if state == "in_progress":
        todo = here.product.views.in_progress(wanted, limit)
        return Paged(items=[RunRowOut.in_progress(row) for row in todo.rows], total=todo.total)
    page = here.product.views.runs(wanted, Cut(cursor=cursor, limit=limit))
    return Paged(items=[RunRowOut.of(row) for row in page.rows], next=page.next, previous=page.previous)


@router.get("/runs/{run}")
def read_run(here: Here, _: Reader, run: str) -> RunOut:
    """One run: how far it is, and what came of it."""
    return RunOut.told(runs.look_up(here.product, RunId(run)))


@router.get("/runs/{run}/actions")
def list_run_actions(
    here: Here, _: Reader, run: str, wanted: ChangesAsked, of: Of = "", cursor: Cursor = "", limit: Limit = 50
) -> Paged[ActionOut]:
    """What a run plans, or has written, item by item with its fields before and after, in the order of execution."""
    known, views, cut = RunId(run), here.product.run_views, Cut(cursor=cursor, limit=limit)
    if views.run(known) is None and here.product.requests.request(known) is None:
        raise missing(here.product.audit, known)
    if of == "writes" or (not of and views.written(known, ChangeFilter(), Cut(limit=1)).total):
        page = views.written(known, wanted, cut)
        undone = views.undone([entry.intent.attempt for entry in page.rows])
        items = [ActionOut.written(entry, undone) for entry in page.rows]
        return Paged(items=items, next=page.next, previous=page.previous, total=page.total)
    plan = views.planned(known, wanted, cut)
    items = [ActionOut.planned(row) for row in plan.rows]
    return Paged(items=items, next=plan.next, previous=plan.previous, total=plan.total)


@router.patch("/runs/{run}/actions")
def choose_run_actions(here: Here, by: Runner, run: str, body: ChoiceIn) -> PlanOut:
    """Leave actions out of a plan that waits, or take them in again; for this time only. Answers what executing it writes then."""
    for keys, out in ((body.leave_out, True), (body.take_in, False)):
        if keys:
            leave_out(here.product, RunId(run), keys, by, out=out)
    plan = PlanOut.of(runs.look_up(here.product, RunId(run)))
    if plan is None:
        raise NotFound(f"run {run} has no plan")
    return plan


@router.post("/runs/{run}/cancel")
def cancel_run(here: Here, by: Runner, run: str) -> RunOut:
    """Stop a run: one that waits is over at once, one that goes on ends at its next step."""
    return RunOut.told(runs.look_up(here.product, cancel(here.product, RunId(run), by).id))


@router.post("/runs/{run}/confirm", status_code=202)
def confirm_run(here: Here, by: Runner, run: str, response: Response) -> RunOut:
    """Execute exactly the plan that this run made, without what is left out. That is a run of its own: see `Location`."""
    return _asked(here, runs.execute(here.product, RunId(run), by).id, response)


@router.post("/runs/{run}/discard", status_code=202)
def discard_run(here: Here, by: Runner, run: str, response: Response) -> RunOut:
    """Drop the plan of this run that waits for a confirmation; nothing is written. That is a run of its own: see `Location`."""
    return _asked(here, runs.discard(here.product, RunId(run), by).id, response)


@router.get("/runs/{run}/events", response_class=StreamingResponse)
def watch_run(here: Here, _: Reader, run: str) -> StreamingResponse:
    """Server-sent events: `progress` with the run as JSON whenever it changes, at last `ended`. Ends after five minutes; connect again."""

    def look() -> Event:
        known = runs.look_up(here.product, RunId(run))
        return Event("ended" if known.is_over else "progress", RunOut.told(known).model_dump_json(), last=known.is_over)

    return stream(look)


@router.get("/failures")
def list_failures(
    here: Here,
    _: Reader,
    profile: Annotated[str, Query(max_length=500, description="Only of this account, or this account/profile.")] = "",
    code: Annotated[str, Query(max_length=200, description="Only with this code.")] = "",
    at_least: Annotated[int, Query(ge=0, le=10_000, description="Refused at least so often in a row.")] = 0,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Paged[FailureOut]:
    """Items that their server refused, the most often refused first; a run with `verb=retry` tries them again."""
    account, _slash, name = profile.partition("/")
    wanted = FailureFilter(account=account, profile=name, code=code, at_least=at_least)
    page = here.product.views.failures(wanted, Cut(cursor=cursor, limit=limit))
    items = [FailureOut.of(row) for row in page.rows]
    return Paged(items=items, next=page.next, previous=page.previous, total=page.total)


def _asked(here: Here, run: RunId, response: Response) -> RunOut:
    response.headers["Location"] = f"/api/v1/runs/{run}"
    return RunOut.told(runs.look_up(here.product, run))
