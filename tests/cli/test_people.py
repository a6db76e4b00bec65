"""`wice-sync user add`: a link for a person, a token for a program."""

from __future__ import annotations

from app.bootstrap import opened
from app.domain.people import Role
from app.services.sign_in import Client
from app.settings import Settings
from tests.services.command import LONGEST_S, Command
from tests.services.ports import free_port


def test_a_user_gets_a_link_and_a_token_as_the_last_word(command: Command):
    printed = command("user", "add", "ada", "--role", "operator", "--token").stdout
    link = next(word for word in printed.split() if "/welcome/" in word)
    assert link.startswith("http://127.0.0.1:8080/welcome/")
    with opened(Settings(home=command.home)) as product:
        owner = product.sign_in.welcomed(link.rpartition("/")[2])
        holder = product.sign_in.bearer(printed.split()[-1])
    assert owner is not None
    assert (owner.name, owner.role, owner.has_password) == ("ada", Role.OPERATOR, False)
    assert holder is not None
    assert (holder[0].name, holder[1]) == ("ada", Role.OPERATOR)


def test_a_name_that_is_there_takes_reset(command: Command):
    first = command.json("user", "add", "ada", "--role", "administrator", "--token")
    refused = command("user", "add", "Ada", "--role", "administrator", code=2).stderr
    assert "There is a user 'Ada' already. With --reset they get a new link." in refused
    second = command.json("user", "add", "ada", "--role", "administrator", "--reset", "--token")
    assert (first["token"] != second["token"], first["link"] != second["link"]) == (True, True)
    with opened(Settings(home=command.home)) as product:
        assert product.sign_in.welcomed(first["link"].rpartition("/")[2]) is None
        assert product.sign_in.bearer(first["token"]) is not None, "a new link does not end what works"


def test_what_cannot_be_is_a_usage_error(command: Command):
    assert "takes 1 to 64 letters" in command("user", "add", "a/b", "--role", "auditor", code=2).stderr
    assert "There is no user 'ada'." in command("user", "add", "ada", "--role", "auditor", "--reset", code=2).stderr
    assert "king" in command("user", "add", "ada", "--role", "king", code=2).stderr


def test_the_last_administrator_stays_one(command: Command):
    command("user", "add", "ada", "--role", "administrator")
    refused = command("user", "add", "ada", "--role", "auditor", "--reset", code=2).stderr
    assert "ada is the last active administrator" in refused


def test_the_start_prints_a_link_for_the_first_administrator_until_there_is_one(command: Command):
    port = free_port()
    command.environment["WICE_SYNC_PORTAL_URL"] = f"http://127.0.0.1:{port}"
    first, second = _printed_at_start(command), _printed_at_start(command)
    assert first.startswith(f"http://127.0.0.1:{port}/welcome/")
    assert first != second
    with opened(Settings(home=command.home)) as product:
        assert product.sign_in.welcomed(first.rpartition("/")[2]) is None
        assert product.sign_in.welcomed(second.rpartition("/")[2]) is not None
        product.sign_in.welcome(second.rpartition("/")[2], "ada", "correct horse battery", Client("", ""))
        assert product.people.first_link() is None


def _printed_at_start(command: Command) -> str:
    with command.start("serve") as process:
        assert process.stdout is not None
        process.stdout.readline()
        link = process.stdout.readline().strip()
        process.terminate()
        process.communicate(timeout=LONGEST_S)
    return link
