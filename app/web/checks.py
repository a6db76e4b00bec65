"""Steps of a connection test as `flow.check_list` takes them, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from app.services.connection import Step, StepCode, Verdict
from app.services.wording import human
from app.web.i18n import N_, _
from app.web.sentences import said

TITLES: Final[Mapping[StepCode, str]] = {
    StepCode.NAME: N_("The server's name is known"),
    StepCode.CONNECT: N_("The server can be reached"),
    StepCode.CERTIFICATE: N_("The certificate is trusted"),
    StepCode.ANSWER: N_("The server answers"),
    StepCode.LOGIN: N_("The login is accepted"),
    StepCode.EMAIL: N_("The e-mail address is the user's default one"),
    StepCode.CAPABILITY: N_("The server offers what is needed"),
    StepCode.AUTODISCOVER: N_("Autodiscover finds the server"),
    StepCode.MAILBOX: N_("The mailbox can be opened"),
}
CAPABILITIES: Final[Mapping[str, str]] = {
    "flags": N_("Tells which contacts are flagged"),
    "delta": N_("Tells what has changed since the last run"),
    "ids": N_("Tells which records still exist"),
    "appointments": N_("Appointments can be read"),
    "appointments_write": N_("Appointments can be written"),
    "import_key": N_("Finds what was created before an interruption"),
    "employees": N_("Tells who the employees are"),
}
MISSING: Final = N_("This Wice server does not offer it; ask its administrator for the plugin.")


def checks(steps: Iterable[Step]) -> list[tuple[str, str, str, str]]:
    """(state, title, what was found, what to do) of each step."""
    return [(step.verdict.value, _title(step), said(step.found), _advice(step)) for step in steps]


def _title(step: Step) -> str:
    if step.code is StepCode.CAPABILITY and step.subject:
        return _(CAPABILITIES.get(step.subject, human(step.subject)))
    return _(TITLES[step.code])


def _advice(step: Step) -> str:
    if step.code is StepCode.CAPABILITY and step.verdict is Verdict.LIMITED:
        return _(MISSING)
    return said(step.advice)
