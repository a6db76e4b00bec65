"""The only place that builds adapters: settings in, services with their ports filled out. Start at `application.opened`."""

from app.bootstrap.application import Application, check_wice_server, opened
from app.bootstrap.licensing import demo_key, issue_key
from app.bootstrap.logs import start_logging

__all__ = ["Application", "check_wice_server", "demo_key", "issue_key", "opened", "start_logging"]
