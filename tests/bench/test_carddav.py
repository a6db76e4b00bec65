"""What the bench compares with speaks of the same people as the product."""

from app.adapters.exchange.contacts import Contacts
from bench.__main__ import PARTS
from bench.carddav import Book, card
from bench.cards import contact
from bench.size import per_item


def test_a_card_names_its_contact(tmp_path):
    record = contact(7)
    lines = card(record, "card7").split("\r\n")
    assert f"FN:{record.first_name} {record.last_name}" in lines
    assert f"EMAIL;TYPE=WORK:{record.email}" in lines
    assert Contacts(frozenset()).draft(record).record is not None


def test_a_changed_card_has_another_number_and_nothing_else(tmp_path):
    book = Book(tmp_path)
    book.fill([contact(1), contact(2)])
    before = {name: (tmp_path / "collection-root" / "bench" / "cards" / name).read_text() for name in book.names()}
    book.change("card1.vcf", "+49 1")
    after = (tmp_path / "collection-root" / "bench" / "cards" / "card1.vcf").read_text()
    changed = set(after.splitlines()) - set(before["card1.vcf"].splitlines())
    assert changed == {"TEL;TYPE=WORK:+49 1"}


def test_memory_per_item_is_the_growth_between_sizes():
    lines = [{"scenario": "first", "items": 500, "kb": 20_000}, {"scenario": "first", "items": 1500, "kb": 24_000}]
    assert [line["kb_per_item"] for line in per_item(lines)] == [None, 4.0]


def test_each_part_has_a_short_and_a_long_run():
    assert all(short != long for short, long in PARTS.values())
