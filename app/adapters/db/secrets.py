"""Secrets at rest: AES-256-GCM, bound to table, row and column, so that a value copied into another row does not decrypt.

A stored secret reads `<key id>:<base64url of nonce (12 bytes) + ciphertext + tag>`; "" stays "". The first key encrypts, every key
decrypts; `rotation` brings all rows to the first one. Source: NIST SP 800-38D (96-bit random nonces).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
from collections.abc import Mapping
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Column, Table

from app.errors import Halt, HaltCode

_NONCE_BYTES = 12
_MARKING = b"wice-sync: marks of logins"


class Place(NamedTuple):
    """Where a secret lives; authenticated together with it."""

    table: str
    row: int
    column: str

    def __str__(self) -> str:
        return f"{self.table}:{self.row}:{self.column}"


class Secrets:
    """Seals and opens secrets with a ring of keys, the first of which encrypts."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._keys = {key: AESGCM(raw) for key, raw in keys.items()}
        self.first = next(iter(keys))
        self._marking = HKDF(SHA256(), length=32, salt=None, info=_MARKING).derive(keys[self.first])

    def knows(self, key: str) -> bool:
        """Is the key of this id among those given?"""
        return key in self._keys

    def seal(self, place: Place, plain: str) -> str:
        """Encrypt for this place."""
        if not plain:
            return ""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._keys[self.first].encrypt(nonce, plain.encode(), str(place).encode())
        return f"{self.first}:{base64.urlsafe_b64encode(sealed).decode()}"

    def mark(self, *parts: object) -> str:
        """The same for equal `parts`, secrets among them, as long as the first key is; who has not that key cannot even try guesses.

        HMAC-SHA-256 under a key of its own (HKDF, RFC 5869): `<key id>:<base64url>`.
        """
        digest = hmac.digest(self._marking, json.dumps(parts).encode(), "sha256")
        return f"{self.first}:{base64.urlsafe_b64encode(digest).decode()}"

    def open(self, place: Place, stored: str) -> str:
        """Decrypt. Raises: Halt(CONFIGURATION) if the key is not given any more, or the value does not belong to this place."""
        if not stored:
            return ""
        key = key_of(stored)
        if key not in self._keys:
            raise Halt(
                HaltCode.CONFIGURATION,
                f"the secret {place} was encrypted with the key {key!r}, which is not among those of WICE_SYNC_SECRET_KEYS "
                f"({', '.join(self._keys)}); add that key again, or save the secret anew",
            )
        try:
            sealed = base64.urlsafe_b64decode(stored.partition(":")[2])
            return self._keys[key].decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], str(place).encode()).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise Halt(
                HaltCode.CONFIGURATION,
                f"the secret {place} cannot be decrypted: it was changed, comes from another row, or the key {key!r} is a "
                "different one than it was; save the secret anew",
            ) from None


def key_of(stored: str) -> str:
    """Id of the key under which a stored secret is encrypted."""
    return stored.partition(":")[0]


def secret_columns(table: Table) -> list[Column[str]]:
    """The columns of `table` that hold secrets."""
    return [column for column in table.columns if column.info.get("secret")]
