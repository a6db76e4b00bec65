"""The public keys that this version knows, from `keys.toml`, and what a key signed by one of them grants."""

from __future__ import annotations

import base64
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.adapters.licence.codec import cleaned, licence_of, take_apart
from app.domain.licence import KeyRefused, Licence
from app.domain.licence_sentences import Notice

_KID_DIGITS: Final = 16


@dataclass(frozen=True)
class KeyRing:
    """`app.ports.licences.KeyReader`. Public keys by key id; those in `loopback_only` sign nothing that is valid elsewhere, whatever a key says."""

    public: Mapping[str, Ed25519PublicKey]
    loopback_only: frozenset[str] = frozenset()

    def line(self, pasted: str) -> str:
        """See `app.ports.licences.KeyReader.line`."""
        return cleaned(pasted)

    def read(self, key: str) -> Licence:
        """See `app.ports.licences.KeyReader.read`."""
        signed = take_apart(key)
        known = self.public.get(signed.kid)
        if known is None:
            raise KeyRefused(Notice.UNKNOWN_SIGNER, kid=signed.kid[:_KID_DIGITS])
        try:
            known.verify(signed.signature, signed.signed)
        except InvalidSignature:
            raise KeyRefused(Notice.WRONG_SIGNATURE) from None
        licence = licence_of(signed.payload)
        return replace(licence, loopback=licence.loopback or signed.kid in self.loopback_only)


def kid_of(public: Ed25519PublicKey) -> str:
    """A public key's id: the beginning of its SHA-256, in hexadecimal digits."""
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()[:_KID_DIGITS]


def load_keys() -> KeyRing:
    """The ring of this version."""
    rows = tomllib.loads(files(__package__).joinpath("keys.toml").read_text("utf-8"))["key"]
    keys = [(Ed25519PublicKey.from_public_bytes(base64.b64decode(row["public"])), row["loopback_only"]) for row in rows]
    return KeyRing(
        public={kid_of(public): public for public, _ in keys},
        loopback_only=frozenset(kid_of(public) for public, bound in keys if bound),
    )
