"""The translation table: what Exchange, HTTP and the network say -> who must act (`app.errors`).

`Busy` and `AnswerLost` are both `Retry`; they differ in what a writer may conclude: nothing was done, or nobody knows.
Messages name server and mailbox, never contents.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import timedelta

import requests
from exchangelib.errors import TransportError

from app.adapters.exchange.wire import MalformedReply
from app.domain.sync import Side
from app.errors import Halt, HaltCode, HostBusy, Retry

DEFAULT_WAIT = timedelta(seconds=60)


class Busy(HostBusy):
    """The server took nothing of this call; it may be sent again after `after`."""


class AnswerLost(Retry):
    """The call may have been carried out: the connection broke, the time ran out, or the answer cannot be read."""

    def __init__(self, message: str, *, broken: bool = False, answered: bool = False, timed_out: bool = False) -> None:
        super().__init__(message, after=DEFAULT_WAIT)
        self.broken = broken
        """The connection broke at once, so that a read may be repeated at once."""
        self.timed_out = timed_out
        """No answer came in time: the server may be stuck as a whole."""
        self.answered = answered
        """The server did answer, but it broke off or its answer cannot be read, perhaps because of one item."""


class RejectedCall(Exception):
    """The server found the whole request invalid and did nothing. For one item: that item's fault. For a read: a bug."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class Fault(Exception):
    """A SOAP fault: `code` as EWS names it, and how long the server wants to be left alone."""

    def __init__(self, code: str, text: str, back_off: timedelta | None = None) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.back_off = back_off


