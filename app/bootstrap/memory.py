"""What sessions at one Wice server know of it from former ones (`app.ports.learnt`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.domain.account import WiceServer
from app.ports.learnt import Learnt


@dataclass(frozen=True)
class ServerMemory:
    """`app.ports.learnt.Memory` of one server. `afresh`: recall nothing, but keep what is found out now (a person tests the connection)."""

    learnt: Learnt
    server: WiceServer
    now: Callable[[], datetime]
    afresh: bool = False

    def recall(self) -> Mapping[str, bool]:
        """See `app.ports.learnt.Memory.recall`."""
        return {} if self.afresh else self.learnt.recall(self.server.name, self._settings, self.now())

    def keep(self, facts: Mapping[str, bool]) -> None:
        """See `app.ports.learnt.Memory.keep`."""
        self.learnt.keep(self.server.name, self._settings, facts, self.now())

    def forget(self) -> None:
        """See `app.ports.learnt.Memory.forget`."""
        self.learnt.forget(self.server.name)

    @property
    def _settings(self) -> str:
        """A digest of what decides on a server's answers."""
        said = [self.server.url, self.server.mandant, self.server.api_key != "", self.server.dialect]
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]
