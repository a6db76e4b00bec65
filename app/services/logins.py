"""A login that was refused is left alone: whoever tries a wrong password again and again has the account locked.

What stops whom says `app.rules.logins`. As long as nobody knows whether a login is right that several share, one run at a time may try.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from app.domain.budget import Limits, Refusal, Want
from app.domain.logins import Login, Whose
from app.domain.sync import Side
from app.errors import Halt, HaltCode, HostBusy
from app.ports.budget import HostBudgets
from app.rules.logins import stops

SPARED: Final = {
    Side.WICE: "Wice has refused the login, and schedules do not try it again, lest it be locked. Correct the account's user name or "
    "password for Wice; or, if they are right by now, synchronise once by hand or test the account's connection.",
    Side.EXCHANGE: "Exchange has refused the login, and schedules do not try it again, lest it be locked. Correct the user name or "
    "password of the account; or, if they are right by now, synchronise once by hand or test the account's connection.",
}
TRIAL: Final = timedelta(seconds=3)
"""So long after somebody else began to try a login it is asked whether they got through."""


def spare(logins: Sequence[Login], *, by_schedule: bool) -> None:
    """Call before a run signs in anywhere. Raises: Halt(LOGIN_REFUSED) without trying."""
    if login := stops(logins, by_schedule=by_schedule):
        raise Halt(HaltCode.LOGIN_REFUSED, _why(login))


def _why(login: Login) -> str:
    match login.whose:
        case Whose.OWN:
            return SPARED[login.side]
        case Whose.SHARED:
            return _shared(login)
        case Whose.SERVICE:
            return (
                f"Exchange has refused the service account of the server {login.server}, with which other accounts are synchronised too, and no "
                "run tries it again, lest it be locked. Correct its user name or password at the Exchange server; or, if they are right by now, "
                "test the connection of that server with a mailbox, or of one of its accounts."
            )


def _shared(login: Login) -> str:
    if login.side is Side.WICE:
        return (
            f"Wice has refused the login that {login.users} accounts share, this one among them, and no run tries it again, lest it be locked. "
            "Correct the user name or password for Wice in each of these accounts; or, if they are right by now, test the connection of one of "
            "them, and all go on."
        )
    return (
        f"Exchange has refused the login that {login.users} accounts share, this one among them, and no run tries it again, lest it be locked. "
        "Correct the user name or password for Exchange in each of these accounts; or, if they are right by now, test the connection of one of "
        "them, and all go on."
    )


@contextmanager
def alone(turns: HostBudgets, holder: str, login: Login) -> Iterator[None]:
    """While the block runs, nobody else tries this login. Raises: HostBusy if somebody does."""
    want = Want(f"login {login.turn}", Limits(1), 0)
    if isinstance(turns.take(holder, [want], urgent=True), Refusal):
        raise HostBusy(
            "Another run is trying whether the login that it shares with this one is right; this one waits for that.",
            after=TRIAL,
            whole=False,
        )
    try:
        yield
    finally:
        turns.leave(holder, {want.host: 0})
