from collections.abc import Mapping

import pytest

from app.domain.sync import Kind
from app.errors import Halt, HaltCode
from app.ports import Capabilities
from tests.adapters.wice.servers import NoLinks, Wice, page

ALL = Capabilities()


def test_the_default_dialect_finds_everything(wice: Wice) -> None:
    wice.add("p", "anna", name="Schulz")
    assert wice.crm().capabilities() == ALL


def test_an_empty_server_finds_everything_too(wice: Wice) -> None:
    assert wice.crm().capabilities() == ALL


@pytest.mark.parametrize(
    ("switched_off", "missing"),
    [
        ("flags.read", {"flags"}),
        ("flags.write", {"flags"}),
        ("delta", {"delta"}),
        ("ids", {"ids"}),
        ("appointments.read", {"appointments", "appointments_write"}),
        ("appointments.write", {"appointments_write"}),
        ("whoami", {"appointments", "appointments_write"}),
        ("employees", {"employees"}),
        ("import_key", {"import_key"}),
    ],
)
@pytest.mark.parametrize("flagged", [True, False])
def test_each_missing_capability_is_noticed(wice: Wice, switched_off: str, missing: set[str], flagged: bool) -> None:
    wice.add("p", *(["anna"] if flagged else []), name="Schulz")
    wice.add("c", name="Nordlicht GmbH")
    wice.settings(capabilities={switched_off: False})
    assert wice.crm().capabilities() == Capabilities(**dict.fromkeys(missing, False))


def test_several_missing_capabilities_do_not_hide_each_other(wice: Wice) -> None:
    wice.add("c", name="Nordlicht GmbH")
    wice.settings(capabilities={"employees": False, "ids": False, "delta": False, "import_key": False})
    assert wice.crm().capabilities() == Capabilities(employees=False, ids=False, delta=False, import_key=False)


def test_asking_writes_nothing_and_is_done_once_per_session(wice: Wice) -> None:
    crm = wice.crm()
    crm.capabilities()
    asked = crm.requests
    crm.capabilities()
    assert crm.requests == asked <= 16
    assert wice.counters()["writes"] == 0


def test_a_session_that_ends_while_asking_hides_nothing(wice: Wice) -> None:
    wice.fault("session_expired", "set_outlook_sync")
    wice.fault("session_expired", "unknown")
    wice.fault("session_expired", "get_all_appointments")
    assert wice.crm().capabilities() == ALL


def test_the_dialect_may_say_what_a_server_cannot(wice: Wice) -> None:
    crm = wice.crm(dialect={"capabilities": {"delta": "no", "flags": "yes", "employees": "no"}})
    assert crm.capabilities() == Capabilities(delta=False, employees=False)


def test_without_appointments_their_store_says_so_in_plain_words(wice: Wice) -> None:
    wice.settings(capabilities={"appointments.read": False})
    with pytest.raises(Halt, match="does not offer appointments") as caught:
        wice.crm().store(Kind.APPOINTMENTS)
    assert caught.value.code is HaltCode.UNSUPPORTED


def test_R4_without_flags_nothing_counts_as_flagged(wice: Wice) -> None:
    person = wice.add("p", "anna", name="Schulz")
    wice.settings(capabilities={"flags.read": False})
    crm = wice.crm()
    with pytest.raises(Halt, match="does not offer the 'Outlook sync' flags"):
        list(crm.store(Kind.CONTACTS).fetch([person]))


def test_without_whoami_contacts_still_work(wice: Wice) -> None:
    wice.add("p", "anna", name="Schulz")
    wice.settings(capabilities={"whoami": False})
    crm = wice.crm()
    assert len(page(crm, Kind.CONTACTS).sightings) == 1
    assert (crm.employee().id, crm.employee().name) == ("", "anna")


class Memory:
    """What one session leaves to the next."""

    def __init__(self) -> None:
        self.facts: dict[str, bool] = {}

    def recall(self) -> dict[str, bool]:
        return self.facts

    def keep(self, facts: Mapping[str, bool]) -> None:
        self.facts = dict(facts)

    def forget(self) -> None:
        self.facts = {}


@pytest.fixture
def remembered(wice: Wice) -> Memory:
    """A server that somebody has asked before."""
    wice.add("p", "anna", name="Schulz")
    memory = Memory()
    crm = wice.crm(memory=memory)
    crm.capabilities()
    crm.close()
    assert set(memory.facts) >= {"flags", "ids", "appointments"}
    return memory


def test_a_later_session_does_not_ask_what_is_known(wice: Wice, remembered: Memory) -> None:
    crm = wice.crm(memory=remembered)
    assert crm.capabilities() == ALL
    assert crm.requests == 0


def test_what_the_server_contradicts_is_forgotten(wice: Wice, remembered: Memory) -> None:
    wice.settings(capabilities={"appointments.read": False})
    crm = wice.crm(memory=remembered)
    with pytest.raises(Halt) as refused:
        list(crm.store(Kind.APPOINTMENTS).changes(None, known=NoLinks()))
    assert refused.value.code is HaltCode.UNSUPPORTED
    assert not crm.capabilities().appointments
    crm.close()
    assert remembered.facts == {}
    assert not wice.crm(memory=remembered).capabilities().appointments


def test_flags_that_rows_no_longer_carry_are_asked_for_again_whatever_is_known(wice: Wice, remembered: Memory) -> None:
    wice.settings(capabilities={"flags.read": False})
    store = wice.crm(memory=remembered).store(Kind.CONTACTS)
    ids = [seen.id for seen in page(wice.crm(memory=remembered), Kind.CONTACTS).sightings]
    with pytest.raises(Halt) as refused:
        list(store.fetch(ids))
    assert refused.value.code is HaltCode.UNSUPPORTED
