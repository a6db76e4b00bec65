"""Password hashes: slow, salted, few at a time, the same work for nobody."""

import threading

import pytest
from argon2 import PasswordHasher

from app.adapters.passwords import Argon2Passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def passwords():
    return Argon2Passwords(CHEAP)


def test_the_right_password_fits_and_no_other(passwords):
    stored = passwords.hash("correct horse battery")
    assert passwords.fits("correct horse battery", stored)
    assert not any(passwords.fits(wrong, stored) for wrong in ("", "Correct horse battery", "correct horse battery "))
    assert passwords.hash("correct horse battery") != stored, "salted"


def test_an_umlaut_is_the_same_however_it_is_composed(passwords):
    assert passwords.fits("gro\u0308\u00dfe", passwords.hash("gr\u00f6\u00dfe"))


def test_the_parameters_are_those_of_rfc_9106():
    assert Argon2Passwords().hash("x").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_nobody_has_no_password_not_even_the_one_that_stands_in(passwords):
    assert not any(passwords.fits(text, "") for text in ("", "of nobody"))


@pytest.mark.parametrize("broken", ["x", "$argon2id$v=19$m=8,t=1,p=1$", "plain text"])
def test_what_is_no_hash_fits_nothing(passwords, broken):
    assert not passwords.fits("x", broken)


def test_other_parameters_are_noticed(passwords):
    assert passwords.is_outdated(Argon2Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)).hash("x"))
    assert not passwords.is_outdated(passwords.hash("x"))


class _Counting(PasswordHasher):
    """Two may meet here; a third would be seen."""

    def __init__(self):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.inside = 0
        self.most = 0
        self.lock = threading.Lock()
        self.pair = threading.Barrier(2)

    def hash(self, password, *, salt=None):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.pair.wait(30)
        with self.lock:
            self.inside -= 1
        return super().hash(password, salt=salt)


def test_two_are_hashed_at_once_and_no_more():
    counting = _Counting()
    passwords = Argon2Passwords(counting)
    threads = [threading.Thread(target=passwords.hash, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counting.most == 2
