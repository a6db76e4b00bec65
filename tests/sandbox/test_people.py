from sandbox.people import people


def test_anna_is_the_first_and_everybody_is_unique() -> None:
    everybody = people(1000)
    assert everybody[:3] == people()
    assert (everybody[0].username, everybody[0].mailbox) == ("anna", "anna@example.com")
    for key in ("username", "email", "mailbox", "employee_rowid", "password"):
        assert len({getattr(person, key) for person in everybody}) == 1000


def test_addresses_are_ascii_and_of_the_example_domain() -> None:
    for person in people(60):
        assert person.email.isascii()
        assert person.email.endswith("@example.com")
