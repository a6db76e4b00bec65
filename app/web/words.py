"""The words for the engine's codes, in the reader's language: the filter `word`, from the tables of `app.services.wording`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from app.domain.people import Role, Via
from app.services import explaining_words as explaining
from app.services import wording
from app.services.wording import human
from app.web.i18n import _
from app.web.sentences import SETTINGS

ROLES: Mapping[Role, str] = {
    Role.ADMINISTRATOR: "administrator",
    Role.OPERATOR: "operator",
    Role.AUDITOR: "auditor",
    Role.MESSENGER: "messenger",
}
DOORS: Mapping[Via, str] = {
    Via.PORTAL: "portal",
    Via.API: "REST API",
    Via.CLI: "command line",
    Via.SYSTEM: "the server itself",
}

AUDITED: Mapping[str, str] = {
    # what was done
    "activated": "activated",
    "analyse": "analysis asked for",
    "cancelled": "cancelled",
    "changed": "changed",
    "changed_by_template": "changed by its template",
    "confirm": "execution confirmed",
    "created": "added",
    "detached": "taken from its template",
    "discard": "plan discarded",
    "left_out": "left out",
    "link_made": "one-time link made",
    "password_set": "password set",
    "remove": "removal from Exchange asked for",
    "removed": "removed",
    "renamed": "renamed",
    "retry": "retry asked for",
    "resumed": "refused login works again",
    "session_ended": "signed out",
    "sign_in_failed": "sign-in failed",
    "signed_in": "signed in",
    "sync": "synchronisation asked for",
    "taken_in": "taken in again",
    "token_made": "API token made",
    "token_revoked": "API token revoked",
    "turned_away": "sign-in turned away",
    "undo": "undo asked for",
    "unlinked": "full editing enabled",
    # what a removal took along
    "contacts_removed": "contacts removed from Outlook",
    "contacts_left": "contacts left in Outlook",
    "appointments_removed": "appointments removed from Outlook",
    "appointments_left": "appointments left in Outlook",
    # to what
    "account": "account",
    "exchange_server": "Exchange server",
    "licence": "licence",
    "plan": "plan",
    "profile": "profile",
    "run": "run",
    "settings": "settings",
    "template": "template",
    "user": "user",
    "wice_server": "Wice server",
}
"""The audit log's actions and kinds of things."""


def tables() -> Iterator[Mapping[object, str]]:
    """Every table that is translated; one that is added to `app.services.wording` without further ado."""
    yield from codes()
    for sentences in (explaining.STATES, explaining.WHY, explaining.ADVICE, explaining.FACTS, explaining.GAPS):
        yield dict(sentences.items())


def codes() -> Iterator[Mapping[object, str]]:
    """The tables whose codes `word` knows."""
    yield dict(ROLES.items())
    yield dict(DOORS.items())
    yield dict(AUDITED.items())
    for name, table in vars(wording).items():
        if name.isupper() and isinstance(table, Mapping):
            yield table


def word(code: object) -> str:
    """A code as people read it: `Reason.TWIN|word`, `(Side.WICE, Op.ADD)|word`. What no table knows is its own name without underscores."""
    known = _WORDS.get(_key(code)) or SETTINGS.get(str(code))
    return human(str(code)) if known is None else _(known)


def _key(code: object) -> object:
    # The codes are StrEnums: equal values of different enumerations would meet in one table.
    return tuple(_key(part) for part in code) if isinstance(code, tuple) else (type(code), code)


_WORDS = {_key(code): text for table in codes() for code, text in table.items()}
