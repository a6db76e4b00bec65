"""What the store must know of a kind; `contacts` and `appointments` say it."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lxml.etree import _Element as Element

from app.adapters.exchange.paths import Path, Values
from app.domain.fingerprint import Record
from app.domain.ids import ItemId
from app.domain.sync import Absence, Kind, Obstacle


@dataclass(frozen=True, slots=True)
class Unfit:
    """An item that is there but is no record of ours (a hint)."""

    because: Obstacle
    label: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """An item that is out of scope although it lies in its place, and what it may be known by."""

    because: Absence
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What to send ("" deletes a property), and the record that the server holds afterwards (None: none)."""

    values: dict[Path, str]
    record: Record | None


class Mapping(Protocol):
    """One kind's translation. All methods raise ValueError for what cannot be said on the other side."""

    @property
    def kind(self) -> Kind:
        """What it translates."""
        ...

    @property
    def element(self) -> str:
        """The item's element name in EWS."""
        ...

    @property
    def paths(self) -> tuple[Path, ...]:
        """All mapped properties, which a detailed answer must hold."""
        ...

    def parts(self, item: Element) -> Sequence[ItemId]:
        """Other items without which this one is not whole: a series' changed occurrences."""
        ...

    def read(self, item: Element, values: Values, parts: Dict[ItemId, Element]) -> Record | Unfit | Outside:
        """The record that an item holds together with its `parts`."""
        ...

    def draft(self, record: Record) -> Draft:
        """How to create `record`."""
        ...

    def change(self, before: Record, after: Record) -> Draft:
        """How to make `after` of an item that holds `before`."""
        ...
