"""What a host may be asked for, by its own servers and by its kind."""

import pytest

from app.domain.budget import Limits, OwnLimits
from app.domain.sync import Side
from app.rules.budgets import limits_of


@pytest.mark.parametrize(
    ("servers", "kind", "expected"),
    [
        ([(None, None)], Limits(27, 50), Limits(27, 50)),
        ([(2.5, 3)], Limits(27, 50), Limits(3, 2.5)),
        ([(100, 60)], Limits(27, 50), Limits(60, 100)),
        ([(0, None)], Limits(27, 50), Limits(27, 0)),
        ([(None, None), (5, 40)], Limits(27, 50), Limits(27, 5)),
        ([(None, None), (5, 40)], Limits(27, 0), Limits(27, 5)),
        ([(0, 9), (0, 8)], Limits(27, 50), Limits(8, 0)),
        ([(0, 9), (7, 8), (6, 10)], Limits(27, 50), Limits(8, 6)),
    ],
)
def test_the_servers_own_limits_go_before_their_kinds_and_the_strictest_of_one_host_counts(servers, kind, expected):
    own = [OwnLimits(Side.EXCHANGE, "https://mail.example", *limits) for limits in servers]
    assert limits_of(own, kind) == expected
