"""How the files of a referral travel: a worker opens each, seals it with a key of its own and tells the helpline where.

The key stands in an envelope that only the helpline opens; the referral's own envelope, which went before, binds what
the bytes must be. A file that may not go any more when its turn comes stays here, and the referral's page says so. What
the helpline says of a file is kept with it.
"""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from obstore.store import ObjectStore

from safeguard import clock
from safeguard.attachments.locking import lock_found_elsewhere
from safeguard.attachments.opening import bytes_of
from safeguard.channel.bodies import Enclosed, FileStands
from safeguard.channel.correspondents import is_removed
from safeguard.channel.dsse import Refused
from safeguard.channel.enclosures import object_name_of
from safeguard.channel.sending import send
from safeguard.errors import Gone
from safeguard.keys.wrapping import Key
from safeguard.referrals.record import ENDED, Referral, log_of
from safeguard.strongbox import objects
from safeguard.work import Work

WAITING: Final = """
select f.referral_id, f.incident_id, f.attachment_id, f.version, r.state, r.helpline_id, a.sha256,
    i.blocks_attachments or a.locked_at is not null or a.state <> 'clean' as locked
from public.referral_files f
join public.referrals r on r.organisation_id = f.organisation_id and r.id = f.referral_id
join public.attachments a on a.organisation_id = f.organisation_id and a.id = f.attachment_id
join public.incidents i on i.organisation_id = f.organisation_id and i.id = f.incident_id
where f.organisation_id = (select sec.current_organisation()) and f.id = $1 and f.state = 'waiting'
for update of f
"""
SENT: Final = """
update public.referral_files f set state = 'sent', version = f.version + 1, object_name = $2, outbox_id = $3,
    changed_at = $4
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""
STANDS: Final = """
update public.referral_files f set state = $2, fault = $3, version = f.version + 1, changed_at = $4
where f.organisation_id = (select sec.current_organisation()) and f.id = $1 and f.state = any ($5)
returning f.version, f.incident_id, f.attachment_id
"""
OF_REFERRAL: Final = """
select f.id from public.referral_files f
where f.organisation_id = (select sec.current_organisation()) and f.referral_id = $1 and f.state = 'waiting'
order by f.id for update
"""
OURS: Final = """
select f.referral_id from public.referral_files f
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""
BEFORE: Final = {"taken": ("sent",), "refused": ("sent", "taken"), "locked": ("sent", "taken", "refused", "dropped")}
"""What the helpline may say of a file -> where it may stand then."""


async def seal_file(work: Work, file_id: UUID, shelf: ObjectStore) -> None:
    """Seal a file for the helpline and let it go, or keep it back where it may not go. Safe to run twice."""
    row = await work.driver.fetchrow(WAITING, file_id)
    if row is None:
        return
    log = await log_of(work, row["incident_id"])
    if fault := await _kept_back(work, row):
        await drop(work, file_id, fault)
        return
    key, name = Key(clock.System().random_bytes(32)), object_name_of(file_id)
    try:
        pieces = await bytes_of(work, shelf, row["attachment_id"])
    except Gone:
        await drop(work, file_id, "gone")
        return
    await objects.put(shelf, name, key, _checked(pieces, row["sha256"]))
    body = Enclosed(referral=row["referral_id"], file=file_id, object_name=name, key=key.secret.hex())
    outbox = await send(work, row["helpline_id"], body, log=log)
    await work.driver.execute(SENT, file_id, name, outbox, work.now())
    work.record("enclosure.sent", file_id, version=row["version"] + 1, log=log)


async def drop_waiting(work: Work, referral: Referral) -> None:
    """Keep back every file of a referral that has not left."""
    for row in await work.driver.fetch(OF_REFERRAL, referral.id):
        await drop(work, row["id"], "withdrawn")


async def drop(work: Work, file_id: UUID, fault: str) -> None:
    """Keep a file back that has not left."""
    row = await work.driver.fetchrow(STANDS, file_id, "dropped", fault, work.now(), ["waiting"])
    if row is not None:
        log = await log_of(work, row["incident_id"])
        work.record("enclosure.dropped", file_id, version=row["version"], log=log)


async def hear_of_file(work: Work, referral: Referral, body: FileStands) -> None:
    """Keep what the helpline says of a file; raises `Refused` for one that never went with this referral.

    What it locked, it found to be imagery: then ours is opened by nobody either, nor sent on from another page.
    """
    if await work.driver.fetchval(OURS, body.file) != referral.id:
        raise Refused("file")
    row = await work.driver.fetchrow(
        STANDS, body.file, body.state, body.fault, work.now(), list(BEFORE[body.state])
    )  # fmt: skip
    if row is not None:
        log = await log_of(work, referral.incident_id)
        event = "enclosure.locked" if body.state == "locked" else "enclosure.answered"
        work.record(event, body.file, version=row["version"], log=log)
        if body.state == "locked":
            await lock_found_elsewhere(work, referral.incident_id, row["attachment_id"])


async def _kept_back(work: Work, row: Any) -> str:
    """Why a file may not go any more; empty while it may."""
    if row["state"] in ENDED:
        return "withdrawn"
    if row["locked"]:
        return "locked"
    return "removed" if await is_removed(work, row["helpline_id"]) else ""


async def _checked(pieces: AsyncIterator[bytes], digest: bytes) -> AsyncIterator[bytes]:
    """The pieces, if they are what the referral says of them; raises `ValueError` at the end otherwise."""
    found = sha256()
    async for piece in pieces:
        found.update(piece)
        yield piece
    if found.digest() != digest:
        raise ValueError("a file is not what was attached")
