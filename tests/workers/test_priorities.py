"""What a person asks for overtakes what schedules have asked for, at the real broker (issue: priorities)."""

from __future__ import annotations

from datetime import datetime

import pytest

from app.domain.people import SYSTEM
from app.domain.run import SCHEDULED, RunRequest, Verb
from app.settings import Settings
from tests.services.workers import running_worker, until
from tests.workers.conftest import Watched

WAITING = 8


def scheduled(office: Watched, number: int) -> RunRequest:
    [asked] = office.product.requests.ask(["anna/anna"], Verb.ANALYSE, SYSTEM, trigger=SCHEDULED, subject=str(number))
    office.product.queue.send([asked.id], urgent=False)
    office.product.requests.sent([asked.id])
    return asked


def started(office: Watched, asked: RunRequest) -> datetime:
    moment = office.over(asked).started
    assert moment
    return moment


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True)
def test_R36_synchronise_now_overtakes_all_scheduled_runs_that_have_not_begun(
    office: Watched, installation: Settings
) -> None:
    office.slow(50)
    with running_worker(installation):
        waiting = [scheduled(office, number) for number in range(WAITING)]
        until(lambda: office.request(waiting[0]).started, "the first scheduled run")
        urgent = office.ask(Verb.ANALYSE)
        moment = started(office, urgent)
        overtaken = [asked for asked in waiting if started(office, asked) > moment]
        before = [asked for asked in waiting if urgent.requested < started(office, asked) < moment]
    # One may have been handed to the worker's process already.
    assert len(before) <= 1, [asked.subject for asked in before]
    assert overtaken
