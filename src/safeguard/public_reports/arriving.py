"""A report arrives by the public page: an incident of the inbox, a concern in the vault, or one that is held.

Nothing is ever refused for coming too often: a school's pupils share an address, and one of them may be in trouble
while another plays. Reports that come in a flood, from one browser again and again, faster than anybody types, or with
the trap filled in, are kept and held: a lead looks at their list and takes in what is real. What is about an adult who
works here goes to the vault at once, because it must wait on no list that this adult may read: a flood of it stands
there on a list of its own, counted for each reader among what they may know of (`concerns.reading`).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.concerns.raising import raise_concern
from safeguard.concerns.record import HOUSE
from safeguard.errors import Invalid
from safeguard.incidents.recording import record_incident
from safeguard.public_reports.adding import (
    SHUT_OUT_ANSWERED,
    SHUT_OUT_MEANT,
    add_words,
    note_in_concern,
    note_in_incident,
)
from safeguard.public_reports.codes import hash_of
from safeguard.public_reports.doors import PURPOSE, Door, visitor
from safeguard.public_reports.sent import Sent, check_sent, tidied_sent
from safeguard.public_reports.telling import Told, find_report, get_report
from safeguard.public_reports.urgency import sounds_urgent
from safeguard.work import Work, begin

AT_ONCE: Final = 20
"""Reports within an hour that go straight to the inbox of one organisation."""
ONE_BROWSER: Final = 3
FASTEST: Final = timedelta(seconds=4)
"""Nobody reads the page and writes a sentence in less."""
COUNT: Final = "select * from public.count_public_reports($1)"
KEEP: Final = """
insert into public.public_reports (
    organisation_id, id, code_hash, visitor, kept_at, language, state, incident_id, concern_id, arrival_id, held_for,
    held_words, urgent)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
SHUT_OUT_HEADS: Final = "select public.shut_out_heads($1)"
SHUT_OUT_READERS: Final = "select public.shut_out_readers($1)"
CAME_WITH: Final = "select public.came_with($1, $2)"
ARRIVED: Final = "This came by the public page. Whoever wrote it can come back with their code, and read the answers."
OF_READER: Final = (
    " They answered that it is or may be about one of those who read what comes in, so none of these sees it."
)

HeldFor = Literal["many", "again", "quick", "trap"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What came with the words."""

    code: str
    visitor: bytes
    language: str
    request_id: UUID
    took: timedelta | None
    """From showing the form to sending it; None when that cannot be known."""
    trapped: bool = False
    """Whether a field was filled in that people do not see."""


async def arrive(door: Door, sent: Sent, envelope: Envelope) -> Told:
    """Keep it; raises `Invalid` for what is missing.

    The same form sent twice is kept once; where other words came the second time, they are kept as more of the report.
    """
    sent = tidied_sent(sent)
    if errors := check_sent(sent):
        raise Invalid(*errors)
    code_hash = hash_of(envelope.code, door.organisation_id)
    actor = visitor(door.organisation_id, sent.author)
    async with begin(actor, purpose=PURPOSE, request_id=envelope.request_id) as work:
        if (kept := await find_report(work, code_hash)) is None:
            await _keep(work, door, sent, envelope, code_hash)
        elif not await work.driver.fetchval(CAME_WITH, code_hash, sent.words):
            urgent = sounds_urgent(sent, door.profile.emergency.words)
            await add_words(work, kept, code_hash, sent.words, urgent=urgent)
        return await get_report(work, code_hash)


async def _keep(work: Work, door: Door, sent: Sent, envelope: Envelope, code_hash: bytes) -> None:
    report_id, state, written = clock.new_id(), "open", ""
    urgent = sounds_urgent(sent, door.profile.emergency.words)
    incident_id = concern_id = arrival_id = held = None
    if sent.about == "staff":
        held = _seen_through(envelope)
        concern_id = (await raise_concern(work, sent.concern(urgent=urgent))).id
        arrival_id = await note_in_concern(work, concern_id, HOUSE, ARRIVED + OF_READER * sent.of_reader)
        await _shut_out(work, concern_id, sent)
    elif held := await _held_for(work, envelope):
        state, written = "held", msgspec.json.encode(sent).decode()
        work.record("public_report.held", report_id)
    else:
        incident_id = (await record_incident(work, sent.incident(), door.profile, urgent=urgent)).facts.id
        arrival_id = await note_in_incident(work, incident_id, HOUSE, ARRIVED)
    await work.driver.execute(
        KEEP, report_id, code_hash, envelope.visitor, work.now(), envelope.language, state, incident_id, concern_id,
        arrival_id, held, written, state == "held" and urgent,
    )  # fmt: skip


async def _shut_out(work: Work, concern_id: UUID, sent: Sent) -> None:
    """Keep it from everybody whom it may be about: by what they are here, by their name, by whatever else is said."""
    if sent.of_reader:
        await work.driver.execute(SHUT_OUT_READERS, concern_id)
    elif sent.in_charge != "no":
        await work.driver.execute(SHUT_OUT_HEADS, concern_id)
    if sent.subject_work:
        await work.driver.execute(SHUT_OUT_ANSWERED, concern_id, sent.subject_work)  # some write their name there
    await work.driver.execute(SHUT_OUT_MEANT, concern_id, "\n".join((sent.when, sent.words)))


def _seen_through(envelope: Envelope) -> HeldFor | None:
    """What the report tells by itself, whatever else came."""
    if envelope.trapped:
        return "trap"
    return "quick" if envelope.took is None or envelope.took < FASTEST else None


async def _held_for(work: Work, envelope: Envelope) -> HeldFor | None:
    if held := _seen_through(envelope):
        return held
    row = await work.driver.fetchrow(COUNT, envelope.visitor)
    if row and row["visitors"] >= ONE_BROWSER:
        return "again"
    return "many" if row and row["everybodys"] >= AT_ONCE else None
