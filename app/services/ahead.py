"""The first questions of a run to both servers, asked at the same time: Wice's in a thread of its own, Exchange's in the caller's.

Only where they are asked anyway: of a kind whose books are closed, from where its lists were read last. The answers wait in the stores; whatever is
wrong is raised where the answer is needed. The books stay in the caller's thread, and nothing else uses Wice until both sides have been asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from threading import Event
from typing import TypeVar

from app.domain.sync import Kind, Side
from app.errors import Halt, HaltCode, WiceSyncError
from app.ports import Folder, Standing, Store
from app.services.desk import Desk
from app.services.folders import folder_store, open_folder

_Answer = TypeVar("_Answer")


@dataclass(frozen=True)
class Asked:
    """What is known of a kind: how its books stand, its folder with a store that was asked, and Wice's store that was asked.

    A future holds what the server had against it, too.
    """

    standing: Standing
    exchange: Future[tuple[Folder | None, Store]]
    wice: Future[Store]


def ask_both(desk: Desk, kinds: Iterable[Kind]) -> dict[Kind, Asked]:
    """Ask both servers about those of `kinds` whose books are closed. Wice is known to offer them all."""
    standings = _standings(desk, kinds)
    if not standings:
        return {}
    with ThreadPoolExecutor(1) as pool, _stopping() as stop:
        # In a copy of this thread's context: log lines carry the ids of the run (`app.services.log_lines`).
        wice = pool.submit(copy_context().run, _answers, standings, lambda kind: _ask_wice(desk, kind, standings), stop)
        exchange = _answers(standings, lambda kind: _ask_exchange(desk, kind, standings), stop)
        answers = wice.result()
    return {
        kind: Asked(standing, exchange[kind], answers[kind])
        for kind, standing in standings.items()
        if kind in exchange and kind in answers
    }


@contextmanager
def _stopping() -> Iterator[Event]:
    """Set when the block is left by an error, such as the worker's being told to stop: then Wice is asked nothing more."""
    stop = Event()
    try:
        yield stop
    except BaseException:
        stop.set()
        raise


def _standings(desk: Desk, kinds: Iterable[Kind]) -> dict[Kind, Standing]:
    """Up to the first kind whose books are not closed: each server is always asked in the order of the kinds."""
    closed: dict[Kind, Standing] = {}
    for kind in kinds:
        standing = _closed(desk, kind)
        if standing is None:
            break
        closed[kind] = standing
    return closed


def _closed(desk: Desk, kind: Kind) -> Standing | None:
    """How the books stand, None unless nothing was begun and both sides' lists were read to their ends, or never."""
    if desk.ledger.open_intents(kind):
        return None
    standing = desk.ledger.standing(kind, desk.policy.window_start)
    if standing is None or any(cursor.inventory_open or cursor.missing for cursor in standing.cursors.values()):
        return None
    return standing


def _ask_wice(desk: Desk, kind: Kind, standings: Mapping[Kind, Standing]) -> Store:
    store = desk.crm.store(kind)
    store.look_ahead(standings[kind].cursors[Side.WICE].value)
    return store


def _ask_exchange(desk: Desk, kind: Kind, standings: Mapping[Kind, Standing]) -> tuple[Folder | None, Store]:
    folder = open_folder(desk, kind)
    store = folder_store(desk, kind, folder)
    store.look_ahead(standings[kind].cursors[Side.EXCHANGE].value)
    return folder, store


def _answers(kinds: Iterable[Kind], ask: Callable[[Kind], _Answer], stop: Event) -> dict[Kind, Future[_Answer]]:
    """One side's answers. What would end the run ends the questions, so that a refused login is not tried again."""
    answers: dict[Kind, Future[_Answer]] = {}
    for kind in kinds:
        if stop.is_set():
            break
        answer = answers[kind] = Future()
        try:
            answer.set_result(ask(kind))
        except WiceSyncError as error:
            answer.set_exception(error)
            if not isinstance(error, Halt) or error.code is HaltCode.LOGIN_REFUSED:
                break
    return answers
