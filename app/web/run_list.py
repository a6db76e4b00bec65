"""Lists of runs, those in progress on top, and of the items that their server refused, with the button that tries them again (R32)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.domain.run import SCHEDULED, RunStatus, Verb
from app.domain.views import FailureFilter, RunFilter
from app.errors import BadInput
from app.http.callers import Reader, Runner
from app.http.state import Here
from app.services.requests import ask
from app.web import current, run_words
from app.web.flash import redirect
from app.web.i18n import _, ngettext
from app.web.lists import cut
from app.web.templating import render

router = APIRouter()

BY_PERSON = (Verb.ANALYSE, Verb.SYNC, Verb.CONFIRM, Verb.DISCARD, Verb.UNDO, Verb.RETRY, Verb.REMOVE)
ENDS = tuple(status for status in RunStatus if status is not RunStatus.RUNNING)


@router.get("/runs")
def runs_page(
    request: Request,
    here: Here,
    _by: Reader,
    q: str = "",
    status: str = "",
    what: str = "",
    since: str = "",
    until: str = "",
    after: str = "",
    before: str = "",
) -> Response:
    """Runs in progress, then past ones, the newest first. `q`: an account, or account/profile."""
    account, _slash, profile = q.strip().partition("/")
    wanted = RunFilter(
        account=account,
        profile=profile,
        status=RunStatus(status) if status in ENDS else None,
        trigger=SCHEDULED if what == SCHEDULED else "",
        verb=Verb(what) if what in BY_PERSON else None,
        since=_day(since),
        until=_day(until, 1),
    )
    views = here.product.views
    page = views.runs(wanted, cut("", after, before))
    todo = views.in_progress(wanted, 20) if not (after or before or status) else None
    filtered = bool(q or status or what or since or until)
    return render(
        request,
        "pages/runs/list.html",
        page=page,
        todo=todo,
        q=q,
        status_asked=status,
        what=what,
        filtered=filtered,
        verbs=BY_PERSON,
        ends=ENDS,
        words=run_words,
    )


@router.get("/failures")
def failures_page(
    request: Request,
    here: Here,
    _by: Reader,
    q: str = "",
    resting: str = "",
    sort: str = "",
    after: str = "",
    before: str = "",
) -> Response:
    """Refused items, the most often refused first."""
    account, _slash, profile = q.strip().partition("/")
    wanted = FailureFilter(account=account, profile=profile, at_least=5 if resting else 0)
    page = here.product.views.failures(wanted, cut(sort, after, before))
    filtered = bool(q or resting)
    return render(
        request,
        "pages/runs/failures.html",
        page=page,
        q=q,
        resting=resting,
        sort=sort,
        profile=profile,
        filtered=filtered,
    )


@router.post("/failures/retry")
def retry_failures(
    here: Here,
    by: Runner,
    item: Annotated[list[str] | None, Form(max_length=1000)] = None,
    everything: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Try again: `item` are "account/profile key"s, `everything` is a profile all of whose refused items are meant."""
    wanted: dict[str, list[str]] = defaultdict(list)
    if everything:
        wanted[everything] = []
    for one in [] if everything else item or ():
        profile, _newline, key = one.partition("\n")
        wanted[profile.strip()].append(key.strip())
    if not wanted:
        raise BadInput(_("Choose at least one item."))
    asked = [ask(here.product, profile, Verb.RETRY, by, items=keys) for profile, keys in wanted.items()]
    if len(asked) == 1:
        return redirect(f"/runs/{asked[0].id}")
    text = ngettext("%(num)s run is queued.", "%(num)s runs are queued.", len(asked))
    return redirect("/runs", text)


def _day(text: str, later: int = 0) -> datetime | None:
    """The begin of a day as the reader counts days; whatever is no day does not restrict."""
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=later), time.min, current.time_zone())
    except (ValueError, OverflowError):
        return None
