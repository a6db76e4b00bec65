"""Explanations as the API shows them; the shapes are those of `app.services.explanations`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel, Field

from app.domain.finding import Gap
from app.domain.journal import IntentState
from app.domain.plan import HintReason, Op
from app.domain.sync import Absence, Kind, Obstacle, Side
from app.rules.causes import Cause, FactName, State

_KEY = "k3v7qmzlw2abk3v7qmzl"
_TIME = "2026-11-24T08:00:00Z"
_WHY = "It does not carry this account's Outlook sync flag in Wice."


class HitOut(BaseModel):
    """An item that the books of an account know."""

    account: str = Field(description="The account.", examples=["anna"])
    profile: str = Field(description="The profile's name within the account.", examples=["outlook"])
    kind: Kind = Field(description="Contacts or appointments.", examples=["contacts"])
    key: str = Field(description="Names the item: what `/explain/item` takes.", examples=[_KEY])
    item: str = Field(
        description="The name by which people know it; empty for somebody's private matter.", examples=["Schulz, Eva"]
    )
    state: State = Field(
        description="How it stands as far as the books know without asking.", examples=["synchronised"]
    )


class FoundOut(BaseModel):
    """What a search across all accounts found."""

    text: str = Field(description="What was searched.", examples=["schulz"])
    items: list[HitOut] = Field(description="What is synchronised now comes before what was.")
    more: bool = Field(description="There are more than were asked for.", examples=[False])


class FactOut(BaseModel):
    """A value that decides."""

    name: FactName = Field(description="Which value.", examples=["flag"])
    value: str = Field(description="As it is.", examples=["anna"])
    expected: str = Field(description="What it would have to be, where that says more.", examples=[""])
    text: str = Field(description="Both in words.", examples=["Outlook sync flag: not set for anna"])


class NoteOut(BaseModel):
    """What else the last run said about an item."""

    reason: HintReason = Field(description="The hint.", examples=["company_data_restored"])
    text: str = Field(description="The hint in words.", examples=["Company data edited in Exchange is restored."])
    detail: str = Field(description="More about it.", examples=[""])


class TraceOut(BaseModel):
    """An item as its server shows it to this account."""

    id: str = Field(description="Its id there.", examples=["address:7"])
    in_scope: bool = Field(description="It is there, in its place, and can be synchronised.", examples=[False])
    absence: Absence | None = Field(description="Why it is out of scope.", examples=["unflagged"])
    obstacle: Obstacle | None = Field(description="Why it cannot be carried.", examples=[None])
    folder: str = Field(description="The mailbox folder in which it lies, if not the profile's.", examples=[""])
    last_day: date | None = Field(description="Last day of an appointment.", examples=[None])


class ChangeOut(BaseModel):
    """A field of a change."""

    old: str = Field(description="Before.", examples=["+49 30 1234"])
    new: str = Field(description="After.", examples=["+49 30 5678"])


class EventOut(BaseModel):
    """One write of an item's timeline."""

    at: datetime = Field(description="When it was made (UTC).", examples=[_TIME])
    run: str = Field(description="The run that made it.", examples=[_KEY])
    trigger: str = Field(description="What started the run.", examples=["scheduled"])
    attempt: str = Field(description="By this id the write can be undone alone.", examples=[_KEY])
    side: Side = Field(description="Where.", examples=["exchange"])
    op: Op = Field(description="What; `delete` in Wice means: taken out of the synchronisation.", examples=["change"])
    reason: str = Field(description="Why.", examples=["changed_in_wice"])
    state: IntentState = Field(description="What came of it.", examples=["done"])
    conflict: bool = Field(description="It was changed on both sides.", examples=[False])
    error: str = Field(description="What its server said.", examples=[""])
    undone_by: str = Field(default="", description="The run that undid it; empty if it stands.", examples=[""])
    fields: Mapping[str, ChangeOut] = Field(description="Of a change: the fields that differ.")


class ExplanationOut(BaseModel):
    """One item: why it stands as it does."""

    kind: Kind = Field(description="Contacts or appointments.", examples=["contacts"])
    key: str = Field(description="Names the item.", examples=[_KEY])
    item: str = Field(
        description="The name by which people know it; empty for somebody's private matter.", examples=["Schulz, Eva"]
    )
    state: State = Field(description="How it stands, in one word.", examples=["not_in_scope"])
    rule: str = Field(description="The number of the rule that decides.", examples=["R4"])
    cause: Cause = Field(description="Why, as a stable code.", examples=["not_flagged"])
    why: str = Field(description="Why, in one sentence.", examples=[_WHY])
    advice: str = Field(description="What to do; empty for nothing.", examples=["Set the flag in Wice."])
    facts: list[FactOut] = Field(description="The values that decide.")
    notes: list[NoteOut] = Field(description="What else the last run said about it.")
    linked: bool = Field(description="It is synchronised at present.", examples=[False])
    wice: TraceOut | None = Field(description="What Wice says; null if it was not asked or does not know it.")
    exchange: TraceOut | None = Field(description="The same of Exchange.")
    timeline: list[EventOut] = Field(description="All that was written of it, oldest first.")


class GapOut(BaseModel):
    """Something that could not be looked at."""

    code: Gap = Field(description="What.", examples=["not_asked"])
    text: str = Field(description="The same in words.", examples=["The servers were not asked."])


class TroubleOut(BaseModel):
    """A server that could not be asked."""

    side: Side = Field(description="Which.", examples=["wice"])
    message: str = Field(description="Why, and what to do.", examples=["Wice is out of reach."])


class LookedOut(BaseModel):
    """Where was looked."""

    kind: Kind = Field(description="Contacts or appointments.", examples=["contacts"])
    folder: str = Field(
        description="Path of the profile's folder; empty if it is not known.", examples=["Contacts/Wice"]
    )


class AnswerOut(BaseModel):
    """All items that the words may mean in one profile."""

    profile: str = Field(description="account/profile.", examples=["anna/outlook"])
    text: str = Field(description="What was asked.", examples=["schulz"])
    live: bool = Field(description="Both servers were asked.", examples=[True])
    items: list[ExplanationOut] = Field(description="One explanation for each item.")
    gaps: list[GapOut] = Field(
        description="What could not be looked at, so that nothing found is not taken for more than it is."
    )
    trouble: list[TroubleOut] = Field(description="Servers that could not be asked.")
    looked: list[LookedOut] = Field(description="Where was looked.")
