"""Why is Mr Schulz not in my Outlook? What the books and both servers know of an item, and what that means (R41).

Two ways in: `search` looks through the books of all accounts, `explain` through those of one profile and, live, through both of its servers.
Nothing is written anywhere, and no lease is taken: a run may go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from app.domain.account import Account, Profile
from app.domain.finding import BookEntry, Discovery, Gap, Happened, Hit, Question, Trace
from app.domain.ids import ItemId
from app.domain.logins import Login
from app.domain.plan import HintReason
from app.domain.run import Run, RunStatus
from app.domain.sync import Absence, Kind, Obstacle, Side
from app.domain.terms import words_of
from app.domain.veil import veiled_entry
from app.errors import BadInput, NotFound, WiceSyncError
from app.ports import Crm, Mailbox
from app.ports.finding import Finder
from app.rules import explaining
from app.rules.causes import Verdict
from app.rules.explaining import Case
from app.rules.policy import Policy
from app.services.explanations import Answer, Explanation, Found, Looked, Trouble
from app.services.logins import spare

SHORTEST: Final = 2
MOST: Final = 50
NOTES: Final = frozenset(
    {
        HintReason.COMPANY_DATA_RESTORED,
        HintReason.COMPANY_DATA_IGNORED,
        HintReason.AMBIGUOUS_COMPANY,
        HintReason.OCCURRENCE_ATTENDEES,
    }
)
"""Hints that say more about an item that is synchronised all the same."""


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """One profile to be asked about. Without `crm` and `mailbox` only the books are. `logins`: with which the servers are asked."""

    profile: Profile
    account: Account
    finder: Finder
    latest: Run | None
    today: date
    crm: Crm | None = None
    mailbox: Mailbox | None = None
    logins: Sequence[Login] = ()


def search(finder: Finder, text: str, limit: int = MOST) -> Found:
    """Items of all accounts whose names hold every word of `text`, from the books. Raises: BadInput for a text that is too short."""
    hits = [_discreet(hit) for hit in finder.search(_words(text), limit + 1)]
    return Found(text=text, hits=tuple(hits[:limit]), more=len(hits) > limit)


def _discreet(hit: Hit) -> Hit:
    """R19: the books may keep a title from before it became somebody's private matter."""
    return replace(hit, label="") if hit.held is HintReason.FOREIGN_PRIVATE else hit


def explain(inquiry: Inquiry, text: str, limit: int = MOST) -> Answer:
    """Every item of this profile that `text` may mean, whether it is synchronised or not. Raises: BadInput."""
    folded, typed = _words(text), tuple(dict.fromkeys(text.replace(",", " ").split()))
    inspection = _Inspection(inquiry)
    explanations: list[Explanation] = []
    for kind in Kind:
        entries = inquiry.finder.entries(inquiry.profile.id, folded, limit)
        explanations += inspection.explain(kind, [one for one in entries if one.kind is kind], typed, limit)
    return inspection.answer(text, explanations)


def explain_item(inquiry: Inquiry, kind: Kind, key: str) -> Answer:
    """One item by its link's id or `<side>:<item id>`. Raises: NotFound if neither the books nor the server know it."""
    inspection = _Inspection(inquiry)
    entry = inquiry.finder.entry(inquiry.profile.id, kind, key)
    side, _, item = key.partition(":")
    ids = {Side(side): {ItemId(item)}} if entry is None and item and side in set(Side) else {}
    explanations = inspection.explain(kind, [entry] if entry else [], (), 1, ids)
    if not explanations:
        raise NotFound(f"nothing is known of the item {key} in the profile {inquiry.profile.name}")
    return inspection.answer(explanations[0].label, explanations)


def _words(text: str) -> tuple[str, ...]:
    words = words_of(text)
    if not any(len(word) >= SHORTEST for word in words):
        problem = f"give at least {SHORTEST} characters of a name, an e-mail address or a title"
        raise BadInput(problem, fields={"text": problem})
    return words


