"""The folders of a mailbox as the assistant offers them (R25, R43)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from app.domain.account import Account, Profile
from app.domain.sync import Kind
from app.errors import Halt, Retry
from app.http.state import Portal
from app.services.browsing import Choice, choices
from app.web.i18n import N_, _

OWNERS: Final = (N_("another installation of wice-sync"), N_("another profile of this server"))


@dataclass(frozen=True)
class Offer:
    """One folder. `owner`: who synchronises it already; `items` None: not there yet; `is_standard`: everything in it would be synchronised."""

    wish: str
    path: str
    items: int | None
    owner: str = ""
    is_ours: bool = False
    missing: bool = False

    @property
    def can_be_chosen(self) -> bool:
        """Can a profile name it, and is it free?"""
        return bool(self.wish) and not self.owner


@dataclass(frozen=True)
class Browser:
    """The folders for one kind; `error` says why there are none: the mailbox could not be opened."""

    kind: Kind
    setting: str
    wish: str
    offers: Sequence[Offer] = ()
    error: str = ""


def browse(here: Portal, profile: Profile, wishes: dict[Kind, str], kinds: Sequence[Kind]) -> list[Browser]:
    """What may be chosen for each of `kinds`. `profile` is who chooses; its id is 0 if it is new."""
    return [_browser(here, profile, kind, wishes[kind]) for kind in kinds]


def _browser(here: Portal, profile: Profile, kind: Kind, wish: str) -> Browser:
    setting = "contacts_folder" if kind is Kind.CONTACTS else "calendar_folder"
    registry = here.product.registry
    account = registry.account(profile.account, secrets=True)
    server = registry.exchange_server(account.exchange_server, secrets=True)
    try:
        found = choices(here.product, account, server, kind, profile.id)
    except (Halt, Retry) as error:
        return Browser(kind, setting, wish, error=str(error))
    users = _users(here, account, profile, kind)
    return Browser(kind, setting, wish, [*_offers(found, users, wish)])


def _offers(found: Sequence[Choice], users: dict[str, str], wish: str) -> Iterator[Offer]:
    wishes = {choice.entry.wish for choice in found}
    if "Wice" not in wishes:
        yield Offer("Wice", "Wice", None, users.get("Wice", ""), is_ours=True)
    # The one that is recommended stands first, whatever the mailbox' order is.
    for choice in sorted(found, key=lambda one: not one.is_ours):
        entry = choice.entry
        owner = users.get(entry.wish, "") or (_(choice.owner) if choice.owner else "")
        yield Offer(entry.wish, " › ".join(entry.names), entry.items, owner, choice.is_ours)
    if wish not in wishes | {"Wice"}:
        yield Offer(wish, wish, None, missing=True)


def _users(here: Portal, account: Account, profile: Profile, kind: Kind) -> dict[str, str]:
    """Which other profiles are to use which folder, whether they have been run or not."""
    others = here.product.registry.profiles_of_mailbox(account.exchange_server, account.mailbox)
    return {
        other.folder_wish(kind): f"{other.account}/{other.name}"
        for other in others
        if kind in other.kinds and other.id != profile.id
    }
