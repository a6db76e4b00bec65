"""The form of a licence key: `WS1.<payload>.<signature>`, one line, both parts base64url without padding.

The payload is JSON: v, kid, id, licensee, edition, accounts, from, until (dates), loopback. Signed (Ed25519) is the text before the second dot as it
stands, so that there is only one way to write a key: any other spelling of the same content is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from app.domain.licence import Edition, KeyRefused, Licence
from app.domain.licence_sentences import Notice

FORM: Final = "WS1"
SIGNATURE_BYTES: Final = 64
LONGEST: Final = 4096
# Mail programs and people wrap, indent and quote.
_PASTED: Final = re.compile("[\\s\u00ad\u200b\u200c\u200d\u2060\ufeff]+")
_QUOTES: Final = "\"'`´„“”‚‘’«»<>"


@dataclass(frozen=True, slots=True)
class SignedKey:
    """A key taken apart; nothing of it is proven yet."""

    kid: str
    signed: bytes
    signature: bytes
    payload: dict[str, Any]


def cleaned(pasted: str) -> str:
    """The key's line in what was pasted."""
    return _PASTED.sub("", pasted[: 2 * LONGEST]).strip(_QUOTES)


def take_apart(pasted: str) -> SignedKey:
    """Raises: KeyRefused for what is not of this form."""
    line = cleaned(pasted)
    form, *parts = line.split(".")
    if form != FORM:
        newer = re.fullmatch(r"WS[0-9]+", form) and parts
        raise KeyRefused(Notice.NEWER_FORMAT if newer else Notice.NO_KEY)
    if len(parts) < 2:  # noqa: PLR2004 - payload and signature
        raise KeyRefused(Notice.CUT_OFF)
    if len(parts) > 2 or len(line) > LONGEST:  # noqa: PLR2004 - as above
        raise KeyRefused(Notice.DAMAGED)
    payload = _payload(parts[0])
    return SignedKey(
        kid=str(payload.get("kid", "")),
        signed=f"{FORM}.{parts[0]}".encode("ascii"),
        signature=_signature(parts[1]),
        payload=payload,
    )


def licence_of(payload: dict[str, Any]) -> Licence:
    """What a proven payload grants. Raises: KeyRefused for what only a newer version understands."""
    try:
        if payload["v"] != 1:
            raise KeyRefused(Notice.NEWER_FORMAT)
        return Licence(
            id=str(payload["id"]),
            kid=str(payload["kid"]),
            licensee=str(payload["licensee"]),
            edition=Edition(payload["edition"]),
            accounts=int(payload["accounts"]),
            valid_from=date.fromisoformat(payload["from"]),
            until=date.fromisoformat(payload["until"]),
            loopback=bool(payload["loopback"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise KeyRefused(Notice.NEWER_FORMAT) from error


def text_to_sign(licence: Licence) -> str:
    """The key's line up to its signature."""
    payload = {
        "v": 1,
        "kid": licence.kid,
        "id": licence.id,
        "licensee": licence.licensee,
        "edition": licence.edition.value,
        "accounts": licence.accounts,
        "from": licence.valid_from.isoformat(),
        "until": licence.until.isoformat(),
        "loopback": licence.loopback,
    }
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"{FORM}.{encoded(text.encode())}"


def encoded(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise KeyRefused(Notice.DAMAGED) from None
    if encoded(raw) != text:
        raise KeyRefused(Notice.DAMAGED)
    return raw


def _payload(text: str) -> dict[str, Any]:
    try:
        payload = json.loads(_decoded(text))
    except ValueError:
        raise KeyRefused(Notice.DAMAGED) from None
    if not isinstance(payload, dict):
        raise KeyRefused(Notice.DAMAGED)
    return payload


def _signature(text: str) -> bytes:
    if len(text) < len(encoded(bytes(SIGNATURE_BYTES))):
        raise KeyRefused(Notice.CUT_OFF)
    return _decoded(text)
