"""What came to the town by its public page: a report with a conversation, a concern, and what came in a flood."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.clock import REFERENCE_ALPHABET
from safeguard.public_reports.arriving import Envelope, arrive
from safeguard.public_reports.codes import tidied_code
from safeguard.public_reports.doors import Door, find_door
from safeguard.public_reports.replying import answer_in_concern, answer_in_incident, write_again
from safeguard.public_reports.sent import Sent
from safeguard.public_reports.telling import Told
from safeguard.work import begin

LONG = "They wrote it again and again, and everybody on the bus could read it. " * 20


@dataclass(frozen=True, slots=True)
class Reported:
    """Where to find it."""

    answered: UUID
    """An incident whose writer and lead wrote to each other, in Welsh."""
    staff_concern: UUID
    """A concern whose writer and head did."""


async def report_by_the_page(slug: str, lead: Actor, head: Actor) -> Reported:
    """Write as visitors do, and answer as those who read it do."""
    door = await find_door(slug)
    answered = await _converse(door, lead)
    concern = await _raise(door, head)
    for words in ("test test test", LONG):
        await _arrive(door, Sent(about="other", words=words, danger=words == LONG), trapped=True)
        flooded = Sent(about="staff", in_charge="no", words=words, danger=words == LONG, subject_name="Mx Rowe")
        await _arrive(door, flooded, trapped=True)
    return Reported(answered, concern)


async def _converse(door: Door, lead: Actor) -> UUID:
    code, told = await _arrive(door, Sent(about="other", words=LONG, writer="child", when="ddoe"), language="cy")
    assert told.incident_id
    async with begin(lead) as work:
        await answer_in_incident(work, told.incident_id, "Diolch. Rydym wedi darllen dy neges.")
    await write_again(door, code, "Mae'n dal i ddigwydd.", clock.new_request_id())
    return told.incident_id


async def _raise(door: Door, head: Actor) -> UUID:
    sent = Sent(about="staff", in_charge="no", words="They message us at night.", subject_name="Mx Rowe")
    code, told = await _arrive(door, sent)
    assert told.concern_id
    await write_again(door, code, "It happened again.", clock.new_request_id())
    async with begin(head) as work:
        await answer_in_concern(work, told.concern_id, "Thank you. We are looking into it.")
    return told.concern_id


async def _arrive(door: Door, sent: Sent, *, language: str = "en_GB", trapped: bool = False) -> tuple[str, Told]:
    letters = "".join(REFERENCE_ALPHABET[byte % len(REFERENCE_ALPHABET)] for byte in clock.random_bytes(16))
    code = tidied_code(letters)
    envelope = Envelope(code, clock.random_bytes(16), language, clock.new_request_id(), timedelta(minutes=2), trapped)
    return code, await arrive(door, sent, envelope)
