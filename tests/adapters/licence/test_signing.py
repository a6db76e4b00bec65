"""The vendor's tool takes a private key from a file, and says what is wrong with another file."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from app.adapters.licence import KeyRing, signer_of
from app.errors import BadInput
from tests.rules.licences import licence

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def pem(private=PRIVATE, encryption: KeySerializationEncryption | None = None):
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def test_a_key_file_as_openssl_makes_it_signs(tmp_path):
    file = tmp_path / "vendor.key"
    file.write_bytes(pem())
    signer = signer_of(file)
    ring = KeyRing(public={signer.kid: PRIVATE.public_key()})
    assert ring.read(signer.key_for(licence())).licensee == "Muster GmbH"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a private key"),
        (b"WS1.abc", "not a private key"),
        (pem(encryption=BestAvailableEncryption(b"secret")), "without a password"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "another kind"),
    ],
)
def test_another_file_is_refused_with_what_to_do(tmp_path, content, words):
    file = tmp_path / "vendor.key"
    file.write_bytes(content)
    with pytest.raises(BadInput, match=words) as refused:
        signer_of(file)
    assert "openssl genpkey" in str(refused.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"vendor\.key cannot be read"):
        signer_of(tmp_path / "vendor.key")


def test_a_name_that_makes_the_key_too_long_is_refused(tmp_path):
    file = tmp_path / "vendor.key"
    file.write_bytes(pem())
    with pytest.raises(BadInput, match="too long"):
        signer_of(file).key_for(licence(licensee="x" * 5000))
