"""Password hashes by argon2id (RFC 9106, second recommended choice: 64 MiB), few at a time so that a flood of sign-ins cannot take all memory."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from app.errors import Throttled

_AT_ONCE: Final = 2
_LONGEST_WAIT_S: Final = 10


class Argon2Passwords:
    """One per process: it counts how many are being hashed. May be used by several threads."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
        self._turns = BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        """A hash with the present parameters and a salt of its own. Raises: Throttled."""
        with self._turn():
            return self._hasher.hash(_normal(password))

    def fits(self, password: str, password_hash: str) -> bool:
        """Is it this password? For "" the same work is done in vain. Raises: Throttled."""
        against = password_hash or self._nobodys
        with self._turn():
            try:
                return self._hasher.verify(against, _normal(password)) and bool(password_hash)
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, password_hash: str) -> bool:
        """Were the parameters others than the present ones?"""
        return self._hasher.check_needs_rehash(password_hash)

    @cached_property
    def _nobodys(self) -> str:
        return self._hasher.hash("of nobody")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=_LONGEST_WAIT_S):
            raise Throttled("Too many people sign in at this moment. Try again.", after=timedelta(seconds=5))
        try:
            yield
        finally:
            self._turns.release()


def _normal(password: str) -> str:
    # The same however a keyboard composes an umlaut (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)
