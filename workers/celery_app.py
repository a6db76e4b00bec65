"""The worker's Celery application, with the settings of the environment: `celery -A workers.celery_app worker`, or `wice-sync worker`."""

from __future__ import annotations

from app.bootstrap import open_celery
from app.settings import Settings
from workers import hooks, tasks

app = open_celery(Settings.load())
tasks.register(app)
hooks.connect()
