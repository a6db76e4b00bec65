"""Who takes part: Wice's employees, groups and free lines <-> participants (R11, R13, R15).

Writing only adds, and takes away who has declined (D2): whoever else takes part in Wice already stays, groups are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from app.adapters.wice.dialect import Dialect
from app.adapters.wice.wire import Row, ids_of, text_of
from app.domain.appointment import Participant, Role
from app.ports import Employee

_NAME_AND_EMAIL = re.compile(r'"?(?P<name>[^"<>]*?)"?\s*<(?P<email>[^<>\s]+@[^<>\s]+)>')


class Employees(Mapping[str, Employee]):
    """Employees by rowid, read when the first of them is asked for."""

    def __init__(self, read: Callable[[], Mapping[str, Employee]]) -> None:
        self._read = read

    @cached_property
    def _all(self) -> Mapping[str, Employee]:
        return self._read()

    def __getitem__(self, rowid: str) -> Employee:
        return self._all[rowid]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


@dataclass(frozen=True, slots=True)
class Directory:
    """All employees of the installation, with e-mail addresses in lower case."""

    employees: Mapping[str, Employee]

    def find(self, participant: Participant) -> str | None:
        """The rowid of the employee that a participant is: by e-mail, else by an employee's name that only one bears."""
        if participant.email:
            wanted = participant.email.casefold()
            return next((known.id for known in self.employees.values() if known.email == wanted), None)
        if participant.role is not Role.EMPLOYEE:
            return None
        namesakes = [known.id for known in self.employees.values() if known.name == participant.name]
        return namesakes[0] if len(namesakes) == 1 else None


class Participants:
    """Participants of one account's appointments; `own` is its employee's rowid."""

    def __init__(self, dialect: Dialect, directory: Directory, own: str) -> None:
        self._columns = dialect.columns.appointment
        self._directory = directory
        self._own = own

    def takes_part(self, row: Row) -> bool:
        """Whether the account's employee is among the participants (R11)."""
        return self._own in ids_of(row.get(self._columns.participants))

    def read(self, row: Row) -> tuple[Participant, ...]:
        """Everybody but the account's own employee, in Wice's order."""
        employees = (
            self._employee(rowid) for rowid in ids_of(row.get(self._columns.participants)) if rowid != self._own
        )
        groups = row.get(self._columns.groups)
        names = (text_of(group) for group in groups) if isinstance(groups, list) else text_of(groups).split(",")
        return (
            *employees,
            *(Participant(name=name.strip(), role=Role.GROUP) for name in names if name.strip()),
            *(read_line(line) for line in self._lines(row)),
        )

    def write(
        self, wanted: Iterable[Participant], row: Row | None = None, declined: Iterable[Participant] = ()
    ) -> dict[str, object]:
        """The columns of an appointment in which also `wanted` take part, beside those of `row` without who has `declined` (D2)."""
        gone = {_identity(person) for person in declined} - {""}
        away = {self._directory.find(person) for person in declined} - {self._own, None}
        rowids = [one for one in ids_of(row.get(self._columns.participants)) if one not in away] if row else []
        if self._own not in rowids:
            rowids.append(self._own)
        lines = self._lines(row) if row else []
        stay = [line for line in lines if _identity(read_line(line)) not in gone]
        known = {_identity(read_line(line)) for line in stay}
        added = []
        for participant in wanted:
            rowid = self._directory.find(participant)
            if rowid and rowid not in rowids:
                rowids.append(rowid)
            elif not rowid and participant.role is not Role.GROUP and _identity(participant) not in known | {""}:
                known.add(_identity(participant))
                added.append(write_line(participant))
        columns: dict[str, object] = {self._columns.participants: rowids}
        if (added or stay != lines) and self._columns.additional:
            columns[self._columns.additional] = "\n".join([*stay, *added])
        return columns

    def _employee(self, rowid: str) -> Participant:
        known = self._directory.employees.get(rowid)
        # Somebody who left the company is still a participant, but in no list any more.
        return Participant(
            name=known.name if known else f"#{rowid}", email=known.email if known else "", role=Role.EMPLOYEE
        )

    def _lines(self, row: Row) -> list[str]:
        text = text_of(row.get(self._columns.additional)) if self._columns.additional else ""
        return [line.strip() for line in text.split("\n") if line.strip()]


def read_line(line: str) -> Participant:
    """One line of the free text: `Name <email>`, an address, or just a name."""
    if match := _NAME_AND_EMAIL.fullmatch(line):
        return Participant(name=match["name"].strip(), email=match["email"].casefold())
    if re.fullmatch(r"[^<>\s]+@[^<>\s]+", line):
        return Participant(email=line.casefold())
    return Participant(name=line)


def write_line(participant: Participant) -> str:
    """The other way round, on one line."""
    name = " ".join(participant.name.replace("<", "(").replace(">", ")").replace('"', "'").split())
    if not participant.email:
        return name
    return f"{name} <{participant.email}>" if name else participant.email


def _identity(participant: Participant) -> str:
    return participant.email.casefold() or participant.name.casefold()