@dataclass
class _Asked:
    """What both servers said about one kind."""

    traces: dict[tuple[Side, ItemId], Trace] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    home: str = ""

    def take(self, discovery: Discovery) -> None:
        self.traces |= {(trace.side, trace.id): trace for trace in discovery.traces}
        self.gaps += [gap for gap in discovery.gaps if gap not in self.gaps]
        self.home = discovery.home or self.home


class _Inspection:
    """One look at a profile: books, then servers, then books again for what only the servers named."""

    def __init__(self, inquiry: Inquiry) -> None:
        self._inquiry = inquiry
        self._profile = inquiry.profile
        self._trouble: dict[Side, str] = {}
        self._gaps: list[Gap] = [] if inquiry.crm or inquiry.mailbox else [Gap.NOT_ASKED]
        self._looked: list[Looked] = []

    def answer(self, text: str, explanations: Sequence[Explanation]) -> Answer:
        return Answer(
            profile=f"{self._profile.account}/{self._profile.name}",
            text=text,
            live=Gap.NOT_ASKED not in self._gaps,
            items=tuple(explanations),
            gaps=tuple(self._gaps),
            trouble=tuple(Trouble(side, message) for side, message in self._trouble.items()),
            looked=tuple(self._looked),
        )

    def explain(
        self,
        kind: Kind,
        entries: Sequence[BookEntry],
        words: tuple[str, ...],
        limit: int,
        ids: Mapping[Side, set[ItemId]] | None = None,
    ) -> list[Explanation]:
        asked = _Asked()
        known = {entry.key: entry for entry in entries}
        self._ask(kind, asked, Question(words=words, limit=limit), _ids(known.values(), ids or {}))
        for side in Side:
            named = [item for of, item in asked.traces if of is side]
            more = self._inquiry.finder.of_items(self._profile.id, kind, side, named) if named else ()
            known |= {entry.key: entry for entry in more if entry.key not in known}
        rest = {
            side: found - {item for of, item in asked.traces if of is side}
            for side, found in _ids(known.values(), {}).items()
        }
        if any(rest.values()):
            self._ask(kind, asked, Question(), rest)
        self._gaps += [gap for gap in asked.gaps if gap not in self._gaps]
        self._looked.append(Looked(kind, asked.home))
        return [self._explained(kind, asked, *one) for one in _grouped(known.values(), asked.traces)]

    def _ask(self, kind: Kind, asked: _Asked, question: Question, ids: Mapping[Side, set[ItemId]]) -> None:
        crm, mailbox = self._inquiry.crm, self._inquiry.mailbox
        if crm:
            self._one(Side.WICE, asked, question, ids, lambda one: crm.find(kind, one))
        if mailbox:
            self._one(
                Side.EXCHANGE, asked, question, ids, lambda one: mailbox.find(kind, one, self._folder(mailbox, kind))
            )

    def _folder(self, mailbox: Mailbox, kind: Kind) -> str:
        """The profile's folder; before its first analysis the one that it would take (R25), "" if that is yet to be created."""
        if known := self._profile.folder_id(kind):
            return known
        found = mailbox.find_folder(self._profile.folder_wish(kind), kind)
        return found.id if found else ""

    def _one(
        self,
        side: Side,
        asked: _Asked,
        question: Question,
        ids: Mapping[Side, set[ItemId]],
        find: Callable[[Question], Discovery],
    ) -> None:
        """A server that does not answer is no reason not to say what the other one and the books know."""
        wanted = Question(words=question.words, ids=tuple(sorted(ids.get(side, ()))), limit=question.limit)
        if side in self._trouble or not (wanted.words or wanted.ids):
            return
        try:
            spare([login for login in self._inquiry.logins if login.side is side], by_schedule=False)
            asked.take(find(wanted))
        except WiceSyncError as error:
            self._trouble[side] = str(error)
            asked.take(Discovery(gaps=(Gap.WICE_SILENT if side is Side.WICE else Gap.EXCHANGE_SILENT,)))

    def _explained(
        self, kind: Kind, asked: _Asked, entry: BookEntry | None, wice: Trace | None, exchange: Trace | None
    ) -> Explanation:
        latest, happened = self._inquiry.latest, self._timeline(entry)
        done = [one.entry.intent.reason for one in happened]
        case = Case(
            kind=kind,
            profile=self._profile,
            policy=Policy.of(self._profile, self._inquiry.today),
            user=self._inquiry.account.wice_username,
            account_active=self._inquiry.account.active,
            entry=entry,
            wice=wice,
            exchange=exchange,
            home=asked.home,
            gaps=tuple(asked.gaps),
            last_reason=done[-1] if done else "",
            ran=latest is not None,
            trouble=_failure(latest),
        )
        return _explanation(case, explaining.explain(case), happened)

    def _timeline(self, entry: BookEntry | None) -> Sequence[Happened]:
        return self._inquiry.finder.timeline(self._profile.id, entry) if entry else ()


