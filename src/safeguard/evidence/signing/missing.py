"""Logs that were signed once and are not there any more, with every entry and every checkpoint.

Nothing of such a log grows and nothing of it is shorter, so only somebody who remembers it can miss it. It is missed
without an alarm where two people answered for its end: an organisation that was removed leaves a certificate, which
bears this signer's own signature, and what a restore lost is declared (`signing.continuing`). Between a removal and its
certificate lies the taking away of what was stored; an alarm of that time ends with the certificate.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import asyncpg

from safeguard import clock
from safeguard.evidence.signing import alarming
from safeguard.evidence.signing.memory import GONE, Memory, Place
from safeguard.evidence.verifying.notes import Key, parse_note
from safeguard.evidence.verifying.verdicts import Refused

CERTIFICATE: Final = "select console.certificate_of($1)"
FIRST: Final = "safeguard-removal/1"


async def list_missing(
    connection: asyncpg.Connection, memory: Memory, there: Iterable[Place], publics: Sequence[bytes]
) -> list[Place]:
    """Logs that were signed and are not there, and for whose end nobody answered."""
    gone = sorted({*memory.sizes()} - {*there})
    return [place for place in gone if not await _is_answered_for(connection, memory, place, publics)]


async def _is_answered_for(
    connection: asyncpg.Connection, memory: Memory, place: Place, publics: Sequence[bytes]
) -> bool:
    if memory.is_declared(place, GONE):
        return True
    note: str | None = await connection.fetchval(CERTIFICATE, place[0])
    if note is None or not _certifies(note, place, publics):
        return False
    memory.declare(place, GONE, clock.now())
    await alarming.all_clear(connection, place)
    return True


def _certifies(note: str, place: Place, publics: Sequence[bytes]) -> bool:
    """Whether one of these keys signed that this organisation's records were removed."""
    try:
        read = parse_note(note.encode(), "certificate")
        names = {signature.name for signature in read.signatures}
        signed = read.signers(tuple(Key(name, public) for name in names for public in publics), "certificate")
    except Refused:
        return False
    first, second, *_ = (*read.text.split("\n"), "", "")
    return bool(signed) and first == FIRST and second.split()[1:2] == [str(place[0])]
