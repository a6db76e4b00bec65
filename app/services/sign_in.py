"""Signing in and out: who is behind a name and password, a session's cookie, an API token, or a set-up link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.people import (
    Actor,
    Credentials,
    Lifetimes,
    Role,
    Session,
    User,
    Via,
    hashed,
    new_secret,
)
from app.errors import BadInput, Denied, NotFound, Throttled
from app.ports.people import Attempts, Passwords, Sessions, Tokens, Users
from app.rules.access import lesser
from app.rules.passwords import MOST, name_problem, password_problem
from app.rules.throttling import wait_of

_TOKEN_PREFIX = "ws_"  # noqa: S105 - what every token begins with


@dataclass(frozen=True, slots=True)
class Client:
    """The browser at the other end."""

    address: str
    agent: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody came in; `cookie` is for their browser and is kept nowhere else."""

    session: Session
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignIn:
    """`lifetimes` is asked every time: an administrator may change it."""

    users: Users
    sessions: Sessions
    tokens: Tokens
    attempts: Attempts
    passwords: Passwords
    lifetimes: Callable[[], Lifetimes]
    now: Callable[[], datetime]

    def enter(self, name: str, password: str, client: Client, former: str = "") -> Entered:
        """Sign in; `former` is the cookie of the session that ends with it. Raises: Denied (wrong), Throttled (too often wrong)."""
        wait = self.attempts.begin(name, client.address, self.now(), wait_of)
        if wait:
            raise Throttled("Too many sign-ins failed. Wait a little, then try again.", after=wait)
        known = self.users.credentials(name)
        if not self._fits(known, password) or known is None:
            user = known.user if known else None
            self.attempts.failed(user, name, _nobody(client))
            raise Denied("The user name or the password is wrong.")
        if self.passwords.is_outdated(known.password_hash):
            self.users.rehash(known.user, known.password_hash, self.passwords.hash(password))
        self.attempts.succeeded(known.user, client.address, _at(client, known.user))
        return self._begin(known.user, client, former)

    def welcomed(self, link: str) -> User | None:
        """Whose set-up link it is: without a name for that of the first start, None if it is of no use any more."""
        return self.users.of_link(hashed(link), self.now())

    def welcome(self, link: str, name: str, password: str, client: Client) -> Entered:
        """Use a set-up link; `name` counts on the first start only. Raises: NotFound (the link), BadInput with `fields`, Taken (the name)."""
        owner = self.welcomed(link)
        if owner is None:
            raise NotFound("This link was used already, or has ended. Ask an administrator for a new one.")
        chosen = owner.name or name.strip()
        wrong = {"name": "" if owner.name else name_problem(chosen), "password": password_problem(chosen, password)}
        refuse({place: problem for place, problem in wrong.items() if problem})
        by = _at(client, replace(owner, name=chosen))
        user = self.users.redeem(hashed(link), chosen, self.passwords.hash(password), self.now(), by)
        return self._begin(user, client, "")

    def session(self, cookie: str) -> Session | None:
        """The good session that a browser's cookie stands for."""
        return self.sessions.session(hashed(cookie), self.now(), self.lifetimes())

    def leave(self, session: Session, by: Actor) -> None:
        """Sign out."""
        self.sessions.end(session.id, session.user, by)

    def bearer(self, token: str) -> tuple[User, Role] | None:
        """Who holds this API token, and what they may with it: never more than its owner may now."""
        if not token.startswith(_TOKEN_PREFIX):
            return None
        found = self.tokens.holder(hashed(token), self.now())
        return (found[1], lesser(found[0].role, found[1].role)) if found else None

    def _fits(self, known: Credentials | None, password: str) -> bool:
        # Whoever is not there, not active or without a password takes as long as a wrong password.
        usable = known is not None and known.user.active and len(password) <= MOST
        return self.passwords.fits(password[:MOST], known.password_hash if usable and known else "")

    def _begin(self, user: User, client: Client, former: str) -> Entered:
        cookie, now = new_secret(), self.now()
        session = Session(
            id=hashed(cookie),
            user=user,
            csrf=new_secret(),
            created=now,
            seen=now,
            until=now + self.lifetimes().absolute,
            agent=client.agent,
            address=client.address,
        )
        self.sessions.start(session, _at(client, user), hashed(former) if former else "")
        return Entered(session, cookie)


def new_token() -> str:
    """The text of an API token; shown once."""
    return _TOKEN_PREFIX + new_secret()


def refuse(wrong: dict[str, str]) -> None:
    """Raises: BadInput that names each wrong field, if there is one."""
    if wrong:
        raise BadInput(*(f"{place} {problem}" for place, problem in wrong.items()), fields=wrong)


def _at(client: Client, user: User) -> Actor:
    return Actor(name=user.name, role=user.role, via=Via.PORTAL, address=client.address, request=client.request)


def _nobody(client: Client) -> Actor:
    return Actor(name="", role=Role.AUDITOR, via=Via.PORTAL, address=client.address, request=client.request)
