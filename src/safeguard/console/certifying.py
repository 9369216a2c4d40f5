"""The certificate of a removal: a signed note (C2SP signed-note) that stays when the organisation is gone.

Its text says whose records were removed, how many rows of how many tables that was, who asked and who agreed, and when.
Of which table how many is not said: operators read it, and it would tell how many concerns there were. The signer signs
it as it signs the manifests of packs, with the key that signed the organisation's log, under the name of the platform's
own log; and that log gets an entry that is bound to the note's bytes.
"""

import asyncio
import json
from hashlib import sha256
from typing import Any, Final, Protocol
from uuid import UUID

import asyncpg

from safeguard.access.actors import system
from safeguard.audit.documents import Document
from safeguard.database.context import PLATFORM
from safeguard.errors import NotFound
from safeguard.evidence.notes import NoteSigner, origin_of
from safeguard.work import begin

FIRST: Final = "safeguard-removal/1"
FIND: Final = "select * from console.removals where id = $1"
LOG: Final = "select origin_id, epoch from audit.logs where organisation_id = $1 and log = 'platform'"
CERTIFIED: Final = "update console.removals set certificate = $2 where id = $1 and certificate is null"


class SignerOf(Protocol):
    """Whoever signs in the name of a log."""

    def signer_of(self, origin: str) -> NoteSigner:
        """The keys under that name."""
        ...


async def certify(owner: asyncpg.Connection, removal_id: UUID, host: str, signer: SignerOf) -> str:
    """The signed note of a removal, made when there is none; raises `SignerAway` to be tried again, `NotFound`."""
    row = await owner.fetchrow(FIND, removal_id)
    log = await owner.fetchrow(LOG, UUID(PLATFORM))
    if row is None or log is None:
        raise NotFound
    if row["certificate"]:
        return str(row["certificate"])
    origin = origin_of(host, log["origin_id"], log["epoch"])
    note = await asyncio.to_thread(lambda: signer.signer_of(origin).sign(text_of(row)))
    await _tell(row["organisation_id"], note)  # told twice after a crash here, rather than never
    await owner.execute(CERTIFIED, removal_id, note)
    return note


def text_of(row: Any) -> str:
    """What is signed, a line for each thing."""
    lines = [
        FIRST,
        f"organisation {row['organisation_id']} {row['slug']} {row['kind']}",
        f"name {_line(row['name'])}",
        f"asked {row['asked_at'].isoformat()} {_line(row['asked_by_name'])}",
        f"agreed {row['agreed_at'].isoformat()} {_line(row['agreed_by_name'])}",
        f"removed {row['removed_at'].isoformat()}",
        f"accounts {row['accounts']}",
    ]
    counted: dict[str, int] = json.loads(row["counted"])
    return "\n".join([*lines, *(f"{what} {number}" for what, number in sorted(counted.items()))]) + "\n"


def _line(words: str) -> str:
    """In one line: a name may hold what begins another."""
    return " ".join(words.split())


async def _tell(organisation_id: UUID, note: str) -> None:
    digest = sha256(note.encode()).hexdigest()
    async with begin(system(UUID(PLATFORM)), purpose="remove") as work:
        document = Document("organisation", organisation_id, 1, {"certificate_sha256": digest})
        work.record("organisation.removed", organisation_id, document=document, log="platform")
