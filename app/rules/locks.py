"""What is locked after a profile's first synchronisation (R35): what its links hang on. Pure.

Another mailbox or Wice identity would make every link a lie, another folder those of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from app.domain.account import Account, ExchangeServer, Profile, Template, WiceServer
from app.domain.sync import Kind

_BOTH: Final = frozenset(Kind)
LOCKABLE: Final[Mapping[type, Mapping[str, frozenset[Kind]]]] = {
    WiceServer: {"mandant": _BOTH},
    ExchangeServer: {},
    Account: dict.fromkeys(("mailbox", "exchange_server", "wice_server", "wice_username"), _BOTH),
    Profile: {"contacts_folder": frozenset({Kind.CONTACTS}), "calendar_folder": frozenset({Kind.APPOINTMENTS})},
    Template: {},
}
"""By entity: each setting that may be locked, and the kinds whose links lock it. A template's folders are locked in each of its profiles."""

_ANY_CASE: Final = frozenset(LOCKABLE[Account])

Entity = WiceServer | ExchangeServer | Account | Profile | Template


def moved(old: Entity, new: Entity) -> Mapping[str, frozenset[Kind]]:
    """The lockable settings that differ, with the kinds whose links would no longer mean what they say."""
    return {
        setting: kinds
        for setting, kinds in LOCKABLE[type(old)].items()
        if _compared(setting, getattr(old, setting)) != _compared(setting, getattr(new, setting))
    }


def _compared(setting: str, value: object) -> object:
    return str(value).casefold() if setting in _ANY_CASE else value
