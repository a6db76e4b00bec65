"""The options of the whole server: read strictly, changed only as they were seen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from app.domain.options import Options
from app.domain.people import Actor
from app.errors import Superseded
from app.ports.options import OptionStore
from app.services.entries import Entry, Zone, read_entry
from app.services.given import refusal


def _history(days: int) -> int:
    # R33 promises that what was written in the last 90 days can be undone.
    if days < 90:  # noqa: PLR2004 - said above
        raise ValueError("must be at least 90: so long can what was written be undone")
    return days


def _audit(days: int) -> int:
    if 0 < days < 365:  # noqa: PLR2004 - said in the message
        raise ValueError("must be 0, for ever, or at least 365")
    return days


class OptionsEntry(Entry):
    """The options as an administrator types them."""

    organisation: Annotated[str, Field(max_length=100)]
    language: Literal["de", "en"]
    time_zone: Zone
    session_idle_hours: Annotated[int, Field(ge=1, le=168)]
    session_days: Annotated[int, Field(ge=1, le=90)]
    history_days: Annotated[int, Field(le=3650), AfterValidator(_history)]
    audit_days: Annotated[int, Field(ge=0, le=36_500), AfterValidator(_audit)]


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
