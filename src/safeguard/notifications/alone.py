"""What is left to one person alone because everybody else was kept from it: heard of above, as `hiding.alone` says why.

Whoever is kept from it is told nothing, here as everywhere. What nobody is left for goes onward by itself.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from safeguard.notifications.finding import ABOVE, HANDLERS, holding
from safeguard.notifications.onward import OUTSIDE, vault_readers
from safeguard.notifications.telling import News, tell
from safeguard.post.posting import post_mail_to
from safeguard.work import Work

LEFT: Final = "select unnest(sec.handlers_of_incident($1))"
MAY_KNOW: Final = "select unnest(sec.who_may_know($1, $2))"
EXCLUDED: Final = """
select x.user_id, max(x.since) from public.exclusions x
where x.organisation_id = (select sec.current_organisation()) and (x.incident_id = $1 or x.concern_id = $1)
    and x.lifted_at is null
group by x.user_id
"""
CONFINED: Final = """
select c.id, c.confined_at from public.confinements c
where c.organisation_id = (select sec.current_organisation()) and c.incident_id = $1 and c.ended_at is null
"""


async def tell_of_incident(work: Work, incident_id: UUID) -> None:
    """`incident_kept_to_one`: once for each time that the last of the others is kept from it."""
    left = await _people(work, LEFT, incident_id)
    leads, keepers = await holding(work, HANDLERS), await vault_readers(work)
    excluded: dict[UUID, datetime] = dict(await work.driver.fetch(EXCLUDED, incident_id))
    confined = await work.driver.fetchrow(CONFINED, incident_id)
    shut_out = (leads - left) | (keepers & excluded.keys())
    if len(left) != 1 or not shut_out:
        return
    moments = [excluded[person] for person in shut_out & excluded.keys()]
    if confined:
        moments.append(confined["confined_at"])
    round_ = max(moments, default=work.now()).isoformat()
    above = keepers - excluded.keys() - left
    reading = await _people(work, MAY_KNOW, incident_id, sorted(above)) if excluded else frozenset[UUID]()
    told = await tell(work, reading, News("incident.kept_to_one", incident_id, incident_id, round_))
    if confined:  # it is not there for them but through the glass, so this names the list and not the record
        heads = (await holding(work, ABOVE) & above) - reading
        told |= await tell(work, heads, News("record.kept_to_one", confined["id"], None, round_))
    if not told:
        await _tell_outside(work, incident_id, round_)


async def tell_of_concern(work: Work, concern_id: UUID) -> None:
    """`concern_kept_to_one`: nobody here stands above the vault, so it is the person outside who hears of it."""
    excluded: dict[UUID, datetime] = dict(await work.driver.fetch(EXCLUDED, concern_id))
    keepers = await vault_readers(work)
    shut_out = keepers & excluded.keys()
    if shut_out and len(keepers - excluded.keys()) == 1:
        await _tell_outside(work, concern_id, max(excluded[person] for person in shut_out).isoformat())


async def _people(work: Work, question: str, *given: object) -> frozenset[UUID]:
    return frozenset(row[0] for row in await work.driver.fetch(question, *given))


async def _tell_outside(work: Work, about: UUID, round_: str) -> None:
    address: str | None = await work.driver.fetchval(OUTSIDE)
    if address:
        await post_mail_to(work, address, "kept_to_one", key=f"kept to one {about} {round_}", about_id=about)
