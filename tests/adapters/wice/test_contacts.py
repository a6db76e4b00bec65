"""The store of contacts against the sandbox: scope, lists, conditions, creations."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.contact import Contact, Entity
from app.domain.ids import ItemId
from app.domain.sync import Absence, Absent, Held, Item, Kind, Obstacle
from app.errors import BadInput
from tests.adapters.wice.servers import (
    Wice,
    absence,
    an_hour_later,
    filtered,
    item,
    page,
    threaded,
)

COMPANY = Contact(
    entity=Entity.COMPANY, company_name="Nordlicht GmbH", company_street="Am Hafen 3", company_email="i@example.com"
)
PERSON = Contact(first_name="Anna", last_name="Schulz", private_street="Hauptstr. 12 a", birthday="--02-29")


class Family:
    """`Known` of an engine that has linked some persons of companies."""

    def __init__(self, **children: ItemId) -> None:
        self._children = children

    def children(self, parents: Collection[str]) -> frozenset[ItemId]:
        return frozenset(child for parent, child in self._children.items() if parent.replace("_", ":") in parents)


def certain(listing: Any) -> dict[str, bool]:
    return {seen.id: seen.certain for seen in listing.sightings}


class TestScope:
    def test_R4_only_this_users_flagged_records_are_listed(self, wice: Wice) -> None:
        mine, firm = wice.add("p", "anna", name="Schulz"), wice.add("c", "anna", name="Nordlicht GmbH")
        wice.add("p", "bernd", name="Anderer")
        wice.add("p", name="Niemand")
        listing = page(wice.crm(), Kind.CONTACTS)
        assert set(certain(listing)) == {mine, firm}
        assert (listing.inventory, listing.last, listing.suspect) == (True, True, False)

    @pytest.mark.parametrize(
        ("change", "because"),
        [
            ({"flags": {"anna": False}}, Absence.UNFLAGGED),
            ({"values": {"deactivated": "1"}}, Absence.DEACTIVATED),
            ({"binned": True}, Absence.BINNED),
            ({"removed": True}, Absence.DELETED),
        ],
    )
    @pytest.mark.parametrize("letter", ["p", "c"])
    def test_R4_R9_every_way_out_of_the_scope_has_its_reason(
        self, wice: Wice, letter: str, change: dict[str, Any], because: Absence
    ) -> None:
        record = wice.add(letter, "anna", name="Schulz")
        wice.edit(record, **change)
        assert absence(wice.crm(), record) == because

    def test_R5_a_person_carries_its_company(self, wice: Wice) -> None:
        firm = wice.add("c", name="Nordlicht GmbH", street="Am Hafen", street_number="3", email="info@example.com")
        person = wice.add("p", "anna", name="Schulz", for_rowid=firm[2:])
        seen = item(wice.crm(), person)
        assert seen.parent == firm
        assert seen.record == Contact(last_name="Schulz", company_name="Nordlicht GmbH", company_street="Am Hafen 3")

    def test_a_nameless_record_is_held(self, wice: Wice) -> None:
        firm = wice.add("c", name="Nordlicht GmbH")
        person = wice.add("p", "anna", name=" ", email="info@example.com", for_rowid=firm[2:])
        (found,) = wice.crm().store(Kind.CONTACTS).fetch([person])
        assert isinstance(found, Held)
        assert (found.because, found.label) == (Obstacle.NO_NAME, "Nordlicht GmbH")

    @pytest.mark.parametrize("wrong", ["a:1", "p:", "4711", "x:1"])
    def test_an_id_of_something_else_is_bad_input(self, wice: Wice, wrong: str) -> None:
        with pytest.raises(BadInput, match=wrong):
            list(wice.crm().store(Kind.CONTACTS).fetch([ItemId(wrong)]))


class TestChanges:
    def test_an_item_listed_twice_makes_the_list_suspect(self, wice: Wice) -> None:
        wice.add("p", "anna", name="Schulz")

        def twice(_: Any, reply: Any) -> Any:
            return {key: value * 2 if key == "loop_addresses" else value for key, value in reply.items()}

        with threaded(filtered(wice.url, change=twice)) as url:
            assert page(wice.crm(url=url), Kind.CONTACTS).suspect

    def test_R5_persons_are_certain_once_their_companies_are_known_to_be_still(self, wice: Wice) -> None:
        moved, still = (wice.add("c", name=f"Firma {name}") for name in "AB")
        mine = [wice.add("p", "anna", name="Schulz", for_rowid=firm[2:]) for firm in (moved, still)]
        known = Family(**dict(zip((moved.replace(":", "_"), still.replace(":", "_")), mine, strict=True)))
        first = page(wice.crm(), Kind.CONTACTS)
        assert certain(first) == dict.fromkeys(mine, False)  # nobody knows yet what the companies did
        with an_hour_later(wice) as url:
            second = page(wice.crm(url=url), Kind.CONTACTS, first.cursor, known)
            assert certain(second) == dict.fromkeys(mine, False)
            third = page(wice.crm(url=url), Kind.CONTACTS, second.cursor, known)
            assert certain(third) == dict.fromkeys(mine, True)

    def test_R5_persons_of_a_company_that_changed_since_are_uncertain(self, wice: Wice) -> None:
        firm = wice.add("c", name="Nordlicht GmbH")
        mine = wice.add("p", "anna", name="Schulz", for_rowid=firm[2:])
        known = Family(**{firm.replace(":", "_"): mine})
        long_ago = json.dumps({"companies_since": "2020-01-01T00:00:00"})
        with an_hour_later(wice) as url:
            changed = page(wice.crm(url=url), Kind.CONTACTS, long_ago, known)
            assert certain(changed) == {mine: False}
            assert certain(page(wice.crm(url=url), Kind.CONTACTS, changed.cursor, known)) == {mine: True}
            # Read in the second of the change: another edit right after the list would not move the time.
            wice.edit(firm, values={"town": "Kiel"})
            young = page(wice.crm(), Kind.CONTACTS, long_ago, known)
            assert certain(page(wice.crm(url=url), Kind.CONTACTS, young.cursor, known)) == {mine: False}

    @pytest.mark.parametrize("switched_off", [{}, {"delta": False}, {"ids": False}, {"delta": False, "ids": False}])
    def test_R5_a_companys_edit_is_never_missed_whatever_the_server_offers(
        self, wice: Wice, switched_off: dict[str, bool]
    ) -> None:
        wice.settings(capabilities=switched_off)
        firm = wice.add("c", name="Nordlicht GmbH")
        person = wice.add("p", "anna", name="Schulz", for_rowid=firm[2:])
        first = page(wice.crm(), Kind.CONTACTS)
        wice.edit(firm, values={"town": "Kiel"})
        crm = wice.crm()
        known = Family(**{firm.replace(":", "_"): person})
        assert certain(page(crm, Kind.CONTACTS, first.cursor, known))[person] is False
        seen = item(crm, person).record
        assert isinstance(seen, Contact)
        assert seen.company_town == "Kiel"

    @pytest.mark.parametrize(
        "cursor", ["", "kein JSON", "[]", "{}", '{"companies_since": 7}', '{"companies_since": "x"}']
    )
    def test_R42_a_cursor_that_is_not_ours_starts_over(self, wice: Wice, cursor: str) -> None:
        person = wice.add("p", "anna", name="Schulz")
        assert certain(page(wice.crm(), Kind.CONTACTS, cursor)) == {person: False}

    def test_the_cursor_is_the_servers_time_and_never_goes_back(self, wice: Wice) -> None:
        future = json.dumps({"companies_since": "2077-01-01T00:00:00"})
        wice.add("p", "anna", name="Schulz")
        assert page(wice.crm(), Kind.CONTACTS, future).cursor == future
        assert page(wice.crm("bernd"), Kind.CONTACTS).cursor is None

    def test_what_changed_this_very_second_is_uncertain_and_later_certain(self, wice: Wice) -> None:
        firm = wice.add("c", "anna", name="Nordlicht GmbH")
        crm = wice.crm()
        assert certain(page(crm, Kind.CONTACTS)) == {firm: False}
        assert item(crm, firm).certain is False
        with an_hour_later(wice) as url:
            assert certain(page(wice.crm(url=url), Kind.CONTACTS)) == {firm: True}
            assert item(wice.crm(url=url), firm).certain is True

    def test_older_servers_count_seconds(self, wice: Wice) -> None:
        wice.settings(epoch_last_update=True, german_birthdays=True)
        person = wice.add("p", "anna", name="Schulz", birthday="1970-12-18")
        crm = wice.crm()
        listing = page(crm, Kind.CONTACTS)
        (seen,) = listing.sightings
        assert seen.version.isdecimal()
        assert item(crm, person).version == seen.version
        assert item(crm, person).record == Contact(last_name="Schulz", birthday="1970-12-18")
        assert page(crm, Kind.CONTACTS, listing.cursor).cursor == listing.cursor


class TestAhead:
    @pytest.mark.parametrize("switched_off", [{}, {"ids": False}])
    def test_a_first_list_is_not_asked_for_again(self, wice: Wice, switched_off: dict[str, bool]) -> None:
        wice.settings(capabilities=switched_off)
        person, firm = wice.add("p", "anna", name="Schulz"), wice.add("c", "anna", name="Nordlicht GmbH")
        crm = wice.crm()
        store = crm.store(Kind.CONTACTS)
        store.look_ahead(None)
        before = crm.requests
        (listing,) = store.changes(None, Family())
        assert set(certain(listing)) == {person, firm}
        assert crm.requests == before
        assert len(list(store.changes(None, Family()))) == 1
        assert crm.requests == before + 2

    def test_a_list_at_rest_is_asked_for_once_and_another_one_is_read(self, wice: Wice) -> None:
        person = wice.add("p", "anna", name="Schulz")
        with an_hour_later(wice) as url:
            crm = wice.crm(url=url)
            store = crm.store(Kind.CONTACTS)
            (listing,) = store.changes(page(crm, Kind.CONTACTS).cursor, Family())
            cursor = listing.cursor or ""
            store.look_ahead(cursor)
            before = crm.requests
            assert store.unchanged(cursor, children=False)
            assert crm.requests == before
            other = wice.add("p", "anna", name="Meier")
            store.look_ahead(cursor)
            assert not store.unchanged(cursor, children=False)
            before = crm.requests
            (listing,) = store.changes(cursor, Family())
            assert set(certain(listing)) == {person, other}
            assert crm.requests == before + 1  # which companies changed since is asked after the lists

    def test_R3_what_is_learnt_later_of_the_time_makes_nothing_certain_that_was_read_earlier(self, wice: Wice) -> None:
        wice.add("c", "anna", name="Nordlicht GmbH")
        crm = wice.crm()
        store = crm.store(Kind.CONTACTS)
        store.look_ahead(None)
        crm._session.clock.saw(datetime.now(UTC) + timedelta(hours=1))
        (listing,) = store.changes(None, Family())
        assert set(certain(listing).values()) == {False}
        since = datetime.fromisoformat(json.loads(listing.cursor or "")["companies_since"])
        (seen,) = listing.sightings
        assert since < datetime.fromisoformat(seen.version)


class TestFetch:
    @pytest.mark.parametrize("switched_off", [{}, {"ids": False}, {"delta": False}])
    def test_many_items_come_with_one_list_in_the_order_asked(self, wice: Wice, switched_off: dict[str, bool]) -> None:
        wice.settings(capabilities=switched_off)
        persons = [wice.add("p", "anna", name=f"Schulz {number}") for number in range(25)]
        gone, foreign = ItemId("p:1"), wice.add("p", "bernd", name="Anderer")
        crm = wice.crm()
        store = crm.store(Kind.CONTACTS)
        list(store.changes(None, Family()))
        before = crm.requests
        asked = [gone, *reversed(persons), foreign]
        found = list(store.fetch(asked))
        assert [answer.id for answer in found] == asked
        assert [isinstance(answer, Item) for answer in found] == [False, *[True] * 25, False]
        assert crm.requests - before <= 3

    def test_a_list_read_in_full_serves_later_batches(self, wice: Wice) -> None:
        persons = [wice.add("p", "anna", name=f"Schulz {number}") for number in range(60)]
        crm = wice.crm()
        store = crm.store(Kind.CONTACTS)
        list(store.fetch(persons[:30]))
        before = crm.requests
        assert all(isinstance(found, Item) for found in store.fetch(persons[30:]))
        assert crm.requests == before

    def test_what_was_served_once_is_read_anew(self, wice: Wice) -> None:
        persons = [wice.add("p", "anna", name=f"Schulz {number}") for number in range(30)]
        store = wice.crm().store(Kind.CONTACTS)
        list(store.fetch(persons))
        wice.edit(persons[0], values={"name": "Meier"})
        (found,) = store.fetch(persons[:1])
        assert isinstance(found, Item)
        assert found.record.label == "Meier"

    def test_a_truncated_list_loses_nothing(self, wice: Wice) -> None:
        persons = [wice.add("p", "anna", name=f"Schulz {number}") for number in range(24)]
        wice.fault("truncated_page", "get_all_persons")
        assert all(isinstance(found, Item) for found in wice.crm().store(Kind.CONTACTS).fetch(persons))

    def test_details_without_company_columns_and_flag_are_completed(self, wice: Wice) -> None:
        firm = wice.add("c", "anna", name="Nordlicht GmbH", town="Kiel")
        persons = [wice.add("p", "anna", name=f"Schulz {n}", for_rowid=firm[2:]) for n in range(3)]
        foreign = wice.add("p", "bernd", name="Anderer", for_rowid=firm[2:])

        def bare(call: Any, reply: Any) -> Any:
            if call["method"] in ("get_person", "get_company"):
                return {
                    "address_object": {
                        k: v for k, v in reply.items() if not k.startswith("company_") and k != "outlook_sync"
                    }
                }
            return reply

        with threaded(filtered(wice.url, change=bare)) as url:
            crm = wice.crm(url=url)
            *found, other = crm.store(Kind.CONTACTS).fetch([*persons, foreign])
            reads = wice.counters()["requests"]
        expected = Contact(company_name="Nordlicht GmbH", company_town="Kiel")
        records = [answer.record for answer in found if isinstance(answer, Item)]
        assert records == [replace(expected, last_name=f"Schulz {number}") for number in range(3)]
        assert other == Absent(foreign, Absence.UNFLAGGED)
        assert reads["get_company"] == 1
