"""R41: why is Mr Schulz not in my Outlook? Every cause of absence once, asked of the books and of both servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.bootstrap import inquiry
from app.domain.finding import Gap
from app.domain.sync import Kind
from app.rules.causes import Cause, FactName, State
from app.services.explain import explain, explain_item, search
from app.services.explaining_words import fact_text
from app.services.explanations import Answer, Explanation
from app.services.report import Status
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office

LONG_AGO = (datetime.now(UTC) - timedelta(days=400)).date().isoformat()
SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()


def asked(office: Office, text: str, *, live: bool = True, user: str = "anna") -> Answer:
    with inquiry(office.product, user, live=live) as one:
        return explain(one, text)


def only(answer: Answer) -> Explanation:
    assert [item.label for item in answer.items][1:] == [], answer.json()
    assert answer.items, answer.json()
    return answer.items[0]


def told(item: Explanation) -> tuple[State, Cause, str]:
    return item.verdict.state, item.verdict.cause, item.rule


def facts(item: Explanation) -> list[str]:
    return [fact_text(fact) for fact in item.verdict.facts]


def test_R41_a_synchronised_contact_says_so_with_its_timeline(office: Office) -> None:
    office.wice.person("Groß", "anna", firstname="Eva", email="eva@example.com")
    office.sync()
    office.outlook.change(office.outlook.cards()["Groß"]["id"], mobile="0171 39200 99")
    office.sync()
    for text in ("GROSS", "eva groß", "Groß, Eva", "eva@EXAMPLE.com"):
        item = only(asked(office, text))
        assert told(item) == (State.SYNCHRONISED, Cause.IN_STEP, "R3")
    events = [event["reason"] for event in item.json()["timeline"]]  # type: ignore[attr-defined] # a JSON list
    assert events == ["new_in_wice", "changed_in_exchange"]
    assert only(asked(office, "groß", live=False)).verdict.state is State.SYNCHRONISED


@pytest.mark.parametrize("change", ["unflag", "deactivate", "bin"])
def test_R41_a_record_that_left_the_scope_names_what_is_missing(office: Office, change: str) -> None:
    record = office.wice.person("Schulz", "anna")
    office.sync()
    causes = {
        "unflag": (
            lambda: office.wice.unflag(record, "anna"),
            Cause.NOT_FLAGGED,
            "Outlook sync flag: not set for anna",
        ),
        "deactivate": (lambda: office.wice.edit(record, deactivated="1"), Cause.DEACTIVATED, "deactivated: yes"),
        "bin": (lambda: office.wice.bin(record), Cause.BINNED, "recycle bin: yes"),
    }
    happens, cause, fact = causes[change]
    happens()
    before = only(asked(office, "schulz"))
    assert told(before) == (State.WAITING, Cause.REMOVED_IN_WICE, "R9")
    assert fact in facts(before)
    office.sync()
    after = only(asked(office, "schulz"))
    assert told(after) == (State.NOT_IN_SCOPE, cause, "R4")
    assert fact in facts(after)


def test_R41_a_person_who_never_had_the_flag_is_found_in_wice(office: Office) -> None:
    office.wice.person("Schulz", firstname="Max")
    office.sync()
    item = only(asked(office, "Schulz"))
    assert told(item) == (State.NOT_IN_SCOPE, Cause.NOT_FLAGGED, "R4")
    assert facts(item) == ["Outlook sync flag: not set for anna"]
    assert "Set the flag" in item.advice


def test_R41_a_contact_in_another_folder_says_where_it_lies(office: Office) -> None:
    office.sync()
    standard = office.outlook.folders()["contacts"]["id"]
    office.outlook.contact("Schulz", folder=standard, first="Max")
    item = only(asked(office, "schulz"))
    assert told(item) == (State.NOT_IN_SCOPE, Cause.OTHER_FOLDER, "R7")
    [fact] = item.verdict.facts
    assert (fact.name, fact.expected) == (FactName.FOLDER, f"{fact.value}/Wice")


def test_R41_a_contact_deleted_in_outlook_says_that_it_was_and_where_it_lies(office: Office) -> None:
    office.wice.person("Schulz", "anna")
    office.sync()
    office.outlook.delete(office.outlook.cards()["Schulz"]["id"])
    before = only(asked(office, "schulz"))
    assert told(before) == (State.WAITING, Cause.REMOVED_IN_EXCHANGE, "R8")
    office.sync()
    after = only(asked(office, "schulz"))
    assert told(after) == (State.GONE, Cause.DELETED_IN_EXCHANGE, "R8")


def test_R41_a_distribution_list_names_its_class(office: Office) -> None:
    office.outlook.add_list(office.outlook.wice_folder(Kind.CONTACTS))
    office.sync()
    item = only(asked(office, "verteiler"))
    assert told(item) == (State.LEFT_ALONE, Cause.NOT_A_CONTACT, "R7")
    assert facts(item) == ["class: IPM.DistList"]


def test_R41_an_appointment_before_the_window_names_both_days(office: Office) -> None:
    office.wice.appointment("Rückblick", "anna", day=LONG_AGO)
    office.sync()
    item = only(asked(office, "rückblick"))
    assert told(item) == (State.NOT_IN_SCOPE, Cause.BEFORE_WINDOW, "R20")
    [fact] = item.verdict.facts
    assert fact.value.isoformat() == LONG_AGO  # type: ignore[union-attr] # a date


def test_R41_an_appointment_of_others_or_external_says_so(make_office: MakeOffice) -> None:
    office = make_office("anna", "bernd")
    office.wice.appointment("Jour fixe", "bernd", day=SOON)
    office.wice.appointment("Abonniert", "anna", day=SOON, external="1")
    office.sync()
    others, external = only(asked(office, "Jour")), only(asked(office, "Abonniert"))
    assert told(others) == (State.NOT_IN_SCOPE, Cause.NOT_PARTICIPATING, "R11")
    assert facts(others) == ["participants: anna is not among them"]
    assert told(external) == (State.NOT_IN_SCOPE, Cause.EXTERNAL, "R11")


def test_R41_R19_nothing_is_told_of_a_colleagues_private_appointment(make_office: MakeOffice) -> None:
    office = make_office("anna", "bernd")
    office.wice.appointment("Scheidung", "bernd", day=SOON, private="1")
    office.sync()
    assert asked(office, "Scheidung").items == ()
    shared = office.wice.appointment("Umzug", "anna", "bernd", day=SOON)
    office.sync()
    office.wice.leave(shared, "anna")
    office.wice.edit(shared, private="1", title="Umzug heimlich")
    office.sync()
    known = only(asked(office, "Umzug"))
    assert told(known)[1] is Cause.IN_DELETED_ITEMS  # her own former copy, as it was while she took part
    assert "heimlich" not in repr(known.json())


def test_R41_a_series_that_cannot_be_carried_says_so(office: Office) -> None:
    office.wice.appointment("Jour fixe", "anna", day=SOON, rrule="FREQ=HOURLY;COUNT=3")
    office.sync()
    item = only(asked(office, "jour fixe"))
    assert told(item) == (State.LEFT_ALONE, Cause.SERIES, "R18")


def test_R41_what_waits_says_for_what(office: Office) -> None:
    office.wice.person("Schulz", "anna")
    never = only(asked(office, "schulz"))
    assert told(never) == (State.WAITING, Cause.NEW_IN_WICE, "R4")
    assert facts(never) == ["the profile has never run"]
    office.analyse()
    assert told(only(asked(office, "schulz")))[0] is State.WAITING
    office.sync_by_schedule()
    waits = only(asked(office, "schulz"))
    assert told(waits) == (State.NEEDS_CONFIRMATION, Cause.AWAITING_APPROVAL, "R27")
    office.sync()


def test_R41_an_edit_that_no_run_has_seen_and_a_conflict_are_told(office: Office) -> None:
    record = office.wice.person("Schulz", "anna", position="Einkauf")
    office.sync()
    office.wice.edit(record, position="Leitung")
    assert told(only(asked(office, "schulz"))) == (State.WAITING, Cause.CHANGED_IN_WICE, "R1")
    office.outlook.change(office.outlook.cards()["Schulz"]["id"], job="Vorstand")
    assert told(only(asked(office, "schulz"))) == (State.CONFLICT, Cause.CONFLICT_WICE_WINS, "R22")
    office.sync()
    assert told(only(asked(office, "schulz")))[0] is State.SYNCHRONISED


def test_R41_what_a_server_refuses_is_named_with_its_error(office: Office) -> None:
    office.wice.person("Schulz", "anna")
    office.analyse()
    office.sandbox.fault("ews", "item_error", operation="CreateItem", index=0, code="ErrorItemSave")
    assert office.sync().status is Status.PARTIAL
    item = only(asked(office, "schulz"))
    assert told(item) == (State.FAILED, Cause.REFUSED, "R32")
    assert "ErrorItemSave" in " ".join(facts(item))
    office.sync()


def test_R41_a_one_way_profile_says_that_items_of_its_target_stay_there(office: Office) -> None:
    office.configure(direction="to_exchange")
    office.outlook.contact("Schulz", first="Max")
    office.sync()
    item = only(asked(office, "schulz"))
    assert told(item) == (State.LEFT_ALONE, Cause.TARGET_ONLY, "R23")
    assert facts(item) == ["direction: to exchange"]


def test_R41_switched_off_kinds_and_profiles_are_the_answer(office: Office) -> None:
    office.wice.person("Schulz", "anna")
    office.configure(contacts=False)
    assert told(only(asked(office, "schulz"))) == (State.NOT_IN_SCOPE, Cause.KIND_OFF, "R34")
    office.configure(contacts=True, active=False)
    assert told(only(asked(office, "schulz"))) == (State.NOT_IN_SCOPE, Cause.PROFILE_INACTIVE, "R34")


def test_R41_a_server_without_appointments_is_the_answer(office: Office) -> None:
    office.outlook.appointment("Jour fixe", SOON)
    office.sandbox.control("wice", "POST", "settings", {"capabilities": {"appointments.read": False}})
    answer = asked(office, "jour fixe")
    assert told(only(answer))[1] is Cause.CAPABILITY_MISSING
    assert Gap.NO_APPOINTMENTS in answer.gaps


def test_R41_a_server_that_does_not_answer_leaves_the_books_to_tell(office: Office) -> None:
    office.wice.person("Schulz", "anna")
    office.sync()
    office.sandbox.fault("ews", "busy", operation="FindFolder", retry_after_s=60, count=5)
    answer = asked(office, "schulz")
    assert told(only(answer))[0] is State.SYNCHRONISED
    assert Gap.EXCHANGE_SILENT in answer.gaps
    assert answer.trouble[0].message


def test_R41_nothing_anywhere_is_an_answer_too(office: Office) -> None:
    office.sync()
    answer = asked(office, "Niemand")
    assert answer.items == ()
    assert Gap.RECYCLE_BIN in answer.gaps


def test_R41_the_search_finds_across_accounts_and_leads_to_each_item(make_office: MakeOffice) -> None:
    office = make_office("anna", "bernd")
    for user in ("anna", "bernd"):
        office.wice.person(f"Müller {user}", user)
        office.sync(user)
    found = search(office.product.finder, "MÜLLER")
    assert {(hit.account, hit.label) for hit in found.hits} == {("anna", "Müller anna"), ("bernd", "Müller bernd")}
    [hit] = [hit for hit in found.hits if hit.account == "anna"]
    with inquiry(office.product, "anna/anna") as one:
        item = only(explain_item(one, hit.kind, hit.key))
    assert (item.label, item.verdict.state) == ("Müller anna", State.SYNCHRONISED)


@pytest.mark.parametrize("contains", [True, False])
def test_R41_parts_of_names_are_found_however_wice_searches(office: Office, contains: bool) -> None:
    office.sandbox.control("wice", "POST", "settings", {"search_contains": contains})
    office.wice.company("Bäckerei Müller & Söhne")
    office.wice.person("Großmann-Müller", firstname="Eva", email="eva@example.com")
    office.wice.appointment("Jour fixe Vertrieb", day=SOON)
    for text, label in {
        "söhne": "Bäckerei Müller & Söhne",
        "gross eva": "Großmann-Müller, Eva",
        "eva@example": "Großmann-Müller, Eva",
        "vertrieb jour": f"Jour fixe Vertrieb ({SOON})",
    }.items():
        assert only(asked(office, text)).label == label


def test_R41_an_exchange_server_that_does_not_search_addresses_says_so(office: Office) -> None:
    office.outlook.contact("Schulz", first="Max")
    office.sandbox.fault("ews", "item_error", operation="FindItem", index=0, code="ErrorUnsupportedPathForQuery")
    answer = asked(office, "schulz")
    assert told(only(answer)) == (State.WAITING, Cause.NEW_IN_EXCHANGE, "R6")
    assert Gap.MAIL_ADDRESSES in answer.gaps
