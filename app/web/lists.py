"""What the address of a list says about its part: `?sort=-name&after=...`."""

from __future__ import annotations

from typing import Final

from app.domain.views import Cut

ROWS: Final = 50


def cut(sort: str = "", after: str = "", before: str = "", limit: int = ROWS) -> Cut:
    """The part of the list: `sort` descending with a minus in front; `after` and `before` are cursors of the neighbouring pages."""
    return Cut(cursor=after or before, limit=limit, sort=sort.removeprefix("-"), descending=sort.startswith("-"))
