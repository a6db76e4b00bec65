"""Carry out a run that was asked for: claim it, do what its verb says, and say what comes next (R32, R36).

A message may come twice or late: only who claims the row works. Whatever ends a run before its time (a busy server, a profile that is in use,
a worker that dies) leads to a new try, and what was done until then is recorded and not done again (R30).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from logging import INFO, WARNING
from time import monotonic
from typing import Final, Protocol, assert_never

import structlog

from app.domain.ids import AttemptId, ProfileId, RunId
from app.domain.people import Actor, Role, Via
from app.domain.run import SCHEDULED, THOROUGH, RunRequest, Verb
from app.errors import Cancelled, HostBusy, LeaseLost, Retry, WiceSyncError
from app.ports import Books, History, Registry
from app.ports.requests import Work
from app.services import confirm as confirming
from app.services import log_lines
from app.services.desk import Desk, Progress, Step
from app.services.removal import THROUGH, remove_profile, remove_synchronised
from app.services.report import RunReport, Status
from app.services.run_sync import Run
from app.services.undo import analyse_undo

IN_USE: Final = timedelta(seconds=5)
"""When another run has the profile, it is looked at again after this time."""

TELLS_EVERY_S: Final = 0.5

STOPPED: Final = "The run was stopped. What was done until then is recorded; the next run goes on from there."
INTERRUPTED: Final = "The run was interrupted. What was done is recorded; a new run goes on from there."
BROKEN: Final = "The run ended with an internal error; the server's log tells more."

_log = structlog.get_logger()


class Product(Protocol):
    """What carrying out a run needs."""

    @property
    def work(self) -> Work: ...
    @property
    def books(self) -> Books: ...
    @property
    def history(self) -> History: ...
    @property
    def registry(self) -> Registry: ...
    def profile_name(self, profile: ProfileId) -> str: ...
    def desk(
        self, name: str, trigger: str, progress: Progress, run: RunId | None = None, requested_by: str = ""
    ) -> AbstractContextManager[Desk]: ...


class Reported:
    """Progress that others see, in the request's row, twice a second at most; raises `Cancelled` when somebody has asked the run to stop."""

    def __init__(self, work: Work, run: RunId, clock: Callable[[], float] = monotonic) -> None:
        self._work = work
        self._run = run
        self._clock = clock
        self._next = clock()

    def step(self, what: Step, done: int, total: int) -> None:
        """See `app.services.desk.Progress`."""
        if self._clock() < self._next:
            return
        if self._work.advance(self._run, what.value, done, total):
            raise Cancelled(STOPPED)
        self._next = self._clock() + TELLS_EVERY_S


def perform(product: Product, run: RunId, interruptions: tuple[type[BaseException], ...] = ()) -> RunRequest | None:
    """Carry out one request; None if there was nothing to do, for another worker has it or it is over.

    `interruptions`: errors by which the worker is told to stop; the run then goes on in a new one.
    """
    request = product.work.claim(run)
    if request is not None:
        with log_lines.of_run(request.id, request.profile, request.account):
            _perform(product, request, interruptions)
    return request


def _perform(product: Product, request: RunRequest, interruptions: tuple[type[BaseException], ...]) -> None:
    try:
        report = _carry_out(product, request)
    except LeaseLost as error:
        _give_way(product, request, error)
    except WiceSyncError as error:
        _fail(product, request, error)
    except interruptions:
        _log.warning("run_interrupted")
        product.work.again(request.id, timedelta(0), INTERRUPTED)
    except BaseException as error:
        _log.error("bug", exc_info=error)
        product.work.end(request.id, BROKEN)
        raise
    else:
        _conclude(product, request, report)


def _conclude(product: Product, request: RunRequest, report: RunReport) -> None:
    _log.info("run_finished", status=report.status.value, seconds=round(report.seconds, 3))
    if report.retry_after_s is not None:
        after = timedelta(seconds=report.retry_after_s)
        product.work.again(request.id, after, report.message, counts=not report.host_busy)
    else:
        product.work.end(request.id, cancelled=report.status is Status.CANCELLED)


