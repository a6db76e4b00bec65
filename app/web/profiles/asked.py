"""What addresses and forms of profiles say: whose profile is meant, and which of the list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Form, Query, Request

from app.domain.people import Actor, Permission
from app.domain.views import AccountState, Cut, ProfileFilter, ProfileRow
from app.errors import NotFound
from app.http.security import needs
from app.http.state import Portal
from app.ports.views import Views
from app.web.i18n import _

Reader = Annotated[Actor, needs(Permission.READ)]
Configurer = Annotated[Actor, needs(Permission.CONFIGURE)]
Word = Annotated[str, Query(max_length=200)]
Field = Annotated[str, Form(max_length=1000)]
Version = Annotated[int, Form(ge=0)]

_ACTIVE: Final = {"yes": True, "no": False}
_MANY: Final = 500


def _wanted(
    q: Word = "",
    state: Word = "",
    wice_server: Word = "",
    exchange_server: Word = "",
    template: Word = "",
    active: Word = "",
    account: Word = "",
) -> ProfileFilter:
    return ProfileFilter(
        text=q,
        state=AccountState(state) if state in set(AccountState) else None,
        wice_server=wice_server,
        exchange_server=exchange_server,
        template=template,
        active=_ACTIVE.get(active),
        account=account,
    )


Wanted = Annotated[ProfileFilter, Depends(_wanted)]
"""From the texts of an address; what makes no sense restricts nothing."""


async def _fields(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]
"""All fields of a form whose fields depend on the step that is shown."""


def address(account: str, *below: str) -> str:
    """What lies below the account: `address("anna", "Work", "edit")`."""
    return "/".join(["/accounts", quote(account, safe=""), "profiles", *(quote(part, safe="") for part in below)])


def row(here: Portal, account: str, name: str) -> ProfileRow:
    """A profile as lists show it. Raises: NotFound."""
    found = here.product.views.profile(account, name)
    if found is None:
        raise NotFound(_("There is no profile %(name)s (any more).", name=f"{account}/{name}"))
    return found


def all_names(views: Views, wanted: ProfileFilter) -> Iterator[str]:
    """account/name of all profiles that fit, however many pages they fill."""
    page = views.profiles(wanted, Cut(limit=_MANY))
    yield from (one.full_name for one in page.rows)
    while page.next:
        page = views.profiles(wanted, Cut(limit=_MANY, cursor=page.next))
        yield from (one.full_name for one in page.rows)
