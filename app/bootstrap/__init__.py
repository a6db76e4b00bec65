"""The only place that builds adapters: settings in, services with their ports filled out. Start at `application.opened`."""

from app.bootstrap.application import Application, opened
from app.bootstrap.logs import start_logging

__all__ = ["Application", "opened", "start_logging"]
