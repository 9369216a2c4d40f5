"""Withholding: a file was found to be one that nobody may open, and bundles with it are on their way.

A sealed bundle cannot be changed, so the whole of it is kept back: nobody can open it from now on, whoever sent it is
told, and sends the rest anew. What somebody received before cannot be fetched back: the transfer's page says that they
have to be told.

Whoever locks the file keeps back at once what they may know of. A bundle that also holds an incident which is hidden
from them is not there for them, and they are not told of it: the system keeps it back, by a job of this transaction.
"""

from typing import Final
from uuid import UUID

from safeguard.attachments.locking import log_of
from safeguard.audit.documents import Document
from safeguard.channel.bodies import FileWithdrawn
from safeguard.channel.sending import send as send_body
from safeguard.transfers.clearing import clear_later
from safeguard.work import Work

REASON: Final = "A file in it may not be opened by anybody any more. It is sent again without that file."
HOLDING: Final = """
select t.id, t.version, t.state, t.way, t.other_id, t.outbox_id from public.transfers t
where t.organisation_id = (select sec.current_organisation()) and t.file_count > 0
    and (t.state in ('sent', 'locked') or t.locked_key is not null)
    and exists (select from public.transfer_items x
        where x.organisation_id = t.organisation_id and x.transfer_id = t.id and x.incident_id = $1
            and x.left_out = '')
order by t.id for update
"""
WITHHELD: Final = """
update public.transfers set state = 'cancelled', version = version + 1, cancelled_at = $2, cancelled_by_name = $3,
    cancel_reason = $4, locked_key = null, secret = null
where organisation_id = (select sec.current_organisation()) and id = $1
"""
SHUT: Final = """
update public.transfers set locked_key = null, secret = null
where organisation_id = (select sec.current_organisation()) and id = $1
"""
WENT_WITH: Final = """
select exists (
    select from public.transfer_items x
    join public.attachments a on a.organisation_id = x.organisation_id and a.incident_id = x.incident_id
    where x.organisation_id = (select sec.current_organisation()) and x.transfer_id = $1 and x.left_out = ''
        and a.locked_at > $2 and a.attached_at < $2)
"""


async def withhold(work: Work, incident_id: UUID) -> None:
    """Keep back every bundle that holds files of this incident and that somebody could still open.

    At once those that the actor may know of, and by a job those that are hidden from them.
    """
    await keep_back(work, incident_id)
    work.ask("transfer.withhold", incident_id)


async def keep_back(work: Work, incident_id: UUID) -> None:
    """Keep back those bundles that the actor may know of: all of them for the system. Safe to run twice."""
    log = await log_of(work, incident_id)
    for row in await work.driver.fetch(HOLDING, incident_id):
        waits = row["state"] in ("sent", "locked") and row["way"] != "paper"
        if not waits:  # printed, or fetched and open for another day: what stood in it went, its copy here is shut
            await work.driver.execute(SHUT, row["id"])
            continue
        await work.driver.execute(WITHHELD, row["id"], work.now(), work.actor.name, REASON)
        if row["other_id"] and row["outbox_id"]:
            await send_body(work, row["other_id"], FileWithdrawn(referral=row["id"], reason=REASON), log=log)
        clear_later(work, row["id"])
        document = Document("transfer", row["id"], row["version"] + 1, {"reason": REASON})
        work.record("transfer.withheld", row["id"], document=document, log=log)


async def went_with_one(work: Work, transfer_id: UUID, sent_at: object) -> bool:
    """Whether a file that went with it was locked since."""
    return bool(await work.driver.fetchval(WENT_WITH, transfer_id, sent_at))
