"""Which refused logins stop a run, and which logins one run at a time tries, so that no directory locks them (R36)."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.logins import HALTED_AFTER, Login, Whose


def is_refused(login: Login) -> bool:
    """Is it certain enough that it is wrong?"""
    return login.refusals >= HALTED_AFTER[login.whose]


def is_in_doubt(login: Login) -> bool:
    """Would all who share it find out at the same time that it is wrong? Not known to be right since it was edited, or refused once."""
    return login.whose is not Whose.OWN and (login.refusals > 0 or not login.proven)


def stops(logins: Sequence[Login], *, by_schedule: bool) -> Login | None:
    """The login because of which a run must not begin.

    One that others use stops it whoever asks, for each of them might ask. An account's own one stops what nobody has asked for.
    """
    refused = sorted(filter(is_refused, logins), key=lambda login: login.whose is Whose.OWN)
    return next((login for login in refused if by_schedule or login.whose is not Whose.OWN), None)
