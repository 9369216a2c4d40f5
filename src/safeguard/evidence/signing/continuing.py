"""Going on after a restore: what is missing is declared by two people, and every later pack says so.

A restored database is behind what the signer remembers, and the signer refuses it. It may only go on under a new
epoch, a new origin line, whose first entry `log.continued` binds the last checkpoint that was signed, the range that
is missing, who declared it and why. Verifiers then print DISCONTINUITY, never a plain green. The entries that were
restored keep their places: the log's tree goes on, and older packs of it still fit as far as it reaches.

Of a log that is not there at all nothing goes on. That it is lost stands in the platform's own log, with the last
checkpoint that was signed of it; only then the signer misses it no more.

Both sides have to be told, the database as its owner and the signer in its memory: with either alone nobody can hide a
rewind as a restore.
"""

from dataclasses import dataclass
from typing import Final, cast
from uuid import UUID

import asyncpg

from safeguard import clock
from safeguard.access.actors import system
from safeguard.audit.documents import Document
from safeguard.database.context import PLATFORM
from safeguard.errors import FieldError, Invalid
from safeguard.evidence.notes import origin_of
from safeguard.evidence.signing import alarming
from safeguard.evidence.signing.memory import GONE, FileMemory, Known, Place
from safeguard.work import LogName, begin

BEHIND: Final = """
select l.id, l.origin_id, l.epoch, l.size, coalesce(max(c.size), 0) as signed
from audit.logs l left join audit.checkpoints c on c.organisation_id = l.organisation_id and c.log = l.log
where l.organisation_id = $1 and l.log = $2 group by l.id, l.origin_id, l.epoch, l.size
"""
NEXT: Final = "update audit.logs set epoch = epoch + 1 where organisation_id = $1 and log = $2"
EVENT: Final = "log.continued"
LOST: Final = "log.lost"


@dataclass(frozen=True, slots=True)
class Declaration:
    """Two people, and why entries are missing."""

    first: str
    second: str
    reason: str


@dataclass(frozen=True, slots=True)
class Continued:
    """A log that goes on: it has the entries before `size`, and those from there up to `signed` may be lost."""

    place: Place
    origin: str
    size: int
    signed: int


def declaration(first: str, second: str, reason: str) -> Declaration:
    """Raises `Invalid` unless two different people give a reason."""
    first, second, reason = (" ".join(each.split()) for each in (first, second, reason))
    if not first or not second or first.casefold() == second.casefold():
        raise Invalid(FieldError("second", "Two different people declare this: give the name of each."))
    if len(reason) < 10:
        raise Invalid(FieldError("reason", "Say what happened, in a sentence: it stands in the log for good."))
    return Declaration(first, second, reason)


async def continue_logs(
    owner: asyncpg.Connection, memory: FileMemory, host: str, declared: Declaration
) -> tuple[list[Continued], list[Place]]:
    """Go on with every log that is behind the signer's memory; those that went on, and those that are lost."""
    continued: list[Continued] = []
    gone: list[Place] = []
    for place, known in memory.list_known():
        row = await owner.fetchrow(BEHIND, *place)
        if row is None and not memory.is_declared(place, GONE):
            await _lose(owner, memory, place, known, declared)
            gone.append(place)
        elif row is None:
            continue
        elif row["signed"] < known.size and known.is_stored and not memory.is_declared(place, _origin(host, row)):
            continued.append(await _continue(memory, place, known, row, host, declared))
    return continued, gone


async def _continue(
    memory: FileMemory, place: Place, known: Known, row: asyncpg.Record, host: str, declared: Declaration
) -> Continued:
    """The new epoch with its first entry in one transaction; then the signer's side, alone after a crash between."""
    epoch, log_id = row["epoch"], row["id"]
    if _origin(host, row) == known.origin:
        epoch += 1
        async with begin(system(place[0]), dated=clock.now()) as work:
            await work.driver.execute(NEXT, *place)
            document = Document("log", log_id, epoch, _fields(known, row["size"], declared))
            work.record(EVENT, log_id, document=document, log=cast("LogName", place[1]))
    origin = origin_of(host, row["origin_id"], epoch)
    memory.declare(place, origin, clock.now())
    return Continued(place, origin, row["size"], known.size)


async def _lose(
    owner: asyncpg.Connection, memory: FileMemory, place: Place, known: Known, declared: Declaration
) -> None:
    """Written where it stays; told twice after a crash between the two, rather than never."""
    async with begin(system(UUID(PLATFORM)), dated=clock.now()) as work:
        lost = clock.new_id()
        whose = {"organisation": str(place[0]), "log": place[1]}
        document = Document("log", lost, 1, _fields(known, 0, declared) | whose)
        work.record(LOST, lost, document=document, log="platform")
    memory.declare(place, GONE, clock.now())
    await alarming.all_clear(owner, place)


def _origin(host: str, row: asyncpg.Record) -> str:
    """What the database calls the log now."""
    return origin_of(host, row["origin_id"], row["epoch"])


def _fields(known: Known, size: int, declared: Declaration) -> dict[str, str | int]:
    return {
        "checkpoint": known.note, "missing_from": size, "missing_until": known.size,
        "declared_by": declared.first, "agreed_by": declared.second, "reason": declared.reason,
    }  # fmt: skip
