"""A group's choices carried to its organisations: one transaction, and one context, for each.

No query spans two organisations. The job reads what the group chose as the group, and writes it as the system at work
in each organisation, so that the organisation's own log says that it came.
"""

import json
from collections.abc import Mapping
from typing import Any

from safeguard.access.actors import system
from safeguard.tenancy.choosing import receive_group_setting
from safeguard.work import Work, begin

CHOSEN = "select name, value::text as value from public.organisation_settings where organisation_id = $1 and layer = $2"
MEMBERS = "select id from public.list_organisations_of_group()"


async def deliver_settings(work: Work) -> int:
    """Bring every organisation of this group up to its choices; how many organisations there are. Safe to run twice."""
    choices = _decoded(await work.driver.fetch(CHOSEN, work.organisation_id, "organisation"))
    members = [row["id"] for row in await work.driver.fetch(MEMBERS)]
    for member in members:
        async with begin(system(member)) as theirs:
            await deliver(theirs, choices)
    return len(members)


async def deliver(work: Work, choices: Mapping[str, Any]) -> None:
    """Write what differs from what this organisation received before."""
    before = _decoded(await work.driver.fetch(CHOSEN, work.organisation_id, "group"))
    for name, value in choices.items():
        if before.get(name) != value:
            await receive_group_setting(work, name, value)


def _decoded(rows: list[Any]) -> dict[str, Any]:
    return {row["name"]: json.loads(row["value"]) if row["value"] is not None else None for row in rows}
