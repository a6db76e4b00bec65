"""What the page *explain* says about an item: its state, the values that decide, where it stands on each side, and what to do about it (R41)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from urllib.parse import quote, urlencode

from app.domain.account import Direction
from app.domain.finding import Gap, Trace
from app.domain.plan import Reason
from app.domain.run import SCHEDULED, Verb
from app.domain.sync import Absence, Kind, Obstacle, Side
from app.rules.causes import Cause, Fact, FactName, State
from app.services.explaining_words import ADVICE, FACTS, GAPS, STATES, WHY
from app.services.explanations import Answer, Explanation
from app.web import records
from app.web.formats import day
from app.web.i18n import N_, _
from app.web.profiles.words import DIRECTIONS
from app.web.words import word

SERVERS: Final = {Side.WICE: "Wice", Side.EXCHANGE: "Exchange"}
_GAP_OF: Final = {Side.WICE: Gap.WICE_SILENT, Side.EXCHANGE: Gap.EXCHANGE_SILENT}
_LOOKS: Final[Mapping[State, tuple[str, str]]] = {
    State.SYNCHRONISED: ("good", "circle-check"),
    State.WAITING: ("wait", "hourglass"),
    State.NEEDS_CONFIRMATION: ("warn", "hand-stop"),
    State.LEFT_OUT: ("quiet", "circle-minus"),
    State.LEFT_ALONE: ("quiet", "player-pause"),
    State.NOT_IN_SCOPE: ("quiet", "filter"),
    State.FAILED: ("bad", "circle-x"),
    State.QUARANTINED: ("warn", "hourglass"),
    State.FROZEN: ("warn", "lock"),
    State.CONFLICT: ("warn", "git-compare"),
    State.GONE: ("quiet", "trash"),
    State.UNKNOWN: ("quiet", "help-circle"),
}
ABSENCES: Final[Mapping[Absence, str]] = {
    Absence.DELETED: N_("not there any more"),
    Absence.MOVED_AWAY: N_("in another folder"),
    Absence.UNFLAGGED: N_("there, without this account's Outlook sync flag"),
    Absence.DEACTIVATED: N_("there, deactivated"),
    Absence.BINNED: N_("in the recycle bin"),
    Absence.LEFT: N_("there, without this account's employee as participant"),
    Absence.EXTERNAL: N_("there, marked as external"),
    Absence.EMPTY: N_("there, as a series without any date left"),
    Absence.DECLINED: N_("there, declined"),
}
OBSTACLES: Final[Mapping[Obstacle, str]] = {
    Obstacle.NOT_A_CONTACT: N_("there, but no contact"),
    Obstacle.UNREADABLE: N_("there, but damaged"),
    Obstacle.NO_NAME: N_("there, but without a name"),
    Obstacle.SERIES: N_("there, as a series that cannot be carried"),
    Obstacle.FOREIGN_PRIVATE: N_("there, as a private matter of somebody else"),
}


class Look(NamedTuple):
    """A badge."""

    text: str
    tone: str
    icon: str


@dataclass(frozen=True)
class Step:
    """What to do, as a button: a form that posts `fields`, or without them a link. `permission`: who may press it."""

    label: str
    href: str
    icon: str
    permission: str = "read"
    fields: Mapping[str, str] = field(default_factory=dict)


def look(state: State) -> Look:
    """A state as a badge."""
    return Look(_(STATES[state]), *_LOOKS[state])


def why(item: Explanation) -> str:
    """In one sentence."""
    return _(WHY[item.verdict.cause])


def advice(item: Explanation) -> str:
    """What to do, "" for nothing."""
    text = ADVICE.get(item.verdict.cause)
    return _(text) if text else ""


def facts(item: Explanation) -> Iterator[str]:
    """The values that decide, each as a few words. The plan's run is a link instead (`step`)."""
    for fact in item.verdict.facts:
        if fact.name is not FactName.PLAN:
            yield _(FACTS[fact.name]).format(value=_value(fact, fact.value), expected=_value(fact, fact.expected))


def _value(fact: Fact, value: str | date) -> str:
    if isinstance(value, date):
        return day(value)
    match fact.name:
        case FactName.REASON if value in set(Reason):
            return word(Reason(value))
        case FactName.DIRECTION if value in set(Direction):
            return _(DIRECTIONS[Direction(value)][0])
        case FactName.NOT_THERE if value in set(Side):
            return SERVERS[Side(value)]
        case FactName.FIELDS:
            return ", ".join(records.field_label(name.strip()) for name in value.split(","))
        case _:
            return value


