"""The first page: is everything fine, and if not, what needs a person now?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from babel.dates import format_date, format_time
from fastapi import APIRouter, Request
from starlette.responses import Response

from app.domain.licence import LicenceStatus
from app.domain.process import ProcessKind
from app.domain.views import AccountState, Activity, Fresh, Overview
from app.http.callers import Reader
from app.http.state import Here
from app.services.first_steps import FirstStep, first_steps
from app.services.overview import in_progress, nobody_works, overview, standstill
from app.web import current
from app.web.i18n import N_, _, ngettext, region
from app.web.templating import render

router = APIRouter()


TILES: Final = (
    AccountState.HEALTHY,
    AccountState.ATTENTION,
    AccountState.WAITING,
    AccountState.RUNNING,
    AccountState.NEEDS_CONFIRMATION,
    AccountState.FAILING,
    AccountState.INACTIVE,
)


@dataclass(frozen=True, slots=True)
class Guide:
    """A first step in words; `button` leads to `href`."""

    title: str
    text: str
    button: str
    href: str


GUIDES: Final[Mapping[FirstStep, Guide]] = {
    FirstStep.LICENCE: Guide(
        N_("Licence"),
        N_("The first 30 days are a trial with one profile. For more, activate a licence key."),
        N_("Activate a licence key"),
        "/licence",
    ),
    FirstStep.WICE_SERVER: Guide(
        N_("Wice server"),
        N_("Enter the address and the mandant of Wice CRM."),
        N_("Add a Wice server"),
        "/wice-servers/new",
    ),
    FirstStep.EXCHANGE_SERVER: Guide(
        N_("Exchange server"),
        N_("Enter how the mailboxes are reached: Exchange on your own server, or Microsoft 365."),
        N_("Add an Exchange server"),
        "/exchange-servers/new",
    ),
    FirstStep.ACCOUNT: Guide(
        N_("First account"),
        N_("One mailbox and the Wice user to whom it belongs. Many at once can be imported."),
        N_("Add an account"),
        "/accounts/new",
    ),
    FirstStep.PROFILE: Guide(
        N_("First profile"),
        N_("It says what is synchronised: contacts, appointments, folders, direction."),
        N_("Add a profile"),
        "/profiles/new",
    ),
    FirstStep.RUN: Guide(
        N_("First analysis"),
        N_("It writes nothing: you see what would be done, and decide."),
        N_("To the profiles"),
        "/profiles",
    ),
}


@dataclass(frozen=True, slots=True)
class Nobody:
    """What it means that no process of a kind is alive."""

    title: str
    text: str


NOBODY_WORKS: Final[Mapping[ProcessKind, Nobody]] = {
    ProcessKind.WORKER: Nobody(
        N_("No worker is running: nothing is synchronised"),
        N_("Start one on the server: “wice-sync up” starts everything, “wice-sync worker” a worker alone."),
    ),
    ProcessKind.SCHEDULER: Nobody(
        N_("No scheduler is running: schedules start nothing"),
        N_("Start one on the server: “wice-sync up” starts everything, “wice-sync scheduler” a scheduler alone."),
    ),
}


@router.get("/")
def overview_page(request: Request, here: Here, _by: Reader) -> Response:
    """All on one page; a browser asks for it again twice a minute."""
    product, now = here.product, datetime.now(UTC)
    shown, progress = overview(product.views, now, current.time_zone()), in_progress(product.views)
    licence = (here.house.known() or here.house.look()).licence or product.licences.status()
    stands_since = standstill(progress, product.requests, now)
    steps = first_steps(product.views, product.registry, licence)
    idle = nobody_works(product.processes, steps)
    return render(
        request,
        "pages/overview.html",
        overview=shown,
        licence=licence,
        stands_since=stands_since,
        idle=[NOBODY_WORKS[kind] for kind in idle],
        verdict=_verdict(shown, licence, stands=(stands_since is not None) + len(idle)),
        steps=steps,
        in_progress=progress.total,
        tiles=TILES,
        guides=GUIDES,
        hours=_points(shown.hours, _hour),
        days=_points(shown.days, _day),
        fresh=[(*_age(step), step.profiles) for step in shown.freshness],
    )


def _verdict(shown: Overview, licence: LicenceStatus, *, stands: int) -> tuple[str, str]:
    """Tone and sentence. `stands`: for so many reasons nothing goes on."""
    todos = (shown.confirmations, shown.failing, shown.frozen, shown.quarantined)
    number = sum(todo.total for todo in todos) + stands + bool(licence.unwritten)
    if not number:
        return "good", _("Everything is fine")
    bad = shown.failing.total or stands or not licence.state.valid
    return "bad" if bad else "warn", ngettext("One thing needs you", "%(num)s things need you", number)


def _points(activity: Sequence[Activity], label: Callable[[datetime], str]) -> list[tuple[str, Activity]]:
    return [(label(one.start), one) for one in activity]


def _hour(start: datetime) -> str:
    return format_time(start.astimezone(current.time_zone()), "short", locale=region())


def _day(start: datetime) -> str:
    return format_date(start, "d. MMM" if region().startswith("de") else "d MMM", locale=region())


def _age(step: Fresh) -> tuple[str, str]:
    """Label and tone of a step of freshness."""
    names = {
        1: (_("in the last hour"), "good"),
        4: (_("up to 4 hours ago"), "accent"),
        24: (_("up to a day ago"), "info"),
        168: (_("up to a week ago"), "warn"),
        None: (_("earlier"), "bad"),
        0: (_("never yet"), "quiet"),
    }
    return names[step.hours]
