"""Salutation and title in Outlook's one "title" field: "Herr Dr." (PR_DISPLAY_NAME_PREFIX).

What was joined is kept in parts in a property of ours, so that it comes apart again as it was (R3). When a person has edited the visible text, the
parts are void and the text is split at the salutations that people use.
"""

from __future__ import annotations

import re

from app.domain.fingerprint import clean, normal_text

SALUTATIONS = frozenset(
    (
        *("herr", "herrn", "hr", "hr.", "frau", "fr", "fr.", "fräulein", "frl.", "divers", "familie", "firma"),
        *("mr", "mr.", "mrs", "mrs.", "ms", "ms.", "miss", "sir", "madam"),
        *("m.", "mme", "mme.", "mlle", "monsieur", "madame"),
    )
)
_PARTS = re.compile(r"((?:[^|\\]|\\.)*)\|((?:[^|\\]|\\.)*)", re.DOTALL)


def join(salutation: str, title: str) -> str:
    """What Outlook shows."""
    return " ".join(part for part in (salutation, title) if part)


def pack(salutation: str, title: str) -> str:
    """Both parts in one text, "" for none."""
    return f"{_escape(salutation)}|{_escape(title)}" if salutation or title else ""


def split(shown: str, packed: str) -> tuple[str, str]:
    """Salutation and title: the packed parts while they still make what is shown, else by the known salutations."""
    shown = clean(shown)
    if match := _PARTS.fullmatch(packed):
        salutation, title = _unescape(match[1]), _unescape(match[2])
        if normal_text(join(salutation, title)) == normal_text(shown):
            return salutation, title
    first, _, rest = shown.partition(" ")
    if first.casefold() in SALUTATIONS:
        return first, rest.strip()
    return "", shown


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
