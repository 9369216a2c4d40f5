"""What an inspector opened is told to the organisation once their access is over."""

from uuid import UUID

import psycopg
import pytest

from safeguard.database.bootstrap import Addresses
from safeguard.evidence.log_reading import Wanted, list_lookers, read_apart
from safeguard.evidence.making import Workshop
from safeguard.incidents.adding import add_entry
from safeguard.incidents.looking import list_looks
from safeguard.incidents.recording import record_incident
from safeguard.inspection import queries
from safeguard.inspection.room import enter, tell
from safeguard.work import begin
from tests.factories.incidents import ACTION, IMPERSONATION, SCHOOL
from tests.inspection.letting import Someone, let_in, made_pack, pair

pytestmark = pytest.mark.anyio


async def test_what_was_opened_is_told_to_the_organisation_only_afterwards(
    someone: Someone, addresses: Addresses
) -> None:
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    async with begin(lead) as work:
        incident = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
    async with begin(inspector) as work:
        inspection = await enter(work, inspection_id)
        await tell(work, inspection, "record", record=f"incident {incident.id}")
    async with begin(lead) as work:
        assert await queries.list_openings(work, inspection_id) == ()
        assert await work.driver.fetch("select id from public.inspection_openings") == []
        logged = await work.driver.fetch(
            "select 1 from audit.leaves where entry like '%inspection_opening.made%' and log = 'general'"
        )
    assert len(logged) == 1
    with psycopg.connect(addresses.owner) as owner:
        over = "update inspection_openings set until = now() where organisation_id = %s"
        owner.execute(over, (lead.organisation_id,))
    async with begin(lead) as work:
        [opening] = await queries.list_openings(work, inspection_id)
        assert (opening.what, opening.which) == ("record", f"Incident {incident.reference}")


async def test_who_looked_at_a_record_includes_an_inspector_once_their_access_is_over(
    someone: Someone, shop: Workshop, addresses: Addresses
) -> None:
    """The record itself, live or in a pack, and the pack that was made of it; another record's readers are its own."""
    lead, inspector = await pair(someone)
    inspection_id = await let_in(lead, inspector)
    pack_id, facts = await made_pack(lead, shop)
    async with begin(lead) as work:
        other = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
        entry = await add_entry(work, facts.id, ACTION)
    async with begin(inspector) as work:
        inspection = await enter(work, inspection_id)
        for record in (f"incident {facts.id}", f"entry {entry.id}"):
            await tell(work, inspection, "record", pack_id, record)
        for what in ("room", "download", "search"):
            await tell(work, inspection, what, pack_id if what != "room" else None)

    async def lookers(about: UUID) -> dict[str, tuple[int, int, bool]]:
        async with begin(lead) as work:
            return {each.who: (each.reads, each.changes, each.is_inspector) for each in await list_lookers(work, about)}

    async def acts() -> int:
        async with begin(lead) as work:
            logs = ("general", "restricted")
            seen = await read_apart(work, Wanted(about=facts.id, who=inspector.user_id), logs)
            looks = await list_looks(work, facts.id)
        assert [look.times for look in looks if look.name == inspector.name] == ([1] if seen else [])
        return len(seen)

    assert (inspector.name in await lookers(facts.id), await acts()) == (False, 0)
    with psycopg.connect(addresses.owner) as owner:
        over = "update inspection_openings set until = now() where organisation_id = %s"
        owner.execute(over, (lead.organisation_id,))
    assert (await lookers(facts.id))[inspector.name] == (3, 0, True)
    assert (await lookers(pack_id))[inspector.name] == (1, 0, True), "the download names the pack alone"
    assert await acts() == 3
    assert inspector.name not in await lookers(other.id)
