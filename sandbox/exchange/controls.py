"""What a test may do to the Exchange sandbox beyond `sandbox.control`: its own fault kinds and counters."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lxml import etree
from lxml.etree import _Element as Element
from starlette.routing import Route

from sandbox.control import Control, Parameters, Reset, guarded

READING = ("Get", "Find", "Sync", "Subscribe", "Unsubscribe", "ConvertId", "ResolveNames")
"""How the operations begin that change nothing."""

KINDS: Mapping[str, Parameters] = {
    "item_error": {"code": "ErrorItemSave", "index": 0},
    "ignore_change_key": {},
    "invalid_sync_state": {},
    "repeat_page": {},
    "duplicate_items": {},
    "late_create": {"seconds": 0.3},
    "silent_change": {},
}
"""`silent_change`: what the request changes moves no change key, and no list of changes and no notification tells of it. Of an occurrence that is
its series: not every server takes it for a change of the master.
"""


class ExchangeControl(Control):
    """Counts, beside the rest, refused logins by user name and replies of ours that break Microsoft's schema."""

    def __init__(self, reset: Reset, people: int) -> None:
        super().__init__(reset, people, KINDS)
        self.failed_logins: Counter[str] = Counter()
        self.invalid_replies = 0
        self.wire: list[dict[str, str]] | None = None

    def note(self, login: str, operation: str, request: Element) -> None:
        """Keep a request as it came, if somebody has asked for that; those that only read are left out."""
        if self.wire is not None and not operation.startswith(READING):
            self.wire.append({"by": login, "operation": operation, "body": etree.tostring(request).decode()})

    def _record(self, _body: dict[str, Any]) -> object:
        """Keep requests from now on, until the next reset."""
        self.wire = []
        return {"recorded": 0}

    def _recorded(self, _body: dict[str, Any]) -> object:
        return {"requests": self.wire or []}

    def routes(self) -> list[Route]:
        """Beside the common ones: POST /_sandbox/wire begins to record requests, GET tells them."""
        record, recorded = guarded(self._record), guarded(self._recorded)
        own = [
            Route("/_sandbox/wire", record, methods=["POST"]),
            Route("/_sandbox/wire", recorded, methods=["GET"]),
        ]
        return [*super().routes(), *own]

    def _read_counters(self, body: dict[str, Any]) -> object:
        common: Any = super()._read_counters(body)
        return {**common, "failed_logins": dict(self.failed_logins), "invalid_replies": self.invalid_replies}

    def _clear_counters(self, body: dict[str, Any]) -> object:
        super()._clear_counters(body)
        self._forget()
        return self._read_counters(body)

    def _do_reset(self, body: dict[str, Any]) -> object:
        done = super()._do_reset(body)
        self._forget()
        self.wire = None
        return done

    def _forget(self) -> None:
        self.failed_logins.clear()
        self.invalid_replies = 0
