"""Versions as ETags: an update names the version it was made from; if that is no longer the present one it answers 412 and changes nothing."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Header, HTTPException, Response

_STRONG = re.compile(r'"(\d{1,18})"')


def tag(response: Response, version: int) -> None:
    """Send `version` along."""
    response.headers["ETag"] = f'"{version}"'


def _if_match(
    if_match: Annotated[
        str | None,
        Header(
            description='The ETag that was read, such as `"3"`; `*` changes whatever version is there.',
            examples=['"3"'],
        ),
    ] = None,
) -> int:
    if if_match is None:
        raise HTTPException(
            428, 'Send If-Match with the ETag that you read, such as "3" with its quotes, or * for any.'
        )
    if if_match.strip() == "*":
        return 0
    found = _STRONG.fullmatch(if_match.strip())
    if found is None:
        raise HTTPException(400, 'If-Match takes one ETag as it was sent, such as "3" with its quotes, or *.')
    return int(found[1])


IfMatch = Annotated[int, Depends(_if_match)]
"""The version that a change was made from; 0 for any."""
