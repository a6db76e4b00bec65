"""The options of the whole server: read strictly, changed only as they were seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import Field

from app.domain.options import Options
from app.domain.people import Actor
from app.errors import Superseded
from app.ports.options import OptionStore
from app.services.entries import Entry, Zone, read_entry
from app.services.given import refusal


class OptionsEntry(Entry):
    """The options as an administrator types them."""

    organisation: Annotated[str, Field(max_length=100)]
    language: Literal["de", "en"]
    time_zone: Zone
    session_idle_hours: Annotated[int, Field(ge=1, le=168)]
    session_days: Annotated[int, Field(ge=1, le=90)]


def version_of(options: Options) -> int:
    """What changes with any of the options: the ETag of this resource, up to 17 digits, never 0."""
    return int(hashlib.sha256(json.dumps(asdict(options), sort_keys=True).encode()).hexdigest()[:14], 16) + 1


def change(store: OptionStore, given: Mapping[str, object], by: Actor, *, version: int = 0) -> Options:
    """Set the given options and return all; `version` as they were seen, 0 for however they are. Raises: BadInput (with fields), Superseded."""
    seen = store.read()
    if version and version != version_of(seen):
        raise Superseded("the settings were changed meanwhile; look at them again")
    entry, faults = read_entry(OptionsEntry, {**asdict(seen), **given})
    if entry is None:
        raise refusal({fault.setting: fault.advice for fault in faults})
    wanted = Options(**entry.model_dump())
    store.replace(seen, wanted, by)
    return wanted
