"""What whoever holds a code may know of their report, and how they write again."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.incidents.reports import tidy
from safeguard.public_reports.codes import hash_of, tidied_code
from safeguard.public_reports.doors import PURPOSE, Door, visitor
from safeguard.work import Work, begin

READ: Final = "select public.read_public_report($1)::text"
AGAIN: Final = "Whoever reported it"
LONGEST: Final = 5_000


class Message(msgspec.Struct, frozen=True):
    """Something that was written to or fro."""

    ours: bool
    """Whether somebody of the organisation wrote it."""
    at: datetime
    words: str
    by: str = ""
    """Who of the organisation wrote it, for those who work here; whoever reported reads that it came from here."""


class Told(msgspec.Struct, frozen=True):
    """A report, as its writer may know it."""

    id: UUID
    kept_at: datetime
    state: Literal["open", "held", "set_aside"]
    incident_id: UUID | None
    concern_id: UUID | None
    received: bool
    """Whether somebody has said that they have it."""
    readable: bool
    """Whether anybody is there who may read it: not when a concern is about all who could."""
    messages: tuple[Message, ...]


_decode = msgspec.json.Decoder(Told).decode


async def find_report(work: Work, code_hash: bytes) -> Told | None:
    """What the database tells of the report of this code, if there is one."""
    text = await work.driver.fetchval(READ, code_hash)
    return _decode(text) if text else None


async def get_report(work: Work, code_hash: bytes) -> Told:
    """The same; raises `NotFound` when there is none."""
    told = await find_report(work, code_hash)
    if told is None:
        raise NotFound
    return told


async def find_told(door: Door, code: str) -> Told | None:
    """The report of this code, if there is one here."""
    async with begin(visitor(door.organisation_id), purpose=PURPOSE) as work:
        return await find_report(work, hash_of(tidied_code(code), door.organisation_id))


def read_message(typed: str) -> str:
    """What was typed as a message; raises `Invalid`."""
    words = tidy(typed)
    if not words:
        raise Invalid(FieldError("words", "Write something first. A few words are enough."))
    if len(words) > LONGEST:
        raise Invalid(FieldError("words", f"This is too long for one message. The most is {LONGEST:,} letters."))
    return words
