"""One run: how far it is, what it plans or has written, what to leave out, and the buttons that execute, discard or stop it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from app.bootstrap.application import now
from app.domain.ids import RunId
from app.domain.journal import JournalEntry
from app.domain.plan import Op, PlanState, Reason
from app.domain.plan_views import ChangeFilter
from app.domain.run import Verb
from app.domain.sync import Kind, Side
from app.http.callers import Reader, Runner
from app.http.events import Event, stream
from app.http.state import Here
from app.services import runs
from app.services.gone import RunGone
from app.services.leave_out import leave_out
from app.services.requests import ask, cancel
from app.services.runs import Looked
from app.services.undo_offer import undo_offer
from app.web import records, run_words
from app.web.asked import Text
from app.web.flash import redirect
from app.web.i18n import _
from app.web.lists import cut
from app.web.templating import render

router = APIRouter()

Keys = Annotated[list[str] | None, Form(max_length=1000)]
_WRITES = (Verb.SYNC, Verb.CONFIRM, Verb.RETRY)
TOOLS: dict[str, Any] = {"words": run_words, "records": records}
"""What the parts of these pages (templates/parts/plan_*.html) use."""


def _asked(kind: str = "", side: str = "", op: str = "", reason: str = "", only: str = "", q: str = "") -> ChangeFilter:
    """A choice that does not exist restricts nothing."""
    return ChangeFilter(
        kind=Kind(kind) if kind in set(Kind) else None,
        side=Side(side) if side in set(Side) else None,
        op=Op(op) if op in set(Op) else None,
        reason=Reason(reason) if reason in set(Reason) else None,
        conflict=True if only == "conflicts" else None,
        left_out={"left_out": True, "chosen": False}.get(only),
        text=q,
    )


Asked = Annotated[ChangeFilter, Depends(_asked)]


@router.post("/runs")
def start_run(here: Here, by: Runner, profile: Text = "", verb: Text = "") -> Response:
    """Ask for an analysis, a synchronisation, or another attempt at what was refused."""
    wanted = Verb(verb) if verb in (Verb.ANALYSE, Verb.SYNC, Verb.RETRY) else Verb.ANALYSE
    return redirect(f"/runs/{ask(here.product, profile, wanted, by).id}")


@router.get("/runs/{run}")
def run_page(
    request: Request, here: Here, _by: Reader, run: str, wanted: Asked, after: str = "", before: str = ""
) -> Response:
    """Everything about a run; its plan or its writes page by page. Of one that went with its profile, who removed that (R37)."""
    try:
        known = runs.look_up(here.product, RunId(run))
    except RunGone as gone:
        return render(request, "pages/runs/gone.html", removal=gone.removal)
    views, part = here.product.run_views, cut("", after, before)
    written = _shows_writes(known)
    page = views.written(known.id, wanted, part) if written else views.planned(known.id, wanted, part)
    asked = {name: value for name, value in request.query_params.items() if name not in ("after", "before", "lang")}
    return render(
        request,
        "pages/runs/one.html",
        run=known,
        page=page,
        written=written,
        wanted=wanted,
        filtered=bool(asked),
        offer=undo_offer(views, [row for row in page.rows if isinstance(row, JournalEntry)], now()),
        **TOOLS,
    )


@router.get("/runs/{run}/events")
def run_events(request: Request, here: Here, _by: Reader, run: str) -> Response:
    """Server-sent events: the part of the page that shows the progress, and its end."""
    return stream(_look(request, here, RunId(run)))


@router.post("/runs/{run}/left-out")
def choose(
    request: Request, here: Here, by: Runner, run: str, shown: Keys = None, was_out: Keys = None, take: Keys = None
) -> Response:
    """Of the actions `shown`, those in `take` are executed, the others left out; `was_out`: those that were when the form was made."""
    known, taken, former = set(shown or ()), set(take or ()), set(was_out or ())
    for keys, out in ((known - taken - former, True), (taken & former, False)):
        if keys:
            leave_out(here.product, RunId(run), keys, by, out=out)
    if "HX-Request" not in request.headers:
        return redirect(f"/runs/{quote(run)}", _("Saved."))
    looked = runs.look_up(here.product, RunId(run))
    boxes = [(row.action.key, row.action.label, row.left_out) for row in here.product.choices.rows(RunId(run), known)]
    return render(request, "parts/plan_choice.html", run=looked, boxes=boxes, **TOOLS)


@router.post("/runs/{run}/execute")
def execute_plan(here: Here, by: Runner, run: str) -> Response:
    """Execute exactly the plan that the page shows."""
    return redirect(f"/runs/{runs.execute(here.product, RunId(run), by).id}")


@router.get("/runs/{run}/execute")
def ask_execute(request: Request, here: Here, _by: Runner, run: str) -> Response:
    """The question, for browsers without scripts."""
    known = runs.look_up(here.product, RunId(run))
    question: dict[str, Any] = {
        "title": _("Execute this plan?"),
        "text": run_words.effect(known),
        "button": _("Execute"),
    }
    return render(
        request, "pages/confirm.html", **question, icon="player-play", tone="primary", **_addresses(run, "execute")
    )


@router.post("/runs/{run}/discard")
def discard_plan(here: Here, by: Runner, run: str) -> Response:
    """Drop the plan; nothing is written."""
    return redirect(f"/runs/{runs.discard(here.product, RunId(run), by).id}")


@router.get("/runs/{run}/discard")
def ask_discard(request: Request, _by: Runner, run: str) -> Response:
    """The question, for browsers without scripts."""
    text = _("Nothing is written. The next analysis looks anew; if nothing has changed, it stops for the same reason.")
    question: dict[str, Any] = {"title": _("Discard this plan?"), "text": text, "button": _("Discard")}
    return render(request, "pages/confirm.html", **question, **_addresses(run, "discard"))


@router.post("/runs/{run}/cancel")
def cancel_run_page(here: Here, by: Runner, run: str) -> Response:
    """Stop it; what was done until then is recorded."""
    cancel(here.product, RunId(run), by)
    return redirect(f"/runs/{quote(run)}")


def _addresses(run: str, act: str) -> dict[str, Any]:
    return {"action": f"/runs/{quote(run)}/{act}", "back": f"/runs/{quote(run)}"}


def _look(request: Request, here: Here, run: RunId) -> Callable[[], Event]:
    def look() -> Event:
        known = runs.look_up(here.product, run)
        part = render(request, "parts/run_progress.html", run=known, **TOOLS)
        return Event("ended" if known.is_over else "progress", bytes(part.body).decode(), last=known.is_over)

    return look


def _shows_writes(run: Looked) -> bool:
    """A run that writes shows what it wrote, unless its own plan still waits to be executed."""
    waits = run.plan is not None and run.plan.state in (PlanState.OPEN, PlanState.NEEDS_CONFIRMATION)
    return run.verb in _WRITES and not waits
