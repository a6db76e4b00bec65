"""Who acts, and when: the families into which every adapter translates its vendor's errors, in one table per adapter.

* `Retry`: nobody acts; the run is queued again after `after` and keeps what it has done.
* `Halt`: an administrator must act (wrong password, vanished folder, foreign marker); the message says what to do.
* a refused single item is no exception but a value (`app.domain.writes.Refused`), so that it never stops its siblings (R32).
* `BadInput` and its kin: a person's request cannot be carried out as it is; nothing was changed.
* anything else is a bug and stays loud.

Messages are shown to administrators: they name servers, accounts and folders, never a person's data.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class HaltCode(StrEnum):
    """Stable reason of a halt; the portal and the command line translate it."""

    LOGIN_REFUSED = "login_refused"
    ACCESS_DENIED = "access_denied"
    FOLDER_VANISHED = "folder_vanished"
    FOREIGN_MARKER = "foreign_marker"
    CERTIFICATE = "certificate"
    NOT_FOUND = "not_found"
    UNSUPPORTED = "unsupported"
    CONFIGURATION = "configuration"
    LICENCE = "licence"


class WiceSyncError(Exception):
    """Base of all errors that this product raises on purpose; `str()` is fit for an administrator's eyes."""


class Retry(WiceSyncError):
    """The server is busy or out of reach: nothing is wrong with the account, try again after `after`."""

    def __init__(self, message: str, *, after: timedelta = timedelta(seconds=60)) -> None:
        super().__init__(message)
        self.after = after


class HostBusy(Retry):
    """The server took nothing of it: it is busy, out of reach, or its budget is used up. However long that lasts, waiting is no failed attempt.

    `whole`: not only this mailbox, but whatever else would be sent to this server.
    """

    def __init__(self, message: str, *, after: timedelta = timedelta(seconds=60), whole: bool = True) -> None:
        super().__init__(message, after=after)
        self.whole = whole


class Throttled(Retry):
    """This was tried too often: wait for `after`."""


class Halt(WiceSyncError):
    """This account, profile or kind cannot go on until an administrator has acted; `str()` says what to do.

    `side`: the side that refused the login, "" for all other reasons.
    """

    def __init__(self, code: HaltCode, message: str, *, side: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.side = side


class BadInput(WiceSyncError):
    """What a person typed or a file holds cannot be used; `problems` lists every fault at once, each with its place.

    `fields` says by the setting's name what is wrong with it, for forms, which show it there: without the name, "must not be empty".
    """

    def __init__(self, *problems: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.fields: Mapping[str, str] = fields or {}


class LeaseLost(WiceSyncError):
    """Another worker took this profile over; this run must stop at once and write nothing more (R36)."""


class NotFound(BadInput):
    """What was named does not exist."""


class Taken(BadInput):
    """It cannot be done now: the name is in use, the run is already going on, the plan was decided on."""


class Superseded(WiceSyncError):
    """Somebody else changed it after it was read: nothing was overwritten; look at it again."""


class Denied(WiceSyncError):
    """Who asks may not do this."""


class Cancelled(WiceSyncError):
    """A person stopped this run; what was done until then is recorded, and the next run goes on from there."""
