from __future__ import annotations

from datetime import UTC, datetime

from app.adapters.licence import load_keys
from app.bootstrap import demo_key
from app.bootstrap.licensing import DEMO_LENGTH
from app.domain.licence import Edition

TODAY = datetime(2026, 3, 1, tzinfo=UTC).date()


def test_a_demo_key_is_accepted_by_this_version_for_a_thousand_accounts_on_loopback():
    granted = load_keys().read(demo_key(TODAY))
    assert (granted.edition, granted.accounts, granted.loopback) == (Edition.ENTERPRISE, 1000, True)
    assert (granted.valid_from, granted.until) == (TODAY, TODAY + DEMO_LENGTH)


def test_each_demo_key_is_another_licence():
    ids = {load_keys().read(demo_key(TODAY)).id for _ in range(2)}
    assert len(ids) == 2
