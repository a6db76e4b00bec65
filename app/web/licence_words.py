"""What is said about the licence, in the reader's language: the services' sentences, and the banner above every page (R39)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.licence import LicenceStatus, Sentence
from app.web import current
from app.web.formats import day, number
from app.web.i18n import _
from app.web.words import word


@dataclass(frozen=True, slots=True)
class Banner:
    """Above a page: `label` leads to `href`."""

    tone: str
    text: str
    href: str
    label: str


def sentence(said: Sentence) -> str:
    """With dates and numbers as the reader writes them."""
    return word(said.code).format(**{name: _written(value) for name, value in said.values.items()})


def banner() -> Banner | None:
    """For whoever is signed in, as long as something is not written because of the licence."""
    status = current.state("licence")
    if current.me() is None or not isinstance(status, LicenceStatus) or not status.unwritten:
        return None
    text = " ".join(sentence(one) for one in status.unwritten)
    return Banner("warn" if status.state.valid else "bad", text, "/licence", _("To the licence"))


def _written(value: str | int | date) -> str:
    return day(value) if isinstance(value, date) else number(value) if isinstance(value, int) else value
