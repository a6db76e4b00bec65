"""What every answer says of the whole server."""

from __future__ import annotations

from app.domain.options import Options
from app.domain.people import SYSTEM, Actor
from app.errors import Retry
from app.http.house import House, Known
from app.services.options import change


class Away:
    """A database out of reach."""

    def read(self) -> Options:
        raise Retry("The database does not answer.")

    def replace(self, seen: Options, wanted: Options, by: Actor) -> bool:
        raise Retry("The database does not answer.")


def test_it_is_looked_up_now_and_then_and_at_once_after_a_change(product):
    house = House(product.licences, product.options)
    assert house.known() is None
    first = house.look()
    change(product.options, {"organisation": "Beispiel GmbH"}, SYSTEM)
    assert house.known() is first
    house.forget()
    assert (house.known(), house.look().options.organisation) == (None, "Beispiel GmbH")


def test_a_database_out_of_reach_is_no_obstacle_to_the_page_that_says_so(product):
    house = House(product.licences, Away())
    assert house.look() == Known(None, Options())
    assert house.known() is None
