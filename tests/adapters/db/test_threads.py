"""One database object serves all threads of a process, as the portal needs it."""

from dataclasses import replace
from datetime import timedelta

from app.domain.people import Lifetimes, Role, Session
from tests.adapters.db.folks import NOW, ROOT, add, at_once
from tests.adapters.db.world import account, configure

FREE = Lifetimes()
THREADS, ROUNDS = 8, 4


def test_eight_threads_read_and_write_at_once(database):
    configure(database)
    ada = add(database, "ada", Role.OPERATOR)

    def visit(place):
        for number in range(ROUNDS):
            name = f"s{place}-{number}"
            session = Session(id=name, user=ada, csrf="c", created=NOW, seen=NOW, until=NOW + timedelta(days=1))
            database.sessions.start(session, ROOT)
            assert database.sessions.session(name, NOW + timedelta(minutes=2), FREE).user.name == "ada"
            database.registry.save(account("anna", email=f"{place}-{number}@example.com"))
            assert database.registry.profile("anna/anna")[1].name == "anna"
            assert database.replies.begin(f"ada{place}", str(number), "r") is None
        return "done"

    assert at_once(*(lambda place=place: visit(place) for place in range(THREADS))) == ["done"] * THREADS
    assert len(database.sessions.of_user(ada, NOW, FREE)) == THREADS * ROUNDS
    assert replace(database.users.user("ada"), signed_in=None).name == "ada"
