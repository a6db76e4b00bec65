"""People at work in Wice's web page: every column, flag and the recycle bin, by the sandbox's control path. Column names are Wice's own."""

from __future__ import annotations

from typing import Any

from tests.services.sandbox import Sandbox

_TABLES = {"p": "persons", "c": "companies", "a": "appointments"}


class InWice:
    """Records are named by their table's letter and rowid ("p:400001"); users by their login."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def company(self, name: str, *flags: str, **columns: str) -> str:
        """A new company, with the flag of these users."""
        return self._new("c", {"name": name, **columns}, flags)

    def person(self, name: str, *flags: str, company: str = "", **columns: str) -> str:
        """A new person, of a company or of none, with the flag of these users."""
        return self._new("p", {"name": name, "for_rowid": company[2:] or "0", **columns}, flags)

    def appointment(self, title: str, *participants: str, day: str, hours: str = "10:00-11:00", **columns: Any) -> str:
        """A new appointment with these users; `hours` "" is full-time. All wall times are Berlin's."""
        start, _, end = hours.partition("-")
        times = {"date_start": day, "date_end": columns.pop("last_day", day), "time_start": start, "time_end": end}
        values = {"title": title, **times, "fulltime": "0" if hours else "1", **columns}
        return self._new("a", {**values, "participants": [self.employee(user) for user in participants]}, ())

    def edit(self, record: str, **columns: object) -> None:
        """Type other values into a record."""
        self._edit(record, values=columns)

    def flag(self, record: str, *users: str) -> None:
        self._edit(record, flags=dict.fromkeys(users, True))

    def unflag(self, record: str, *users: str) -> None:
        self._edit(record, flags=dict.fromkeys(users, False))

    def bin(self, record: str) -> None:
        """Into the recycle bin."""
        self._edit(record, binned=True)

    def destroy(self, record: str) -> None:
        """As emptying the recycle bin does."""
        self._edit(record, removed=True)

    def join(self, record: str, *users: str) -> None:
        there = self.row(record)["participants"]
        self.edit(record, participants=[*there, *(self.employee(user) for user in users)])

    def leave(self, record: str, user: str) -> None:
        staying = [one for one in self.row(record)["participants"] if one != self.employee(user)]
        self.edit(record, participants=staying)

    def employee(self, user: str) -> str:
        """Rowid of the employee who signs in as `user`."""
        mail = self._sandbox.person(user)["email"]
        return str(next(row["rowid"] for row in self._rows("employees") if row["email"] == mail))

    def row(self, record: str) -> dict[str, Any]:
        """All columns of a record, its `flags` (logins) and whether it is `binned`."""
        return next(row for row in self._rows(_TABLES[record[0]]) if row["rowid"] == record[2:])

    def persons(self) -> dict[str, dict[str, Any]]:
        """All persons by their last name, which the test keeps apart."""
        return _by("name", self._rows("persons"))

    def companies(self) -> dict[str, dict[str, Any]]:
        return _by("name", self._rows("companies"))

    def appointments(self) -> dict[str, dict[str, Any]]:
        return _by("title", self._rows("appointments"))

    def flagged(self, user: str = "anna") -> set[str]:
        """Names of all persons and companies that carry the user's flag."""
        return {row["name"] for table in ("persons", "companies") for row in self._rows(table) if user in row["flags"]}

    def _rows(self, table: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._sandbox.control("wice", "GET", f"records/{table}")["records"]
        return rows

    def _new(self, letter: str, values: dict[str, Any], flags: tuple[str, ...]) -> str:
        body = {"table": _TABLES[letter], "values": values, "flags": dict.fromkeys(flags, True)}
        return f"{letter}:{self._sandbox.control('wice', 'POST', 'edit', body)['rowid']}"

    def _edit(self, record: str, **change: object) -> None:
        body = {"table": _TABLES[record[0]], "rowid": record[2:], **change}
        self._sandbox.control("wice", "POST", "edit", body)


def _by(column: str, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    named = {row[column]: row for row in rows}
    assert len(named) == len(rows), f"doubled: {sorted(row[column] for row in rows)}"
    return named
