"""Folders over the wire (R25, R26, R43)."""

import pytest
from exchangelib import IMPERSONATION, Account, Build, Configuration, Credentials, Version

from app.domain.sync import Kind
from app.errors import Halt, HaltCode
from sandbox.people import SERVICE
from tests.adapters.exchange.sandbox_server import ANNA, MARKER, Server, listed

KINDS = [Kind.CONTACTS, Kind.APPOINTMENTS]


@pytest.fixture
def outlook(server: Server) -> Account:
    """Somebody else at the same mailbox."""
    configuration = Configuration(
        service_endpoint=server.access().endpoint,
        credentials=Credentials(SERVICE.username, SERVICE.password),
        auth_type="basic",
        version=Version(Build(15, 1, 2507, 39)),
    )
    return Account(ANNA.mailbox, config=configuration, access_type=IMPERSONATION, locale="de_DE")


@pytest.mark.parametrize("kind", KINDS)
def test_R25_wice_is_created_marked_below_the_standard_folder_and_found_again(server: Server, kind: Kind) -> None:
    mailbox = server.mailbox()
    assert mailbox.find_folder("Wice", kind) is None
    made = mailbox.create_folder("Wice", kind, MARKER)
    assert mailbox.find_folder("Wice", kind) == mailbox.folder(made.id, kind) == made
    assert (made.name, made.marker) == ("Wice", MARKER)
    [stored] = [one for one in server.get(f"mailboxes/{ANNA.mailbox}/folders") if one["id"] == made.id]
    assert stored["path"] == ("contacts/Wice" if kind is Kind.CONTACTS else "calendar/Wice")
    assert stored["class"] == ("IPF.Contact" if kind is Kind.CONTACTS else "IPF.Appointment")


def test_R43_a_folder_that_somebody_else_just_created_keeps_their_marker(server: Server) -> None:
    made = server.mailbox().create_folder("Wice", Kind.CONTACTS, "somebody/else")
    assert server.mailbox().create_folder("Wice", Kind.CONTACTS, MARKER) == made


def test_R43_a_folder_is_marked_anew(server: Server) -> None:
    mailbox = server.mailbox()
    standard = mailbox.find_folder("default", Kind.CONTACTS)
    assert standard
    assert standard.marker == ""
    mailbox.mark_folder(standard.id, MARKER)
    assert mailbox.folder(standard.id, Kind.CONTACTS).marker == MARKER


@pytest.mark.parametrize("kind", KINDS)
def test_the_standard_folder_is_found_in_one_request(server: Server, kind: Kind) -> None:
    mailbox = server.mailbox()
    standard = mailbox.find_folder("default", kind)
    assert standard
    assert mailbox.requests == 1


def test_R25_the_folders_of_both_kinds_are_looked_for_in_two_requests_and_marked_in_one_each(server: Server) -> None:
    others = server.mailbox()
    made = {kind: others.create_folder("Wice", kind, "somebody/else") for kind in KINDS}
    mailbox = server.mailbox()
    assert {kind: mailbox.find_folder("Wice", kind) for kind in KINDS} == made
    assert mailbox.requests == 2
    for kind in KINDS:
        mailbox.mark_folder(made[kind].id, MARKER)
    assert mailbox.requests == 4
    for kind in KINDS:
        found = mailbox.find_folder("Wice", kind)
        assert found
        assert found.marker == MARKER, "what was told once answers one question only"


def test_a_path_starts_at_the_standard_folder_by_either_name_or_at_the_top(server: Server) -> None:
    mailbox = server.mailbox()
    standard = mailbox.find_folder("default", Kind.CONTACTS)
    assert standard
    made = mailbox.create_folder("Contacts/Kunden", Kind.CONTACTS, MARKER)
    for path in ("Contacts/Kunden", "contacts/KUNDEN", f"{standard.name}/Kunden", "Kunden"):
        assert mailbox.find_folder(path, Kind.CONTACTS) == made
    assert mailbox.find_folder("Contacts/Nichts/Tiefer", Kind.CONTACTS) is None
    assert mailbox.find_folder("Nirgends/Kunden", Kind.CONTACTS) is None


def test_R26_a_renamed_folder_stays_the_same(server: Server, outlook: Account) -> None:
    made = server.mailbox().create_folder("Wice", Kind.CONTACTS, MARKER)
    folder = outlook.contacts / "Wice"
    folder.name = "Umbenannt"
    folder.save(update_fields=["name"])
    assert server.mailbox().folder(made.id, Kind.CONTACTS).name == "Umbenannt"


def test_R26_a_folder_in_deleted_items_or_deleted_for_good_has_vanished(server: Server, outlook: Account) -> None:
    mailbox = server.mailbox()
    made = mailbox.create_folder("Wice", Kind.CONTACTS, MARKER)
    folder = outlook.contacts / "Wice"
    for act in (lambda: folder.move(outlook.trash), folder.delete):
        act()
        with pytest.raises(Halt) as caught:
            mailbox.folder(made.id, Kind.CONTACTS)
        assert caught.value.code is HaltCode.FOLDER_VANISHED
        assert "Restore" in str(caught.value)


def test_R26_a_vanished_folder_is_never_read_as_empty(server: Server, outlook: Account) -> None:
    store = server.store()
    (outlook.contacts / "Wice").delete()
    with pytest.raises(Halt) as caught:
        listed(store)
    assert caught.value.code is HaltCode.FOLDER_VANISHED


def test_R26_a_folder_deep_below_others_is_found_by_its_id(server: Server) -> None:
    mailbox = server.mailbox()
    mailbox.create_folder("Contacts/A", Kind.CONTACTS, "")
    mailbox.create_folder("Contacts/A/B", Kind.CONTACTS, "")
    deep = mailbox.create_folder("Contacts/A/B/C", Kind.CONTACTS, MARKER)
    assert mailbox.folder(deep.id, Kind.CONTACTS) == deep


def test_R26_an_id_that_the_server_cannot_read_has_vanished(server: Server) -> None:
    with pytest.raises(Halt) as caught:
        server.mailbox().folder("kein Ordner", Kind.CONTACTS)
    assert caught.value.code is HaltCode.FOLDER_VANISHED


def test_a_folder_of_another_kind_is_refused(server: Server) -> None:
    mailbox = server.mailbox()
    made = mailbox.create_folder("Wice", Kind.CONTACTS, MARKER)
    with pytest.raises(Halt) as caught:
        mailbox.folder(made.id, Kind.APPOINTMENTS)
    assert caught.value.code is HaltCode.CONFIGURATION


def test_a_folder_cannot_be_created_below_nothing(server: Server) -> None:
    with pytest.raises(Halt, match="no folder 'Contacts/Nichts'"):
        server.mailbox().create_folder("Contacts/Nichts/Neu", Kind.CONTACTS, MARKER)
