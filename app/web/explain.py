"""Why is an item synchronised, or not? One search across all accounts, and in one profile with a look at both its servers (R41)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from app.bootstrap import Application, inquiry
from app.bootstrap.application import now
from app.domain.sync import Kind, Side
from app.errors import BadInput, NotFound, WiceSyncError
from app.http.callers import Reader
from app.http.state import Here
from app.services import explain
from app.services.explain import Inquiry
from app.services.explanations import Answer, Found, state_of
from app.services.undo_offer import undo_offer
from app.web import explain_words, records
from app.web.i18n import N_, _
from app.web.templating import render

router = APIRouter()

_PROPOSED: Final = 200
"""So many profiles are proposed while one types; any other can be typed in full."""
_TOO_SHORT: Final = N_("Type at least two letters of a name, an e-mail address or a title.")


@dataclass
class Asked:
    """What the form holds. `live`: both servers are asked too, which takes seconds. `errors`: by field, "" for the whole."""

    q: str = ""
    profile: str = ""
    live: bool = False
    errors: dict[str, str] = field(default_factory=dict)


def _asked(
    q: Annotated[str, Query(max_length=200)] = "",
    profile: Annotated[str, Query(max_length=500)] = "",
    live: Annotated[str, Query(max_length=5)] = "",
) -> Asked:
    return Asked(q.strip(), profile.strip(), live == "1")


Question = Annotated[Asked, Depends(_asked)]


@router.get("/explain")
def explain_page(request: Request, here: Here, _by: Reader, asked: Question) -> Response:
    """The search, and what it found: hits of all accounts, or the explanations of one profile."""
    product, found, answer = here.product, None, None
    _settle_profile(product, asked)
    if asked.q and asked.profile and not asked.errors:
        answer = _answer(product, asked, lambda one: explain.explain(one, asked.q))
    elif asked.q and not asked.errors:
        found = _found(product, asked)
    return _page(request, product, asked, found=found, answer=answer)


@router.get("/explain/item")
def explain_item_page(
    request: Request, here: Here, _by: Reader, asked: Question, kind: Kind, key: Annotated[str, Query(max_length=1000)]
) -> Response:
    """One item; its address can be passed on."""
    answer = _answer(here.product, asked, lambda one: explain.explain_item(one, kind, key))
    return _page(request, here.product, asked, answer=answer, kind=kind, key=key)


def _settle_profile(product: Application, asked: Asked) -> None:
    """Make it account/profile; of an account with one profile its name is enough."""
    account, _slash, name = asked.profile.partition("/")
    if not account:
        if asked.live:
            asked.errors["profile"] = _("Choose whose servers are to be asked.")
        return
    profiles = [] if name else product.registry.profiles_of_account(account)
    name = name or (profiles[0].name if len(profiles) == 1 else "")
    if name and product.views.profile(account, name):
        asked.profile = f"{account}/{name}"
    elif len(profiles) > 1:
        asked.errors["profile"] = _("This account has several profiles: add a slash and the name of one.")
    else:
        asked.errors["profile"] = _("There is no such profile. Type the account’s name, a slash, and the profile’s.")


def _found(product: Application, asked: Asked) -> Found | None:
    try:
        return explain.search(product.finder, asked.q)
    except BadInput:
        asked.errors["q"] = _(_TOO_SHORT)
        return None


def _answer(product: Application, asked: Asked, ask: Callable[[Inquiry], Answer]) -> Answer | None:
    """None if there is none; `asked.errors` then says why. Raises: NotFound."""
    try:
        with inquiry(product, asked.profile, live=asked.live) as opened:
            return ask(opened)
    except NotFound:
        raise
    except WiceSyncError as error:
        is_short = isinstance(error, BadInput) and "text" in error.fields
        asked.errors |= {"q": _(_TOO_SHORT)} if is_short else {"": str(error)}
    return None


def _page(
    request: Request,
    product: Application,
    asked: Asked,
    *,
    found: Found | None = None,
    answer: Answer | None = None,
    kind: Kind | None = None,
    key: str = "",
) -> Response:
    writes = [happened.entry for item in (answer.items if answer else ()) for happened in item.timeline]
    return render(
        request,
        "pages/explain.html",
        asked=asked,
        found=found,
        answer=answer,
        states=[state_of(hit) for hit in found.hits] if found else [],
        kind=kind,
        key=key,
        offer=undo_offer(product.run_views, writes, now()),
        proposed=product.finder.profiles(_PROPOSED),
        sides=(Side.WICE, Side.EXCHANGE),
        words=explain_words,
        records=records,
    )
