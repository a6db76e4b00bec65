"""What services, rules and adapters say, in the reader's language: the filter `said`.

They say it in English, with values put in already, to the command line, the API and the portal alike, and it is stored like that in the
books. `tools/sentences.py` finds their sentences in the code; a translated one with places for values is recognised here by its shape.
What nobody knows, such as a foreign server's own words, stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from babel.dates import format_date

from app.web import current
from app.web.i18n import N_, _, known, region

SETTINGS: Final[Mapping[str, str]] = {
    "access": N_("Access to the mailboxes"),
    "account": N_("Account"),
    "active": N_("Active"),
    "api_key": N_("API key"),
    "appointments": N_("Appointments"),
    "auth": N_("Kind of login"),
    "ca_file": N_("CA file"),
    "calendar_folder": N_("Folder for appointments"),
    "client_id": N_("Application (client) id"),
    "company_data": N_("Company data"),
    "concurrent_requests": N_("Connections at once"),
    "conflict": N_("Conflict"),
    "contacts": N_("Contacts"),
    "contacts_folder": N_("Folder for contacts"),
    "dialect": N_("Dialect"),
    "direction": N_("Direction"),
    "email": N_("E-mail address"),
    "exchange_password": N_("Password in Exchange"),
    "exchange_server": N_("Exchange server"),
    "exchange_username": N_("User name in Exchange"),
    "first_plan": N_("First plan"),
    "mailbox": N_("Mailbox"),
    "mandant": N_("Mandant"),
    "name": N_("Name"),
    "password": N_("Password"),
    "profile": N_("Profile"),
    "requests_per_second": N_("Requests a second"),
    "schedule": N_("Schedule"),
    "target_changes": N_("Changes at the target"),
    "template": N_("Template"),
    "tenant_id": N_("Tenant id"),
    "time_zone": N_("Time zone"),
    "token_url": N_("Token address"),
    "url": N_("Address"),
    "username": N_("User name"),
    "wice_password": N_("Password in Wice"),
    "wice_server": N_("Wice server"),
    "wice_username": N_("User name in Wice"),
    "private_appointments": N_("Private appointments"),
    "window_past_days": N_("Days back"),
    "deep_compare_days": N_("Everything is compared"),
}
"""A setting of a server, an account or a profile, as its form calls it."""

VALUES: Final = frozenset(
    {
        N_("account"),
        N_("administrator"),
        N_("appointments"),
        N_("auditor"),
        N_("calendar"),
        N_("confirmed"),
        N_("contacts"),
        N_("discarded"),
        N_("executed"),
        N_("executing"),
        N_("messenger"),
        N_("needs_confirmation"),
        N_("open"),
        N_("operator"),
        N_("profile"),
        N_("superseded"),
        N_("template"),
        N_("user"),
    }
)
"""Words that stand where a value does; all other single words are names, which nobody translates."""

PLACES: Final = (N_("line %(a1)s"), N_("%(a1)s number %(a2)s"))
"""Where something stands in a file."""

PARAMETERS: Final = (
    N_("Field required"),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be greater than or equal to %(a1)s"),
    N_("Input should be less than or equal to %(a1)s"),
    N_("Input should be %(a1)s"),
)
"""What FastAPI says about an address that was typed wrong."""

_LONGEST: Final = 4000  # a longer text is a server's own
_MOST_SENTENCES: Final = 12
_MOST_COLONS: Final = 4
_PLACE: Final = re.compile(r"%\((a\d+)\)s|\{(\w+)\}")
_BREAK: Final = re.compile(r"(?<=[.!?]) (?=[A-Z0-9`])")
_QUOTED: Final = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_CHOICES: Final = re.compile(r"([a-z_]+(?:, [a-z_]+)*) or ([a-z_]+)")
_THINGS: Final = ("Wice server", "Exchange server")
_THING: Final = re.compile(r"(Wice server|Exchange server|[a-z_]+) (?:'([^'\\]*)'|\"([^\"\\]*)\")")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_SETTING: Final = re.compile(r"([a-z_]+) (.+)", re.DOTALL)
_CODE: Final = re.compile(r"(.+?)( \([^()]*\))?", re.DOTALL)


def said(text: str) -> str:
    """A text of the engine, in the reader's language."""
    if current.language() == current.DEFAULT_LANGUAGE or len(text) > _LONGEST:
        return text
    return "\n".join(_line(line) for line in text.split("\n"))


def all_said(fields: Mapping[str, str]) -> dict[str, str]:
    """The same for every field of a form."""
    return {field: said(advice) for field, advice in fields.items()}


def setting(name: str) -> str:
    """A setting's name as people read it."""
    return _(SETTINGS[name]) if name in SETTINGS else name


def _line(text: str) -> str:
    return (
        _exact(text)
        or _shaped(text)
        or _sentences(text, some=False)
        or _placed(text)
        or _shaped(text, closely=False)
        or _sentences(text, some=True)
        or text
    )


