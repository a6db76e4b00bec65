"""What is wrong with a setting, in the reader's language: services say it in English, as text that follows the setting's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from app.web.i18n import N_, _

ADVICE: Final = (
    N_("is missing"),
    N_("must not be empty"),
    N_("must be text in quotes"),
    N_("must be true or false, without quotes"),
    N_("must be a whole number, without quotes"),
    N_("must be a whole number"),
    N_("must be at least %(least)s"),
    N_("must be at most %(most)s"),
    N_("must not be longer than %(most)s characters"),
    N_("must be %(choices)s"),
    N_("must be given"),
    N_("must not hold a slash: account/profile names a profile"),
    N_("must not hold line breaks or control characters"),
    N_("must begin with https:// and name a host (http:// only for this machine, such as http://127.0.0.1)"),
    N_("must be the secret itself: env: and file: are for set-up files on the server only"),
    N_("is no IANA time zone, such as Europe/Berlin"),
    N_("is no e-mail address, such as anna@example.com"),
    N_("is no setting"),
    N_("is no valid TOML: %(why)s"),
    N_("is in use already; choose another one"),
    N_("is needed for an address of the portal; choose another one"),
    N_("is changed by renaming"),
    N_("is locked after the first synchronisation: enable full editing to change it"),
    N_("is used by %(profile)s already; give each profile a folder of its own"),
    N_("comes from the template: leave it out, or the template"),
    N_("does not exist"),
    N_("contacts or appointments must be true"),
    N_("is missing; appointments need the user's default e-mail address in Wice"),
    N_("is missing; server %(server)s has access = %(access)s, the account's own login"),
    N_("need the account's e-mail address, the user's default one in Wice"),
    # Of files that are imported.
    N_("is there twice"),
    N_("%(name)s is there twice"),
    N_("differs from the first line of this account"),
    N_("is missing; name the profile whose settings these are"),
    N_("has %(cells)s cells, but there are %(columns)s columns"),
    N_("there is no setting %(name)s; did you mean %(likely)s?"),
    N_("there is no setting %(name)s"),
    N_("the file is empty; its first line names the columns, such as account, wice_server, mailbox"),
    N_("the file is no valid TOML: %(why)s"),
    N_("the file names %(things)s things; split it into files of %(most)s at most"),
    N_("the file is no text; save it as CSV (UTF-8) or TOML"),
    N_("line %(line)s: is no valid CSV: %(why)s"),
    N_("what was uploaded cannot be read any more; upload it again"),
)
"""What services say; a text with values is found by its shape."""


def said(advice: str) -> str:
    """An advice, or whatever else a service said, as people read it; what no table knows stays English."""
    if advice in ADVICE:
        return _(advice)
    for shape, text in _shapes():
        if found := shape.fullmatch(advice):
            return _(text, **found.groupdict())
    return advice


def all_said(fields: Mapping[str, str]) -> dict[str, str]:
    """The same for every field of a form."""
    return {field: said(advice) for field, advice in fields.items()}


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_shape(text), text) for text in ADVICE if "%(" in text)


def _shape(text: str) -> re.Pattern[str]:
    parts = re.split(r"%\((\w+)\)s", text)
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts))
    )
