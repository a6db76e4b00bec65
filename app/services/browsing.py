"""A mailbox's real folders to choose from (R25), and who works in each already (R43)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from app.domain.account import Account, ExchangeServer
from app.domain.ids import ProfileId
from app.domain.sync import Kind
from app.ports import Folder, FolderEntry, Mailbox
from app.services.folders import foreign_owner


@dataclass(frozen=True)
class Choice:
    """One folder. `owner` synchronises it already, "" if nobody does; whatever else lies in it is synchronised too unless it `is_ours` by name."""

    entry: FolderEntry
    owner: str
    is_ours: bool

    @property
    def can_be_chosen(self) -> bool:
        """Can a profile name it, and is it free?"""
        return bool(self.entry.wish) and not self.owner


class Site(Protocol):
    """What is needed to look into mailboxes."""

    @property
    def installation(self) -> str: ...
    def mailbox(self, account: Account, server: ExchangeServer) -> Mailbox: ...
    def is_profile(self, profile: ProfileId) -> bool: ...


def choices(
    site: Site, account: Account, server: ExchangeServer, kind: Kind, profile: ProfileId = ProfileId(0)
) -> Sequence[Choice]:
    """The folders of the account's mailbox that may hold `kind`, the standard one first. `profile` is who chooses, 0 for a new one.

    Raises: Halt, Retry, as the mailbox does.
    """
    with closing(site.mailbox(account, server)) as mailbox:
        entries = mailbox.folders(kind)
    return [_choice(site, entry, profile) for entry in entries]


def _choice(site: Site, entry: FolderEntry, profile: ProfileId) -> Choice:
    folder = Folder(entry.id, entry.names[-1], entry.marker)
    owner = foreign_owner(folder, site.installation, profile, site.is_profile)
    return Choice(entry, owner, entry.wish == "Wice")