def _exact(text: str) -> str:
    """The translation of a text without values, "" if nobody knows it. Single words are names, unless a table says otherwise."""
    return _(text) if text in VALUES or (" " in text and text in known()) else ""


def _shaped(text: str, *, closely: bool = True) -> str:
    """The translation of a text with values. `closely`: no value reaches over a colon or the end of a sentence."""
    for shape in _shapes():
        if shape.longest not in text:
            continue
        found = shape.pattern.fullmatch(text)
        if found and not (closely and any(": " in value or _BREAK.search(value) for value in found.groups())):
            return _filled(_(shape.text), {name: _value(value) for name, value in found.groupdict().items()})
    return ""


def _sentences(text: str, *, some: bool) -> str:
    """Several sentences that were joined, each (or the most at once) translated. `some`: those that are known."""
    pieces = _BREAK.split(text)
    if not 1 < len(pieces) <= _MOST_SENTENCES:
        return ""
    done: list[str] = []
    at = 0
    while at < len(pieces):
        end, german = _first_known(pieces, at)
        if not german and not some:
            return ""
        done.append(german or pieces[at])
        at = end
    return " ".join(done)


def _first_known(pieces: list[str], at: int) -> tuple[int, str]:
    """How far the longest known text reaches that begins at `at`, and its translation."""
    for end in range(len(pieces), at, -1):
        joined = " ".join(pieces[at:end])
        if german := _exact(joined) or _shaped(joined) or (_placed(joined) if end - at == 1 else ""):
            return end, german
    return at + 1, ""


def _placed(text: str) -> str:
    """A known text behind the place that it is about, or behind a setting: "line 3: mailbox is missing"."""
    if (found := _SETTING.fullmatch(text)) and (german := _exact(found[2]) or _shaped(found[2], closely=False)):
        return f"{setting(found[1])} {german}"
    if text.count(": ") > _MOST_COLONS:
        return ""
    for colon in re.finditer(": ", text):
        head, rest = text[: colon.start()], text[colon.end() :]
        german = _line(rest)
        if german == rest and (coded := _CODE.fullmatch(rest)) and coded[2]:
            german = _line(coded[1]) + coded[2]
        if german != rest:
            return f"{_head(head)}: {german}"
    return ""


def _head(text: str) -> str:
    return setting(text) if text in SETTINGS else _value(text)


def _value(text: str) -> str:
    """A value: words of ours within a sentence are translated, everything else stays."""
    if quoted := _QUOTED.fullmatch(text):
        return _quoted(quoted[2] if quoted[1] is None else quoted[1])
    if choices := _CHOICES.fullmatch(text):
        return _("%(some)s or %(last)s", some=choices[1], last=choices[2])
    if _DAY.fullmatch(text):
        return _day(text)
    if "_" in text and text in SETTINGS:
        return setting(text)
    return _exact(text) or _shaped(text) or _THING.sub(_thing, text)


def _thing(found: re.Match[str]) -> str:
    noun = setting(found[1]) if found[1] in SETTINGS else _exact(found[1]) or found[1]
    return f"{noun} {_quoted(found[3] if found[2] is None else found[2])}"


def _quoted(name: str) -> str:
    return _("“%(name)s”", name=name)


def _day(text: str) -> str:
    try:
        return format_date(date.fromisoformat(text), "medium", locale=region())
    except ValueError:
        return text


def _filled(text: str, values: Mapping[str, str]) -> str:
    # Not by `%`: a text of the engine may hold percent signs of its own.
    return _PLACE.sub(lambda place: values[place[1] or place[2]], text)


class _Shape(NamedTuple):
    text: str
    pattern: re.Pattern[str]
    said: int
    """How many letters it says by itself."""
    longest: str
    """What stands between two values, the longest of it: without it, nothing fits."""


@cache
def _shapes() -> tuple[_Shape, ...]:
    """The texts with values, those that say the most by themselves first."""
    found = [_shape(text) for text in known() if _PLACE.search(text) and "%(num)s" not in text]
    return tuple(sorted(found, key=lambda shape: (-shape.said, shape.text)))


def _shape(text: str) -> _Shape:
    parts = tuple(_literals(text))
    names = [place[1] or place[2] for place in _PLACE.finditer(text)]
    seen: set[str] = set()
    pattern = re.escape(parts[0])
    for name, part in zip(names, parts[1:], strict=True):
        pattern += f"(?P={name})" if name in seen else f"(?P<{name}>{'|'.join(_THINGS)}|.*?)"
        pattern += re.escape(part)
        seen.add(name)
    return _Shape(text, re.compile(pattern, re.DOTALL), sum(map(len, parts)), max(parts, key=len))


def _literals(text: str) -> Iterator[str]:
    ends = [(0, 0), *(place.span() for place in _PLACE.finditer(text)), (len(text), len(text))]
    yield from (text[before[1] : after[0]] for before, after in pairwise(ends))
