"""Ask for runs, and stop them: the rows are stored first, then the workers are told.

A broker that is away loses nothing: the request waits in the database, says so, and the scheduler tells the workers when it can.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from app.domain.ids import AttemptId, RunId
from app.domain.people import Actor
from app.domain.run import RunRequest, Verb
from app.errors import NotFound, Retry
from app.ports import History
from app.ports.requests import Queue, Requests
from app.services.confirm import run_to_confirm
from app.services.undo import run_to_undo

AT_ONCE: Final = 50
"""So many workers are told of at once; the rest is sent by the scheduler, so that nobody waits for it."""

WAITS: Final = (
    "The workers cannot be reached at the moment. The run is stored and starts by itself as soon as they can."
)
"""Message of a request while the broker is away."""


class Office(Protocol):
    """Where runs are asked for."""

    @property
    def requests(self) -> Requests: ...
    @property
    def queue(self) -> Queue: ...
    @property
    def history(self) -> History: ...


def ask(
    office: Office, profile: str, verb: Verb, by: Actor, subject: RunId | None = None, items: Sequence[str] = ()
) -> RunRequest:
    """Ask for one run of a profile (account/name); its id is that of the run.

    `subject`: the run whose plan is confirmed or discarded, or that is undone; `items`: see `RunRequest`. The same asked for twice is one request.
    Raises: NotFound, BadInput if there is nothing to confirm.
    """
    if verb in (Verb.CONFIRM, Verb.DISCARD):
        run_to_confirm(office.history, _given(verb, subject))
    elif verb is Verb.UNDO:
        run_to_undo(office.history, _given(verb, subject), [AttemptId(item) for item in items])
    trigger = verb.value
    asked = office.requests.ask([profile], verb, by, trigger=trigger, subject=subject or "", items=items)
    return _told(office, asked, urgent=True)[0]


def ask_many(office: Office, profiles: Sequence[str], verb: Verb, by: Actor) -> Sequence[RunRequest]:
    """Ask for the same of many profiles, behind whatever is asked for one by one. Raises: NotFound that names all that do not exist."""
    asked = office.requests.ask(profiles, verb, by, trigger=verb.value)
    told = {request.id: request for request in _told(office, asked[:AT_ONCE], urgent=False)}
    return [told.get(request.id, request) for request in asked]


def cancel(office: Office, run: RunId, by: Actor) -> RunRequest:
    """Stop a run: one that waits is over at once, one that goes on ends at its next step. Raises: NotFound, Taken if it is over."""
    return office.requests.cancel(run, by)


def request(office: Office, run: RunId) -> RunRequest:
    """How far it is. Raises: NotFound."""
    found = office.requests.request(run)
    if found is None:
        raise NotFound(f"there is no run {run} that was asked for")
    return found


def _told(office: Office, asked: Sequence[RunRequest], *, urgent: bool) -> Sequence[RunRequest]:
    runs = [one.id for one in asked]
    try:
        office.queue.send(runs, urgent=urgent)
    except Retry:
        return office.requests.unsent(runs, WAITS)
    office.requests.sent(runs)
    return asked


def _given(verb: Verb, subject: RunId | None) -> RunId:
    if not subject:
        raise NotFound(f"to {verb.value}, name the run")
    return subject
