"""The questions that contracts ask of a store, in few words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from app.domain.fingerprint import Record, fingerprint
from app.domain.ids import AttemptId, ItemId, LinkId, new_id
from app.domain.sync import Found, Item, Page, Sighting, Stamp
from app.domain.writes import Create, Outcome, Remove, Update, Write, Written
from app.ports import Store


@dataclass
class Links:
    """What the engine knows: these persons are linked, whichever company they belong to."""

    persons: frozenset[ItemId] = frozenset()

    def children(self, parents: Collection[str]) -> frozenset[ItemId]:
        return self.persons if parents else frozenset()


def pages(store: Store, cursor: str | None = None, known: Links = Links()) -> list[Page]:  # noqa: B008 - an immutable value
    return list(store.changes(cursor, known))


def sightings(listing: Sequence[Page]) -> dict[ItemId, Sighting]:
    """The newest sighting of each item."""
    return {sighting.id: sighting for page in listing for sighting in page.sightings}


def end(listing: Sequence[Page]) -> str | None:
    """The cursor after the last page; None where this server has none."""
    return listing[-1].cursor


def noticed(item: Item, sighting: Sighting | None) -> bool:
    """Does this sighting make the engine look again? It does not if versions are equal and both are certain."""
    return sighting is not None and not (sighting.version == item.version and item.certain and sighting.certain)


def not_quietly_there(before: Item, store: Store) -> bool:
    """A list of ids may name what a read then calls absent, as long as it makes the engine read."""
    seen = sightings(pages(store)).get(before.id)
    return seen is None or noticed(before, seen)


def found(store: Store, item: ItemId) -> Found:
    (answer,) = store.fetch([item])
    return answer


def read(store: Store, item: ItemId) -> Item:
    """An item that must be there and readable."""
    answer = found(store, item)
    assert isinstance(answer, Item), answer
    return answer


def creation(record: Record, *, into: ItemId | None = None, company: str = "") -> Create:
    """A creation with a stamp of its own."""
    attempt = AttemptId(new_id())
    stamp = Stamp(LinkId(new_id()), attempt, fingerprint(record))
    return Create(attempt=attempt, stamp=stamp, record=record, into=into, company=company)


def update(item: Item, record: Record, *, company: str = "", write_company: bool = False) -> Update:
    """An update of what was read."""
    return Update(
        attempt=AttemptId(new_id()),
        id=item.id,
        version=item.version,
        fingerprint=item.fingerprint,
        record=record,
        before=item.record,
        company=company,
        write_company=write_company,
    )


def removal(item: Item) -> Remove:
    """A removal of what was read."""
    attempt = AttemptId(new_id())
    return Remove(attempt=attempt, id=item.id, version=item.version, fingerprint=item.fingerprint, before=item.record)


def outcome(store: Store, write: Write) -> Outcome:
    (answer,) = store.write([write])
    return answer


def written(store: Store, write: Write) -> Item:
    """A creation or update that must succeed."""
    answer = outcome(store, write)
    assert isinstance(answer, Written), answer
    assert answer.item
    return answer.item


def until_error(outcomes: Iterator[Outcome]) -> tuple[list[Outcome], Exception | None]:
    """What was yielded before the iterator raised, and what it raised."""
    answers: list[Outcome] = []
    try:
        for answer in outcomes:
            answers.append(answer)  # noqa: PERF402 - list.extend would drop what came before an error
    except Exception as error:  # noqa: BLE001 - the error is the subject
        return answers, error
    return answers, None
