"""What somebody uploaded and has not agreed to yet: it travels with the form, compressed and encrypted, so that nobody reads passwords there.

It can be opened only here, by the same person. Nothing is stored, so nothing has to be cleaned up.
"""

from __future__ import annotations

import base64
import zlib
from typing import Final

from app.adapters.db.secrets import Place, Secrets
from app.errors import BadInput, Halt

_STALE: Final = "what was uploaded cannot be read any more; upload it again"


class Drafts:
    """Texts that go to a browser and come back."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def seal(self, owner: str, text: str) -> str:
        """The text as only `open` can read it, for the same owner."""
        packed = base64.b64encode(zlib.compress(text.encode())).decode()
        return self._secrets.seal(Place("draft", 0, owner), packed)

    def open(self, owner: str, sealed: str) -> str:
        """The text. Raises: BadInput for anything that `seal` did not make for this owner."""
        try:
            return zlib.decompress(base64.b64decode(self._secrets.open(Place("draft", 0, owner), sealed))).decode()
        except (Halt, zlib.error):
            raise BadInput(_STALE) from None
