"""Sessions and protocol generations, against real servers on loopback."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Any

import pytest

from app.adapters.keeping import Keeper
from app.domain.contact import Contact
from app.domain.sync import Kind
from app.domain.writes import Written
from app.errors import BadInput, Halt, HaltCode, Retry
from tests.adapters.wice.servers import Fields, Wice, create, filtered, item, threaded, update, write


def test_the_first_call_signs_in_and_every_request_is_counted(wice: Wice) -> None:
    crm = wice.crm()
    assert crm.requests == 0
    assert crm.employee().email == "anna@example.com"
    assert crm.requests == wice.counters()["requests"]["total"] == 3
    assert crm.employee().id == "1001"
    assert crm.requests == 3


@pytest.mark.parametrize("access", [{"password": "falsch"}, {"mandant": "anderer"}])
def test_a_refused_login_halts_at_once_and_names_server_user_and_remedy(wice: Wice, access: dict[str, str]) -> None:
    crm = wice.crm(**access)
    with pytest.raises(Halt, match=r"127\.0\.0\.1.* user anna .*wice_password") as caught:
        crm.employee()
    assert caught.value.code is HaltCode.LOGIN_REFUSED
    assert "falsch" not in str(caught.value)
    assert wice.counters()["requests"]["login"] == 1


def test_an_expired_session_signs_in_again_once(wice: Wice) -> None:
    person = wice.add("p", "anna", name="Schulz")
    crm = wice.crm()
    seen = item(crm, person)
    for operation in ("get_person", "update_contact"):
        wice.fault("session_expired", operation)
        outcome = write(crm, update(seen, Contact(last_name="Schulze")))
        assert isinstance(outcome, Written)
        assert outcome.item
        seen = outcome.item
    assert wice.counters()["requests"]["login"] == 3
    assert wice.counters()["writes"] == 2


@pytest.mark.parametrize(("trouble", "logins"), [(None, 1), ("cut_after", 2), ("cut_before", 2)])
def test_a_login_is_left_to_the_next_session_unless_one_of_the_lanes_met_trouble(
    wice: Wice, trouble: str | None, logins: int
) -> None:
    keeper = Keeper()
    crm = wice.crm(keeper=keeper)
    if trouble:
        wice.fault(trouble, "insert_contact", skip=3)
    many = [create(Contact(last_name=f"Schulz {number}"), f"attempt {number}") for number in range(8)]
    with suppress(Retry):
        list(crm.store(Kind.CONTACTS).write(many))
    crm.close()
    following = wice.crm(keeper=keeper)
    following.employee()
    following.close()
    assert wice.counters()["requests"]["login"] == logins
    keeper.close()


def test_a_key_that_the_installation_demands_is_sent(wice: Wice) -> None:
    wice.settings(api_key="geheim")
    assert wice.crm(api_key="geheim").employee().id == "1001"
    with pytest.raises(Halt, match="api_key") as caught:
        wice.crm(api_key="falsch").employee()
    assert caught.value.code is HaltCode.ACCESS_DENIED


@pytest.mark.parametrize("generation", ["auto", "2"])
def test_generation_2_puts_method_and_cookie_in_the_query(wice: Wice, generation: str) -> None:
    person = wice.add("p", "anna", name="Schulz")
    wice.settings(wrap_objects=True)

    def refuse(query: Fields, form: Fields) -> str | None:
        told = query if form.get("method") != "login" else form
        return None if "method" in told and told["method"] != "get_person" else "Unknown method"

    with threaded(filtered(wice.url, refuse=refuse)) as url:
        crm = wice.crm(url=url, dialect={"generation": generation})
        assert item(crm, person).record.label == "Schulz"
        assert isinstance(write(crm, update(item(crm, person), Contact(last_name="Schulze"))), Written)
    assert wice.row(person)["name"] == "Schulze"


def test_no_cookie_password_or_value_reaches_a_log(wice: Wice, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "app"), caplog.at_level(logging.INFO):
        crm = wice.crm(dialect={"generation": "2"})
        write(crm, create(Contact(last_name="Geheimnis")))
    assert "Geheimnis" not in caplog.text
    assert "cookie" not in caplog.text
    assert "wice-anna" not in caplog.text
    assert "wice-anna" not in repr(crm)


@pytest.mark.parametrize(
    ("access", "place"),
    [
        ({"url": "node1.example.com"}, r"wice_server\.url"),
        ({"url": "ftp://node1.example.com"}, r"wice_server\.url"),
        ({"url": "https://"}, r"wice_server\.url"),
        ({"url": "https://node:port"}, r"wice_server\.url"),
        ({"time_zone": "Berlin"}, r"wice_server\.time_zone"),
        ({"time_zone": "../etc/passwd"}, r"wice_server\.time_zone"),
        ({"dialect": {"nonsense": 1}}, r"dialect\.nonsense"),
    ],
)
def test_bad_settings_are_named_with_their_place(wice: Wice, access: dict[str, Any], place: str) -> None:
    with pytest.raises(BadInput, match=place):
        wice.crm(**access)
