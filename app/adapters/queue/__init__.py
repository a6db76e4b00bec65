"""Celery over Redis or Valkey: the way from whoever asks for a run to a worker. Carries ids only; the truth is in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.adapters.queue.names import TASK
from app.ports.budget import HostBudgets
from app.ports.requests import Queue
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from celery import Celery


def open_queue(settings: Settings) -> Queue:
    """The queue of the configured broker; connects at first use."""
    from app.adapters.queue.sender import (
        CeleryQueue,  # late: most commands send nothing, and Celery takes its time to load
    )

    return CeleryQueue(settings)


def open_budgets(settings: Settings) -> HostBudgets | None:
    """Host budgets in the configured broker, or in the embedded one while it runs; None where there is none. Raises: BadInput."""
    from app.adapters.queue.address import redis_url
    from app.adapters.queue.budgets import RedisBudgets

    url = redis_url(settings)
    return RedisBudgets(url, settings.lease) if url else None


def open_celery(settings: Settings) -> Celery:
    """What a worker consists of, without its tasks."""
    from app.adapters.queue.celery import open_celery as opened

    return opened(settings)


def broker_command(settings: Settings) -> Sequence[str]:
    """The command that runs the embedded broker, () while another is configured. Raises: BadInput if it cannot run here."""
    from app.adapters.queue.embedded import broker_command as command

    return command(settings)


__all__ = ["TASK", "broker_command", "open_budgets", "open_celery", "open_queue"]
