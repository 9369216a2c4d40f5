"""Inspections from which an improvement came, by whose inspector it was: for those who let inspectors in."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.evidence.bodies import load_bodies
from safeguard.standards.origins import Origin
from safeguard.work import Work

NAMED: Final = """
select i.id, i.body, i.created_at from public.inspections i
where i.organisation_id = (select sec.current_organisation()) and i.id = any ($1)
"""


async def inspections_that_found(work: Work, ids: Collection[UUID]) -> Mapping[UUID, Origin]:
    """Whose inspection it was and when; never who came."""
    if not work.may(Permission.INSPECTION_MANAGE):
        return {}
    bodies = load_bodies()
    return {
        row["id"]: Origin(f"{bodies[row['body']].name}, {row['created_at']:%B %Y}", f"/inspections/{row['id']}")
        for row in await work.driver.fetch(NAMED, list(ids))
        if row["body"] in bodies
    }
