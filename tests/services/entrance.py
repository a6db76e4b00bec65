"""Signing in and managing people over a real database on SQLite, with cheap password hashes and a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from app.adapters.db import open_database
from app.adapters.passwords import Argon2Passwords
from app.domain.people import SYSTEM, Actor, Lifetimes, Role, User, Via
from app.services.api_tokens import ApiTokens
from app.services.people import People
from app.services.sign_in import Client, Entered, SignIn
from app.settings import Settings
from tests.fakes.clock import Clock
from tests.services.databases import migrated

PASSWORD = "correct horse battery"
HERE = Client("192.0.2.1", "Browser", "r1")


def cheap_passwords() -> Argon2Passwords:
    """Hashes that take no time."""
    return Argon2Passwords(PasswordHasher.from_parameters(CHEAPEST))


class Entrance:
    """What the tests of these services share."""

    def __init__(self, home: Path) -> None:
        self.clock = Clock()
        self.lifetimes = Lifetimes()
        self.database = open_database(migrated(Settings(home=home)))
        self.passwords = cheap_passwords()
        base, now = self.database, lambda: self.clock.now
        users, sessions, tokens = base.users, base.sessions, base.tokens
        self.sign_in = SignIn(users, sessions, tokens, base.attempts, self.passwords, lambda: self.lifetimes, now)
        self.people = People(users, sessions, self.passwords, lambda: self.lifetimes, now, "https://sync.example/")
        self.tokens = ApiTokens(tokens, users, now)

    def add(self, name: str, role: Role = Role.ADMINISTRATOR) -> User:
        """A user with `PASSWORD`."""
        _user, link = self.people.add(name, role, SYSTEM)
        self.sign_in.welcome(text_of(link), "", PASSWORD, HERE)
        return self.people.user(name)

    def enter(self, name: str, password: str = PASSWORD, client: Client = HERE) -> Entered:
        return self.sign_in.enter(name, password, client)


@contextmanager
def entrance(home: Path) -> Iterator[Entrance]:
    made = Entrance(home)
    with made.database:
        yield made


def text_of(link: str) -> str:
    """What a set-up link says."""
    assert link.startswith("https://sync.example/welcome/")
    return link.rpartition("/")[2]


def actor(user: User) -> Actor:
    return Actor(name=user.name, role=user.role, via=Via.PORTAL, address=HERE.address)
