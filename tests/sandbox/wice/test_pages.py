"""Wice's small web pages, as a browser uses them."""

import pytest

from tests.sandbox.wice.conftest import Wice


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/web/anna/persons",
        "/web/bernd/companies?flagged=1",
        "/web/clara/appointments?q=messe",
        "/web/anna/persons/new",
    ],
)
def test_every_page_answers_with_the_demo_world(wice: Wice, path: str) -> None:
    wice.control("reset", {"seed": "demo"})
    page = wice.http.get(path)
    assert page.status_code == 200
    assert '<html lang="de">' in page.text
    assert "viewport" in page.text


def test_a_person_is_created_edited_and_found(wice: Wice) -> None:
    saved = wice.http.post("/web/anna/persons/new", data={"name": "Lühmann", "firstname": "Ina"})
    assert saved.status_code == 303
    (record,) = wice.records("persons")
    assert (record["name"], record["flags"]) == ("Lühmann", ["anna"])
    path = f"/web/anna/persons/{record['rowid']}"
    wice.http.post(path, data={"name": "Lühmann", "firstname": "Ina", "phone": "(040) 66969-123"})
    assert "(040) 66969-123" in wice.http.get("/web/anna/persons?q=lühm").text
    assert "Gespeichert" in wice.http.get(path + "?saved=1").text


def test_actions_flag_deactivate_bin_and_their_opposites(wice: Wice) -> None:
    rowid = wice.person()
    expected: dict[str, dict[str, object]] = {
        "flag": {"flags": ["anna"]},
        "unflag": {"flags": []},
        "deactivate": {"deactivated": "1"},
        "activate": {"deactivated": "0"},
        "bin": {"binned": True},
        "restore": {"binned": False},
    }
    for action, state in expected.items():
        assert wice.http.post(f"/web/anna/persons/{rowid}/{action}").status_code == 303
        (record,) = wice.records("persons")
        assert {name: record[name] for name in state} == state


def test_an_appointment_is_created_with_its_participants_and_left(wice: Wice) -> None:
    form = {
        "title": "Messe",
        "date_start": "2026-12-01",
        "date_end": "2026-12-02",
        "fulltime": "on",
        "participant-1001": "on",
        "participant-1002": "on",
        "description": "Zeile 1\r\nZeile 2",
    }
    wice.http.post("/web/anna/appointments/new", data=form)
    (record,) = wice.records("appointments")
    assert (record["fulltime"], record["participants"]) == ("1", ["1001", "1002"])
    assert record["description"] == "Zeile 1\nZeile 2"
    wice.http.post(f"/web/anna/appointments/{record['rowid']}/leave")
    assert wice.records("appointments")[0]["participants"] == ["1002"]


def test_what_wice_refuses_is_said_and_the_typed_values_stay(wice: Wice) -> None:
    page = wice.http.post("/web/anna/appointments/new", data={"title": "Ohne Tag"})
    assert page.status_code == 422
    assert "Nicht gespeichert" in page.text
    assert "Ohne Tag" in page.text
    assert wice.records("appointments") == []


def test_texts_are_escaped(wice: Wice) -> None:
    rowid = wice.person(name="<script>alert(1)</script>")
    for path in ("/web/anna/persons", f"/web/anna/persons/{rowid}"):
        assert "<script" not in wice.http.get(path).text


@pytest.mark.parametrize(
    "path", ["/web/nobody/persons", "/web/anna/tickets", "/web/anna/persons/999", "/web/anna/tickets/1"]
)
def test_what_is_not_there_is_not_found(wice: Wice, path: str) -> None:
    assert wice.http.get(path).status_code == 404


def test_an_unknown_action_is_not_found(wice: Wice) -> None:
    assert wice.http.post(f"/web/anna/persons/{wice.person()}/explode").status_code == 404
