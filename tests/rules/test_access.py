"""Who may do what, and how roles compare."""

import pytest

from app.domain.people import Permission, Role
from app.rules.access import lesser, may

HINT, READ, RUN, CONFIGURE, MANAGE = Permission


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.ADMINISTRATOR, {HINT, READ, RUN, CONFIGURE, MANAGE}),
        (Role.OPERATOR, {HINT, READ, RUN}),
        (Role.AUDITOR, {HINT, READ}),
        (Role.MESSENGER, {HINT}),
    ],
)
def test_the_table_is_the_one_of_the_handbook(role, allowed):
    assert {permission for permission in Permission if may(role, permission)} == allowed


@pytest.mark.parametrize("one", Role)
@pytest.mark.parametrize("other", Role)
def test_the_lesser_role_may_exactly_what_both_may(one, other):
    both = {permission for permission in Permission if may(one, permission) and may(other, permission)}
    assert {permission for permission in Permission if may(lesser(one, other), permission)} == both
