"""What a test may do to the Exchange sandbox beyond `sandbox.control`: its own fault kinds and counters."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sandbox.control import Control, Parameters, Reset

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
        return done

    def _forget(self) -> None:
        self.failed_logins.clear()
        self.invalid_replies = 0
