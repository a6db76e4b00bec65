"""Identifiers. `NewType`s, so that an Exchange id can never be handed over where a Wice id is meant."""

from __future__ import annotations

import secrets
from typing import NewType

AccountId = NewType("AccountId", int)
ProfileId = NewType("ProfileId", int)
RunId = NewType("RunId", str)
PlanId = NewType("PlanId", str)
LinkId = NewType("LinkId", str)
AttemptId = NewType("AttemptId", str)
"""One attempt at one remote write; the idempotency key of a creation (R30)."""
ItemId = NewType("ItemId", str)
"""An item's id as its server names it: Wice `table:rowid`, EWS `ItemId/@Id`."""
Version = NewType("Version", str)
"""What the server moves with every change: `last_update` in Wice, the change key in EWS. Opaque outside the adapters."""

_LETTERS = bytes(b"abcdefghijklmnopqrstuvwxyz234567"[byte & 31] for byte in range(256))


def new_id(length: int = 20) -> str:
    """Return a random, unguessable id of `length` characters out of a-z and 2-7 (five bits each)."""
    return secrets.token_bytes(length).translate(_LETTERS).decode("ascii")
