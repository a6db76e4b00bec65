"""What the address of the list, or the form made from it, says about which accounts are meant."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Form, Query

from app.domain.people import Actor, Permission
from app.domain.views import AccountFilter, AccountState
from app.http.security import needs

Reader = Annotated[Actor, needs(Permission.READ)]
Runner = Annotated[Actor, needs(Permission.RUN)]
Configurer = Annotated[Actor, needs(Permission.CONFIGURE)]

Word = Annotated[str, Query(max_length=200)]
Field = Annotated[str, Form(max_length=1000)]

_ACTIVE: Final = {"yes": True, "no": False}


def read_filter(
    q: str = "", state: str = "", wice_server: str = "", exchange_server: str = "", template: str = "", active: str = ""
) -> AccountFilter:
    """From the texts of an address or of a form; what makes no sense restricts nothing."""
    return AccountFilter(
        text=q,
        state=AccountState(state) if state in set(AccountState) else None,
        wice_server=wice_server,
        exchange_server=exchange_server,
        template=template,
        active=_ACTIVE.get(active),
    )


def written_filter(wanted: AccountFilter) -> dict[str, str]:
    """The same as texts, without those that restrict nothing."""
    texts = {name: str(value) for name, value in asdict(wanted).items() if value not in ("", None)}
    if "text" in texts:
        texts["q"] = texts.pop("text")
    if wanted.active is not None:
        texts["active"] = next(word for word, active in _ACTIVE.items() if active is wanted.active)
    return texts


def _of_address(
    q: Word = "",
    state: Word = "",
    wice_server: Word = "",
    exchange_server: Word = "",
    template: Word = "",
    active: Word = "",
) -> AccountFilter:
    return read_filter(q, state, wice_server, exchange_server, template, active)


Wanted = Annotated[AccountFilter, Depends(_of_address)]


def address(name: str, *below: str) -> str:
    """The account's page, or what lies below it."""
    return "/".join(["/accounts", *(quote(part, safe="") for part in (name, *below))])
