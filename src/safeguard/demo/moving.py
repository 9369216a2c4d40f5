"""Somebody has moved on: their file went to the next place on paper, and the signed slip came back.

Nothing of it is stored any more, as after every receipt: what stays is that it was sent, what was in it, and who
signed.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.audit.documents import Document
from safeguard.transfers.ending import RECEIVED
from safeguard.transfers.receipts import Receipt, confirmed
from safeguard.transfers.sending import ADD, ADD_ITEM
from safeguard.work import Work

KINDS: Final = frozenset({"school", "club", "care", "childrens_home"})
NEXT: Final = "Birch Academy"
SIGNED_BY: Final = "Morgan Sample"
BASIS: Final = "Moves there at the end of term; their file follows, as it has to."
ROLE: Final = "Safeguarding lead"
MOVER: Final = """
select p.id, btrim(p.given_name || ' ' || p.family_name) as name from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null and p.user_id is null
    and exists (select from public.incident_people n where n.organisation_id = p.organisation_id and n.person_id = p.id)
    and not exists (
        select from public.incident_people n
        join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
        where n.organisation_id = p.organisation_id and n.person_id = p.id
            and (i.state <> 'closed' or i.restricted_at is not null))
order by p.sort_key, p.id limit 1
"""
DIGEST: Final = """
select t.sha256 from public.transfers t where t.organisation_id = (select sec.current_organisation()) and t.id = $1
"""
THEIRS: Final = """
select i.id, i.reference from public.incident_people n
join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
where n.organisation_id = (select sec.current_organisation()) and n.person_id = $1 and n.removed_at is null
group by i.id, i.reference, i.recorded_at order by i.recorded_at, i.id
"""


async def move_on(work: Work) -> UUID | None:
    """Send the file of somebody whose incidents are all over; which transfer that is, None where there is nobody."""
    person = await work.driver.fetchrow(MOVER)
    if person is None:
        return None
    transfer, digest, now = clock.new_id(), clock.random_bytes(32), work.now()
    theirs = await work.driver.fetch(THEIRS, person["id"])
    await work.driver.execute(
        ADD, transfer, person["id"], person["name"], "paper", None, NEXT, SIGNED_BY, BASIS, "keep", len(theirs), 0, now,
        work.actor.user_id, work.actor.name, digest, 48_200, None, None, None, None, None, 0,
        now.date() + timedelta(days=7), None,
    )  # fmt: skip
    for row in theirs:
        await work.driver.execute(ADD_ITEM, clock.new_id(), transfer, row["id"], row["reference"], "", None)
        work.record("incident.transferred", row["id"])
    fields = {"person_id": str(person["id"]), "way": "paper", "recipient": NEXT, "sha256": digest.hex()}
    work.record("transfer.sent", transfer, document=Document("transfer", transfer, 1, fields))
    return transfer


async def sign(work: Work, transfer: UUID) -> None:
    """The slip comes back."""
    digest: bytes = await work.driver.fetchval(DIGEST, transfer) or b""
    receipt = Receipt(
        transfer=transfer, sha256=digest.hex(), received=work.now(), by=SIGNED_BY, role=ROLE, organisation=NEXT
    )  # fmt: skip
    await work.driver.execute(RECEIVED, transfer, work.now(), SIGNED_BY, ROLE, NEXT, confirmed(receipt))
    document = Document("transfer", transfer, 2, {"by": SIGNED_BY, "role": ROLE, "way": "paper"})
    work.record("transfer.received", transfer, document=document)
