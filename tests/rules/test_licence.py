"""R38, R39: every state, its boundaries at midnight UTC, a clock that is turned back, and who is covered when there are too many."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.licence import Coverage, Edition, KeyRefused, LicenceState, Seat, Usage
from app.domain.licence_sentences import Notice
from app.rules.licence import coverage, day_for, permit, refuse_unusable, standing, starts_afresh, status
from tests.rules.licences import A_DAY, INSTALLED, MARCH_10, ONE, ONE_HERE, key, licence, marks

FIRST = Seat(active=True)
SECOND = Seat(active=True, older_accounts=1, older_profiles=1)


def state(now, keys=(), usage=ONE, **remembered):
    return standing(now, marks(**remembered), list(keys), usage).state


def notices(now, keys=(), usage=ONE, **remembered):
    stands = standing(now, marks(**remembered), list(keys), usage)
    return [sentence.code for sentence in status("1.0", stands, usage).sentences]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (INSTALLED, LicenceState.TRIAL),
        (datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC), LicenceState.TRIAL),
        (datetime(2026, 4, 1, tzinfo=UTC), LicenceState.TRIAL_OVER),
    ],
)
def test_R38_the_trial_lasts_30_days_and_ends_at_midnight_utc(now, expected):
    assert state(now) is expected


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 5, 1, tzinfo=UTC), LicenceState.LICENSED),
        (datetime(2026, 6, 15, 23, 59, 59, tzinfo=UTC), LicenceState.LICENSED),
        (datetime(2026, 6, 16, tzinfo=UTC), LicenceState.ENDING_SOON),
        (datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC), LicenceState.ENDING_SOON),
        (datetime(2026, 7, 1, tzinfo=UTC), LicenceState.EXPIRED),
    ],
)
def test_R38_a_key_is_good_from_its_first_day_to_the_end_of_its_last(now, expected):
    assert state(now, [key(valid_from=date(2026, 5, 1), until=date(2026, 6, 30))]) is expected


def test_R38_after_a_key_has_ended_what_is_left_of_the_trial_counts():
    assert state(MARCH_10, [key(until=date(2026, 3, 5))]) is LicenceState.TRIAL


@pytest.mark.parametrize("remembered", ["seen", "record"])
def test_R38_a_clock_turned_back_does_not_lengthen_the_trial(remembered):
    later = INSTALLED + 40 * A_DAY
    assert state(MARCH_10, **{remembered: later}) is LicenceState.TRIAL_OVER
    assert Notice.CLOCK_BACK in notices(MARCH_10, **{remembered: later})


def test_R38_a_clock_turned_back_does_not_lengthen_a_key():
    keys = [key(until=date(2026, 6, 30))]
    assert state(MARCH_10, keys) is LicenceState.LICENSED
    assert state(MARCH_10, keys, seen=datetime(2026, 7, 1, tzinfo=UTC)) is LicenceState.EXPIRED


def test_a_clock_that_differs_by_hours_is_not_worth_a_word():
    assert Notice.CLOCK_BACK not in notices(MARCH_10, seen=MARCH_10 + timedelta(hours=23))


@given(st.lists(st.integers(-400, 400), max_size=4))
def test_R38_no_remembered_moment_ever_helps(days):
    """Whatever is remembered, what is allowed is what is allowed at the latest of these moments, or less."""
    keys = [key(until=date(2026, 6, 30), edition=Edition.BASIC)]
    moments = [MARCH_10 + day * A_DAY for day in days] or [None]
    latest = max([MARCH_10, *filter(None, moments)])
    with_memory = state(MARCH_10, keys, seen=moments[0], record=moments[-1])
    if with_memory.valid:
        assert state(MARCH_10, keys).valid
    if moments[0] == latest:
        assert with_memory.valid == state(latest, keys).valid


def test_R38_the_trial_and_the_basic_edition_cover_the_oldest_profile_only():
    two = Usage(accounts=2, profiles=2, on_loopback=False)
    for keys in ([], [key(edition=Edition.BASIC)]):
        stands = standing(MARCH_10, marks(), keys, two)
        assert stands.state is LicenceState.TOO_MANY
        assert permit(stands, FIRST).granted
        assert [sentence.code for sentence in permit(stands, SECOND).refusal] == [Notice.PROFILE_NOT_COVERED]
        assert Notice.TOO_MANY_PROFILES in notices(MARCH_10, keys, two)


def test_R38_the_enterprise_edition_covers_the_oldest_accounts_with_all_their_profiles():
    four = Usage(accounts=4, profiles=9, on_loopback=False)
    stands = standing(MARCH_10, marks(), [key(accounts=3)], four)
    assert stands.state is LicenceState.TOO_MANY
    assert permit(stands, Seat(active=True, older_accounts=2, older_profiles=8)).granted
    refused = permit(stands, Seat(active=True, older_accounts=3, older_profiles=3))
    assert [sentence.code for sentence in refused.refusal] == [Notice.ACCOUNT_NOT_COVERED]
    assert "it is for 3 accounts" in str(refused)
    full = Usage(accounts=3, profiles=9, on_loopback=False)
    assert state(MARCH_10, [key(accounts=3)], full) is LicenceState.LICENSED


@pytest.mark.parametrize(
    ("now", "keys", "covered"),
    [
        (MARCH_10, [], Coverage(profiles=1)),
        (MARCH_10, [key(edition=Edition.BASIC)], Coverage(profiles=1)),
        (MARCH_10, [key(accounts=3)], Coverage(accounts=3)),
        (INSTALLED + 40 * A_DAY, [], Coverage(profiles=0)),
    ],
)
def test_R38_coverage_says_for_all_profiles_what_a_permit_says_for_one(now, keys, covered):
    stands = standing(now, marks(), keys, Usage(accounts=4, profiles=9, on_loopback=False))
    assert coverage(stands) == covered
    for older in range(4):
        seat = Seat(active=True, older_accounts=older, older_profiles=older)
        within = (covered.accounts is None or older < covered.accounts) and (
            covered.profiles is None or older < covered.profiles
        )
        assert permit(stands, seat).granted is within


def test_R38_what_is_not_active_is_not_counted_and_not_covered():
    stands = standing(MARCH_10, marks(), [key()], ONE)
    assert [sentence.code for sentence in permit(stands, Seat(active=False)).refusal] == [Notice.NOT_ACTIVE]


@pytest.mark.parametrize(
    ("now", "keys"),
    [
        (INSTALLED + 31 * A_DAY, []),
        (datetime(2027, 1, 1, tzinfo=UTC), [key()]),
        (INSTALLED + 31 * A_DAY, [key(loopback=True)]),
    ],
)
def test_R38_without_a_licence_nobody_may_write_and_the_refusal_says_what_to_do(now, keys):
    refused = permit(standing(now, marks(), keys, ONE), FIRST)
    assert not refused.granted
    for words in ("Nothing is written to Wice or Exchange", "history and export still work", "licence activate"):
        assert words in str(refused)


def test_demo_keys_count_on_loopback_only():
    after_trial = INSTALLED + 31 * A_DAY
    assert state(after_trial, [key(loopback=True)], ONE_HERE) is LicenceState.DEMO
    assert state(after_trial, [key(loopback=True)], ONE) is LicenceState.DEMO_ELSEWHERE
    assert state(MARCH_10, [key(loopback=True)], ONE) is LicenceState.TRIAL
    assert Notice.DEMO_ELSEWHERE in notices(MARCH_10, [key(loopback=True)], ONE)


def test_of_several_keys_the_best_valid_one_counts():
    basic, small = key(id="b", edition=Edition.BASIC), key(id="s", accounts=2)
    large, over = key(id="l", accounts=50), key(id="o", accounts=900, until=date(2026, 3, 9))
    longer, demo = key(id="n", accounts=50, until=date(2027, 12, 31)), key(id="d", accounts=1000, loopback=True)
    keys = [demo, basic, longer, over, small, large]
    for best in ("n", "l", "s", "b", "d"):
        assert standing(MARCH_10, marks(), keys, ONE_HERE).licence.id == best
        keys = [one for one in keys if one.licence.id != best]


def test_R39_info_shows_what_there_is():
    usage = Usage(accounts=2, profiles=4, on_loopback=False)
    shown = status("1.2", standing(MARCH_10, marks(), [key(until=date(2026, 3, 20))], usage), usage)
    assert (shown.version, shown.state, shown.edition, shown.licensee) == (
        "1.2", LicenceState.ENDING_SOON, Edition.ENTERPRISE, "Muster GmbH",
    )  # fmt: skip
    assert (shown.accounts_used, shown.accounts_allowed, shown.profiles_used, shown.profiles_allowed) == (2, 3, 4, None)
    assert (shown.until, shown.days_left) == (date(2026, 3, 20), 10)
    assert [sentence.code for sentence in shown.sentences] == [
        Notice.LICENSED, Notice.ENDING_SOON, Notice.AFTERWARDS,
    ]  # fmt: skip
    assert str(shown.sentences[0]) == "Licensed to Muster GmbH until 2026-03-20."
    assert (shown.activated, shown.activated_by) == (INSTALLED, "admin")
    trial = status("1.2", standing(INSTALLED, marks(), [], ONE), ONE)
    assert (trial.days_left, trial.profiles_allowed, trial.accounts_allowed) == (30, 1, 1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_from": date(2026, 3, 11)}, Notice.KEY_NOT_YET_VALID),
        ({"until": date(2026, 3, 9)}, Notice.KEY_EXPIRED),
        ({"loopback": True}, Notice.KEY_LOOPBACK_ONLY),
    ],
)
def test_a_genuine_key_that_is_of_no_use_today_is_refused_with_its_reason(changes, code):
    with pytest.raises(KeyRefused) as refused:
        refuse_unusable(licence(**changes), MARCH_10.date(), on_loopback=False)
    assert refused.value.sentence.code is code


def test_R38_after_a_clock_that_was_wrong_a_new_key_of_the_vendor_is_judged_by_the_present():
    future = marks(seen=datetime(2099, 1, 1, tzinfo=UTC))
    assert day_for(licence(id="new"), MARCH_10, future, [key()]) == MARCH_10.date()
    assert day_for(licence(), MARCH_10, future, [key()]).year == 2099
    assert day_for(licence(id="new", loopback=True), MARCH_10, future, []).year == 2099
    assert not starts_afresh(licence(), [key()])
