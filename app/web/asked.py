"""What addresses and forms say: single texts, all fields, the version that a form was made from, and which accounts or profiles a list means."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import Depends, Form, Query, Request

from app.domain.views import AccountFilter, AccountState, ProfileFilter

Word = Annotated[str, Query(max_length=200)]
Text = Annotated[str, Form(max_length=1000)]
Version = Annotated[int, Form(ge=0)]


async def _fields(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form(max_fields=100)).items() if isinstance(value, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]
"""All fields of a form, as they were typed."""

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


def _accounts(
    q: Word = "",
    state: Word = "",
    wice_server: Word = "",
    exchange_server: Word = "",
    template: Word = "",
    active: Word = "",
) -> AccountFilter:
    return read_filter(q, state, wice_server, exchange_server, template, active)


WantedAccounts = Annotated[AccountFilter, Depends(_accounts)]


def _profiles(accounts: WantedAccounts, account: Word = "") -> ProfileFilter:
    return ProfileFilter(**asdict(accounts), account=account)


WantedProfiles = Annotated[ProfileFilter, Depends(_profiles)]