class HttpFault(Exception):
    """An HTTP status other than success."""

    def __init__(self, status: int, back_off: timedelta | None = None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.back_off = back_off


BUSY = frozenset(
    {
        "ErrorServerBusy",
        "ErrorTooManyObjectsOpened",
        "ErrorExceededConnectionCount",
        "ErrorExceededSubscriptionCount",
        "ErrorExceededFindCountLimit",
        "ErrorConnectionFailed",
        "ErrorMailboxStoreUnavailable",
        "ErrorMailboxMoveInProgress",
        "ErrorMailboxFailover",
        "ErrorADUnavailable",
        "ErrorBatchProcessingStopped",
        "ErrorInsufficientResources",
        "ErrorNotEnoughMemory",
        "ErrorMailboxHoldInProgress",
    }
)
"""Nothing was done; nobody acts, later."""

ONE_MAILBOX = frozenset(
    {
        "ErrorTooManyObjectsOpened",
        "ErrorExceededFindCountLimit",
        "ErrorMailboxStoreUnavailable",
        "ErrorMailboxMoveInProgress",
        "ErrorMailboxFailover",
        "ErrorBatchProcessingStopped",
        "ErrorMailboxHoldInProgress",
    }
)
"""Those of them that say nothing about the server's other mailboxes."""

TRANSIENT = frozenset({"ErrorInternalServerTransientError", "ErrorTimeoutExpired", "ErrorWithoutCode"})
"""One item's writing broke off: nobody knows whether it happened."""

REJECTED = frozenset(
    {
        "ErrorSchemaValidation",
        "ErrorInvalidRequest",
        "ErrorMessageSizeExceeded",
        "ErrorInvalidSyncStateData",
    }
)
"""The request as a whole is refused before anything is done, perhaps because of one item's content."""

STALE = frozenset(
    {
        "ErrorIrresolvableConflict",
        "ErrorStaleObject",
        "ErrorChangeKeyRequired",
        "ErrorChangeKeyRequiredForWriteOperations",
        "ErrorInvalidChangeKey",
    }
)
"""The item is no longer what the plan saw (R31)."""

MISSING = frozenset({"ErrorItemNotFound", "ErrorMessageObjectNotFound"})
"""The item is gone."""

VANISHED = frozenset(
    {
        "ErrorSyncFolderNotFound",
        "ErrorFolderNotFound",
        "ErrorParentFolderNotFound",
        "ErrorParentFolderIdRequired",
        "ErrorInvalidFolderId",
        "ErrorFolderCorrupt",
    }
)
"""The folder is gone (R26)."""

NO_FOLDER = MISSING | VANISHED | {"ErrorInvalidIdMalformed", "ErrorInvalidId", "ErrorInvalidIdEmpty"}
"""What a server says to a folder id that it does not know, perhaps because the mailbox was moved or restored."""

_IMPERSONATION = "Give the service account the role ApplicationImpersonation for this mailbox, or use delegate access."
HALTS: dict[str, tuple[HaltCode, str]] = {
    "ErrorImpersonateUserDenied": (HaltCode.ACCESS_DENIED, _IMPERSONATION),
    "ErrorImpersonationDenied": (HaltCode.ACCESS_DENIED, _IMPERSONATION),
    "ErrorImpersonationFailed": (HaltCode.ACCESS_DENIED, _IMPERSONATION),
    "ErrorAccountDisabled": (HaltCode.ACCESS_DENIED, "The mailbox's account is disabled; enable it, or set the account inactive here."),
    "ErrorAccessDenied": (HaltCode.ACCESS_DENIED, "The login may not open this mailbox or folder; give it full access."),
    "ErrorNonExistentMailbox": (HaltCode.NOT_FOUND, "There is no mailbox of this address; correct the account's mailbox."),
    "ErrorMissingEmailAddress": (HaltCode.NOT_FOUND, "The login has no mailbox of its own; use impersonation."),
    "ErrorInvalidExchangeImpersonationHeaderData": (HaltCode.NOT_FOUND, "Correct the account's mailbox: it must be an e-mail address."),
    "ErrorNoRespondingCASInDestinationSite": (HaltCode.CONFIGURATION, "The mailbox lives elsewhere; set the server's EWS address again."),
    "ErrorInvalidServerVersion": (HaltCode.UNSUPPORTED, "Exchange 2013 SP1 or newer is needed."),
    "ErrorIncorrectSchemaVersion": (HaltCode.UNSUPPORTED, "Exchange 2013 SP1 or newer is needed."),
    "ErrorInvalidSchemaVersionForMailboxVersion": (HaltCode.UNSUPPORTED, "The mailbox lives on a server older than Exchange 2013 SP1."),
    "ErrorQuotaExceeded": (HaltCode.CONFIGURATION, "The mailbox is full; make room in it or raise its quota."),
}  # fmt: skip
"""An administrator must act: for the mailbox as a whole, wherever in the answer it stands."""


def by_code(code: str, text: str, where: str, back_off: timedelta | None = None) -> Exception:
    """The exception for an EWS response code that concerns a whole call."""
    if code in HALTS:
        halt, advice = HALTS[code]
        return Halt(halt, f"{where}: {advice} ({code})")
    if code in VANISHED:
        advice = "The folder is gone; choose the folder again or restore it."
        return Halt(HaltCode.FOLDER_VANISHED, f"{where}: {advice} ({code})")
    if code in BUSY:
        return Busy(f"{where} is busy ({code})", after=back_off or DEFAULT_WAIT, whole=code not in ONE_MAILBOX)
    if code in REJECTED:
        return RejectedCall(code, text)
    return AnswerLost(f"{where} could not answer ({code})", answered=True)


def concerns_mailbox(code: str) -> bool:
    """Whether an item's response code speaks of the whole mailbox or server, so that the other items need not be tried.

    ErrorAccessDenied on an item concerns that item: a meeting may be locked by rights management.
    """
    return code in BUSY or code in VANISHED or (code in HALTS and code != "ErrorAccessDenied")


def translate(error: Exception, where: str) -> Exception:
    """The exception to raise instead of `error`, which a call threw; anything that is not in the table is a bug and stays as it is."""
    match error:
        case Fault():
            return by_code(error.code, error.text, where, error.back_off)
        case HttpFault():
            return _by_status(error, where)
        case MalformedReply():
            return AnswerLost(f"{where}: {error}", answered=True)
        case TransportError() | requests.RequestException() | OSError():
            return _by_connection(error, where)
        case _:
            return error


_HALTING_STATUS: dict[int, tuple[HaltCode, str]] = {
    401: (HaltCode.LOGIN_REFUSED, "The server refuses the login. Correct user name and password; schedules do not try it again before that."),
    403: (HaltCode.ACCESS_DENIED, "The server forbids EWS to this login. Allow EWS for it (EWSEnabled, access rules)."),
    404: (HaltCode.CONFIGURATION, "There is no EWS at this address. Correct the server's URL or leave it out for autodiscover."),
    301: (HaltCode.CONFIGURATION, "The server sends us elsewhere. Correct the server's URL or leave it out for autodiscover."),
    302: (HaltCode.CONFIGURATION, "The server sends us elsewhere. Correct the server's URL or leave it out for autodiscover."),
}  # fmt: skip


def _by_status(error: HttpFault, where: str) -> Exception:
    if error.status in _HALTING_STATUS:
        code, advice = _HALTING_STATUS[error.status]
        side = Side.EXCHANGE if code is HaltCode.LOGIN_REFUSED else ""
        return Halt(code, f"{where}: {advice} (HTTP {error.status})", side=side)
    if error.status in {429, 503}:
        return Busy(f"{where} is busy (HTTP {error.status})", after=error.back_off or DEFAULT_WAIT)
    if error.status == requests.codes.request_entity_too_large:
        return RejectedCall("ErrorMessageSizeExceeded", "HTTP 413")
    broke_off = error.status == requests.codes.server_error
    return AnswerLost(f"{where} could not answer (HTTP {error.status})", answered=broke_off)


def _by_connection(error: Exception, where: str) -> Exception:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        advice = "Its certificate cannot be verified. Name the issuing authority's certificate in `ca_file`; verification is never switched off."
        return Halt(HaltCode.CERTIFICATE, f"{where}: {advice}")
    if any(isinstance(cause, (requests.ConnectTimeout, ConnectionRefusedError)) for cause in causes):
        return Busy(f"{where} is out of reach")
    if any(isinstance(cause, (requests.Timeout, TimeoutError)) for cause in causes):
        return AnswerLost(f"{where} did not answer in time", timed_out=True)
    return AnswerLost(f"{where}: the connection broke", broken=True)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """`error` and everything behind it: exchangelib raises anew and keeps the cause only as context, urllib3 as `reason` or as an argument."""
    pending: list[object] = [error]
    seen: set[int] = set()
    while pending:
        one = pending.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            pending += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
