"""What addresses and forms of profiles say: whose profile is meant, and which of the list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

from app.domain.views import Cut, ProfileFilter, ProfileRow
from app.errors import NotFound
from app.http.state import Portal
from app.ports.views import Views
from app.web.i18n import _

_MANY: Final = 500


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
