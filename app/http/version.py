"""The version of the installed product."""

from __future__ import annotations

from functools import cache
from importlib import metadata


@cache
def version() -> str:
    """As in pyproject.toml."""
    return metadata.version("wice-sync")
