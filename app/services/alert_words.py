"""Alerts in words, in the server's language: an e-mail has no reader whose browser could be asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from app.domain.alerts import Alert, Topic, Word


class Words(NamedTuple):
    """What is the matter, that it is over, and what to do. `{name}` is the account, `{value}` the topic's number."""

    matter: str
    over: str
    advice: str


ENGLISH: Final[Mapping[Topic, Words]] = {
    Topic.ACCOUNT_FAILING: Words(
        "The account {name} fails: {value} runs in a row",
        "The account {name} is synchronised again",
        "The account's page in the portal says why, and what to do.",
    ),
    Topic.OLD_CHANGE: Words(
        "A change has been waiting for {value} hours to be synchronised",
        "Changes are synchronised in time again",
        "The overview in the portal names the profile that it belongs to.",
    ),
    Topic.LICENCE: Words(
        "The licence ends in {value} days",
        "The licence is in order again",
        "Without a valid licence nothing is written. Paste a new key on the page Licence in the portal.",
    ),
    Topic.QUARANTINE: Words(
        "{value} items rest after repeated refusals",
        "Fewer items rest after refusals",
        "The list of refused items in the portal says what the servers do not take.",
    ),
    Topic.NO_WORKER: Words(
        "No worker is alive: no run is carried out",
        "Workers are alive again",
        "Start `wice-sync worker` on the server; `wice-sync doctor` says what is wrong.",
    ),
    Topic.NO_SCHEDULER: Words(
        "No scheduler is alive: nothing is synchronised by itself",
        "A scheduler is alive again",
        "Start `wice-sync scheduler` on the server; `wice-sync doctor` says what is wrong.",
    ),
}
GERMAN: Final[Mapping[Topic, Words]] = {
    Topic.ACCOUNT_FAILING: Words(
        "Das Konto {name} schlägt fehl: {value} Läufe hintereinander",
        "Das Konto {name} wird wieder synchronisiert",
        "Auf der Seite des Kontos im Portal steht, warum, und was zu tun ist.",
    ),
    Topic.OLD_CHANGE: Words(
        "Eine Änderung wartet seit {value} Stunden auf die Synchronisation",
        "Änderungen werden wieder rechtzeitig synchronisiert",
        "Die Übersicht im Portal nennt das Profil, zu dem sie gehört.",
    ),
    Topic.LICENCE: Words(
        "Die Lizenz endet in {value} Tagen",
        "Die Lizenz ist wieder in Ordnung",
        "Ohne gültige Lizenz wird nichts geschrieben. Fügen Sie im Portal auf der Seite Lizenz einen neuen Schlüssel ein.",
    ),
    Topic.QUARANTINE: Words(
        "{value} Elemente ruhen nach wiederholter Ablehnung",
        "Es ruhen wieder weniger Elemente nach Ablehnung",
        "Die Liste der abgelehnten Elemente im Portal sagt, was die Server nicht annehmen.",
    ),
    Topic.NO_WORKER: Words(
        "Kein Worker läuft: Es wird kein Lauf ausgeführt",
        "Es laufen wieder Worker",
        "Starten Sie auf dem Server `wice-sync worker`; `wice-sync doctor` sagt, was nicht stimmt.",
    ),
    Topic.NO_SCHEDULER: Words(
        "Kein Planer läuft: Von selbst wird nichts synchronisiert",
        "Es läuft wieder ein Planer",
        "Starten Sie auf dem Server `wice-sync scheduler`; `wice-sync doctor` sagt, was nicht stimmt.",
    ),
}
MANY: Final[Mapping[str, Words]] = {
    "en": Words(
        "{value} accounts fail",
        "{value} accounts are synchronised again",
        "The overview in the portal says why, and what to do.",
    ),
    "de": Words(
        "{value} Konten schlagen fehl",
        "{value} Konten werden wieder synchronisiert",
        "In der Übersicht im Portal steht, warum, und was zu tun ist.",
    ),
}
LICENCE_ENDED: Final = {
    "en": "The licence has ended: nothing is written",
    "de": "Die Lizenz ist abgelaufen: Es wird nichts geschrieben",
}
TEST: Final = {
    "en": ("A test message", "This is how Wice Sync tells you of trouble. Nothing is wrong."),
    "de": ("Eine Testnachricht", "So meldet Wice Sync Störungen. Es ist alles in Ordnung."),
}
AGAIN: Final = {"en": "still", "de": "weiterhin"}
SINCE: Final = {"en": "Since {time}.", "de": "Seit {time}."}
OVER: Final = {"en": "It began at {time}.", "de": "Es begann am {time}."}
TIMES: Final = {"en": "%Y-%m-%d %H:%M %Z", "de": "%d.%m.%Y, %H:%M %Z"}


def worded(alert: Alert, language: str, zone: str, organisation: str) -> tuple[str, str]:
    """Subject and text."""
    head = f"Wice Sync ({organisation})" if organisation else "Wice Sync"
    if alert.topic is None:
        title, text = TEST[language]
        return f"{head}: {title}", text
    words = (GERMAN if language == "de" else ENGLISH)[alert.topic]
    if alert.topic is Topic.ACCOUNT_FAILING and not alert.subject:
        words = MANY[language]
    over = alert.word is Word.RECOVERED
    title = (words.over if over else words.matter).format(name=alert.subject, value=alert.value)
    if alert.topic is Topic.LICENCE and alert.value < 0 and not over:
        title = LICENCE_ENDED[language]
    since = (OVER if over else SINCE)[language].format(time=_time(alert.since or alert.at, language, zone))
    again = f" ({AGAIN[language]})" if alert.word is Word.REPEATED else ""
    return f"{head}: {title}{again}", since if over else f"{since}\n\n{words.advice}"


def _time(moment: datetime, language: str, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime(TIMES[language])
