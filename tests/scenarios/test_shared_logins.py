"""R36: a login that several accounts were given is not tried by each of them when it is refused, so that no directory locks it."""

from __future__ import annotations

from app.bootstrap import inquiry
from app.domain.account import Access
from app.domain.sync import Kind, Side
from app.rules.timetable import TIMETABLE
from app.services.connection import StepCode, results
from app.services.explain import explain
from app.services.report import Status
from app.services.trying import try_account
from tests.scenarios.conftest import MakeOffice
from tests.scenarios.office import Office
from tests.scenarios.refusals import (
    EVA,
    all_at_once,
    audited,
    change_service,
    correct,
    logins,
    message,
    refusals,
    scheduled,
    time_passes,
)

ONLY = Kind.CONTACTS
USERS = ("anna", "bernd", "clara")


def office_with_one_login(make_office: MakeOffice, **changes: str) -> Office:
    """Everybody's mailbox is opened with the service account, which an administrator has typed into each account."""
    office = make_office(*USERS, schedule="every 15 minutes", first_plan="approved")
    service = office.sandbox.service
    given = {"exchange_username": service["username"], "exchange_password": service["password"], **changes}
    for user in USERS:
        correct(office, user, **given)
    change_service(office, access=Access.DELEGATE)
    return office


def messages(office: Office) -> list[str]:
    return [message(office, user, user) for user in USERS]


def test_R36_three_accounts_with_one_wrong_login_try_it_twice_however_often_it_is_asked_for(
    make_office: MakeOffice,
) -> None:
    office = office_with_one_login(make_office, exchange_password="wrong")
    before = refusals(office)
    for _ in range(3):
        all_at_once(office)
    assert refusals(office) - before == 2, "once, and once more to be sure"
    assert time_passes(office, 3) == [], "schedules ask for nobody who has been told"
    for user in USERS:
        assert "the login that 3 accounts share" in office.sync(user).message, "a person's run is no exception"
    assert all("test the connection of one of them, and all go on" in text for text in messages(office))
    with inquiry(office.product, "anna", live=True) as asked:
        answer = explain(asked, "schulz")
    assert [(one.side, "3 accounts share" in one.message) for one in answer.trouble] == [(Side.EXCHANGE, True)]
    assert refusals(office) - before == 2, "nor is a question about an item"

    correct(office, "anna", exchange_password=office.sandbox.service["password"])
    assert office.sync("anna").status is Status.NOTHING_TO_DO, "she has another login now"
    assert "the login that 2 accounts share" in office.sync("bernd").message
    correct(office, "bernd", email="bernd.new@example.com")
    assert "the login that 2 accounts share" in office.sync("bernd").message, "it is the same as before"
    assert refusals(office) - before == 2
    for user in ("bernd", "clara"):
        correct(office, user, exchange_password=office.sandbox.service["password"])
    correct(office, "bernd", email=office.sandbox.person("bernd")["email"])
    all_at_once(office)
    assert messages(office) == [""] * 3


def test_R36_a_connection_test_of_one_account_ends_the_halt_of_all_with_the_same_login(make_office: MakeOffice) -> None:
    office = office_with_one_login(make_office)
    for _ in range(2):
        office.sandbox.fault("ews", "unauthorized")
        assert office.sync().status is Status.FAILED
    assert "the login that 3 accounts share" in office.sync("bernd").message
    office.product.dispatch.plan(TIMETABLE, 100)
    office.sync("clara")
    assert scheduled(office) == [], "nobody is due"
    exchange = results(try_account(office.product, "clara", EVA)[1])
    assert StepCode.RESUMED in {step.code for step in exchange}
    assert audited(office) == [("eva", "account", "clara")]
    assert scheduled(office) == [""] * 3


def test_R36_one_refusal_of_a_shared_login_that_was_a_mistake_stops_nobody(make_office: MakeOffice) -> None:
    office = office_with_one_login(make_office)
    office.sync("bernd")
    office.sandbox.fault("ews", "unauthorized")
    assert office.sync().status is Status.FAILED
    assert office.sync("bernd").status is Status.NOTHING_TO_DO
    assert office.sync_by_schedule().status is Status.NOTHING_TO_DO


def test_R36_the_same_for_accounts_that_share_a_user_in_wice(make_office: MakeOffice) -> None:
    office = make_office(*USERS, schedule="every 15 minutes", first_plan="approved")
    own = {user: office.product.registry.account(user, secrets=True) for user in USERS}
    for user in USERS:
        correct(office, user, wice_username="anna", wice_password="wrong")
    before = logins(office)
    for _ in range(3):
        all_at_once(office)
    assert logins(office) - before == 2
    assert all("Wice has refused the login that 3 accounts share" in text for text in messages(office))
    for user in USERS:
        correct(office, user, wice_username=user, wice_password=own[user].wice_password)
    all_at_once(office)
    assert messages(office) == [""] * 3
