"""One Wice installation: its records, its people, its sessions and how it behaves. Knows nothing of HTTP's answers."""

import secrets
import time

from sandbox.control import Control, Parameters
from sandbox.demo import world
from sandbox.people import MANDANT, Person, people
from sandbox.serving import Options
from sandbox.wice.seed import fill
from sandbox.wice.settings import Settings
from sandbox.wice.store import Store
from sandbox.wice.tables import Table

FAULT_KINDS: dict[str, Parameters] = {"session_expired": {}, "empty_list": {}, "denied": {}}
"""What only this server can do wrong, beside `control.COMMON_KINDS`."""


class Installation:
    """`store`, `settings`, `people` and the sessions are those of the last reset."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self.control = Control(self.reset, options.people, FAULT_KINDS)
        self.reset(options.seed, options.people)

    def reset(self, seed: str, number_of_people: int) -> None:
        """Start afresh; sessions become invalid, settings go back to their defaults."""
        self.settings = Settings()
        self.store = Store()
        self.people: tuple[Person, ...] = people(number_of_people)
        self._sessions: dict[str, tuple[str, float]] = {}
        today = self._options.today
        fill(self.store, self.people, world(number_of_people, today) if seed == "demo" else None, today)

    def sign_in(self, mandant: str, username: str, password: str) -> str | None:
        """A new session's cookie (32 characters); None for a wrong or deactivated login."""
        for person in self.people:
            if (person.username, person.password) == (username, password) and mandant == MANDANT:
                employee = self.store.get(Table.EMPLOYEE, person.employee_rowid)
                if employee is None or employee.values["deactivated"] == "1":
                    return None
                cookie = secrets.token_hex(16)
                self._sessions[cookie] = (person.employee_rowid, time.monotonic())
                return cookie
        return None

    def employee_of(self, cookie: str) -> str | None:
        """The employee of a live session, whose life this prolongs."""
        employee, used = self._sessions.get(cookie, ("", 0.0))
        if not employee or time.monotonic() - used >= self.settings.session_s:
            self._sessions.pop(cookie, None)
            return None
        self._sessions[cookie] = (employee, time.monotonic())
        return employee

    def forget(self, cookie: str) -> None:
        self._sessions.pop(cookie, None)
