"""Contacts of a folder: items of class IPM.Contact; distribution lists and others are left alone with a hint (R7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml.etree import _Element as Element

from app.adapters.exchange import fields_contact as fields
from app.adapters.exchange.mapping import Draft, Unfit
from app.adapters.exchange.paths import ITEM_CLASS, Path, Values
from app.adapters.exchange.wire import local
from app.domain.contact import Contact
from app.domain.fingerprint import Record, clean
from app.domain.ids import ItemId
from app.domain.sync import Kind, Obstacle

_CLASS = "ipm.contact"


class Contacts:
    """The contacts' mapping. `unmapped` are canonical fields that are neither read nor written."""

    kind = Kind.CONTACTS
    element = "Contact"
    paths: tuple[Path, ...] = fields.ALL_PATHS

    def __init__(self, unmapped: frozenset[str]) -> None:
        self._unmapped = unmapped

    def parts(self, item: Element) -> Sequence[ItemId]:
        """A contact is whole by itself."""
        del item
        return ()

    def read(self, item: Element, values: Values, parts: Mapping[ItemId, Element]) -> Contact | Unfit:  # noqa: ARG002 - the protocol's signature
        """R7: what is no contact, or has no name, is unfit."""
        item_class = values.get(ITEM_CLASS, "").casefold()
        label = clean(values.get(fields.DISPLAY_NAME, "") or values.get(fields.FILE_AS, ""))
        if local(item) != self.element or not (item_class == _CLASS or item_class.startswith(f"{_CLASS}.")):
            return Unfit(Obstacle.NOT_A_CONTACT, label, values.get(ITEM_CLASS, ""))
        try:
            return fields.read(values, self._unmapped)
        except fields.NoName as error:
            return Unfit(Obstacle.NO_NAME, label, str(error))

    def draft(self, record: Record) -> Draft:
        """All filled properties."""
        values = {path: text for path, text in fields.write(_contact(record), self._unmapped).items() if text}
        return Draft(values, fields.read(values, self._unmapped))

    def change(self, before: Record, after: Record) -> Draft:
        """The properties that differ."""
        values = fields.changes(_contact(before), _contact(after), self._unmapped)
        return Draft(values, fields.read(fields.write(_contact(after), self._unmapped), self._unmapped))


def _contact(record: Record) -> Contact:
    if not isinstance(record, Contact):
        raise TypeError("a contacts folder holds contacts")
    return record
