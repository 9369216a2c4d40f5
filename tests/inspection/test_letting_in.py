"""Who lets an inspector in, whom, for whom they come and for how long; it ends by itself, or at once."""

from datetime import timedelta

import psycopg
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Conflict, Forbidden, Gone, Invalid
from safeguard.inspection import inviting, queries
from safeguard.inspection.inviting import NewInspection
from safeguard.inspection.room import enter
from safeguard.work import begin
from tests.inspection.letting import Someone, email_of, let_in, pair

pytestmark = pytest.mark.anyio

DAY = timedelta(days=1)


async def test_access_ends_by_itself(someone: Someone, addresses: Addresses) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(inspector) as work:
        assert (await enter(work, inspection_id)).expires_at > clock.now() + 4 * DAY
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(
            "update inspections set created_at = now() - interval '6 days', expires_at = now() - interval '1 second'"
            " where id = %s",
            (inspection_id,),
        )
    async with begin(inspector) as work:
        with pytest.raises(Gone, match="has ended"):
            await enter(work, inspection_id)
        assert [each.is_open for each in await queries.list_theirs(work)] == [False]
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await inviting.give_pack(work, inspection_id, clock.new_id(), "records")


async def test_access_that_was_ended_is_over_at_once(someone: Someone) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(lead) as work:
        await inviting.end_inspection(work, inspection_id)
    async with begin(inspector) as work:
        with pytest.raises(Gone, match="has ended"):
            await enter(work, inspection_id)
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await inviting.end_inspection(work, inspection_id)


async def test_somebody_new_gets_a_link_and_one_of_ones_own_is_refused(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        new = NewInspection("Ina", f"new-{clock.new_id().hex}@example.org", "isi", "A visit.")
        assert (await inviting.begin_inspection(work, new)).path is not None
    own = await email_of(lead)
    async with begin(lead) as work:
        with pytest.raises(Conflict, match="from outside"):
            await inviting.begin_inspection(work, NewInspection("Me", own, "isi", "A visit."))


@pytest.mark.parametrize("role", [Role.HEAD, Role.REPORTER, Role.INSPECTOR, Role.ADMINISTRATOR])
async def test_only_leads_let_inspectors_in(someone: Someone, role: Role) -> None:
    actor = await someone(role)
    async with begin(actor) as work:
        with pytest.raises(Forbidden):
            await inviting.begin_inspection(work, NewInspection("Ina", "ina@example.org", "isi", "A visit."))


@pytest.mark.parametrize(("body", "days"), [("nobody", 5), ("isi", 0), ("isi", 31)])
async def test_an_inspection_has_a_body_and_an_end(someone: Someone, body: str, days: int) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await inviting.begin_inspection(work, NewInspection("Ina", "ina@example.org", body, "A visit.", days))
