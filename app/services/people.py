"""Users: added with a link by which they choose their password, changed, removed; and what everybody may change about themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import available_timezones

from app.domain.people import (
    SYSTEM,
    Actor,
    Lifetimes,
    Permission,
    Role,
    Session,
    SetupLink,
    User,
    hashed,
    name_key,
    new_secret,
)
from app.errors import BadInput, Denied, Taken
from app.ports.people import Passwords, Sessions, Users
from app.rules.access import may
from app.rules.passwords import MOST, name_problem, password_problem
from app.services.sign_in import refuse

LINK_LIFETIME: Final = timedelta(hours=24)
LANGUAGES: Final = ("", "de", "en")
THEMES: Final = ("", "light", "dark")


@dataclass(frozen=True, slots=True)
class People:
    """`portal_url`: where the links lead. Links are returned once and stored hashed."""

    store: Users
    sessions: Sessions
    passwords: Passwords
    lifetimes: Callable[[], Lifetimes]
    now: Callable[[], datetime]
    portal_url: str

    def users(self, text: str = "") -> Sequence[User]:
        """All whose name holds `text`, by name."""
        return self.store.users(text)

    def user(self, name: str) -> User:
        """Raises: NotFound."""
        return self.store.user(name)

    def has_administrator(self) -> bool:
        """False until the link of the first start was used, or somebody was added on the command line."""
        return self.store.has_administrator()

    def first_link(self) -> str | None:
        """A new link for the first administrator, in place of that of the start before; None once there is one."""
        if self.store.has_administrator():
            return None
        text, link = self._new_link()
        self.store.set_first_link(link, SYSTEM)
        return self._address(text)

    def add(self, name: str, role: Role, by: Actor) -> tuple[User, str]:
        """Add somebody; returns the link for them, good for a day. Raises: BadInput with `fields`, Taken, Denied."""
        _check_may_manage(by)
        problem = name_problem(name)
        refuse({"name": problem} if problem else {})
        text, link = self._new_link()
        return self.store.add(name, role, link, by), self._address(text)

    def new_link(self, name: str, by: Actor) -> str:
        """Another link for somebody who has lost theirs, or their password. Raises: NotFound, Denied."""
        _check_may_manage(by)
        text, link = self._new_link()
        self.store.set_link(name, link, by)
        return self._address(text)

    def change(self, user: User, by: Actor, keep_session: str = "") -> User:
        """Store role and activity, from the `version` that was read; other sessions end. Raises: NotFound, Superseded, Taken, Denied."""
        _check_may_manage(by)
        if not user.active and name_key(user.name) == name_key(by.name):
            raise Taken("You cannot deactivate yourself. Ask another administrator to do it.")
        return self.store.save(user, by, keep_session)

    def set_role(self, name: str, role: Role, by: Actor) -> User:
        """Whatever version is there. Raises: NotFound, Taken for the last active administrator, Denied."""
        return self.change(replace(self.user(name), role=role, version=0), by)

    def remove(self, user: User, by: Actor) -> None:
        """With sessions and tokens; what they did stays in the audit log. Raises: NotFound, Superseded, Taken, Denied."""
        _check_may_manage(by)
        self.store.remove(user, by)

    def set_preferences(self, user: User, by: Actor, *, language: str, time_zone: str, theme: str) -> User:
        """How somebody reads the portal. Raises: BadInput with `fields`, Denied."""
        _check_own(user.name, by)
        wrong = {
            "language": "" if language in LANGUAGES else "must be de, en or empty (as the browser says)",
            "time_zone": ""
            if not time_zone or time_zone in available_timezones()
            else "must be a name such as Europe/Berlin, or empty (the server's)",
            "theme": "" if theme in THEMES else "must be light, dark or empty (as the system says)",
        }
        refuse({place: problem for place, problem in wrong.items() if problem})
        current = self.store.user(user.name)
        return self.store.save(replace(current, language=language, time_zone=time_zone, theme=theme), by)

    def change_password(self, name: str, present: str, new: str, by: Actor, keep_session: str = "") -> None:
        """Somebody's own; other sessions end. Raises: BadInput with `fields`, Denied."""
        _check_own(name, by)
        known = self.store.credentials(name)
        if known is None or not self.passwords.fits(present[:MOST], known.password_hash):
            raise BadInput("present is not your present password", fields={"present": "is not your present password"})
        problem = password_problem(name, new)
        if not problem and new == present:
            problem = "is the one that you have now"
        refuse({"new": problem} if problem else {})
        self.store.set_password(known.user, self.passwords.hash(new), by, keep_session)

    def sessions_of(self, name: str, by: Actor) -> Sequence[Session]:
        """The signed-in browsers of somebody, the latest used first. Raises: NotFound, Denied."""
        _check_own_or_manage(name, by)
        return self.sessions.of_user(self.store.user(name), self.now(), self.lifetimes())

    def end_session(self, name: str, session: str, by: Actor) -> bool:
        """Sign one browser out; False if it is already. Raises: NotFound, Denied."""
        _check_own_or_manage(name, by)
        return self.sessions.end(session, self.store.user(name), by)

    def end_sessions(self, name: str, by: Actor, keep: str = "") -> int:
        """Sign all browsers but one out. Raises: NotFound, Denied."""
        _check_own_or_manage(name, by)
        return self.sessions.end_all(self.store.user(name), by, keep)

    def _new_link(self) -> tuple[str, SetupLink]:
        text = new_secret()
        return text, SetupLink(hashed(text), self.now() + LINK_LIFETIME)

    def _address(self, text: str) -> str:
        return f"{self.portal_url.rstrip('/')}/welcome/{text}"


def _check_may_manage(by: Actor) -> None:
    if not may(by.role, Permission.MANAGE):
        raise Denied("Only administrators manage users.")


def _check_own(name: str, by: Actor) -> None:
    if name_key(name) != name_key(by.name):
        raise Denied("Everybody changes this for themselves only.")


def _check_own_or_manage(name: str, by: Actor) -> None:
    if name_key(name) != name_key(by.name):
        _check_may_manage(by)
