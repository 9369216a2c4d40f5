"""Whom somebody means who says what a person is here: whoever is in charge, and nobody who only sounds like it."""

import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.work import begin

pytestmark = pytest.mark.anyio

IN_CHARGE = (
    "Head", "the headteacher", "Acting head", "Head of school", "Headteacher and DSL", "Registered manager", "manager",
    "Chair of governors", "club owner", "director", "Principal", "She runs the club", "who is in charge", "Pennaeth",
    "the head and her deputy head", "Registered manager of Fernlea House", "Head of Alder Vale School",
    "Manager of the Lanterns", "head of St Mary's", "Director of Fernlea Care", "head of primary school",
    "the Head of the junior school", "head of service", "headteacher's", "the headteachers", "runs our whole school",
    "the headteacher, who was a head coach",
)  # fmt: skip
NOT_IN_CHARGE = (
    "Deputy headteacher", "Assistant head", "assistant principal", "Vice chair", "vice-principal", "Site manager",
    "Office Manager", "Kitchen manager", "Business manager", "team manager", "U13s manager", "IT manager", "Head chef",
    "Director of Music", "PA to the Headteacher", "the head's secretary", "Head teacher's PA", "Head of year 9",
    "head of PE", "head boy", "in charge of the minibus", "deputy care manager", "Chair of the PTA", "Dirprwy bennaeth",
    "Pennaeth cynorthwyol", "former head", "teacher", "line manager", "SEN manager", "lunchtime manager",
    "front-of-house manager", "art director", "head of house", "Head of Key Stage 3", "head of sixth form",
    "Head coach", "Head Coach of the U12s", "runs our under 12s", "runs the tuck shop", "Director of Studies",
    "head of sixth", "head of upper school", "unit manager",
)  # fmt: skip


async def test_only_whoever_is_in_charge_is_meant_by_what_somebody_is_here(someone):
    """Of a deputy head, or of a site manager, the head hears: else in most places nobody would."""
    head = await someone(Role.HEAD)
    reporter = await someone(Role.REPORTER, organisation=head.organisation_id)
    for does in (*IN_CHARGE, *NOT_IN_CHARGE):
        async with begin(reporter, purpose="session") as work:
            await raise_concern(work, NewConcern(subject_name="Zebedee", subject_work=does, narrative="At night."))
    async with begin(head, purpose="session") as work:
        read = {row["subject_work"] for row in await work.driver.fetch("select subject_work from concerns")}
    assert read == set(NOT_IN_CHARGE)


async def test_the_name_of_somebody_here_is_no_post(someone, addresses):
    head = await someone(Role.HEAD)
    pat = await someone(Role.LEAD, organisation=head.organisation_id)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update memberships set name = 'Pat Head' where user_id = %s", (pat.user_id,))
    async with begin(pat, purpose="session") as work:
        await raise_concern(work, NewConcern(subject_name="Pat Head", narrative="At night."))
    async with begin(head, purpose="session") as work:
        assert await work.driver.fetchval("select count(*) from concerns") == 1
