"""Somebody says that something has changed in Wice: the profiles concerned are due within seconds. What is missed, the schedule finds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Final, Protocol

import structlog

from app.domain.budget import Limits, Refusal, Want
from app.domain.ids import new_id
from app.errors import Throttled
from app.ports.budget import HostBudgets
from app.ports.hints import Hints

MOST: Final = Limits(concurrency=1000, rate=5.0)
"""Calls a second for one Wice server, in the mean; ten times as many at once."""

_log = structlog.get_logger()


class Listening(Protocol):
    """What taking a hint needs."""

    @property
    def hints(self) -> Hints: ...
    @property
    def budgets(self) -> HostBudgets: ...


def wice_changed(product: Listening, server: str, users: Collection[str] | None) -> int:
    """Something has changed for these users of a Wice server, None for all; how many profiles are due sooner. Raises: NotFound, Throttled."""
    holder, name = new_id(), f"webhook {server}"
    answer = product.budgets.take(holder, [Want(name, MOST, 1)], urgent=True)
    if isinstance(answer, Refusal):
        after = timedelta(seconds=answer.wait_s)
        raise Throttled("Too many hints for this server; one call may name many users.", after=after)
    try:
        sooner = product.hints.changed_in_wice(server, users)
    finally:
        product.budgets.leave(holder, {name: 0})
    _log.info("wice_hinted", users=None if users is None else len(users), sooner=sooner)
    return sooner
