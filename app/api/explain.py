"""Explain: why an item is synchronised, or not; in all accounts' books, or in one profile with a look at both its servers (R41)."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from app.api.explain_models import AnswerOut, FoundOut
from app.bootstrap import inquiry
from app.domain.ids import AttemptId
from app.domain.sync import Kind
from app.http.callers import Reader
from app.http.state import Here, Portal
from app.services import explain
from app.services.explanations import Answer

router = APIRouter(prefix="/explain", tags=["explain"])

Text = Annotated[
    str,
    Query(max_length=200, description="Words of a name, an e-mail address or a title; all have to occur."),
]
Most = Annotated[int, Query(ge=1, le=200, description="Most items in the answer.")]
OfProfile = Annotated[str, Query(max_length=500, description="account/profile.")]
Live = Annotated[bool, Query(description="Ask both servers too, which takes seconds; else the books alone.")]


@router.get("")
def search_items(here: Here, _: Reader, q: Text, limit: Most = 50) -> FoundOut:
    """Items of all accounts, from the books: what was ever synchronised, planned or held."""
    return FoundOut.model_validate(explain.search(here.product.finder, q, limit).json())


@router.get("/profile")
def explain_items(here: Here, _: Reader, profile: OfProfile, q: Text, live: Live = True, limit: Most = 50) -> AnswerOut:
    """Every item of one profile that the words may mean, synchronised or not, with the rule that decides. Writes nothing."""
    with inquiry(here.product, profile, live=live) as opened:
        return _told(here, explain.explain(opened, q, limit))


@router.get("/item")
def explain_item(
    here: Here,
    _: Reader,
    profile: OfProfile,
    kind: Annotated[Kind, Query(description="Contacts or appointments.")],
    key: Annotated[str, Query(max_length=1000, description="As a search answers it.")],
    live: Live = True,
) -> AnswerOut:
    """One item, with all that was ever written of it."""
    with inquiry(here.product, profile, live=live) as opened:
        return _told(here, explain.explain_item(opened, kind, key))


def _told(here: Portal, answer: Answer) -> AnswerOut:
    out = AnswerOut.model_validate(answer.json())
    events = [event for item in out.items for event in item.timeline]
    undone = here.product.run_views.undone([AttemptId(event.attempt) for event in events])
    for event in events:
        event.undone_by = undone.get(AttemptId(event.attempt), "")
    return out
