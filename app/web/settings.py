"""Settings of the whole server: those that are set here, and those that whoever installed it has set in its environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.process import ProcessKind
from app.errors import BadInput
from app.http.callers import Configurer, Reader
from app.http.state import Here
from app.services.options import OptionsEntry, change, version_of
from app.settings import variable
from app.web.asked import Fields, Version
from app.web.flash import redirect
from app.web.i18n import N_, _
from app.web.sentences import all_said
from app.web.templating import render
from app.web.zones import time_zones

router = APIRouter()


ENVIRONMENT: Final[Mapping[str, str]] = {
    "home": N_("Directory of what the server keeps itself: its database, its keys"),
    "database_url": N_("Database; none given: a file in that directory"),
    "database_password_file": N_("File that holds the password in the database's address"),
    "secret_keys": N_("Keys that encrypt stored passwords; none given: a file in that directory"),
    "broker_url": N_("Broker through which workers hear of runs; none given: one of this server's own"),
    "broker_password_file": N_("File that holds the password in the broker's address"),
    "portal_url": N_("Where the portal listens"),
    "trusted_proxies": N_("Reverse proxies in front of the portal that are believed"),
    "metrics_networks": N_("Networks whose machines may read the metrics without a token"),
    "request_timeout_s": N_("Longest wait for an answer of Wice or Exchange, in seconds"),
    "lease": N_("How long a run without a sign of life keeps its profile, in seconds"),
    "exchange_concurrency": N_("How many connections one Exchange server gets at once"),
    "exchange_requests_per_second": N_("How many requests one Exchange server gets per second; 0: no limit"),
    "wice_concurrency": N_("How many connections one Wice server gets at once"),
    "wice_requests_per_second": N_("How many requests one Wice server gets per second; 0: no limit"),
    "keep_history_days": N_("For how many days runs are kept with everything they wrote"),
    "keep_idle_runs_days": N_("For how many days runs are kept that found nothing to do"),
    "keep_audit_days": N_("For how many days the audit log is kept"),
    "log_level": N_("Least severe line that is written to the log"),
}
"""What each setting of the environment is for."""

PROCESSES: Final[Mapping[ProcessKind, str]] = {
    ProcessKind.PORTAL: N_("Portal"),
    ProcessKind.WORKER: N_("Worker"),
    ProcessKind.SCHEDULER: N_("Scheduler"),
    ProcessKind.LISTENER: N_("Listener"),
}


@router.get("/settings")
def settings(request: Request, here: Here, _by: Reader) -> Response:
    """All of them."""
    options = here.product.options.read()
    return _page(request, here, asdict(options) | {"version": version_of(options)}, {})


@router.post("/settings")
def change_settings(
    request: Request,
    here: Here,
    by: Configurer,
    fields: Fields,
    version: Version = 0,
) -> Response:
    """Set what is set here."""
    given = {name: fields[name] for name in OptionsEntry.model_fields if name in fields}
    try:
        change(here.product.options, given, by, version=version)
    except BadInput as error:
        return _page(request, here, given | {"version": version}, all_said(error.fields), 422)
    here.house.forget()
    return redirect("/settings", _("Saved."))


def _page(
    request: Request, here: Here, typed: Mapping[str, object], errors: Mapping[str, str], status: int = 200
) -> Response:
    return render(
        request,
        "pages/settings.html",
        status,
        typed=typed,
        errors=errors,
        processes=here.product.processes.alive(),
        processes_words=PROCESSES,
        zones=time_zones(),
        environment=[
            (variable(name), _(ENVIRONMENT[name]), value, given) for name, value, given in here.settings.in_force()
        ],
    )
