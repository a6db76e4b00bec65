"""The one task: carry out the run of this id. Ids in, nothing out; everything else is in the database."""

from __future__ import annotations

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded

from app.bootstrap import RUN_TASK
from app.domain.ids import RunId
from app.services.perform import perform
from workers.hooks import product


def register(app: Celery) -> None:
    """Add the task."""
    app.task(name=RUN_TASK)(run)


def run(run_id: str) -> None:
    """Celery's part of a run: its time limit. A database that is out of reach leaves the request where it is; the scheduler sends it again."""
    perform(product(), RunId(run_id), interruptions=(SoftTimeLimitExceeded,))
