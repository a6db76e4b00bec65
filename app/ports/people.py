"""What signing in, managing people and repeatable requests need of the outside. All of these may be used by several threads at once.

Whatever changes something takes the actor and is written into the audit log in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from app.domain.people import (
    Actor,
    ApiToken,
    AuditEntry,
    AuditPage,
    AuditQuery,
    Credentials,
    FailedBefore,
    Lifetimes,
    Role,
    Session,
    SetupLink,
    User,
)

Wait = Callable[[FailedBefore, datetime], timedelta]
"""How long an attempt waits after what went before it."""


class Passwords(Protocol):
    """Slow hashes of passwords."""

    def hash(self, password: str) -> str:
        """A hash with the present parameters. Raises: Throttled if too many wait for one."""
        ...

    def fits(self, password: str, password_hash: str) -> bool:
        """Is it this password? "" (no such user, no password yet) takes as long, and is never right. Raises: Throttled."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Were the parameters others than the present ones?"""
        ...


class Users(Protocol):
    """Who may sign in. Names are compared as people do (`name_key`)."""

    def users(self, text: str = "") -> Sequence[User]:
        """All whose name holds `text`, by name."""
        ...

    def user(self, name: str) -> User:
        """Raises: NotFound."""
        ...

    def credentials(self, name: str) -> Credentials | None:
        """For signing in; None for a name that nobody has."""
        ...

    def has_administrator(self) -> bool:
        """Is there an active administrator, with a password or a link to choose one?"""
        ...

    def add(self, name: str, role: Role, link: SetupLink, by: Actor) -> User:
        """Add somebody who chooses their password by `link`. Raises: Taken."""
        ...

    def save(self, user: User, by: Actor, keep_session: str = "") -> User:
        """Store role, activity and preferences; a changed role or activity ends all sessions but one.

        Raises: NotFound, Superseded, Taken for the last active administrator.
        """
        ...

    def remove(self, user: User, by: Actor) -> None:
        """Remove somebody with all sessions and tokens. Raises: NotFound, Superseded, Taken for the last active administrator."""
        ...

    def set_link(self, name: str, link: SetupLink, by: Actor) -> User:
        """A new link, which makes the former one worthless; the password is good until then. Raises: NotFound."""
        ...

    def set_first_link(self, link: SetupLink, by: Actor) -> None:
        """The link of the first start: whoever holds it chooses name and password of the first administrator."""
        ...

    def of_link(self, link_hash: str, now: datetime) -> User | None:
        """Whose link it is; a user without a name for that of the first start; None if it was used, has ended or never was."""
        ...

    def redeem(self, link_hash: str, name: str, password_hash: str, now: datetime, by: Actor) -> User:
        """Use a link up: the password is set, former sessions end. Raises: NotFound, Taken (name)."""
        ...

    def set_password(self, user: User, password_hash: str, by: Actor, keep_session: str = "") -> None:
        """A new password; all sessions but one end. Raises: NotFound."""
        ...

    def rehash(self, user: User, former: str, password_hash: str) -> None:
        """The same password, hashed with newer parameters."""
        ...


class Sessions(Protocol):
    """Signed-in browsers; `id` is the hash of what the cookie says."""

    def start(self, session: Session, by: Actor, former: str = "") -> None:
        """Begin a session in place of `former`; those that have ended are cleared away."""
        ...

    def session(self, session: str, now: datetime, lifetimes: Lifetimes) -> Session | None:
        """A session that is good, with its user as they are now; notes that it is used, at most once a minute."""
        ...

    def of_user(self, user: User, now: datetime, lifetimes: Lifetimes) -> Sequence[Session]:
        """The good sessions, the latest used first."""
        ...

    def end(self, session: str, user: User, by: Actor) -> bool:
        """End one session of `user`; False if there is none."""
        ...

    def end_all(self, user: User, by: Actor, keep: str = "") -> int:
        """End all but one; returns how many."""
        ...


class Tokens(Protocol):
    """API tokens."""

    def tokens(self, user: User | None = None) -> Sequence[ApiToken]:
        """Somebody's, or everybody's, by owner and name."""
        ...

    def token(self, token: int) -> ApiToken:
        """Raises: NotFound."""
        ...

    def add(self, user: User, token: ApiToken, token_hash: str, by: Actor) -> ApiToken:
        """Raises: Taken if the user has one of that name."""
        ...

    def revoke(self, token: ApiToken, by: Actor) -> None:
        """Raises: NotFound."""
        ...

    def holder(self, token_hash: str, now: datetime) -> tuple[ApiToken, User] | None:
        """A token that is good and its active owner; notes that it is used, at most once a minute."""
        ...


class Attempts(Protocol):
    """Sign-ins under way and failed, by user name and by client address."""

    def begin(self, name: str, address: str, now: datetime, wait: Wait) -> timedelta:
        """How long to wait by the rule; where that is not at all, one attempt is counted as failed until it succeeds."""
        ...

    def failed(self, user: User | None, name: str, by: Actor) -> None:
        """Write down a failure; of a name that nobody has not the name: people type passwords into the wrong field."""
        ...

    def succeeded(self, user: User, address: str, by: Actor) -> None:
        """Take the attempt back, and forget the name's failures; attempts that were turned away are written down."""
        ...


class AuditLog(Protocol):
    """Reading what was written down."""

    def page(self, query: AuditQuery, *, older: int = 0, newer: int = 0, limit: int = 50) -> AuditPage:
        """The newest entries; those before `older`; or those right after `newer`."""
        ...

    def entries(self, query: AuditQuery) -> Iterator[AuditEntry]:
        """All, newest first, in small portions."""
        ...

    def choices(self) -> tuple[Sequence[str], Sequence[str]]:
        """The actions and the kinds of entities that occur."""
        ...


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is given again; `headers` is the caller's own JSON."""

    status: int
    headers: str
    body: str


class Replies(Protocol):
    """Answers to requests that a client may repeat; `actor` is opaque."""

    def begin(self, actor: str, key: str, request_hash: str) -> Reply | None:
        """None: carry it out, then `finish` or `forget`. Raises: Taken while the first is at work, BadInput for another request."""
        ...

    def finish(self, actor: str, key: str, status: int, headers: str, body: str) -> None:
        """Keep the answer for a day."""
        ...

    def forget(self, actor: str, key: str) -> None:
        """Nothing was done: the key is free again."""
        ...
