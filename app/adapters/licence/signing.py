"""Making licence keys: the vendor's with a private key from a file, those of the demonstration with the one in `demo.toml`."""

from __future__ import annotations

import base64
import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.adapters.licence.codec import LONGEST, encoded, text_to_sign
from app.adapters.licence.keyring import kid_of
from app.domain.licence import Licence
from app.errors import BadInput

_ADVICE = "make one with: openssl genpkey -algorithm ed25519 -out FILE"


@dataclass(frozen=True)
class Signer:
    """Signs with one private key."""

    private: Ed25519PrivateKey

    @property
    def kid(self) -> str:
        """The id of its public key."""
        return kid_of(self.private.public_key())

    def key_for(self, licence: Licence) -> str:
        """The key that grants `licence` (whose `kid` is set here). Raises: BadInput for a licensee that is too long."""
        text = text_to_sign(replace(licence, kid=self.kid))
        key = f"{text}.{encoded(self.private.sign(text.encode('ascii')))}"
        if len(key) > LONGEST:
            raise BadInput("the licensee's name is too long for a licence key")
        return key


def signer_of(file: Path) -> Signer:
    """Read a private key: PEM, Ed25519, without a password. Raises: BadInput."""
    try:
        private = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise BadInput(f"the key file {file} cannot be read: {error.strerror}; {_ADVICE}") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise BadInput(f"{file} is not a private key in PEM form without a password; {_ADVICE}") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise BadInput(f"{file} is a private key of another kind; Ed25519 is needed: {_ADVICE}")
    return Signer(private)


def demo_signer() -> Signer:
    """The demonstration's: everybody has it, and what it signs is valid on loopback only."""
    seed = tomllib.loads(files(__package__).joinpath("demo.toml").read_text("utf-8"))["seed"]
    return Signer(Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed)))
