"""`safeguard recount` on figures that somebody damaged: it says what it mended, and then that every figure is right."""

import asyncio
from pathlib import Path

import psycopg
from click.testing import CliRunner

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.cli.recount import MOST_SAID, recount
from safeguard.database import pool
from safeguard.incidents.recording import record_incident
from safeguard.insights.counting import fold
from safeguard.strongbox import masters
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.organisations import make_organisation, make_person

DAMAGE = """
update public.incident_counts c set incidents = incidents + 3
from public.organisations o where o.id = c.organisation_id and o.id = %s returning o.slug
"""


async def _recorded(addresses, key, data) -> Actor:
    opened = pool.Database(addresses.app, key)
    pool.use(opened)
    masters.use(masters.Masters(data / "keys"))
    try:
        organisation = await make_organisation()
        user, name = await make_person(organisation, [Role.LEAD])
        lead = Actor(ActorKind.PERSON, organisation, user, frozenset({Role.LEAD}), name)
        async with begin(lead) as work:
            await record_incident(work, IMPERSONATION, SCHOOL)
        async with begin(lead) as work:
            while await fold(work):
                pass
        return lead
    finally:
        pool.use(None)
        await opened.close()


def run(data: Path) -> str:
    done = CliRunner().invoke(recount, ["--data", str(data)])
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def test_a_damaged_figure_is_mended_and_said_and_the_next_time_there_is_nothing_to_mend(server, addresses, key, data):
    lead = asyncio.run(_recorded(addresses, key, data))
    run(data)  # whatever another test of this process left
    with psycopg.connect(addresses.owner) as owner:
        rows = owner.execute(DAMAGE, (lead.organisation_id,)).fetchall()
    said = run(data)
    assert "incidents were counted anew. Restricted ones count nowhere." in said
    assert f"Figures that were wrong, and are mended: {len(rows)}." in said
    assert 0 < len(rows) <= MOST_SAID
    assert f"  {rows[0][0]}, " in said
    assert " total: 4, now 1" in said
    assert "Every figure was right." in run(data)
