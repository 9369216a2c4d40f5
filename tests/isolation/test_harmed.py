"""Whoever was harmed keeps their own report, though whoever harmed them shares a name with them."""

import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.incidents.reports import NewIncident, NewPerson
from tests.isolation.test_exclusion import recorded, sees

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("alleged", "affected", "kept"),
    [
        ("Mr Lee", "Sam Lee", False),
        ("S Lee", "Sam Lee", False),
        ("Sam", "myself", False),
        ("Lee", "Sam", False),
        ("Sam Lee", "Robin Stone", True),
        ("Mr Lee", "Robin Stone", True),
        ("Sam Lee", "Sam Lee", True),
    ],
)
async def test_who_was_harmed_by_somebody_who_shares_a_name_with_them_keeps_their_own_report(
    someone, addresses, alleged, affected, kept
):
    reporter = await someone(Role.REPORTER)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update memberships set name = 'Sam Lee' where user_id = %s", (reporter.user_id,))
    people = tuple(
        NewPerson(name=name, role=role, kind="adult")  # type: ignore[arg-type]
        for name, role in ((alleged, "alleged"), (affected, "affected"))
    )
    story = await recorded(reporter, NewIncident(narrative="He writes to me at night.", people=people))
    assert (await sees(reporter, story) == set()) is kept
