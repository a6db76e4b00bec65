"""What one Wice server offers, found out by cheap calls, each asked at most once per session; the dialect may say it instead.

A server ignores a parameter that it does not know, and answers {"error": ...} to a method that it does not know. So a parameter is tried
where it must change the answer, and a writing method on record 0, which never exists: its error must differ from that of a method that
nobody has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from app.adapters.wice.client import Session
from app.adapters.wice.errors import Refusal
from app.adapters.wice.wire import Row, text_of
from app.ports import Capabilities

NOBODYS_METHOD = "wice_sync_asks_for_a_method_that_nobody_has"
FAR_AHEAD = "2099-12-31"
NO_RECORD = "0"
FACTS = (
    "employees",
    "ids",
    "delta",
    "import_key",
    "searches_parts",
    "flags_read",
    "flags",
    "appointments",
    "appointments_write",
)
"""What is true of a server, whoever signs in, and may be known from former sessions."""


class Offers:
    """The answers so far. Every property may raise Retry and Halt."""

    def __init__(self, session: Session, known: Mapping[str, bool] | None = None) -> None:
        self._session = session
        # A cached property that is in the object's dictionary is not computed.
        vars(self).update({name: value for name, value in (known or {}).items() if name in FACTS})
        self._dialect = session.dialect
        self._methods = session.dialect.methods
        self._parameters = session.dialect.parameters

    def all(self) -> Capabilities:
        """Every capability."""
        return Capabilities(
            flags=self.flags,
            delta=self.delta,
            ids=self.ids,
            appointments=self.appointments,
            appointments_write=self.appointments_write,
            import_key=self.import_key,
            employees=self.employees,
        )

    @cached_property
    def whoami(self) -> Row:
        """The employee row of who is signed in; empty where the server does not tell."""
        try:
            return self._session.read(self._methods.whoami, {})
        except Refusal:
            return {}

    @cached_property
    def employee_rows(self) -> list[Row]:
        """All employees; empty where the server does not list them."""
        if self._dialect.capabilities.employees == "no":
            return []
        try:
            return self._employees(self._parameters.full_list)
        except Refusal:
            return []

    @property
    def learnt(self) -> dict[str, bool]:
        """What is known by now, by the names of `FACTS`."""
        return {name: vars(self)[name] for name in FACTS if name in vars(self)}

    def doubt(self) -> None:
        """The server has contradicted what was known: everything is asked anew."""
        for name in FACTS:
            vars(self).pop(name, None)

    @cached_property
    def employees(self) -> bool:
        """Employees can be listed."""
        return bool(self.employee_rows)

    @cached_property
    def ids(self) -> bool:
        """A list can be narrowed to ids and times."""
        return self._said(
            "ids", lambda: not any(self._name_column in row for row in self._sample(self._parameters.only_ids))
        )

    @cached_property
    def delta(self) -> bool:
        """A list can be narrowed to what changed since a time."""
        future = {self._parameters.changed_since: f"{FAR_AHEAD} 00:00:00"}
        return self._said("delta", lambda: not self._sample({**self._parameters.only_ids, **future}))

    @cached_property
    def import_key(self) -> bool:
        """Records can be found by the key they were created with."""
        nobodys = {self._dialect.columns.row.import_key: NOBODYS_METHOD}
        search = {**self._parameters.only_ids, **self._parameters.search, **nobodys}
        return self._said("import_key", lambda: not self._sample(search))

    @cached_property
    def searches_parts(self) -> bool:
        """A search finds parts of values, not only whole ones: it finds the own user by the middle of the name."""
        columns = self._dialect.columns
        own, middle = self.whoami.get(columns.row.id), text_of(self.whoami.get(self._name_column))[1:-1]
        if not (own and middle and self.employees):
            return False
        search = {**self._parameters.only_ids, **self._parameters.search, self._name_column: middle}
        return any(row.get(columns.row.id) == own for row in self._employees(search))

    @cached_property
    def flags_read(self) -> bool:
        """Rows tell whether they carry this user's Outlook sync flag."""
        return self.flags_seen

    @cached_property
    def flags_seen(self) -> bool:
        """The same, asked in this session whatever was known: for rows that do not tell although they should."""
        return self._said("flags", self._rows_carry_flags)

    @cached_property
    def flags(self) -> bool:
        """The flag can be read and set."""
        data = {**self.record_zero, self._dialect.flag_data.table: self._dialect.flag_data.person}
        data[self._dialect.flag_data.value] = "0"
        return self.flags_read and self._said("flags", lambda: self._knows(self._methods.set_flag, data))

    @cached_property
    def appointments(self) -> bool:
        """Appointments can be read, and it is known whose they are."""
        return bool(self.whoami) and self._said("appointments", self._lists_appointments)

    @cached_property
    def appointments_write(self) -> bool:
        """Appointments can be written."""
        return self.appointments and self._said(
            "appointments_write", lambda: self._knows(self._methods.update_appointment, self.record_zero)
        )

    @property
    def record_zero(self) -> dict[str, str]:
        """JSON data that names the record which never exists."""
        return {self._dialect.columns.row.id: NO_RECORD}

    def _said(self, name: str, probe: Callable[[], bool]) -> bool:
        said = getattr(self._dialect.capabilities, name)
        return probe() if said == "auto" else said == "yes"

    @property
    def _name_column(self) -> str:
        return self._dialect.columns.employee.last_name

    def _employees(self, parameters: Mapping[str, str]) -> list[Row]:
        return self._session.rows(self._methods.employees, self._dialect.replies.employees, parameters)

    def _sample(self, parameters: Mapping[str, str]) -> list[Row]:
        """A list call of which the answer is small and, unless narrowed, never empty: there is always an employee."""
        if self.employees:
            return self._employees(parameters)
        return self._session.rows(self._methods.companies, self._dialect.replies.companies, parameters)

    def _rows_carry_flags(self) -> bool:
        narrow = {**self._parameters.only_ids, **self._parameters.search, **self._parameters.flagged}
        columns, methods, replies = self._dialect.columns.row, self._methods, self._dialect.replies
        for method, loop in ((methods.persons, replies.persons), (methods.companies, replies.companies)):
            for parameters in (narrow, self._parameters.only_ids):
                for row in self._session.rows(method, loop, parameters)[:1]:
                    search = {
                        **self._parameters.full_list,
                        **self._parameters.search,
                        columns.id: text_of(row.get(columns.id)),
                    }
                    return any(columns.flag in full for full in self._session.rows(method, loop, search)[:1])
        return True  # Nobody is there yet: nothing can be misread either.

    def _lists_appointments(self) -> bool:
        window = {self._parameters.date_from: FAR_AHEAD, self._parameters.date_to: FAR_AHEAD}
        try:
            self._session.read(self._methods.appointments, {**self._parameters.only_ids, **window})
        except Refusal:
            return False
        return True

    def _knows(self, method: str, data: Mapping[str, str]) -> bool:
        if self._complaint(method, data) != self._unknown:
            return True
        # The same words for both may also mean that the session has ended just now.
        self._session.log_in()
        return self._complaint(method, data) != self._complaint(NOBODYS_METHOD, self.record_zero)

    @cached_property
    def _unknown(self) -> str | None:
        return self._complaint(NOBODYS_METHOD, self.record_zero)

    def _complaint(self, method: str, data: Mapping[str, str]) -> str | None:
        text = self._session.complaint(method, data)
        return text and text.replace(method, "")
