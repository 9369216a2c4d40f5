"""Onward: what none of those who would handle it may know of goes to whoever reads the vault, and past them outside.

At least one person can always take care of a record. When the leads are alleged it is the head and whom the head named;
when they are too, it is the person outside whom the organisation named, who learns that something waits and no more.
"""

from typing import Final
from uuid import UUID

from safeguard.notifications.finding import ABOVE, HANDLERS, VAULT, holding
from safeguard.notifications.telling import News, tell
from safeguard.post.posting import post_mail_to
from safeguard.work import Work

LED: Final = "select sec.handlers_of_incident($1) <> '{}'"
KEPT_FROM_SOMEBODY: Final = """
select exists (select from public.exclusions x
               where x.organisation_id = (select sec.current_organisation()) and x.incident_id = $1
                   and x.lifted_at is null)
"""
OUTSIDE: Final = """
select o.second_person_email from public.organisations o
where o.id = (select sec.current_organisation()) and o.second_person_email is not null
"""


async def has_lead(work: Work, incident_id: UUID) -> bool:
    """Whether a lead or deputy is there who may know of it."""
    return bool(await work.driver.fetchval(LED, incident_id))


async def vault_readers(work: Work) -> frozenset[UUID]:
    """The head and whom the head named; of whom a record is, the telling itself leaves out."""
    return (await holding(work, ABOVE)) | {row["user_id"] for row in await work.driver.fetch(VAULT)}


async def pass_on(work: Work, incident_id: UUID, recorded_by: UUID | None, round_: str = "") -> None:
    """An incident without a lead goes to the vault's readers, and without them to the person outside."""
    readers = await vault_readers(work)
    told = await tell(work, readers - {recorded_by}, News("incident.onward", incident_id, incident_id, round_))
    if not told and recorded_by not in readers:
        await ask_outside(work, incident_id)


async def tell_who_asks_why(work: Work, news: News) -> None:
    """What nobody has looked at goes to the head; where that is nobody but who handles incidents, outside as well.

    In a small club nobody is head, or whoever leads is: then somebody who did not hear of it twice before has to ask.
    Nobody is sent to ask about an incident that is kept from somebody: they might ask whom it is kept from. Whoever
    reads the vault reads it themselves.
    """
    if news.incident_id and await work.driver.fetchval(KEPT_FROM_SOMEBODY, news.incident_id):
        await pass_on(work, news.incident_id, None, f"waits {news.key}".strip())
        return
    handlers = await holding(work, HANDLERS)
    if not await tell(work, await holding(work, ABOVE), news) - handlers:
        await ask_outside(work, news.subject_id, somebody_here=bool(handlers))


async def ask_outside(work: Work, about: UUID, *, somebody_here: bool = False) -> None:
    """Write to the person outside that something waits: once for each record, and nothing of what it is.

    `somebody_here` could take care of it and has not.
    """
    address: str | None = await work.driver.fetchval(OUTSIDE)
    if address and somebody_here:
        await post_mail_to(work, address, "nobody_looked", key=f"waits {about}", about_id=about)
    elif address:
        await post_mail_to(work, address, "nobody_here", key=f"onward {about}", about_id=about)
