"""Every code that the engine can say has its words."""

from __future__ import annotations

from itertools import product

from app.domain.plan import HintReason, Op, Reason
from app.domain.sync import Kind, Side
from app.services.desk import Step
from app.services.report import Status
from app.services.wording import HINTS, KINDS, OPS, REASONS, STATUSES, STEPS


def test_every_code_has_words():
    assert set(REASONS) == set(Reason)
    assert set(HINTS) == set(HintReason)
    assert set(STATUSES) == set(Status)
    assert set(KINDS) == set(Kind)
    assert set(STEPS) == set(Step)
    assert set(OPS) == set(product(Side, Op))


def test_hints_are_sentences_that_stand_alone():
    assert [text for text in HINTS.values() if not text.endswith(".") or not text[0].isupper()] == []
