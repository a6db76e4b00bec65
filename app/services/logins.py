"""A login that was refused is left alone: whoever tries a wrong password again and again has the account locked.

An account's own one is left alone by schedules only. One that many accounts share is left alone by everybody, for each of them would try it; and as
long as nobody knows whether it is right, one run at a time may try.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from app.domain.budget import Limits, Refusal, Want
from app.domain.logins import LoginStanding
from app.domain.sync import Side
from app.errors import Halt, HaltCode, HostBusy
from app.ports.budget import HostBudgets

SPARED: Final = {
    Side.WICE: "Wice has refused the login, and schedules do not try it again, lest it be locked. Correct the account's user name or password "
    "for Wice; or, if they are right by now, synchronise once by hand or test the account's connection.",
    Side.EXCHANGE: "Exchange has refused the login, and schedules do not try it again, lest it be locked. Correct the user name or password of "
    "the account; or, if they are right by now, synchronise once by hand or test the account's connection.",
}
TRIAL: Final = timedelta(seconds=3)
"""So long after somebody else began to try a login it is asked whether they got through."""


def spare(login: LoginStanding, server: str, *, by_schedule: bool) -> None:
    """Call before a run signs in anywhere; `server` is its Exchange server. Raises: Halt(LOGIN_REFUSED) without trying."""
    if login.refused is None:
        return
    if login.shared:
        raise Halt(
            HaltCode.LOGIN_REFUSED,
            f"Exchange has refused the service account of the server {server}, with which other accounts are synchronised too, and no run tries it "
            "again, lest it be locked. Correct its user name or password at the Exchange server; or, if they are right by now, test the "
            "connection of that server with a mailbox, or of one of its accounts.",
        )
    if by_schedule:
        raise Halt(HaltCode.LOGIN_REFUSED, SPARED[login.refused])


@contextmanager
def alone(turns: HostBudgets, holder: str, login: str) -> Iterator[None]:
    """While the block runs, nobody else tries this login. Raises: HostBusy if somebody does."""
    want = Want(f"login {login}", Limits(1), 0)
    if isinstance(turns.take(holder, [want], urgent=True), Refusal):
        raise HostBusy(
            "Another run is trying whether the service account can sign in; this one waits for that.",
            after=TRIAL,
            whole=False,
        )
    try:
        yield
    finally:
        turns.leave(holder, {want.host: 0})
