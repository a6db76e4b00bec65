"""A profile on its way through the assistant. All of it stands in the address, so that back, forward and reload work; nothing is stored before
the end. No secret is ever part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from app.domain.account import SHARED_SETTINGS, Profile
from app.web import schedule_form
from app.web.i18n import N_

KINDS, WICE, FOLDERS, RULES, TIMES, FINISH = "kinds", "wice", "folders", "rules", "times", "finish"

TITLES: Final[Mapping[str, str]] = {
    KINDS: N_("What to synchronise"),
    WICE: N_("Wice data"),
    FOLDERS: N_("Mailbox and folders"),
    RULES: N_("Direction and conflicts"),
    TIMES: N_("Period and schedule"),
    FINISH: N_("Finish"),
}
_SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    KINDS: ("name", "template", "contacts", "appointments", "active"),
    WICE: (),
    FOLDERS: ("contacts_folder", "calendar_folder"),
    RULES: ("direction", "conflict", "target_changes", "company_data", "private_appointments"),
    TIMES: ("window_past_days", "schedule", "deep_compare_days", "first_plan"),
    FINISH: (),
}
_BOXES: Final = ("contacts", "appointments", "active")
_NEW: Final = Profile(account="", name="")


@dataclass(frozen=True)
class Draft:
    """`settings` as texts; `version`: of the profile that is changed, 0 for a new one; `full`: full editing is enabled (R35)."""

    settings: Mapping[str, str]
    is_new: bool
    version: int = 0
    full: bool = False

    @classmethod
    def of(cls, stored: Profile | None, name: str) -> Draft:
        """Nothing was changed yet; a new one would be called `name`."""
        names = [one for step in _SETTINGS.values() for one in step]
        settings = {one: _text(getattr(stored or _NEW, one)) for one in names}
        if stored is None:
            settings["name"] = name
        return cls(settings, stored is None, stored.version if stored else 0)

    def with_fields(self, fields: Mapping[str, str]) -> Draft:
        """As an address or a form has it. `from` names the step whose form it is: boxes of it that are not sent are not ticked."""
        changed = {name: fields[name] for name in self.settings if name in fields}
        came_from = fields.get("from", "")
        if came_from == KINDS:
            changed |= {
                name: "true" if name in fields else "false" for name in _BOXES if not self._hidden(name, fields)
            }
        if came_from == TIMES:
            changed["schedule"] = schedule_form.text(fields)
        version = fields.get("version", "")
        return replace(
            self,
            settings={**self.settings, **changed},
            version=int(version) if version.isascii() and version.isdecimal() else self.version,
            full="full" in fields,
        )

    @property
    def template(self) -> str:
        """What it follows, "" for nothing."""
        return self.settings["template"].strip()

    @property
    def steps(self) -> tuple[str, ...]:
        """What has to be asked: a template has the answers to the rest."""
        return (KINDS, WICE, FINISH) if self.template else tuple(TITLES)

    @property
    def given(self) -> dict[str, object]:
        """For `Administration`."""
        left_out = {*(SHARED_SETTINGS if self.template else ()), *(() if self.is_new else ("name",))}
        return {name: value for name, value in self.settings.items() if name not in left_out}

    def step_of(self, setting: str) -> str:
        """Where a setting is asked for."""
        if self.template and setting in SHARED_SETTINGS:
            return KINDS
        return next((step for step, settings in _SETTINGS.items() if setting in settings), FINISH)

    def carried(self, step: str) -> dict[str, str]:
        """Hidden fields of the form of `step`: all that it does not ask for itself."""
        own = _SETTINGS[step]
        kept = {name: value for name, value in self.settings.items() if name not in own}
        return kept | {"version": str(self.version)} | ({"full": "1"} if self.full else {})

    def query(self, step: str, **changes: str) -> str:
        """The part of the address behind the question mark that shows `step`."""
        return urlencode({**self.settings, "version": self.version, **({"full": "1"} if self.full else {}), "step": step, **changes})  # fmt: skip

    def after(self, step: str) -> str:
        """The step that follows."""
        steps = self.steps
        return steps[min(steps.index(step) + 1, len(steps) - 1)]

    def before(self, step: str) -> str:
        """The step before, "" for the first."""
        index = self.steps.index(step)
        return self.steps[index - 1] if index else ""

    @staticmethod
    def _hidden(name: str, fields: Mapping[str, str]) -> bool:
        # What a template decides is not asked for where one is chosen without scripts: the boxes stay as they were.
        return name in SHARED_SETTINGS and bool(fields.get("template", "").strip())


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)
