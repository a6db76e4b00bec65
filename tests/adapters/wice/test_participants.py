import pytest

from app.adapters.wice.dialect import load_dialect
from app.adapters.wice.participants import Directory, Participants, read_line, write_line
from app.domain.appointment import Participant, Role
from app.ports import Employee

ANNA = Employee("1", "Anna Albrecht", "anna@example.com")
BERND = Employee("2", "Bernd Brandt", "bernd@example.com")
CLARA = Employee("3", "Clara Clausen", "")
NAMESAKE = Employee("4", "Clara Clausen", "")
STAFF = Directory({one.id: one for one in (ANNA, BERND, CLARA)})
PEOPLE = Participants(load_dialect(), STAFF, own="1")


def test_R11_the_own_employee_takes_part_or_does_not() -> None:
    assert PEOPLE.takes_part({"participants": ["2", "1"]})
    assert not PEOPLE.takes_part({"participants": ["2", "11"]})
    assert not PEOPLE.takes_part({})


def test_R15_everybody_but_the_own_user_is_read_with_a_role() -> None:
    row = {
        "participants": ["1", "2", "9"],
        "participant_groups": ["Vertrieb"],
        "additional_participants": "Max <MAX@example.com>\n\neva@example.com\r\nOma",
    }
    assert PEOPLE.read(row) == (
        Participant(name="Bernd Brandt", email="bernd@example.com", role=Role.EMPLOYEE),
        Participant(name="#9", role=Role.EMPLOYEE),
        Participant(name="Vertrieb", role=Role.GROUP),
        Participant(name="Max", email="max@example.com"),
        Participant(email="eva@example.com"),
        Participant(name="Oma"),
    )


def test_R12_a_new_appointment_has_the_own_employee() -> None:
    assert PEOPLE.write(()) == {"participants": ["1"]}


def test_R15_attendees_become_employees_by_e_mail_and_others_additional_lines() -> None:
    wanted = (
        Participant(name="B.", email="Bernd@Example.com"),
        Participant(name="Clara Clausen", role=Role.EMPLOYEE),
        Participant(name="Max <Chef>", email="max@example.com"),
        Participant(name="Vertrieb", role=Role.GROUP),
        Participant(name="Clara Clausen"),
        Participant(),
    )
    assert PEOPLE.write(wanted) == {
        "participants": ["1", "2", "3"],
        "additional_participants": "Max (Chef) <max@example.com>\nClara Clausen",
    }


def test_R15_nobody_who_takes_part_is_taken_out_or_named_twice() -> None:
    row = {"participants": ["3", "2"], "additional_participants": "Max <max@example.com>\nOma"}
    wanted = (Participant(email="max@example.com"), Participant(name="oma"), Participant(email="bernd@example.com"))
    assert PEOPLE.write(wanted, row) == {"participants": ["3", "2", "1"]}
    more = PEOPLE.write((Participant(name="Opa"),), row)
    assert more["additional_participants"] == "Max <max@example.com>\nOma\nOpa"


def test_an_employee_known_by_name_only_must_be_the_only_one_of_that_name() -> None:
    two = Directory({one.id: one for one in (CLARA, NAMESAKE)})
    assert two.find(Participant(name="Clara Clausen", role=Role.EMPLOYEE)) is None


@pytest.mark.parametrize(
    "participant",
    [
        Participant(name="Max", email="max@example.com"),
        Participant(email="max@example.com"),
        Participant(name="Müller, Max"),
        Participant(name="Müller, Max", email="m@example.com"),
    ],
)
def test_R3_a_line_survives_the_round_trip(participant: Participant) -> None:
    assert read_line(write_line(participant)) == participant
