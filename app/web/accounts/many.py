"""The same for many accounts at once: asked first, with their number, then done."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import Response

from app.domain.views import AccountFilter
from app.errors import BadInput
from app.http.callers import Configurer, Runner
from app.http.state import Here, Portal
from app.services.many import RUNS, Change, Done, Meant, change_many, meant, run_many
from app.web.asked import Text, read_filter, written_filter
from app.web.flash import redirect
from app.web.i18n import _, ngettext
from app.web.templating import render

router = APIRouter()

_ALL: Final = "all"


class _Asked:
    """Which accounts the list's form means: the ticked ones, or all that fit. `sure`: so many as the question named."""

    def __init__(
        self,
        pick: Annotated[list[str] | None, Form()] = None,
        scope: Text = "",
        q: Text = "",
        state: Text = "",
        wice_server: Text = "",
        exchange_server: Text = "",
        template: Text = "",
        active: Text = "",
        sure: Annotated[int, Form(ge=-1)] = -1,
    ) -> None:
        self.pick = pick or []
        self.wanted: AccountFilter | None = None
        if scope == _ALL:
            self.wanted = read_filter(q, state, wice_server, exchange_server, template, active)
        self.sure = sure

    def meant(self, here: Portal) -> Meant:
        """The accounts."""
        return meant(here.product, self.pick, self.wanted)

    def fields(self) -> dict[str, str]:
        """What the question's form sends again, besides the ticked names."""
        return {} if self.wanted is None else {"scope": _ALL, **written_filter(self.wanted)}


Asked = Annotated[_Asked, Depends()]


@router.post("/accounts/many/runs")
def run_accounts(request: Request, here: Here, by: Runner, asked: Asked, action: Text = "") -> Response:
    """Analyse or synchronise them, once somebody has agreed to how many that are."""
    if action not in RUNS:
        raise BadInput(_("Choose whether to analyse or to synchronise."))
    of = asked.meant(here)
    if not of.accounts:
        return redirect("/accounts", _("Choose at least one account first."), "warn")
    if asked.sure != len(of.profiles) or not of.profiles:
        return _question(request, asked, of, action)
    queued = run_many(here.product, of, RUNS[action], by)
    return redirect("/runs", ngettext("%(num)s run is queued.", "%(num)s runs are queued.", len(queued)))


@router.post("/accounts/many/changes")
def change_accounts(
    request: Request, here: Here, by: Configurer, asked: Asked, action: Text = "", new_template: Text = ""
) -> Response:
    """Activate, deactivate or remove them, or assign a template, once somebody has agreed to how many that are."""
    if action not in set(Change):
        raise BadInput(_("Choose what is to be done."))
    of = asked.meant(here)
    if not of.accounts:
        return redirect("/accounts", _("Choose at least one account first."), "warn")
    if asked.sure != len(of.accounts):
        templates = [(one.name, one.name) for one in here.product.registry.templates()]
        return _question(request, asked, of, action, templates)
    done = change_many(here.product, of, Change(action), by, new_template)
    return redirect("/accounts", _said(Change(action), done), "warn" if done.locked else "good")


def _question(
    request: Request, asked: _Asked, of: Meant, action: str, templates: list[tuple[str, str]] | None = None
) -> Response:
    is_run = action in RUNS
    return render(
        request,
        "pages/accounts/many.html",
        action=action,
        is_run=is_run,
        accounts=of.accounts,
        profiles=of.profiles,
        sure=len(of.profiles if is_run else of.accounts),
        has_changed=asked.sure >= 0,
        fields=asked.fields(),
        templates=templates,
    )


def _said(change: Change, done: Done) -> str:
    match change:
        case Change.ACTIVATE:
            return ngettext("%(num)s account is active now.", "%(num)s accounts are active now.", done.changed)
        case Change.DEACTIVATE:
            return ngettext("%(num)s account is inactive now.", "%(num)s accounts are inactive now.", done.changed)
        case Change.REMOVE:
            return ngettext("%(num)s account is removed.", "%(num)s accounts are removed.", done.changed)
        case Change.ASSIGN if done.locked:
            return ngettext(
                "%(num)s profile follows the template now; others are locked and stay as they are: %(locked)s",
                "%(num)s profiles follow the template now; others are locked and stay as they are: %(locked)s",
                done.changed,
                locked=", ".join(done.locked[:10]),
            )
        case Change.ASSIGN:
            return ngettext(
                "%(num)s profile has another template now.", "%(num)s profiles have another template now.", done.changed
            )
