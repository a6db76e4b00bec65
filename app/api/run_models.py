"""Runs, plans and changes as the API shows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.domain.ids import AttemptId, RunId
from app.domain.journal import IntentState, JournalEntry
from app.domain.plan import Action, Op, PlanState, Reason
from app.domain.plan_views import PlannedRow
from app.domain.run import RequestState, RunRequest, RunStatus, Verb
from app.domain.sync import Kind, Side
from app.domain.views import FailureRow, ProgressRow, RunRow, SideCounts
from app.services.changes import told
from app.services.runs import Looked

_ID = "k3v7qmzlw2abk3v7qmzl"
_TIME = "2026-11-24T08:00:00Z"


class CountsOut(BaseModel):
    """Writes on one side."""

    add: int = Field(description="Items that are added.", examples=[3])
    change: int = Field(description="Items that are changed.", examples=[12])
    delete: int = Field(description="Items that are deleted; in Wice: taken out of the synchronisation.", examples=[0])

    @classmethod
    def of(cls, counts: SideCounts) -> CountsOut:
        """As the API shows it."""
        return cls(add=counts.add, change=counts.change, delete=counts.delete)


class RunIn(BaseModel):
    """A run to ask for."""

    model_config = ConfigDict(extra="forbid")

    profile: str = Field(description="account/profile.", min_length=1, max_length=500, examples=["anna/outlook"])
    verb: Verb = Field(
        description="`analyse`, `sync` or `retry`; a plan is confirmed and discarded, and a run undone, by its own address.",
        examples=["analyse"],
    )
    items: list[str] = Field(
        default=[],
        max_length=10_000,
        description="`retry`: the keys of the refused items to try again; empty: all.",
        examples=[[]],
    )
    thorough: bool = Field(
        default=False,
        description="`analyse`: list and read everything on both sides, not only what the servers call changed.",
        examples=[False],
    )


class RunRowOut(BaseModel):
    """A run in a list."""

    id: str = Field(description="Its id.", examples=[_ID])
    profile: str = Field(description="account/profile.", examples=["anna/outlook"])
    verb: Verb = Field(description="What it was asked to do.", examples=["sync"])
    trigger: str = Field(description="`scheduled`, or the verb if a person asked for it.", examples=["scheduled"])
    requested_by: str = Field(description="Who asked for it.", examples=["anna"])
    state: RequestState = Field(description="`queued`, `running`, `ended` or `cancelled`.", examples=["ended"])
    status: RunStatus | None = Field(description="How it ended; null as long as it has not.", examples=["done"])
    number: int | None = Field(description="The how-manieth of its profile; null before it begins.", examples=[17])
    requested: datetime | None = Field(description="When it was asked for (UTC).", examples=[_TIME])
    started: datetime | None = Field(description="When it began (UTC).", examples=[_TIME])
    finished: datetime | None = Field(description="When it ended (UTC).", examples=[_TIME])
    step: str = Field(default="", description="What it is busy with.", examples=["gather_contacts_wice"])
    done: int = Field(default=0, description="So many items are through the step.", examples=[120])
    total: int = Field(default=0, description="Of so many; 0 while nobody knows.", examples=[900])
    cancel: bool = Field(default=False, description="It was asked to stop and will at its next step.", examples=[False])
    exchange: CountsOut | None = Field(
        default=None, description="Writes to Exchange: planned by an analysis, else executed."
    )
    wice: CountsOut | None = Field(default=None, description="The same for Wice.")
    conflicts: int = Field(default=0, description="Items that were changed on both sides.", examples=[1])
    failed: int = Field(default=0, description="Items that their server refused.", examples=[0])
    message: str = Field(default="", description="Why it failed or waits, in words.", examples=[""])

    @classmethod
    def of(cls, row: RunRow) -> RunRowOut:
        """One that is over."""
        running = row.status is RunStatus.RUNNING
        return cls(
            id=row.id,
            profile=f"{row.account}/{row.profile}",
            verb=row.verb,
            trigger=row.trigger,
            requested_by=row.requested_by,
            state=RequestState.RUNNING if running else RequestState.ENDED,
            status=None if running else row.status,
            number=row.number,
            requested=None,
            started=row.started,
            finished=row.finished,
            exchange=CountsOut.of(row.summary.exchange),
            wice=CountsOut.of(row.summary.wice),
            conflicts=row.summary.conflicts,
            failed=row.summary.failed,
            message=row.summary.message,
        )

    @classmethod
    def in_progress(cls, row: ProgressRow) -> RunRowOut:
        """One that is queued or goes on."""
        names = (
            "id",
            "verb",
            "trigger",
            "requested_by",
            "state",
            "requested",
            "started",
            "step",
            "done",
            "total",
            "cancel",
        )
        told = {name: getattr(row, name) for name in names}
        return cls.model_validate(
            {**told, "profile": f"{row.account}/{row.profile}", "status": None, "number": None, "finished": None}
        )


class PlanOut(BaseModel):
    """The plan that a run made."""

    state: PlanState = Field(
        description="`open` and `needs_confirmation` wait: POST to the run's `confirm`.",
        examples=["needs_confirmation"],
    )
    exchange: CountsOut = Field(description="What executing it writes to Exchange, without what is left out.")
    wice: CountsOut = Field(description="The same for Wice.")
    links: int = Field(description="Items that stand on both sides and are only linked.", examples=[4])
    left_out: int = Field(description="Actions that are left out this time.", examples=[0])
    undoes: bool = Field(description="Whether it takes back what a run wrote.", examples=[False])

    @classmethod
    def of(cls, run: Looked) -> PlanOut | None:
        """Of a run; None if it made none."""
        if run.plan is None:
            return None
        exchange, wice = (CountsOut.of(run.chosen[side]) for side in (Side.EXCHANGE, Side.WICE))
        return cls(
            state=run.plan.state,
            exchange=exchange,
            wice=wice,
            links=run.links,
            left_out=run.left_out,
            undoes=bool(run.plan.undoes),
        )


class RunOut(RunRowOut):
    """A run in full."""

    subject: str = Field(
        default="", description="The run whose plan it executes or drops, or that it undoes.", examples=[""]
    )
    items: list[str] = Field(default=[], description="What it is about, if not everything.", examples=[[]])
    not_before: datetime | None = Field(
        default=None, description="A busy server asked to be left alone until then.", examples=["2026-11-24T09:05:00Z"]
    )
    plan: PlanOut | None = Field(default=None, description="The plan that it made; null if it made none.")
    report: Mapping[str, object] = Field(
        default={}, description="Its result, as the command line prints it; empty before the end.", examples=[{}]
    )

    @classmethod
    def told(cls, run: Looked) -> RunOut:
        """As the API shows it."""
        request, row = run.request, run.row
        shown = RunRowOut.of(row).model_dump() if row else _not_begun(run)
        return cls.model_validate(
            {
                **shown,
                **(_of_request(request) if request else {}),
                "state": run.state,
                "status": run.status if run.is_over else None,
                "message": run.message,
                "plan": PlanOut.of(run),
                "report": dict(run.report),
            }
        )


class FieldOut(BaseModel):
    """One field before and after."""

    name: str = Field(description="The field.", examples=["mobile_phone"])
    before: str = Field(description="As it is, or was; empty if it was not there.", examples=["+49 30 1234"])
    after: str = Field(description="As it becomes, or became.", examples=["+49 30 5678"])


class WriteOut(BaseModel):
    """One write to one side."""

    side: Side = Field(description="Where.", examples=["exchange"])
    op: Op = Field(description="What; `delete` in Wice means: taken out of the synchronisation.", examples=["change"])
    fields: list[FieldOut] = Field(description="Field by field.")


class ActionOut(BaseModel):
    """An action of a plan, or a write that a run made."""

    key: str = Field(description="Names the item; what PATCH takes.", examples=["exchange:AAMkAD"])
    kind: Kind = Field(description="Contacts or appointments.", examples=["contacts"])
    item: str = Field(description="The name by which people know it.", examples=["Schulz, Anna"])
    reason: Reason = Field(description="Why.", examples=["changed_in_wice"])
    conflict: bool = Field(description="It was changed on both sides.", examples=[False])
    left_out: bool = Field(default=False, description="It is left out this time.", examples=[False])
    writes: list[WriteOut] = Field(description="What is written; nothing if both sides are only linked.")
    attempt: str = Field(
        default="", description="Of a write that was made: by this id it can be undone.", examples=[""]
    )
    state: IntentState | None = Field(default=None, description="What came of a write.", examples=["done"])
    error: str = Field(default="", description="What its server said.", examples=[""])
    undone_by: str = Field(
        default="",
        description="Of a write that was undone: the run that did it; empty if it stands.",
        examples=["run-2"],
    )

    @classmethod
    def planned(cls, row: PlannedRow) -> ActionOut:
        """One that may be executed."""
        action: Action = row.action
        writes = [_write(write.side, write.op, told(write.before, write.record)) for write in action.writes]
        return cls(
            key=action.key,
            kind=action.kind,
            item=action.label,
            reason=action.reason,
            conflict=action.conflict,
            left_out=row.left_out,
            writes=writes,
        )

    @classmethod
    def written(cls, entry: JournalEntry, undone: Mapping[AttemptId, RunId]) -> ActionOut:
        """One that was attempted. `undone`: by which runs writes were."""
        intent = entry.intent
        return cls(
            key=intent.key,
            kind=intent.kind,
            item=intent.label,
            reason=Reason(intent.reason),
            conflict=intent.conflict,
            writes=[_write(intent.side, intent.op, told(intent.before, intent.after))],
            attempt=intent.attempt,
            state=entry.state,
            error=entry.error,
            undone_by=undone.get(intent.attempt, ""),
        )


class ChoiceIn(BaseModel):
    """Which actions are left out this time, and which are taken in again."""

    model_config = ConfigDict(extra="forbid")

    leave_out: list[str] = Field(
        default=[], max_length=10_000, description="Keys of actions.", examples=[["wice:address:7"]]
    )
    take_in: list[str] = Field(default=[], max_length=10_000, description="Keys of actions.", examples=[[]])


class FailureOut(BaseModel):
    """An item that its server refused."""

    profile: str = Field(description="account/profile.", examples=["anna/outlook"])
    kind: Kind = Field(description="Contacts or appointments.", examples=["contacts"])
    key: str = Field(description="Names the item: what a run with `verb=retry` takes.", examples=["exchange:AAMkAD"])
    item: str = Field(description="The name by which people know it.", examples=["Schulz, Anna"])
    code: str = Field(description="The server's code.", examples=["invalid"])
    message: str = Field(description="What the server said.", examples=["The e-mail address is not valid."])
    count: int = Field(
        description="So often in a row; from the fifth time on it rests until it is edited.", examples=[2]
    )

    @classmethod
    def of(cls, row: FailureRow) -> FailureOut:
        """As the API shows it."""
        names = ("kind", "key", "code", "message", "count")
        told = {name: getattr(row, name) for name in names}
        return cls.model_validate({**told, "profile": f"{row.account}/{row.profile}", "item": row.label})


def _write(side: Side, op: Op, fields: Iterable[tuple[str, str, str]]) -> WriteOut:
    shown = [FieldOut(name=name, before=before, after=after) for name, before, after in fields]
    return WriteOut(side=side, op=op, fields=shown)


def _not_begun(run: Looked) -> dict[str, object]:
    names = ("id", "profile", "verb", "trigger", "requested_by")
    return {name: getattr(run, name) for name in names} | {"number": None, "started": None}


def _of_request(request: RunRequest) -> dict[str, object]:
    names = ("requested", "started", "step", "done", "total", "cancel", "subject", "not_before")
    told = {name: getattr(request, name) for name in names}
    return told | {"finished": request.ended, "items": list(request.items)}
