"""Reading in batches so that one item that spoils its batch's answer is found and left alone, and the others are read (R7, R32).

An item may make the server break off, or its content may make the whole reply unreadable. Such a batch is halved until the item stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.adapters.exchange import bodies
from app.adapters.exchange.errors import AnswerLost, RejectedCall
from app.adapters.exchange.paths import Path
from app.adapters.exchange.session import Session
from app.adapters.exchange.wire import Message
from app.domain.ids import ItemId


@dataclass(frozen=True, slots=True)
class Isolating:
    """Reads items' `paths` over `session`."""

    session: Session
    paths: Sequence[Path]

    def messages(self, batch: Sequence[ItemId]) -> Iterator[Message | None]:
        """One message per id, in order; None for one that cannot be read. Raises: Retry, Halt; RejectedCall when even ids are refused."""
        try:
            yield from self._ask(batch)
        except (AnswerLost, RejectedCall) as error:
            if isinstance(error, AnswerLost) and not error.answered:
                raise
        else:
            return
        if len(batch) == 1:
            yield self._alone(batch)
            return
        half = len(batch) // 2
        yield from self.messages(batch[:half])
        yield from self.messages(batch[half:])

    def _ask(self, batch: Sequence[ItemId]) -> list[Message]:
        return self.session.read(bodies.get_items(batch, self.paths), len(batch))

    def _alone(self, batch: Sequence[ItemId]) -> Message | None:
        """Blame the item only if the server can tell its id, but not its content, twice: else the server is in trouble, and the error goes up."""
        self.session.read(bodies.get_versions(batch), len(batch))
        try:
            [message] = self._ask(batch)
        except (AnswerLost, RejectedCall):
            return None
        return message