def _fail(product: Product, request: RunRequest, error: WiceSyncError) -> None:
    """It ended before its work began."""
    begun = product.history.run(request.id) is not None
    _log.log(INFO if isinstance(error, HostBusy) else WARNING, "run_not_begun", error=type(error).__name__)
    if isinstance(error, HostBusy) and not begun:
        product.work.postpone(request.id, error.after, str(error))
    elif isinstance(error, HostBusy):
        product.work.again(request.id, error.after, str(error), counts=False)
    elif isinstance(error, Retry):
        product.work.again(request.id, error.after, str(error))
    else:
        product.work.end(request.id, str(error), cancelled=isinstance(error, Cancelled))


def _give_way(product: Product, request: RunRequest, error: LeaseLost) -> None:
    """Another run has the profile: this one waits if it has not begun, else a new one looks at what the other leaves."""
    _log.info("run_gives_way")
    if product.history.run(request.id) is None:
        product.work.postpone(request.id, IN_USE)
    else:
        product.work.again(request.id, IN_USE, str(error))


def _carry_out(product: Product, request: RunRequest) -> RunReport:
    subject = RunId(request.subject)
    match request.verb:
        case Verb.ANALYSE:
            thorough = THOROUGH in request.items
            report = _at_desk(product, request, lambda desk: Run(desk).analyse(thorough=thorough))
        case Verb.SYNC:
            approve = request.trigger != SCHEDULED
            report = _at_desk(product, request, lambda desk: Run(desk).synchronise(approve=approve))
        case Verb.CONFIRM:
            waiting = confirming.run_to_confirm(product.history, subject).id
            report = _at_desk(product, request, lambda desk: confirming.confirm(desk, waiting))
        case Verb.RETRY:
            report = _at_desk(product, request, lambda desk: _retry(desk, request.items))
        case Verb.DISCARD:
            report = _discard(product, request)
        case Verb.UNDO:
            attempts = [AttemptId(item) for item in request.items]
            report = _at_desk(product, request, lambda desk: analyse_undo(desk, subject, attempts))
        case Verb.REMOVE:
            report = _remove(product, request)
        case _:
            assert_never(request.verb)
    return report


def _at_desk(product: Product, request: RunRequest, work: Callable[[Desk], RunReport]) -> RunReport:
    name = product.profile_name(request.profile)
    progress = Reported(product.work, request.id)
    progress.step(Step.OPEN, 0, 0)
    with product.desk(name, request.trigger, progress, request.id, request.requested_by) as desk:
        try:
            return work(desk)
        except LeaseLost:
            raise
        except WiceSyncError as error:
            report = RunReport.failed(desk.profile.name, error, desk.ledger.run)
            desk.ledger.finish(report.status.value, report.json())
            return report


def _retry(desk: Desk, keys: Sequence[str]) -> RunReport:
    """Whatever was refused, quarantined or frozen gets another chance (R32, R40). Approves no plan that nobody has seen."""
    desk.ledger.release(keys)
    return Run(desk).synchronise(approve=False)


def _remove(product: Product, request: RunRequest) -> RunReport:
    """First what lies in Exchange, then the profile, its runs and this request (R37)."""
    report = _at_desk(product, request, remove_synchronised)
    if report.status in THROUGH:
        by = Actor(name=request.requested_by, role=Role.ADMINISTRATOR, via=Via.SYSTEM)
        remove_profile(product.registry, request.profile, report, by)
    return report


def _discard(product: Product, request: RunRequest) -> RunReport:
    profile = product.profile_name(request.profile).rpartition("/")[2]
    with product.books.open(request.profile, request.trigger, request.id, request.requested_by) as ledger:
        return confirming.discard(ledger, profile, RunId(request.subject))
