"""How this Wice server behaves: which capabilities it has (wice-api.md, "Assumed") and which generation's habits it shows."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from sandbox.control import BadInputError

CAPABILITIES = (
    "whoami",
    "flags.read",
    "flags.write",
    "delta",
    "ids",
    "appointments.read",
    "appointments.write",
    "appointments.leave",
    "employees",
    "import_key",
)


@dataclass(frozen=True)
class Settings:
    """One server's behaviour.

    Attributes:
        api_key: what `X-API-KEY` must say on the plugin's path; None: no key is asked for.
        session_s: a session that was not used for so many seconds is forgotten.
        wrap_objects: single records come inside `address_object` or `appointment_object` (newer servers).
        epoch_last_update: `last_update` in seconds since 1970 (older servers).
        german_birthdays: birthdays as DD.MM.YYYY (older rows).
        ui_columns: rows carry the web page's own columns.
        list_binned: lists also show what lies in the recycle bin.
        flag_moves_last_update: setting an Outlook sync flag counts as a change of the row.
        search_contains: a search finds parts of words instead of whole values.
    """

    capabilities: Mapping[str, bool] = field(default_factory=lambda: dict.fromkeys(CAPABILITIES, True))
    api_key: str | None = None
    session_s: float = 3600.0
    wrap_objects: bool = False
    epoch_last_update: bool = False
    german_birthdays: bool = False
    ui_columns: bool = True
    list_binned: bool = False
    flag_moves_last_update: bool = True
    search_contains: bool = False

    def can(self, capability: str) -> bool:
        return self.capabilities[capability]

    def changed(self, body: Mapping[str, Any]) -> "Settings":
        """These settings with those of `body` changed. Raises: BadInputError."""
        changes: dict[str, Any] = {}
        types = {known.name: known.type for known in fields(self)}
        for name, value in body.items():
            if name == "capabilities":
                changes[name] = {**self.capabilities, **_capabilities(value)}
            elif name in types and _fits(value, types[name]):
                changes[name] = value
            elif name in types:
                raise BadInputError(f'setting "{name}" must be {types[name]}; got {value!r}')
            else:
                raise BadInputError(f'unknown setting "{name}"; known: {", ".join(types)}')
        return replace(self, **changes)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def _fits(value: object, expected: object) -> bool:
    if expected is bool:
        return isinstance(value, bool)
    if expected is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return value is None or isinstance(value, str)


def _capabilities(value: object) -> dict[str, bool]:
    if not isinstance(value, dict) or not all(isinstance(on, bool) for on in value.values()):
        raise BadInputError(f'"capabilities" must be an object of true and false; got {value!r}')
    unknown = sorted(set(value) - set(CAPABILITIES))
    if unknown:
        raise BadInputError(f"unknown capability {', '.join(unknown)}; known: {', '.join(CAPABILITIES)}")
    return value
