"""What one run may send to a host: everything or nothing, and what it was told of it."""

from __future__ import annotations

from datetime import timedelta

from app.errors import HostBusy


class NotingAllowance:
    """`app.ports.budget.Allowance` that notes its calls."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.told: list[str] = []
        self._refuses = refuses

    def spend(self) -> None:
        if self._refuses:
            raise HostBusy("its budget is used up", after=timedelta(seconds=7))
        self.told.append("spent")

    def connections(self, wanted: int) -> int:
        return wanted

    def answered(self) -> None:
        self.told.append("answered")

    def busy(self, error: HostBusy) -> None:
        self.told.append("busy" if error.whole else "busy, this mailbox")

    def silent(self) -> None:
        self.told.append("silent")