def stands(item: Explanation, side: Side, answer: Answer) -> str:
    """Where the item is on one side, as its server says, or else the books."""
    trace = item.wice if side is Side.WICE else item.exchange
    if trace is not None:
        return _whereabouts(trace)
    if _GAP_OF[side] in answer.gaps:
        return _("could not be asked")
    if answer.live:
        return _("not found")
    linked = item.link is not None and not item.link.ended
    return _("known from the last run, not asked now") if linked else _("not asked")


def _whereabouts(trace: Trace) -> str:
    if trace.binned:
        return _("in Deleted Items")
    if trace.absence is Absence.MOVED_AWAY and trace.folder:
        return _("in the folder “%(folder)s”", folder=trace.folder)
    if trace.absence:
        return _(ABSENCES[trace.absence])
    return _(OBSTACLES[trace.obstacle]) if trace.obstacle else _("there, in its place")


def gap(one: Gap) -> str:
    """What could not be looked at."""
    return _(GAPS[one])


def trigger(code: str) -> str:
    """What started a run, "" if that is not known."""
    if code == SCHEDULED:
        return _("by schedule")
    return word(Verb(code)) if code in set(Verb) else ""


def item_address(profile: str, kind: Kind, key: str, text: str = "", *, live: bool = False) -> str:
    """The page about one item; `text`: the search that led to it."""
    asked = {"profile": profile, "kind": kind.value, "key": key}
    return f"/explain/item?{urlencode(asked | _set(q=text, live='1' if live else ''))}"


def search_address(text: str, profile: str = "", *, live: bool = False) -> str:
    """The page of a search."""
    return f"/explain?{urlencode(_set(q=text, profile=profile, live='1' if live else ''))}"


def _set(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


_SYNCHRONISE: Final = (
    *(Cause.NEW_IN_WICE, Cause.NEW_IN_EXCHANGE, Cause.CHANGED_IN_WICE, Cause.CHANGED_IN_EXCHANGE),
    *(Cause.TWIN, Cause.INCOMPLETE, Cause.UNPROVEN),
)
_ANALYSE: Final = (Cause.LISTED, Cause.LEFT_OUT)
_PLAN: Final = (Cause.AWAITING_APPROVAL, Cause.AWAITING_CONFIRMATION, Cause.UNDO_PLANNED)
_PROFILE: Final = (
    *(Cause.TARGET_OVERWRITTEN, Cause.TARGET_KEPT, Cause.TARGET_ONLY, Cause.AGED_OUT, Cause.BEFORE_WINDOW),
    Cause.PRIVATE_STAYS,
    *(Cause.OTHER_FOLDER, Cause.PROFILE_INACTIVE, Cause.KIND_OFF),
    *(Cause.CONFLICT_WICE_WINS, Cause.CONFLICT_EXCHANGE_WINS),
)
_RETRY: Final = (Cause.QUARANTINED, Cause.REFUSED, Cause.FROZEN)


def step(item: Explanation, profile: str) -> Step | None:
    """The button that does what is to be done, where that is done in the portal."""
    cause = item.verdict.cause
    account, _slash, name = profile.partition("/")
    if cause in _PLAN:
        plan = next((str(fact.value) for fact in item.verdict.facts if fact.name is FactName.PLAN), "")
        return Step(_("Look at the plan"), f"/runs/{quote(plan)}", "list-check") if plan else None
    if cause in _PROFILE:
        return Step(_("To the profile"), f"/accounts/{quote(account)}/profiles/{quote(name)}", "settings")
    if cause is Cause.ACCOUNT_INACTIVE:
        return Step(_("To the account"), f"/accounts/{quote(account)}", "address-book")
    if cause in _SYNCHRONISE:
        return _run(_("Synchronise"), "refresh", profile, Verb.SYNC)
    if cause in _ANALYSE:
        return _run(_("Analyse"), "search", profile, Verb.ANALYSE)
    return _run(_("Try what was refused again"), "repeat", profile, Verb.RETRY) if cause in _RETRY else None


def _run(label: str, icon: str, profile: str, verb: Verb) -> Step:
    return Step(label, "/runs", icon, "run", {"profile": profile, "verb": verb.value})
