"""API tokens: made by those who use them, shown once, revoked by them or by an administrator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.people import Actor, ApiToken, Permission, Role, hashed, name_key
from app.errors import Denied
from app.ports.people import Tokens, Users
from app.rules.access import lesser, may
from app.services.sign_in import new_token, refuse

_LONGEST_NAME: Final = 100


@dataclass(frozen=True, slots=True)
class ApiTokens:
    """Whoever asks sees their own; administrators see all."""

    tokens: Tokens
    users: Users
    now: Callable[[], datetime]

    def of(self, by: Actor, owner: str = "") -> Sequence[ApiToken]:
        """Those of `owner`; without one, all that `by` may see. Raises: NotFound, Denied."""
        if owner:
            _check_own_or_manage(owner, by)
            return self.tokens.tokens(self.users.user(owner))
        return self.tokens.tokens(None if may(by.role, Permission.MANAGE) else self.users.user(by.name))

    def make(self, owner: str, name: str, role: Role, until: datetime | None, by: Actor) -> tuple[ApiToken, str]:
        """A new token and its text, which is shown once. Raises: BadInput with `fields`, Taken (name), NotFound, Denied."""
        _check_own_or_manage(owner, by)
        user = self.users.user(owner)
        named = name.strip()
        wrong = {
            "name": "" if 0 < len(named) <= _LONGEST_NAME else f"takes 1 to {_LONGEST_NAME} characters",
            "role": ""
            if lesser(role, user.role) is role and lesser(role, by.role) is role
            else "must not exceed its owner's",
            "until": "" if until is None or until > self.now() else "must lie in the future",
        }
        refuse({place: problem for place, problem in wrong.items() if problem})
        text = new_token()
        wanted = ApiToken(id=0, user=user.name, name=named, role=role, created=self.now(), until=until)
        return self.tokens.add(user, wanted, hashed(text), by), text

    def revoke(self, token: int, by: Actor) -> None:
        """It is of no use from now on. Raises: NotFound, Denied."""
        known = self.tokens.token(token)
        _check_own_or_manage(known.user, by)
        self.tokens.revoke(known, by)


def _check_own_or_manage(owner: str, by: Actor) -> None:
    if name_key(owner) != name_key(by.name) and not may(by.role, Permission.MANAGE):
        raise Denied("Only administrators see and change other people's API tokens.")
