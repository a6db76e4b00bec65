"""What is wrong with a draft, by setting: at which step it is asked for, and what to do, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from app.domain.account import Account, Profile
from app.errors import BadInput
from app.http.state import Portal
from app.services.administration import LOCKED
from app.web import sentences
from app.web.i18n import N_, _
from app.web.profiles.draft import WICE, Draft

ADVICE: Final[Mapping[str, str]] = {
    "contacts": N_("choose contacts, appointments or both"),
    "contacts_folder": N_("choose a folder of this mailbox"),
    "calendar_folder": N_("choose a folder of this mailbox"),
    "window_past_days": N_("give a whole number of days, from 0 to 36500"),
    "deep_compare_days": N_("give a whole number of days, from 0 to 365"),
    "appointments": N_("is needed for appointments: the user's default address in Wice"),
}
"""Where the general words would be about files and quotes."""
_TAKEN: Final = "is in use already; choose another one"
_OF_LOGIN: Final = ("wice_server", "wice_username", "wice_password", "email")
_SPECIFIC: Final = ("is used by", "is locked", "comes from the template")


class Drafted(Protocol):
    """A draft with what it is about."""

    @property
    def here(self) -> Portal: ...
    @property
    def account(self) -> Account: ...
    @property
    def stored(self) -> Profile | None: ...
    @property
    def draft(self) -> Draft: ...
    @property
    def wanted(self) -> Profile: ...


def of(desk: Drafted) -> dict[str, str]:
    """All faults, as services say them."""
    product, draft = desk.here.product, desk.draft
    found: dict[str, str] = {}
    try:
        name = desk.wanted.name
    except BadInput as error:
        return dict(error.fields) or {"": str(error)}
    if desk.stored is None:
        if name in {profile.name for profile in product.registry.profiles_of_account(desk.account.name)}:
            found["name"] = _TAKEN
    elif not draft.full:
        found |= dict.fromkeys(product.administration.preview(desk.stored, draft.given).locked, LOCKED)
    return found


def step_of(draft: Draft, setting: str) -> str:
    """Where it is put right. Appointments without an address: where the address is asked for."""
    return WICE if setting == "appointments" else draft.step_of(setting)


def first_step(draft: Draft, found: Mapping[str, str]) -> str:
    """The first step with a fault."""
    return min((step_of(draft, setting) for setting in found), key=draft.steps.index)


def said(draft: Draft, step: str, found: Mapping[str, str]) -> dict[str, str]:
    """Those faults that are shown at `step`, at the fields that it has."""
    shown: dict[str, str] = {}
    for setting, text in found.items():
        field = _field(draft, setting)
        if field and field not in _OF_LOGIN and step_of(draft, setting) != step:
            continue
        advice = ADVICE.get(setting, "") if not text.startswith(_SPECIFIC) else ""
        shown[field] = _(advice) if advice else sentences.said(text)
    return shown


def _field(draft: Draft, setting: str) -> str:
    if setting == "appointments":
        return "email"
    if draft.template and setting not in draft.given and setting:
        return "template"
    return setting
