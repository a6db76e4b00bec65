"""Mailboxes that a server is asked to tell about when something changes in them."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.ids import ProfileId


@dataclass(frozen=True, slots=True)
class Watched:
    """One profile's folders in one mailbox. `endpoint` is "" where the server has an address of its own."""

    profile: ProfileId
    server: str
    endpoint: str
    mailbox: str
    folders: tuple[str, ...]
