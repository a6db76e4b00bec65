"""The port `Crm` over a `FakeWice`: a signed-in session, and what the Wice adapter would send for it, request by request."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from datetime import date
from typing import TypeVar

from app.domain.contact import COMPANY_FIELDS, Contact
from app.domain.finding import Discovery, Question
from app.domain.ids import ItemId
from app.domain.sync import Kind
from app.errors import Halt, HaltCode
from app.ports import Capabilities, Company, Employee
from tests.fakes.faults import Lost
from tests.fakes.finding import find_in_wice
from tests.fakes.wice import FakeWice
from tests.fakes.wice_store import FakeWiceStore

Result = TypeVar("Result")


class FakeCrm:
    """Signs in with the first request. `touched`: since it was last set to False, something may have been written."""

    def __init__(self, server: FakeWice, user: str, window_start: date | None) -> None:
        self.server = server
        self.user = user
        self.window_start = window_start
        self.requests = 0
        self.touched = False
        self._signed_in = False

    def call(self, operation: str, effect: Callable[[], Result]) -> Result:
        """One request that reads. Raises: Retry, Halt."""
        self._sign_in()
        self._count()
        return self.server.faults.call(operation, effect)

    def change(self, operation: str, effect: Callable[[], Result]) -> Result:
        """One request that writes. Raises: Retry, Lost, Halt, ItemRefused."""
        self._sign_in()
        self._count()
        try:
            result = self.server.faults.call(operation, lambda: self._write(operation, effect))
        except Lost:
            self.touched = True
            raise
        self.touched = True
        return result

    def employee(self) -> Employee:
        return self.call("whoami", lambda: self.server.employees[self.user])

    def capabilities(self) -> Capabilities:
        return self.call("probe", lambda: self.server.capabilities)

    def companies(self, names: Collection[str]) -> Sequence[Company]:
        wanted = {normal_name(name) for name in names}
        return self.call("search", lambda: [self._company(item) for item in self._companies(wanted)])

    def store(self, kind: Kind) -> FakeWiceStore:
        if kind is Kind.APPOINTMENTS and not self.server.capabilities.appointments:
            raise Halt(HaltCode.UNSUPPORTED, "this Wice server does not offer appointments")
        return FakeWiceStore(self, kind)

    def find(self, kind: Kind, question: Question) -> Discovery:
        return find_in_wice(self, kind, question)

    def close(self) -> None:
        self._signed_in = False

    def _sign_in(self) -> None:
        if self._signed_in:
            return
        self._count()
        if self.user in self.server.refused_users or self.user not in self.server.employees:
            self.server.failed_logins[self.user] += 1
            raise Halt(HaltCode.LOGIN_REFUSED, f"Wice refuses the login of {self.user}: check user name and password")
        self._signed_in = True

    def _count(self) -> None:
        self.requests += 1
        self.server.requests += 1

    def _write(self, operation: str, effect: Callable[[], Result]) -> Result:
        self.server.faults.refuse(operation)
        self.server.writes += 1
        return effect()

    def _companies(self, wanted: Collection[str]) -> list[ItemId]:
        rows = self.server.rows.values()
        alive = (row for row in rows if row.id.startswith("c:") and not row.binned and not row.deactivated)
        return [row.id for row in alive if normal_name(_contact(row.record).company_name) in wanted]

    def _company(self, item: ItemId) -> Company:
        record = _contact(self.server.rows[item].record)
        fields = {name: getattr(record, name) for name in sorted(COMPANY_FIELDS)}
        return Company(item, record.company_name, record.company_zip_code, record.company_town, fields)


def normal_name(text: str) -> str:
    """A company's name without case, runs of blanks and the dots of its legal form."""
    return " ".join(re.sub(r"[.,]", " ", text).casefold().split())


def _contact(record: object) -> Contact:
    assert isinstance(record, Contact)
    return record
