"""All profiles with their filters in the address, and the choice of an account for a new one."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.views import AccountFilter, AccountState, Cut
from app.http.callers import Configurer, Reader
from app.http.state import Here
from app.web.asked import WantedProfiles, Word
from app.web.i18n import _
from app.web.lists import cut
from app.web.profiles.words import DIRECTIONS
from app.web.templating import render

router = APIRouter()

_CHOICE = 20


@router.get("/profiles")
def profiles_page(
    request: Request,
    here: Here,
    _by: Reader,
    wanted: WantedProfiles,
    sort: Word = "name",
    after: str = "",
    before: str = "",
) -> Response:
    """All that fit, page by page."""
    registry = here.product.registry
    return render(
        request,
        "pages/profiles/list.html",
        page=here.product.views.profiles(wanted, cut(sort, after, before)),
        wanted=wanted,
        sort=sort,
        states=list(AccountState),
        wice_servers=[server.name for server in registry.wice_servers(secrets=False)],
        exchange_servers=[server.name for server in registry.exchange_servers(secrets=False)],
        templates=[template.name for template in registry.templates()],
        directions={direction: _(title) for direction, (title, _text, _icon) in DIRECTIONS.items()},
    )


@router.get("/profiles/new")
def new_profile_page(request: Request, here: Here, _by: Configurer, q: Word = "") -> Response:
    """Whose profile shall it be?"""
    found = here.product.views.accounts(AccountFilter(text=q), Cut(limit=_CHOICE))
    return render(request, "pages/profiles/new.html", q=q, page=found)
