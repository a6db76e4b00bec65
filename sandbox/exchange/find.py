"""FindItem: indexed pages, restrictions, sort order, and the calendar view that unfolds series."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lxml.etree import _Element as Element

from sandbox.exchange import calendar, recurrence
from sandbox.exchange.calls import Call
from sandbox.exchange.errors import EwsError
from sandbox.exchange.fragments import child, children, local
from sandbox.exchange.paths import first_path
from sandbox.exchange.restrictions import item_matches, item_value
from sandbox.exchange.shapes import render, shape_of
from sandbox.exchange.world import Folder, Item

MOST_ITEMS = 1000  # EWSFindCountLimit of the default throttling policy

_UTC = ZoneInfo("UTC")


def find(call: Call) -> list[str]:
    """FindItem in each parent folder."""
    shape = shape_of(child(call.request, "ItemShape"), listing=True)
    view = _view(call.request)

    def one(node: Element) -> str:
        folder = call.folder(node)
        if view is not None and local(view) == "CalendarView":
            everything, paging, last = _calendar_view(folder, view), "", True
            found = everything
        else:
            everything = _searched(call, folder)
            found, offset, last = _page(everything, view)
            paging = f' IndexedPagingOffset="{offset}"'
        if call.told("truncated_page"):
            found = found[: len(found) // 2]
        items = "".join(render(item, shape) for item in found)
        return (
            f'<m:RootFolder{paging} TotalItemsInView="{len(everything)}" IncludesLastItemInRange="{"true" if last else "false"}">'
            f"<t:Items>{items}</t:Items></m:RootFolder>"
        )

    return call.each(call.section("ParentFolderIds"), one)


def _view(request: Element) -> Element | None:
    views = ("IndexedPageItemView", "CalendarView", "ContactsView")
    return next((node for node in children(request) if local(node) in views), None)


def _searched(call: Call, folder: Folder) -> list[Item]:
    if call.request.get("Traversal") != "Shallow":
        return []  # neither soft-deleted nor associated items are kept here
    found = list(folder.items.values())
    restriction = child(call.request, "Restriction")
    if restriction is not None:
        found = [item for item in found if item_matches(item, restriction)]
    for order in reversed(children(child(call.request, "SortOrder"))):
        key = first_path(order).key
        found.sort(key=lambda item, key=key: item_value(item, key) or "", reverse=order.get("Order") == "Descending")  # type: ignore[misc]  # key is bound
    return found


def _page(found: list[Item], view: Element | None) -> tuple[list[Item], int, bool]:
    """Items, offset of the next page, and whether this one is the last."""
    most = MOST_ITEMS
    start = 0
    if view is not None:
        most = min(int(str(view.get("MaxEntriesReturned") or MOST_ITEMS)), MOST_ITEMS)
        start = int(str(view.get("Offset") or 0))
        if view.get("BasePoint") == "End":
            start = max(0, len(found) - start - most)
    page = found[start : start + most]
    return page, start + len(page), start + len(page) >= len(found)


def _calendar_view(folder: Folder, view: Element) -> list[Item]:
    """Everything that overlaps the view, series as their occurrences. Raises: EwsError for a folder without a calendar."""
    if not folder.folder_class.startswith("IPF.Appointment"):
        raise EwsError("ErrorCalendarFolderIsInvalidForCalendarView", "CalendarView needs a calendar folder.")
    begin, end = (calendar.moment_of(str(view.get(name)), _UTC) for name in ("StartDate", "EndDate"))
    found = [
        occurrence
        for item in folder.items.values()
        for occurrence in _unfolded(item, end)
        if _overlaps(occurrence, begin, end)
    ]
    found.sort(key=lambda item: item.text("calendar:Start"))
    most = view.get("MaxEntriesReturned")
    return found[: int(most)] if most else found


def _unfolded(item: Item, end: datetime) -> list[Item]:
    if not recurrence.is_master(item):
        return [item]
    found = []
    for date in recurrence.occurrences(item):
        if date.start >= end:
            break
        if date.position not in item.deleted_occurrences:
            found.append(item.exceptions.get(date.position) or recurrence.made_occurrence(item, date))
    return found


def _overlaps(item: Item, begin: datetime, end: datetime) -> bool:
    first, last = calendar.span(item.properties)
    return first < end and (last > begin or first >= begin)
