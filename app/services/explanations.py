"""What *explain* answers, as values that the portal renders and the REST API gives out as JSON (R41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.domain.finding import Gap, Happened, Hit, Trace
from app.domain.plan import Hint, Op
from app.domain.sync import Kind, Link, Side
from app.rules.causes import STATES, Fact, State, Verdict
from app.rules.explaining import HELD
from app.rules.retry import QUARANTINE_AFTER_RUNS
from app.services.changes import fields_of
from app.services.explaining_words import ADVICE, GAPS, WHY, fact_text
from app.services.wording import HINTS


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One item: why it stands as it does, what each server says of it (None: not asked, or not known there), and all that was written of it."""

    kind: Kind
    key: str
    label: str
    verdict: Verdict
    notes: tuple[Hint, ...] = ()
    wice: Trace | None = None
    exchange: Trace | None = None
    link: Link | None = None
    timeline: tuple[Happened, ...] = ()

    @property
    def rule(self) -> str:
        """The number of the rule that decides."""
        return self.verdict.rule(self.kind)

    @property
    def why(self) -> str:
        """In one sentence."""
        return WHY[self.verdict.cause]

    @property
    def advice(self) -> str:
        """What to do, "" for nothing."""
        return ADVICE.get(self.verdict.cause, "")

    def json(self) -> dict[str, object]:
        """As a JSON-ready object."""
        return {
            "kind": self.kind.value,
            "key": self.key,
            "item": self.label,
            "state": self.verdict.state.value,
            "rule": self.rule,
            "cause": self.verdict.cause.value,
            "why": self.why,
            "advice": self.advice,
            "facts": [_fact(fact) for fact in self.verdict.facts],
            "notes": [
                {"reason": hint.reason.value, "text": HINTS[hint.reason], "detail": hint.detail} for hint in self.notes
            ],
            "linked": self.link is not None and not self.link.ended,
            "wice": _trace(self.wice),
            "exchange": _trace(self.exchange),
            "timeline": [event(one) for one in self.timeline],
        }


def _fact(fact: Fact) -> dict[str, object]:
    return {
        "name": fact.name.value,
        "value": _plain(fact.value),
        "expected": _plain(fact.expected),
        "text": fact_text(fact),
    }


def _plain(value: str | date) -> str:
    return value.isoformat() if isinstance(value, date) else value


def _trace(trace: Trace | None) -> dict[str, object] | None:
    if trace is None:
        return None
    return {
        "id": trace.id,
        "in_scope": trace.absence is None and trace.obstacle is None,
        "absence": trace.absence.value if trace.absence else None,
        "obstacle": trace.obstacle.value if trace.obstacle else None,
        "folder": trace.folder,
        "last_day": trace.last_day.isoformat() if trace.last_day else None,
    }


def event(happened: Happened) -> dict[str, object]:
    """One write of a timeline; `state` is what came of it, `attempt` its name for an undo."""
    entry, intent = happened.entry, happened.entry.intent
    fields = fields_of(intent.before, intent.after) if intent.op is Op.CHANGE else ()
    return {
        "at": entry.at.isoformat(),
        "run": entry.run,
        "trigger": happened.trigger,
        "attempt": intent.attempt,
        "side": intent.side.value,
        "op": intent.op.value,
        "reason": intent.reason,
        "state": entry.state.value,
        "conflict": intent.conflict,
        "error": entry.error,
        "fields": {name: {"old": old, "new": new} for name, old, new in fields},
    }


@dataclass(frozen=True, slots=True)
class Trouble:
    """A server that could not be asked, and why."""

    side: Side
    message: str


@dataclass(frozen=True, slots=True)
class Looked:
    """Where was looked for items of a kind: `home` is the path of the profile's folder, "" if it is not known."""

    kind: Kind
    home: str


@dataclass(frozen=True, kw_only=True)
class Answer:
    """All items that a text may mean in one profile; `gaps` and `trouble`: what could not be looked at."""

    profile: str
    text: str
    live: bool
    items: tuple[Explanation, ...]
    gaps: tuple[Gap, ...] = ()
    trouble: tuple[Trouble, ...] = ()
    looked: tuple[Looked, ...] = ()

    def json(self) -> dict[str, object]:
        """As a JSON-ready object."""
        return {
            "profile": self.profile,
            "text": self.text,
            "live": self.live,
            "items": [item.json() for item in self.items],
            "gaps": [{"code": gap.value, "text": GAPS[gap]} for gap in self.gaps],
            "trouble": [{"side": one.side.value, "message": one.message} for one in self.trouble],
            "looked": [{"kind": one.kind.value, "folder": one.home} for one in self.looked],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Hits of a search across all accounts; `more`: there are more than were asked for."""

    text: str
    hits: tuple[Hit, ...]
    more: bool

    def json(self) -> dict[str, object]:
        """As a JSON-ready object."""
        return {"text": self.text, "items": [hit_json(hit) for hit in self.hits], "more": self.more}


def hit_json(hit: Hit) -> dict[str, object]:
    """One hit; `account`, `profile`, `kind` and `key` are the address of its explanation."""
    return {
        "account": hit.account,
        "profile": hit.profile,
        "kind": hit.kind.value,
        "key": hit.key,
        "item": hit.label,
        "state": state_of(hit).value,
    }


def state_of(hit: Hit) -> State:
    """How an item stands as far as the books know without asking anybody."""
    if hit.refusals:
        return State.QUARANTINED if hit.refusals >= QUARANTINE_AFTER_RUNS else State.FAILED
    if hit.held:
        return STATES[HELD[hit.held]] if hit.held in HELD else State.NOT_IN_SCOPE
    if hit.waits:
        return State.WAITING
    return State.SYNCHRONISED if hit.linked else State.GONE
