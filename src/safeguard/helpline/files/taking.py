"""Taking a file in: fetched from where its sender sealed it, held against what the referral bound, kept as our own.

What was altered, or is another kind of thing than was said, is never stored here: it is refused, which is an alarm, and
its sender is told. What is not there yet is tried again. A copy that was taken in is checked for viruses before anybody
can open it.
"""

from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import structlog
from obstore.store import ObjectStore

from safeguard.attachments.inspecting import FileInspection
from safeguard.audit.documents import Document
from safeguard.channel.enclosures import load_rules, object_name_of
from safeguard.errors import Unavailable
from safeguard.helpline.case import Case
from safeguard.helpline.files.arriving import carried
from safeguard.helpline.files.telling import tell_stands
from safeguard.helpline.queries import get_case
from safeguard.helpline.states import State
from safeguard.keys.wrapping import CannotOpen, Key
from safeguard.referrals.looking import Stays, read_words
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import make_object_key, unseal
from safeguard.tenancy.blocking import blocks
from safeguard.web.uploading import Refused
from safeguard.work import Work

ARRIVING: Final = """
select f.id, f.case_id, f.sent_id, f.name, f.media_type, f.size, f.sha256, f.carried_key, f.locked_at, f.version
from public.helpline_files f
where f.organisation_id = (select sec.current_organisation()) and f.id = $1 and f.state = 'arriving' for update
"""
TAKEN: Final = """
update public.helpline_files f set state = 'waiting', arrived_at = $2, object_name = $3, wrapped_key = $4,
    carried_key = null, version = f.version + 1
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""
NOT_TAKEN: Final = """
update public.helpline_files f set state = $2, fault = $3, carried_key = null, version = f.version + 1
where f.organisation_id = (select sec.current_organisation()) and f.id = $1
"""


def about(file_id: UUID) -> str:
    """What the file's wrapped key is bound to."""
    return f"case file {file_id}"


async def take_in(work: Work, file_id: UUID, shelf: ObjectStore) -> None:
    """Fetch a file and keep it, or refuse it; raises `Gone` while its bytes are not there. Safe to run twice.

    The check that is asked for clears the place where the bytes lay, once this is kept for good.
    """
    work.ask("case_file.check", file_id)
    row = await work.driver.fetchrow(ARRIVING, file_id)
    if row is None:
        return
    case = await get_case(work, row["case_id"])
    if case.state is State.WITHDRAWN or row["locked_at"]:
        await _leave(work, case, row, "dropped", "dropped")
        return
    whole = await _fetched(work, row, shelf)
    if fault := await _wrong_with(whole, row, case):
        await _leave(work, case, row, "refused", fault)
        structlog.get_logger().error("case_file.refused", fault=fault, file=str(file_id))
        return
    await _keep(work, case, row, whole or b"", shelf)


async def _fetched(work: Work, row: Any, shelf: ObjectStore) -> bytes | None:
    """The bytes; None where they are not what was sealed, or more than was said."""
    key = Key(await unseal(work, row["carried_key"], carried(row["id"])))
    found = bytearray()
    try:
        async for piece in await objects.read(shelf, object_name_of(row["sent_id"]), key):
            found += piece
            if len(found) > row["size"]:
                return None
    except CannotOpen:
        return None
    return bytes(found)


async def _wrong_with(whole: bytes | None, row: Any, case: Case) -> str:
    """Why it cannot be taken in; empty when it can. Raises `Unavailable` while nobody has the time to look into it."""
    if whole is None or len(whole) != row["size"] or sha256(whole).digest() != row["sha256"]:
        return "altered"
    rules = load_rules()
    if blocks(case.issues) or row["media_type"] not in rules.types or row["size"] > rules.most_bytes:
        return "kind"
    try:
        inspection = FileInspection(row["name"], rules.most_bytes)
        inspection.see(whole)
        if inspection.end() != row["media_type"]:
            return "kind"
        await read_words(whole, row["media_type"])
    except Stays as verdict:
        if verdict.code == "late":
            raise Unavailable from verdict
        return "kind"
    except Refused:
        return "kind"
    return ""


async def _keep(work: Work, case: Case, row: Any, whole: bytes, shelf: ObjectStore) -> None:
    key, wrapped = await make_object_key(work, about(row["id"]))
    name = f"case-files/{row['id'].hex}"
    await objects.put(shelf, name, key, objects.once(whole))
    await work.driver.execute(TAKEN, row["id"], work.now(), name, wrapped)
    fields = {
        "case_id": str(case.id), "name": row["name"], "media_type": row["media_type"], "size": row["size"],
        "sha256": row["sha256"].hex(),
    }  # fmt: skip
    work.record("case_file.arrived", row["id"], document=Document("case_file", row["id"], row["version"] + 1, fields))
    await tell_stands(work, case, row["sent_id"], "taken")


async def _leave(work: Work, case: Case, row: Any, state: str, fault: str) -> None:
    await work.driver.execute(NOT_TAKEN, row["id"], state, fault)
    work.record(f"case_file.{state}", row["id"], version=row["version"] + 1)
    await tell_stands(work, case, row["sent_id"], "refused", fault)
