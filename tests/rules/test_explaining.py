"""R41 without servers: every cause is reached, every code has its state, rule and words, and the answer is total."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from app.domain.account import Conflict, Direction, Profile, TargetChanges
from app.domain.finding import BookEntry, Gap, Planned, Trace
from app.domain.ids import ItemId, LinkId, RunId, Version
from app.domain.plan import Action, Failure, Hint, HintReason, PlanState, Reason, Seen
from app.domain.sync import Absence, End, Kind, Link, Obstacle, Side
from app.rules.causes import REASONS, RULES, STATES, Cause, FactName, State
from app.rules.explaining import ABSENT, HELD, Case, explain
from app.rules.policy import Policy

TODAY = date(2026, 11, 24)
PROFILE = Profile(account="anna", name="anna")
OLD, NEW = date(2020, 1, 1), date(2026, 12, 1)


def end(side: Side) -> End:
    return End(id=ItemId(f"{side}1"), version=Version("1"), fingerprint=f"{side}-content")


def linked(**fields: object) -> Link:
    given = {"id": LinkId("l"), "kind": Kind.CONTACTS, "wice": end(Side.WICE), "exchange": end(Side.EXCHANGE)}
    return Link(**{**given, **fields})  # type: ignore[arg-type] # fields of Link


def trace(side: Side, **fields: object) -> Trace:
    given = {"side": side, "kind": Kind.CONTACTS, "id": ItemId(f"{side}1"), "fingerprint": f"{side}-content"}
    return Trace(**{**given, **fields})  # type: ignore[arg-type] # fields of Trace


WICE, EXCHANGE = trace(Side.WICE), trace(Side.EXCHANGE)
W_EDITED, E_EDITED = trace(Side.WICE, fingerprint="w2"), trace(Side.EXCHANGE, fingerprint="e2")
W_GONE = trace(Side.WICE, fingerprint="", absence=Absence.UNFLAGGED)
E_GONE = trace(Side.EXCHANGE, fingerprint="", absence=Absence.DELETED)


def entry(**fields: object) -> BookEntry:
    return BookEntry(**{"kind": Kind.CONTACTS, "key": "l", **fields})  # type: ignore[arg-type] # fields of BookEntry


def case(
    wice: Trace | None = None, exchange: Trace | None = None, known: BookEntry | None = None, **settings: object
) -> Case:
    profile = replace(PROFILE, **settings)  # type: ignore[arg-type] # fields of Profile
    policy = Policy.of(profile, TODAY)
    return Case(
        kind=Kind.CONTACTS, profile=profile, policy=policy, user="anna", entry=known, wice=wice, exchange=exchange
    )


def appointment(one: Case) -> Case:
    return replace(one, kind=Kind.APPOINTMENTS)


def planned(reason: Reason, state: PlanState = PlanState.OPEN, **fields: object) -> BookEntry:
    action = Action(key="l", kind=Kind.CONTACTS, link=LinkId("l"), reason=reason, label="Schulz", fields=("phone",))
    plan = Planned(action=action, state=state, run=RunId("r"), **fields)  # type: ignore[arg-type] # fields of Planned
    return entry(link=linked(), planned=plan)


def held(reason: HintReason, side: Side = Side.EXCHANGE, detail: str = "") -> BookEntry:
    return entry(seen=(Seen(side, ItemId(f"{side}1"), Version("1"), held=reason, detail=detail),))


LISTED = Seen(Side.WICE, ItemId("wice1"), Version("2"))
FAILURE = Failure("l", Kind.CONTACTS, "wice-content/exchange-content", 4, "ErrorItemSave", "no")
BOOKS = entry(link=linked())
FORMER = entry(link=linked(ended=True))

CASES: dict[str, tuple[Case, Cause]] = {
    "nothing": (case(), Cause.UNKNOWN),
    "equal": (case(WICE, EXCHANGE, BOOKS), Cause.IN_STEP),
    "by the books": (case(known=BOOKS), Cause.IN_STEP),
    "wice edited": (case(W_EDITED, EXCHANGE, BOOKS), Cause.CHANGED_IN_WICE),
    "exchange edited": (case(WICE, E_EDITED, BOOKS), Cause.CHANGED_IN_EXCHANGE),
    "both edited": (case(W_EDITED, E_EDITED, BOOKS), Cause.CONFLICT_WICE_WINS),
    "both edited alike": (case(replace(W_EDITED, fingerprint="x"), replace(E_EDITED, fingerprint="x"), BOOKS), Cause.LISTED),
    "exchange wins": (case(W_EDITED, E_EDITED, BOOKS, conflict=Conflict.EXCHANGE), Cause.CONFLICT_EXCHANGE_WINS),
    "unflagged": (case(W_GONE, EXCHANGE, BOOKS), Cause.REMOVED_IN_WICE),
    "deleted": (case(WICE, E_GONE, BOOKS), Cause.REMOVED_IN_EXCHANGE),
    "both gone": (case(W_GONE, E_GONE, BOOKS), Cause.GONE),
    "one way": (case(WICE, E_EDITED, BOOKS, direction=Direction.TO_EXCHANGE), Cause.TARGET_OVERWRITTEN),
    "one way keeps": (
        case(WICE, E_EDITED, BOOKS, direction=Direction.TO_EXCHANGE, target_changes=TargetChanges.KEEP),
        Cause.TARGET_KEPT,
    ),
    "listed": (case(known=entry(link=linked(), seen=(LISTED,))), Cause.LISTED),
    "listed, asked": (case(WICE, EXCHANGE, entry(link=linked(), seen=(LISTED,))), Cause.IN_STEP),
    "half done": (case(WICE, EXCHANGE, entry(link=linked(incomplete=True))), Cause.INCOMPLETE),
    "an attendee's": (case(WICE, EXCHANGE, entry(link=linked(apart=True))), Cause.NOT_THE_ORGANIZER),
    "doubtful": (case(known=entry(link=linked(missing=True))), Cause.UNPROVEN),
    "aged": (appointment(case(WICE, EXCHANGE, entry(link=linked(last_day=OLD)))), Cause.AGED_OUT),
    "aged and gone": (appointment(case(W_GONE, EXCHANGE, entry(link=linked(last_day=OLD)))), Cause.GONE),
    "refused": (case(WICE, EXCHANGE, entry(link=linked(), failure=FAILURE)), Cause.REFUSED),
    "quarantined": (case(known=entry(link=linked(), failure=replace(FAILURE, count=5))), Cause.QUARANTINED),
    "corrected": (case(W_EDITED, EXCHANGE, entry(link=linked(), failure=FAILURE)), Cause.CHANGED_IN_WICE),
    "frozen": (case(WICE, E_EDITED, entry(link=linked(written_runs=3))), Cause.FROZEN),
    "frozen by hint": (case(known=entry(link=linked(), hints=(Hint(HintReason.FROZEN, detail="phone"),))), Cause.FROZEN),
    "undone": (case(known=entry(link=linked(ended=True, undone=True))), Cause.UNDONE),
    "undone, edited": (case(W_EDITED, None, entry(link=linked(ended=True, undone=True))), Cause.NEW_IN_WICE),
    "planned": (case(known=planned(Reason.CHANGED_IN_WICE)), Cause.CHANGED_IN_WICE),
    "left out": (case(known=planned(Reason.CHANGED_IN_WICE, left_out=True)), Cause.LEFT_OUT),
    "first plan": (case(known=planned(Reason.TWIN, PlanState.NEEDS_CONFIRMATION)), Cause.AWAITING_APPROVAL),
    "alarm": (
        case(known=planned(Reason.GONE_IN_WICE, PlanState.NEEDS_CONFIRMATION, alarmed=True)),
        Cause.AWAITING_CONFIRMATION,
    ),
    "undo": (case(known=planned(Reason.UNDONE, PlanState.NEEDS_CONFIRMATION)), Cause.UNDO_PLANNED),
    "company": (case(known=planned(Reason.COMPANY_RESTORED)), Cause.COMPANY_RESTORED),
    "twin": (case(known=planned(Reason.TWIN)), Cause.TWIN),
    "orphan": (case(known=planned(Reason.ORPHANED_COPY)), Cause.ORPHANED_COPY),
    "held": (case(known=held(HintReason.AMBIGUOUS_TWIN)), Cause.AMBIGUOUS_TWIN),
    "hinted": (case(EXCHANGE, None, entry(seen=(LISTED,), hints=(Hint(HintReason.AMBIGUOUS_COMPANY),))), Cause.AMBIGUOUS_COMPANY),
    "held out of scope": (case(known=held(HintReason.OUT_OF_SCOPE, Side.WICE, "external")), Cause.EXTERNAL),
    "new in wice": (case(WICE), Cause.NEW_IN_WICE),
    "new in exchange": (case(None, EXCHANGE), Cause.NEW_IN_EXCHANGE),
    "target only": (case(None, EXCHANGE, direction=Direction.TO_EXCHANGE), Cause.TARGET_ONLY),
    "private, and stays": (appointment(case(known=held(HintReason.PRIVATE_STAYS))), Cause.PRIVATE_STAYS),
    "before the window": (appointment(case(replace(WICE, last_day=OLD))), Cause.BEFORE_WINDOW),
    "in the window": (appointment(case(replace(WICE, last_day=NEW))), Cause.NEW_IN_WICE),
    "deleted items": (case(None, replace(E_GONE, absence=Absence.MOVED_AWAY, binned=True)), Cause.IN_DELETED_ITEMS),
    "secret": (case(trace(Side.WICE, absence=Absence.LEFT, obstacle=Obstacle.FOREIGN_PRIVATE)), Cause.FOREIGN_PRIVATE),
    "former": (case(known=FORMER), Cause.NO_LONGER),
    "former, unflagged": (case(W_GONE, E_GONE, FORMER), Cause.NOT_FLAGGED),
    "former, deleted": (replace(case(W_GONE, E_GONE, FORMER), last_reason="gone_in_exchange"), Cause.DELETED_IN_EXCHANGE),
    "inactive profile": (case(WICE, EXCHANGE, BOOKS, active=False), Cause.PROFILE_INACTIVE),
    "inactive account": (replace(case(WICE), account_active=False), Cause.ACCOUNT_INACTIVE),
    "kind off": (case(WICE, contacts=False), Cause.KIND_OFF),
    "not offered": (replace(case(None, EXCHANGE), gaps=(Gap.NO_FLAGS,)), Cause.CAPABILITY_MISSING),
}  # fmt: skip
CASES |= {f"absent {why}": (case(replace(W_GONE, absence=why)), cause) for why, cause in ABSENT.items()}
CASES |= {
    f"obstacle {why}": (case(None, replace(EXCHANGE, obstacle=why, detail="d")), Cause(why.value)) for why in Obstacle
}


@pytest.mark.parametrize("name", CASES)
def test_R41_each_situation_has_its_cause(name: str) -> None:
    one, cause = CASES[name]
    assert explain(one).cause is cause


def test_R41_every_cause_is_reached() -> None:
    assert {cause for _, cause in CASES.values()} == set(Cause)


def test_R41_every_code_has_its_state_rule_and_meaning() -> None:
    assert set(STATES) == set(RULES) == set(Cause)
    assert set(STATES.values()) == set(State)
    assert set(REASONS) == set(Reason)
    assert set(ABSENT) == set(Absence)
    assert {HintReason(obstacle.value) for obstacle in Obstacle} <= set(HELD)


def test_R41_the_answer_is_total() -> None:
    """Whatever the books and the servers say together, there is an answer."""
    wices = [None, WICE, W_EDITED, *(replace(W_GONE, absence=why) for why in Absence)]
    exchanges = [None, EXCHANGE, E_EDITED, E_GONE, replace(E_GONE, absence=Absence.MOVED_AWAY)]
    books = [None, BOOKS, FORMER, entry(link=linked(ended=True, undone=True)), entry(seen=(LISTED,))]
    books += [held(reason) for reason in HintReason] + [planned(reason) for reason in Reason]
    books += [entry(link=linked(), hints=(Hint(reason),)) for reason in HintReason]
    for wice, exchange, known, direction in product(wices, exchanges, books, Direction):
        verdict = explain(case(wice, exchange, known, direction=direction))
        assert verdict.state in State
        assert verdict.rule(Kind.CONTACTS)[0] in "RD"


def test_R41_what_waits_also_says_why_nothing_happens() -> None:
    waiting = replace(case(WICE), ran=False, trouble="mail: the server refuses the login")
    names = [fact.name for fact in explain(waiting).facts]
    assert names == [FactName.NEVER_RAN, FactName.LAST_RUN]


def test_R20_the_window_is_named_with_both_days() -> None:
    [fact] = explain(appointment(case(replace(WICE, last_day=OLD)))).facts
    assert (fact.name, fact.value, fact.expected) == (FactName.WINDOW, OLD, date(2026, 5, 28))
