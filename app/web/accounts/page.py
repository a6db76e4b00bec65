"""One account: its logins, its profiles, what was done last, what was refused; run it, test it."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.run import THOROUGH, Verb
from app.domain.views import AccountRow, Cut, FailureFilter, RunFilter
from app.errors import BadInput, NotFound
from app.http.callers import Reader, Runner
from app.http.state import Here, Portal
from app.services.requests import ask, ask_many
from app.services.trying import try_account
from app.web.asked import Text
from app.web.flash import redirect
from app.web.growing import growing
from app.web.i18n import _, ngettext
from app.web.server_words import pieces
from app.web.templating import render

router = APIRouter()

_LATEST = Cut(limit=5)
_VERBS = {"analyse": Verb.ANALYSE, "sync": Verb.SYNC}


def address(name: str, *below: str) -> str:
    """The account's page, or what lies below it."""
    return "/".join(["/accounts", *(quote(part, safe="") for part in (name, *below))])


@router.get("/accounts/{name}")
def account(request: Request, here: Here, _by: Reader, name: str) -> Response:
    """The account's page."""
    views = here.product.views
    return render(
        request,
        "pages/accounts/page.html",
        account=_row(here, name),
        settings=here.product.registry.account(name),
        server=here.product.registry.exchange_server(_row(here, name).exchange_server),
        in_progress=views.in_progress(RunFilter(account=name)),
        runs=views.runs(RunFilter(account=name), _LATEST).rows,
        failures=views.failures(FailureFilter(account=name), _LATEST),
    )


@router.post("/accounts/{name}/runs")
def run(here: Here, by: Runner, name: str, verb: Text = "", profile: Text = "", thorough: Text = "") -> Response:
    """Analyse or synchronise now: one profile, or all that are active. `thorough`: one profile's analysis looks at everything."""
    if verb not in _VERBS:
        raise BadInput(_("Choose whether to analyse or to synchronise."))
    if profile:
        items = [THOROUGH] if thorough and verb == "analyse" else []
        return redirect(f"/runs/{ask(here.product, f'{name}/{profile}', _VERBS[verb], by, items=items).id}")
    wanted = [own.full_name for own in _row(here, name).profiles if own.active]
    if not wanted:
        return redirect(address(name), _("This account has no active profile yet. Add one first."), "warn")
    asked = ask_many(here.product, wanted, _VERBS[verb], by)
    if len(asked) == 1:
        return redirect(f"/runs/{asked[0].id}")
    text = ngettext("%(num)s run is queued.", "%(num)s runs are queued.", len(asked))
    return redirect(address(name), text)


@router.post("/accounts/{name}/test")
def try_logins(request: Request, here: Here, by: Runner, name: str) -> Response:
    """Try both logins; each step is shown as it is tried."""
    courses = try_account(here.product, name, by)
    return growing(render(request, "pages/accounts/test.html", name=name), *map(pieces, courses))


def _row(here: Portal, name: str) -> AccountRow:
    found = here.product.views.account(name)
    if found is None:
        raise NotFound(_("There is no account %(name)s (any more).", name=name))
    return found
