"""The list of accounts, with its filters in the address."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.views import AccountState
from app.http.callers import Reader
from app.http.state import Here
from app.web.asked import WantedAccounts, Word, written_filter
from app.web.lists import cut
from app.web.templating import render

router = APIRouter()


@router.get("/accounts")
def accounts(
    request: Request,
    here: Here,
    _by: Reader,
    wanted: WantedAccounts,
    sort: Word = "name",
    after: str = "",
    before: str = "",
) -> Response:
    """All accounts that fit, page by page."""
    registry = here.product.registry
    return render(
        request,
        "pages/accounts/list.html",
        page=here.product.views.accounts(wanted, cut(sort, after, before)),
        wanted=wanted,
        asked=written_filter(wanted),
        sort=sort,
        states=list(AccountState),
        wice_servers=[server.name for server in registry.wice_servers(secrets=False)],
        exchange_servers=[server.name for server in registry.exchange_servers(secrets=False)],
        templates=[template.name for template in registry.templates()],
    )
