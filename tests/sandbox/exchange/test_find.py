"""FindItem through exchangelib: restrictions, order, pages, calendar view."""

from typing import Any

import pytest
from exchangelib import Account, CalendarItem, Contact, EWSDateTime, ExtendedProperty, Q
from exchangelib.folders import BaseFolder

from tests.sandbox.exchange.conftest import BERLIN, Exchange


class Link(ExtendedProperty):
    property_set_id: Any = "c11ff724-aa03-4555-9952-8fa248a11c3e"
    property_name: Any = "WiceSyncTestLink"
    property_type: Any = "String"


@pytest.fixture(scope="module", autouse=True)
def registered() -> object:
    Contact.register("link", Link)
    yield
    Contact.deregister("link")


@pytest.fixture
def four(contacts: BaseFolder) -> Any:
    for number, (name, job) in enumerate(
        (("Anton", "Einkauf"), ("Berta", "Verkauf"), ("Cäsar", None), ("Dora", "Einkauf"))
    ):
        Contact(folder=contacts, display_name=name, job_title=job, link=f"link-{number}" if number < 3 else None).save()
    return contacts


def names(folder: BaseFolder, *args: object, **query: object) -> list[str]:
    return sorted(folder.filter(*args, **query).values_list("display_name", flat=True))


def test_items_are_found_by_their_stamp_R30(four: BaseFolder) -> None:
    assert names(four, link="link-1") == ["Berta"]
    assert names(four, link__in=["link-0", "link-2", "link-9"]) == ["Anton", "Cäsar"]
    assert names(four, link__exists=True) == ["Anton", "Berta", "Cäsar"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (Q(job_title="Einkauf"), ["Anton", "Dora"]),
        (Q(job_title="Einkauf") & Q(display_name="Dora"), ["Dora"]),
        (Q(job_title="Verkauf") | Q(display_name="Dora"), ["Berta", "Dora"]),
        (~Q(job_title="Einkauf"), ["Berta", "Cäsar"]),
        (Q(job_title__exists=False), ["Cäsar"]),
        (Q(display_name__gt="Berta"), ["Cäsar", "Dora"]),
        (Q(display_name__icontains="ÄSA"), ["Cäsar"]),
        (Q(display_name__startswith="Do"), ["Dora"]),
        (Q(datetime_created__gt=EWSDateTime(2020, 1, 1, tzinfo=BERLIN)), ["Anton", "Berta", "Cäsar", "Dora"]),
        (Q(datetime_created__lt=EWSDateTime(2020, 1, 1, tzinfo=BERLIN)), []),
    ],
    ids=str,
)
def test_restrictions(four: BaseFolder, query: Q, expected: list[str]) -> None:
    assert names(four, query) == expected


def test_order_and_pages(four: BaseFolder) -> None:
    pages = four.all().order_by("-display_name").values_list("display_name", flat=True)
    pages.page_size = 2
    assert list(pages) == ["Dora", "Cäsar", "Berta", "Anton"]
    assert four.all().count() == 4


def test_a_truncated_page_leaves_out_its_second_half_R29(exchange: Exchange, four: BaseFolder) -> None:
    exchange.fault("truncated_page", "FindItem")
    assert len(list(four.all().only("id"))) == 2


def test_the_calendar_view_holds_what_overlaps_it(anna: Account) -> None:
    for day in (1, 10, 20):
        start = EWSDateTime(2026, 7, day, 9, tzinfo=BERLIN)
        CalendarItem(folder=anna.calendar, subject=str(day), start=start, end=start.replace(hour=10)).save()
    view = anna.calendar.view(
        start=EWSDateTime(2026, 7, 5, tzinfo=BERLIN), end=EWSDateTime(2026, 7, 20, 9, 30, tzinfo=BERLIN)
    )
    assert [item.subject for item in view] == ["10", "20"]


def test_no_more_than_a_thousand_items_come_at_once(exchange: Exchange, contacts: BaseFolder) -> None:
    contact = "<t:Contact><t:DisplayName>x</t:DisplayName></t:Contact>"
    items = f"<m:Items>{contact * 1001}</m:Items>"
    exchange.soap(
        f'<m:CreateItem MessageDisposition="SaveOnly">{items}</m:CreateItem>', login=("anna@example.com", "post-anna")
    )
    answer = exchange.soap(
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape><m:ParentFolderIds>'
        '<t:DistinguishedFolderId Id="contacts"/></m:ParentFolderIds></m:FindItem>',
        login=("anna@example.com", "post-anna"),
    ).text
    assert answer.count("<t:Contact>") == 1000
    assert 'IndexedPagingOffset="1000" TotalItemsInView="1001" IncludesLastItemInRange="false"' in answer
