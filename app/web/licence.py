"""The licence and what else *Info* tells (R39): how it stands, a field for a key, the version."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from app.bootstrap import is_embedded
from app.domain.licence import KeyRefused
from app.http.callers import Configurer, Reader
from app.http.state import Here
from app.web.flash import redirect
from app.web.i18n import _
from app.web.licence_words import sentence
from app.web.templating import render

router = APIRouter()


@router.get("/licence")
def licence(request: Request, here: Here, _by: Reader) -> Response:
    """How it stands."""
    return _page(request, here)


@router.post("/licence")
def activate(
    request: Request, here: Here, by: Configurer, key: Annotated[str, Form(max_length=10_000)] = ""
) -> Response:
    """Activate the key that was pasted, or say what is wrong with it."""
    try:
        here.product.licences.activate(key, by)
    except KeyRefused as refused:
        return _page(request, here, 422, key, sentence(refused.sentence))
    here.house.forget()
    return redirect("/licence", _("The licence key is activated."))


def _page(request: Request, here: Here, status: int = 200, key: str = "", error: str = "") -> Response:
    product = here.product
    return render(
        request,
        "pages/licence.html",
        status,
        licence=product.licences.status(),
        installation=product.installation,
        embedded=is_embedded(here.settings),
        key=key,
        error=error,
    )
