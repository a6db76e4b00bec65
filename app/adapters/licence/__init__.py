"""Licence keys: reading and signing them. `codec` is the line's form, `keyring` knows the public keys, `signing` makes keys."""

from app.adapters.licence.keyring import KeyRing, load_keys
from app.adapters.licence.signing import demo_signer, signer_of

__all__ = ["KeyRing", "demo_signer", "load_keys", "signer_of"]