def _failure(latest: Run | None) -> str:
    message = latest.report.get("message", "") if latest and latest.status is RunStatus.FAILED else ""
    return str(message)


def _ids(entries: Iterable[BookEntry], more: Mapping[Side, set[ItemId]]) -> dict[Side, set[ItemId]]:
    known = {side: set(more.get(side, ())) for side in Side}
    for entry in entries:
        for side in Side:
            if item := entry.id_on(side):
                known[side].add(item)
    return known


Group = tuple[BookEntry | None, Trace | None, Trace | None]


def _grouped(entries: Iterable[BookEntry], traces: Mapping[tuple[Side, ItemId], Trace]) -> list[Group]:
    """What belongs to one item: by the books, by the stamp of one that was moved away; the rest are items of their own."""
    left = dict(traces)
    groups: list[Group] = []
    # Active links first: of several entries that a former item belongs to, they take it.
    for entry in sorted(entries, key=lambda one: one.link is None or one.link.ended):
        found = {side: left.pop((side, item), None) for side in Side if (item := entry.id_on(side))}
        exchange = found.get(Side.EXCHANGE)
        if entry.link and exchange and exchange.absence is Absence.DELETED:
            moved = next((key for key, one in left.items() if one.stamp and one.stamp.link == entry.link.id), None)
            exchange = left.pop(moved) if moved and moved[0] is Side.EXCHANGE else exchange
        groups.append((entry, found.get(Side.WICE), exchange))
    alone = [trace for trace in left.values() if trace.absence is not Absence.DELETED]
    groups += [(None, trace, None) if trace.side is Side.WICE else (None, None, trace) for trace in alone]
    return groups


def _is_secret(case: Case) -> bool:
    """Does its server say, or as long as nobody has asked it the books, that it is somebody's private matter (R19)?"""
    asked = {trace.side for trace in case.traces}
    held = any(seen.held is HintReason.FOREIGN_PRIVATE and seen.side not in asked for seen in case.seen)
    return held or any(trace.obstacle is Obstacle.FOREIGN_PRIVATE for trace in case.traces)


def _veiled(entry: BookEntry | None, happened: Iterable[Happened]) -> tuple[Happened, ...]:
    """What was done to it, without words of what is private by now (R19)."""
    private = bool(entry and entry.link and entry.link.private)
    return tuple(replace(one, entry=veiled_entry(one.entry, private=private)) for one in happened)


def _explanation(case: Case, verdict: Verdict, happened: Sequence[Happened]) -> Explanation:
    entry, traces = case.entry, case.traces
    secret = _is_secret(case)
    labels = [*(trace.label for trace in traces), entry.label if entry else ""]
    trace = next(iter(traces), None)
    return Explanation(
        kind=case.kind,
        key=entry.key if entry else f"{trace.side.value}:{trace.id}" if trace else "",
        # R19: of what is somebody's private matter by now the books keep a title that nobody else is to read.
        label="" if secret else next((label for label in labels if label), ""),
        verdict=verdict,
        notes=tuple(hint for hint in (entry.hints if entry else ()) if hint.reason in NOTES),
        wice=case.wice,
        exchange=case.exchange,
        link=entry.link if entry else None,
        timeline=() if secret else _veiled(entry, happened),
    )
