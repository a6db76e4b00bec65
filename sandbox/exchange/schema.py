"""Checks requests and replies against Microsoft's published schema, where EWS_SCHEMA_DIR says it lies. Without it nothing is checked."""

import os
from functools import cache
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element


@cache
def _schema() -> etree.XMLSchema | None:
    folder = os.environ.get("EWS_SCHEMA_DIR")
    return etree.XMLSchema(etree.parse(Path(folder) / "messages.xsd")) if folder else None


def is_loaded() -> bool:
    """Whether there is a schema; reads it at the first call. Raises: OSError where EWS_SCHEMA_DIR names a folder without it."""
    return _schema() is not None


def fault_in(body: Element) -> str | None:
    """What is wrong with an element of the SOAP body; None when it is valid or nothing is known about it."""
    schema = _schema()
    if schema is None or schema.validate(body):
        return None
    return str(schema.error_log)
