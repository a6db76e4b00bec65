"""What the steps of a connection test are called, what a person does about those that fail, and how a page shows them as they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.errors import HaltCode
from app.services.connection import Course, Step, StepCode, Trying, Verdict
from app.web.i18n import N_, _
from app.web.sentences import said
from app.web.templating import part

TITLES: Mapping[StepCode, str] = {
    StepCode.NAME: N_("The name leads to an address"),
    StepCode.CONNECT: N_("The port answers"),
    StepCode.CERTIFICATE: N_("The certificate is trusted"),
    StepCode.ANSWER: N_("A web server answers"),
    StepCode.LOGIN: N_("Login"),
    StepCode.EMAIL: N_("Default e-mail address in Wice"),
    StepCode.CAPABILITY: N_("What the server offers"),
    StepCode.AUTODISCOVER: N_("Autodiscover"),
    StepCode.MAILBOX: N_("The mailbox opens"),
    StepCode.RESUMED: N_("Runs that the refused login had stopped go on"),
}
CAPABILITIES: Mapping[str, tuple[str, str]] = {
    "flags": (N_("Outlook sync flags"), N_("Without them, contacts cannot be synchronised.")),
    "delta": (N_("Changes since the last run"), N_("Without it, every run reads all companies anew.")),
    "ids": (N_("Lists of ids"), N_("Without them, every run reads all records in full.")),
    "appointments": (N_("Reading appointments"), N_("Without it, appointments cannot be synchronised.")),
    "appointments_write": (N_("Writing appointments"), N_("Without it, appointments from Exchange cannot be written.")),
    "import_key": (N_("Import keys"), N_("Without them, what an interrupted run created may be created twice.")),
    "employees": (N_("List of employees"), N_("Without it, participants are shown without names.")),
}
"""A capability of a Wice server, and what is lost without it."""
ADVICE: Mapping[HaltCode, str] = {
    HaltCode.LOGIN_REFUSED: N_("The login was refused: check user name and password. It was tried once only."),
    HaltCode.ACCESS_DENIED: N_("The login works but may not do this: check the rights, such as impersonation."),
    HaltCode.NOT_FOUND: N_("It was not found: check the spelling of the address or mailbox."),
    HaltCode.CERTIFICATE: N_("The certificate is not trusted: renew it there, or enter its authority as CA file."),
    HaltCode.CONFIGURATION: N_("Some settings contradict each other: correct them as described."),
    HaltCode.UNSUPPORTED: N_("The server does not offer what is needed: ask its administrator."),
}


Row = tuple[str, str, str, str]
"""(state, title, what was found, what to do), as `flow.check` takes it."""


def rows(steps: Iterable[Step]) -> list[Row]:
    """Of a test that is over."""
    return [_row(step) for step in steps]


def pieces(course: Course) -> Iterator[str]:
    """What a page gets of a test that goes on, step by step: what is tried, then how it went."""
    try:
        for one in course:
            row = ("trying", _(TITLES[one.code]), _("being tried …"), "") if isinstance(one, Trying) else _row(one)
            yield part("parts/check.html", row=row)
    except Exception:
        yield part("parts/check.html", row=("broken", _("The test broke off"), "", _("The log says why.")))
        raise


def _row(step: Step) -> Row:
    return step.verdict.value, _title(step), step.found, _advice(step)


def _title(step: Step) -> str:
    if step.code is StepCode.CAPABILITY and step.subject:
        return _(CAPABILITIES[step.subject][0])
    return _(TITLES[step.code])


def _advice(step: Step) -> str:
    """What to do; "" for a step that worked. The server's own words come last."""
    if step.subject and step.verdict is not Verdict.OK:
        return _(CAPABILITIES[step.subject][1])
    general = _(ADVICE[step.halt]) if step.halt is not None and step.halt in ADVICE else ""
    return " ".join(filter(None, (general, said(step.advice))))


def as_toml(table: Any, prefix: str = "") -> str:
    """A dialect as an administrator wrote it: dotted keys, one a line."""
    lines = []
    for key, value in dict(table).items():
        if isinstance(value, dict):
            lines.append(as_toml(value, f"{prefix}{key}."))
        else:
            text = str(value).lower() if isinstance(value, bool) else value if isinstance(value, int) else f'"{value}"'
            lines.append(f"{prefix}{key} = {text}")
    return "\n".join(filter(None, lines))
