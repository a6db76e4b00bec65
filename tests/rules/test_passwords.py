"""Passwords: long ones, none that everybody tries first; names that fit into addresses."""

import pytest

from app.rules.passwords import name_problem, password_problem


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "äöüß äöüß äöüß!", "x7!kQ#92mz-Lp", "Sommerregen auf Sylt", "a" * 240 + "bcde fghij"],
)
def test_long_ones_are_taken_whatever_they_are_made_of(password):
    assert password_problem("ada", password) == ""


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "at least 12"),
        ("x7!kQ#92mz-", "at least 12"),
        ("abcde" * 52, "at most 256"),
        ("Ada.Lovelace@Example", "user name"),
        ("ａda.lovelace@example", "user name"),
        ("aaaaaaaaaaaaaaa", "same few characters"),
        ("abababababababab", "same few characters"),
        ("Password2026!!", "everybody tries"),
        ("!!Passwort12345", "everybody tries"),
        ("123456789012345", "everybody tries"),
        ("qwertzuiop123", "everybody tries"),
    ],
)
def test_what_is_wrong_is_said(password, said):
    assert said in password_problem("ada.lovelace@example", password)


@pytest.mark.parametrize("name", ["ada", "Ada.Lovelace", "ada@example.com", "müller", "a" * 64, "0815"])
def test_names_fit_into_addresses(name):
    assert name_problem(name) == ""


@pytest.mark.parametrize("name", ["", " ada", "a/b", "a b", ".", "..", "a?b", "a%b", "<b>", "a" * 65, "a\n", "System"])
def test_other_names_are_refused(name):
    assert name_problem(name)
