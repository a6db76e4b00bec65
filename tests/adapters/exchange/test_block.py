"""R15: the marked block that shows Wice's participants never travels back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.adapters.exchange.block import END, START, attach, detach
from app.domain.appointment import Participant, Role
from app.domain.fingerprint import normal_text
from app.domain.participants import shown_lines
from tests.adapters.exchange.texts import stored_texts

LINES = ("Dora (dora@example.com)", "Vertrieb")
texts = stored_texts.filter(lambda text: START not in text)
participants = st.lists(st.builds(Participant, name=stored_texts, email=stored_texts, role=st.sampled_from(Role)))


@given(texts, participants)
def test_R15_text_and_block_come_apart_as_they_were(text: str, people: list[Participant]) -> None:
    lines = shown_lines(people, ())
    if END in lines:
        return
    assert detach(attach(text, lines)) == (text, lines)


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: body.replace("\n", "  \n"),
        lambda body: body.replace("\n", "\n\n"),
        lambda body: body.replace(" ", "\u00a0"),
        lambda body: f"\n{body}\n\n",
    ],
)
def test_R15_a_turn_through_html_does_not_hide_the_block(damage) -> None:
    text, shown = detach(damage(attach("Hallo", LINES)))
    assert (normal_text(text), shown) == ("Hallo", LINES)


def test_R15_what_people_write_behind_the_block_is_text() -> None:
    assert detach(attach("Vorher", LINES) + "\nNachher") == ("Vorher\n\nNachher", LINES)


def test_R15_a_block_without_its_end_takes_no_words_with_it() -> None:
    body = attach("Vorher", LINES).replace(END, "") + "\n\nNachher"
    text, shown = detach(body)
    assert (text, shown) == ("Vorher\n\n\n\nNachher", LINES)


def test_R15_several_blocks_all_go() -> None:
    assert detach(attach(attach("Text", LINES), LINES)) == ("Text", LINES + LINES)


def test_R15_without_participants_there_is_no_block() -> None:
    assert attach("Text", shown_lines([Participant()], ())) == "Text"
