"""Licences, keys and counts to judge, each a whole one with what a test changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain.licence import ActiveLicence, Edition, Licence, Marks, Usage

INSTALLED = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
MARCH_10 = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
ONE = Usage(accounts=1, profiles=1, on_loopback=False)
ONE_HERE = Usage(accounts=1, profiles=1, on_loopback=True)


def licence(**changes: Any) -> Licence:
    given: dict[str, Any] = {
        "id": "l1",
        "kid": "k",
        "licensee": "Muster GmbH",
        "edition": Edition.ENTERPRISE,
        "accounts": 3,
        "valid_from": date(2026, 3, 1),
        "until": date(2026, 12, 31),
    }
    return Licence(**(given | changes))


def key(**changes: Any) -> ActiveLicence:
    return ActiveLicence(licence=licence(**changes), activated=INSTALLED, activated_by="admin")


def marks(seen: datetime | None = None, record: datetime | None = None) -> Marks:
    return Marks(installed=INSTALLED, seen=seen, record=record)
