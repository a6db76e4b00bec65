"""`wice-sync user add`: a link for a person, a token for a program."""

from __future__ import annotations

from app.bootstrap import opened
from app.domain.people import Role
from app.settings import Settings
from tests.services.command import Command


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
