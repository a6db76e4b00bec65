"""The store of appointments against the sandbox."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from app.domain.appointment import AllDay, Appointment, Participant, Role, Timed
from app.domain.ids import ItemId
from app.domain.sync import Absence, Held, Item, Kind, Obstacle
from app.domain.writes import Missing, Refused, Stale, Unknown, Written
from app.errors import BadInput, Retry
from tests.adapters.wice.servers import (
    NoLinks,
    Wice,
    absence,
    create,
    filtered,
    item,
    page,
    remove,
    threaded,
    update,
    write,
    written,
)

NINE = Timed(start=datetime(2026, 12, 1, 8, tzinfo=UTC), end=datetime(2026, 12, 1, 9, tzinfo=UTC), zone="Europe/Berlin")
MEETING = Appointment(title="Jour fixe", text="Zeile 1\nZeile 2 🙂", place="Saal", when=NINE, uid="uid-1@example.com")
BERND = Participant(name="Bernd Brandt", email="bernd@example.com", role=Role.EMPLOYEE)


class TestScope:
    def test_R11_the_list_names_where_the_employee_takes_part(self, wice: Wice) -> None:
        mine = wice.appointment()
        wice.appointment(participants=["1002"])
        listing = page(wice.crm(), Kind.APPOINTMENTS)
        assert [seen.id for seen in listing.sightings] == [mine]
        assert (listing.inventory, listing.last, listing.suspect) == (True, True, False)

    def test_R20_the_window_limits_the_list_and_not_what_is_known(self, wice: Wice) -> None:
        before, reaching = wice.appointment(), wice.appointment(date_start="2026-11-01", date_end="2027-02-01")
        crm = wice.crm(window_start=date(2027, 1, 1))
        assert [seen.id for seen in page(crm, Kind.APPOINTMENTS).sightings] == [reaching]
        assert item(crm, before).record.label == "Gespräch (2026-12-01)"

    @pytest.mark.parametrize(
        ("change", "because"),
        [
            ({"values": {"participants": ["1002"]}}, Absence.LEFT),
            ({"values": {"participants": []}}, Absence.LEFT),
            ({"values": {"external": "1"}}, Absence.EXTERNAL),
            ({"binned": True}, Absence.BINNED),
            ({"removed": True}, Absence.DELETED),
        ],
    )
    def test_R11_R14_every_way_out_of_the_scope_has_its_reason(
        self, wice: Wice, change: dict[str, Any], because: Absence
    ) -> None:
        meeting = wice.appointment()
        wice.edit(meeting, **change)
        assert absence(wice.crm(), meeting) == because

    def test_R18_a_series_that_cannot_be_carried_is_held_with_its_rule(self, wice: Wice) -> None:
        series = wice.appointment(rrule="FREQ=HOURLY")
        (found,) = wice.crm().store(Kind.APPOINTMENTS).fetch([series])
        assert isinstance(found, Held)
        assert (found.because, found.label, found.detail) == (Obstacle.SERIES, "Gespräch (2026-12-01)", "FREQ=HOURLY")

    def test_R32_an_unreadable_row_is_held_and_its_siblings_are_not(self, wice: Wice) -> None:
        bad, good = wice.appointment(), wice.appointment()

        def spoil(_: Any, reply: Any) -> Any:
            return {**reply, "time_start": "halb neun"} if reply.get("rowid") == bad[2:] else reply

        with threaded(filtered(wice.url, change=spoil)) as url:
            found, other = wice.crm(url=url).store(Kind.APPOINTMENTS).fetch([bad, good])
        assert isinstance(found, Held)
        assert (found.because, found.detail) == (Obstacle.UNREADABLE, "time_start is no time HH:MM")
        assert isinstance(other, Item)

    def test_R15_participants_are_named_from_the_list_of_employees(self, wice: Wice) -> None:
        meeting = wice.appointment(participants=["1001", "1002"], additional_participants="Max <max@example.com>")
        seen = item(wice.crm(), meeting).record
        assert isinstance(seen, Appointment)
        assert seen.participants == (BERND, Participant(name="Max", email="max@example.com"))

    @pytest.mark.parametrize("ids", [True, False])
    def test_many_items_come_with_one_list(self, wice: Wice, ids: bool) -> None:
        wice.settings(capabilities={"ids": ids})
        meetings = [wice.appointment(title=f"T{number}") for number in range(25)]
        external = wice.appointment(external="1")
        crm = wice.crm()
        store = crm.store(Kind.APPOINTMENTS)
        (listing,) = store.changes(None, NoLinks())
        assert {seen.id for seen in listing.sightings} == {*meetings, *([external] if ids else [])}
        before = crm.requests
        found = list(store.fetch([*meetings, external]))
        assert [answer.id for answer in found] == [*meetings, external]
        assert crm.requests - before == int(ids)

    def test_times_follow_the_servers_zone(self, wice: Wice) -> None:
        meeting = wice.appointment()
        seen = item(wice.crm(time_zone="America/New_York"), meeting).record
        assert isinstance(seen, Appointment)
        assert isinstance(seen.when, Timed)
        assert (seen.when.start, seen.when.zone) == (datetime(2026, 12, 1, 14, tzinfo=UTC), "America/New_York")

    @pytest.mark.parametrize("wrong", ["p:1", "a:", "4711"])
    def test_an_id_of_something_else_is_bad_input(self, wice: Wice, wrong: str) -> None:
        with pytest.raises(BadInput, match=wrong):
            list(wice.crm().store(Kind.APPOINTMENTS).fetch([ItemId(wrong)]))


class TestCreate:
    def test_R12_R30_a_new_appointment_is_stamped_and_has_the_employee(self, wice: Wice) -> None:
        guest = Participant(name="Max", email="max@example.com")
        creation = create(replace(MEETING, private=True, participants=(BERND, guest)))
        made = written(write(wice.crm(), creation, Kind.APPOINTMENTS))
        row = wice.row(made.id)
        assert (row["participants"], row["additional_participants"]) == (["1001", "1002"], "Max <max@example.com>")
        assert (row["import_key"], row["uid"], row["private"]) == (str(creation.stamp), MEETING.uid, "1")
        assert (row["date_start"], row["time_start"], row["time_end"]) == ("2026-12-01", "09:00", "10:00")
        assert (made.record, made.stamp, made.certain) == (creation.record, creation.stamp, False)

    def test_R17_an_all_day_appointment_is_full_time(self, wice: Wice) -> None:
        days = AllDay(first=date(2026, 3, 28), last=date(2026, 3, 30))
        made = written(write(wice.crm(), create(replace(MEETING, when=days)), Kind.APPOINTMENTS))
        row = wice.row(made.id)
        assert (row["date_start"], row["date_end"], row["fulltime"]) == ("2026-03-28", "2026-03-30", "1")
        assert made.record == replace(MEETING, when=days)

    def test_R16_the_second_account_joins_the_meeting_of_the_same_uid(self, wice: Wice) -> None:
        first = written(write(wice.crm("bernd"), create(MEETING, "one"), Kind.APPOINTMENTS))
        second = written(write(wice.crm("anna"), create(MEETING, "two"), Kind.APPOINTMENTS))
        assert second.id == first.id
        assert wice.row(first.id)["participants"] == ["1002", "1001"]
        assert len(wice.rows("a")) == 1

    def test_R16_R24_joining_a_meeting_that_differs_leaves_the_decision_to_the_planner(self, wice: Wice) -> None:
        first = written(write(wice.crm("bernd"), create(MEETING, "one"), Kind.APPOINTMENTS))
        other = create(replace(MEETING, title="Anders"), "two")
        assert write(wice.crm("anna"), other, Kind.APPOINTMENTS) == Stale()
        row = wice.row(first.id)
        assert (row["title"], row["participants"]) == ("Jour fixe", ["1002", "1001"])

    @pytest.mark.parametrize("alien", [{"external": "1"}, {"rrule": "FREQ=DAILY"}, {"uid": "uid-1@example.com.au"}])
    def test_R16_what_only_looks_like_the_same_meeting_is_not_joined(self, wice: Wice, alien: dict[str, str]) -> None:
        wice.settings(search_contains=True)
        wice.appointment(**{"uid": MEETING.uid, "participants": ["1002"], **alien})
        written(write(wice.crm(), create(MEETING), Kind.APPOINTMENTS))
        assert len(wice.rows("a")) == 2

    def test_R13_an_appointment_that_was_left_is_joined_again(self, wice: Wice) -> None:
        before = wice.appointment(participants=["1002"], additional_participants="Max", category="7")
        made = written(write(wice.crm(), create(MEETING, into=before), Kind.APPOINTMENTS))
        row = wice.row(before)
        assert (made.id, row["participants"], row["category"]) == (before, ["1002", "1001"], "7")
        assert (row["title"], row["additional_participants"], row["uid"]) == (MEETING.title, "Max", "")

    def test_R14_an_external_appointment_is_not_joined_again(self, wice: Wice) -> None:
        before = wice.appointment(participants=["1002"], external="1")
        assert write(wice.crm(), create(MEETING, into=before), Kind.APPOINTMENTS) == Missing(Absence.EXTERNAL)

    def test_R32_a_refused_creation_says_why(self, wice: Wice) -> None:
        backwards = replace(MEETING, when=Timed(start=NINE.end, end=NINE.start))
        outcome = write(wice.crm(), create(backwards), Kind.APPOINTMENTS)
        assert outcome == Refused("wice_error", "An appointment must not end before it starts")


class TestUpdate:
    def test_R1_R2_R15_mapped_columns_are_written_and_nobody_is_taken_out(self, wice: Wice) -> None:
        extra = {"category": "7", "own": "1", "participant_groups": ["5"], "import_key": "k", "uid": "u"}
        meeting = wice.appointment(participants=["1003", "1001"], description="alt", **extra)
        crm = wice.crm()
        wanted = replace(MEETING, participants=(BERND,), uid="anders")
        now = written(write(crm, update(item(crm, meeting), wanted), Kind.APPOINTMENTS))
        row = wice.row(meeting)
        assert {name: row[name] for name in extra} == extra
        assert row["participants"] == ["1003", "1001", "1002"]
        assert (row["title"], row["description"]) == (MEETING.title, MEETING.text)
        assert (now.certain, now.version) == (False, row["last_update"])

    def test_R31_a_lost_race_is_noticed(self, wice: Wice) -> None:
        meeting = wice.appointment()
        crm = wice.crm()
        seen = item(crm, meeting)
        wice.edit(meeting, values={"location": "Kiel"}, silent=True)
        assert write(crm, update(seen, MEETING), Kind.APPOINTMENTS) == Stale()
        assert write(crm, remove(seen), Kind.APPOINTMENTS) == Stale()
        wice.edit(meeting, values={"rrule": "FREQ=DAILY"})
        assert write(crm, update(seen, MEETING), Kind.APPOINTMENTS) == Stale()
        wice.edit(meeting, values={"external": "1"})
        assert write(crm, update(seen, MEETING), Kind.APPOINTMENTS) == Missing(Absence.EXTERNAL)
        assert wice.counters()["writes"] == 0


class TestRemove:
    def test_R13_only_this_user_leaves_and_the_appointment_stays(self, wice: Wice) -> None:
        meeting = wice.appointment(participants=["1002", "1001"])
        crm = wice.crm()
        assert write(crm, remove(item(crm, meeting)), Kind.APPOINTMENTS) == Written(None)
        row = wice.row(meeting)
        assert (row["participants"], row["binned"], row["title"]) == (["1002"], False, "Gespräch")
        assert absence(crm, meeting) == Absence.LEFT


class TestResume:
    @pytest.mark.parametrize(("kind", "rows"), [("cut_before", 0), ("cut_after", 1)])
    def test_R30_a_creation_whose_answer_was_lost_is_found_by_its_stamp(self, wice: Wice, kind: str, rows: int) -> None:
        wice.fault(kind, "insert_appointment")
        creation = create(MEETING)
        outcomes: list[object] = []
        with pytest.raises(Retry):
            outcomes.extend(wice.crm().store(Kind.APPOINTMENTS).write([creation]))
        assert outcomes == [Unknown()]
        (found,) = wice.crm().store(Kind.APPOINTMENTS).resume([creation])
        assert (found is not None) == (rows == 1) == bool(wice.rows("a"))
        if found:
            assert (found.record, found.stamp, found.certain) == (MEETING, creation.stamp, False)

    def test_R16_R30_a_meeting_that_was_joined_is_found_by_its_uid(self, wice: Wice) -> None:
        written(write(wice.crm("bernd"), create(MEETING, "one"), Kind.APPOINTMENTS))
        creation = create(MEETING, "two")
        assert list(wice.crm().store(Kind.APPOINTMENTS).resume([creation])) == [None]
        wice.fault("cut_after", "update_appointment")
        with pytest.raises(Retry):
            list(wice.crm().store(Kind.APPOINTMENTS).write([creation]))
        (found,) = wice.crm().store(Kind.APPOINTMENTS).resume([creation])
        assert isinstance(found, Item)
        assert len(wice.rows("a")) == 1

    @pytest.mark.parametrize(("kind", "done"), [("cut_before", False), ("cut_after", True)])
    def test_R13_R30_joining_again_is_one_step(self, wice: Wice, kind: str, done: bool) -> None:
        before = wice.appointment(participants=["1002"], uid=MEETING.uid)
        creation = create(MEETING, into=before)
        wice.fault(kind, "update_appointment")
        with pytest.raises(Retry):
            list(wice.crm().store(Kind.APPOINTMENTS).write([creation]))
        (found,) = wice.crm().store(Kind.APPOINTMENTS).resume([creation])
        assert (found is not None) is done
