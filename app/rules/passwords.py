"""Which passwords and user names are taken. Long instead of complicated (NIST SP 800-63B, section 5.1.1.2)."""

from __future__ import annotations

import re
from typing import Final

from app.domain.people import name_key

LEAST: Final = 12
MOST: Final = 256
_LONGEST_NAME: Final = 64
_NAME: Final = re.compile(rf"\w[\w.@+-]{{0,{_LONGEST_NAME - 1}}}")
_RESERVED: Final = frozenset({"system"})
# The commonest that are long enough to pass, and their stems: what is left of a password without digits and signs at its ends.
_WORDS: Final = """
    password passwort kennwort administrator qwertyuiop qwertzuiop qwertyuiopasdf qwertzuiopasdf asdfghjkl letmein welcome willkommen
    iloveyou changeme changeit secret geheim passwordpassword passwortpasswort hallohallo wicesync wicecrm exchange sommer winter
    superman baseball football princess sunshine trustno abcdefghijkl onetwothree qazwsxedcrfv zaqwsx
"""
_COMMON: Final = frozenset(_WORDS.split())
_SHORTEST_VARIETY: Final = 5


def password_problem(name: str, password: str) -> str:
    """What is wrong with `password` for the user `name`, and what to do; "" if it is taken."""
    if len(password) < LEAST:
        return f"is too short: take at least {LEAST} characters, such as four words that do not belong together"
    if len(password) > MOST:
        return f"is too long: take at most {MOST} characters"
    folded = name_key(password)
    if name and folded == name_key(name):
        return "must not be the user name"
    if len(set(folded)) < _SHORTEST_VARIETY:
        return "repeats the same few characters: take at least five different ones"
    if _stem(folded) in _COMMON or folded.isdigit():
        return "is among the first that everybody tries: take four words that do not belong together"
    return ""


def name_problem(name: str) -> str:
    """What is wrong with a new user's name; "" if it is taken."""
    if not _NAME.fullmatch(name):
        return f"takes 1 to {_LONGEST_NAME} letters, digits and the signs . _ @ + - and begins with a letter or digit"
    return "is kept for the server itself" if name_key(name) in _RESERVED else ""


def _stem(folded: str) -> str:
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
