"""What FastAPI's OpenAPI document lacks for people and for generated clients: words for the parts of addresses, and schemas' plain names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI

_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "account": ("Name of the account.", "anna"),
    "name": ("Its name.", "main"),
    "profile": ("Name of the profile in its account.", "Wice"),
    "run": ("Id of the run.", "run-1"),
    "server": ("Name of the server.", "main"),
    "token": ("Id of the token.", "7"),
}
_PAGE: Final = re.compile(r"\bPaged_(\w+?)_(?=\")")


def complete(api: FastAPI) -> None:
    """Let `api` hand out its document with these."""
    made = api.openapi

    def document() -> dict[str, Any]:
        if api.openapi_schema is None:
            api.openapi_schema = _completed(made())
        return api.openapi_schema

    api.openapi = document  # type: ignore[method-assign] # FastAPI's documented way


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    # "Paged_AccountLine_" is what becomes of Paged[AccountLine].
    named: dict[str, Any] = json.loads(_PAGE.sub(r"\1Page", json.dumps(document)))
    for path in named["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    text, example = _PARTS[parameter["name"]]
                    parameter.setdefault("description", text)
                    parameter.setdefault("examples", {"one": {"value": example}})
    for name, schema in named["components"]["schemas"].items():
        if name.endswith("Page"):
            schema.setdefault("description", "One page of a list.")
    return named
