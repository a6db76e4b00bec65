"""The only place that builds adapters: settings in, services with their ports filled out. Start at `application.opened`."""

from app.adapters.queue import TASK as RUN_TASK
from app.adapters.queue import broker_command, open_celery
from app.bootstrap.application import Application, check_wice_server, is_embedded, opened
from app.bootstrap.backups import back_up, restore
from app.bootstrap.heart import beat, beating, keep_beating, leave, watching
from app.bootstrap.inquiries import inquiry
from app.bootstrap.licensing import demo_key, issue_key
from app.bootstrap.lifeline import end_with_parent
from app.bootstrap.logs import start_logging

__all__ = [
    "RUN_TASK",
    "Application",
    "back_up",
    "beat",
    "beating",
    "broker_command",
    "check_wice_server",
    "demo_key",
    "end_with_parent",
    "inquiry",
    "is_embedded",
    "issue_key",
    "keep_beating",
    "leave",
    "open_celery",
    "opened",
    "restore",
    "start_logging",
    "watching",
]
