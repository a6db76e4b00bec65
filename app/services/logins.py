"""A login that was refused is left alone by schedules: whoever tries a wrong password again and again has the account locked."""

from __future__ import annotations

from typing import Final

from app.domain.ids import ProfileId
from app.domain.sync import Side
from app.errors import Halt, HaltCode
from app.ports.requests import Logins

SPARED: Final = {
    Side.WICE: "Wice has refused the login, and schedules do not try it again, lest it be locked. Correct the account's user name or password "
    "for Wice; or, if they are right by now, synchronise once by hand.",
    Side.EXCHANGE: "Exchange has refused the login, and schedules do not try it again, lest it be locked. Correct the user name or password of "
    "the account or of the Exchange server; or, if they are right by now, synchronise once by hand.",
}


def spare(logins: Logins, profile: ProfileId) -> None:
    """Call before a scheduled run signs in anywhere. Raises: Halt(LOGIN_REFUSED) without trying."""
    if side := logins.refused(profile):
        raise Halt(HaltCode.LOGIN_REFUSED, SPARED[side])
