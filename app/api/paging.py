"""Lists come in pages: `items`, and an opaque cursor for the next and the previous page; an address with a cursor keeps all other parameters."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

_T = TypeVar("_T")

Cursor = Annotated[
    str, Query(max_length=2000, description="`next` or `previous` of the page before; empty for the first page.")
]
Limit = Annotated[int, Query(ge=1, le=500, description="Most items on one page.")]


class Paged(BaseModel, Generic[_T]):
    """One page of a list."""

    items: list[_T] = Field(description="The items of this page, in the asked order.")
    next: str = Field(
        default="", description="Cursor of the next page; empty on the last one.", examples=["WyJhbm5hIl0"]
    )
    previous: str = Field(default="", description="Cursor of the page before; empty on the first one.", examples=[""])
    total: int | None = Field(
        default=None, description="How many items fit the filters in all, where that is counted.", examples=[480]
    )
