"""Undo what a run wrote, all of it or what was chosen: this asks for the plan, which is shown and confirmed like any other (R33)."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from app.bootstrap.application import now
from app.domain.ids import RunId
from app.domain.plan_views import ChangeFilter
from app.domain.run import Verb
from app.domain.sync import Kind
from app.http.callers import Reader, Runner
from app.http.state import Here
from app.services import runs
from app.services.requests import ask
from app.services.undo_offer import undo_offer
from app.web import records, run_words
from app.web.flash import redirect
from app.web.i18n import _
from app.web.lists import cut
from app.web.templating import render

router = APIRouter()

Items = Annotated[list[str] | None, Form(max_length=1000)]
Scope = Annotated[str, Form(max_length=10)]
Text = Annotated[str, Query(max_length=200)]


@router.get("/runs/{run}/undo")
def choose_undo(
    request: Request, here: Here, _by: Reader, run: str, q: Text = "", kind: str = "", after: str = "", before: str = ""
) -> Response:
    """All that a run wrote, to choose from; what was undone already says by which run."""
    views, known = here.product.run_views, runs.look_up(here.product, RunId(run))
    wanted = ChangeFilter(kind=Kind(kind) if kind in set(Kind) else None, text=q)
    page = views.written(known.id, wanted, cut("", after, before))
    offer = undo_offer(views, page.rows, now())
    return render(
        request,
        "pages/undo.html",
        run=known,
        page=page,
        offer=offer,
        wanted=wanted,
        words=run_words,
        records=records,
    )


@router.post("/runs/{run}/undo")
def undo_run_page(here: Here, by: Runner, run: str, items: Items = None, scope: Scope = "") -> Response:
    """Ask for the plan. `scope` "all": the whole run, else what was ticked."""
    if scope != "all" and not items:
        return redirect(f"/runs/{quote(run)}/undo", _("Tick what is to be undone."), "warn")
    known = runs.look_up(here.product, RunId(run))
    chosen = () if scope == "all" else items or ()
    return redirect(f"/runs/{ask(here.product, known.profile, Verb.UNDO, by, known.id, chosen).id}")
