"""One of everything that the registers hold, for tests that ask every route."""

from datetime import date
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.registers.committee.gathering import record_meeting, take_seat
from safeguard.registers.duties.doing import record_done
from safeguard.registers.duties.duty import NewDone
from safeguard.registers.filtering.keeping import NewSystem, add_block, add_system
from safeguard.registers.policies.addressing import make_link
from safeguard.registers.policies.publishing import NewEdition, publish
from safeguard.registers.policies.queries import list_signatures
from safeguard.registers.policies.signing import Who, record_paper
from safeguard.registers.training.learning import NewEvent, Present, record_event, record_present
from safeguard.registers.training.queries import list_records
from safeguard.registers.voice.listening import NewImpact, begin_impact
from safeguard.standards.frameworks import load_frameworks
from safeguard.standards.queries import LATEST_ITEM
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

DAY = date(2026, 1, 12)


async def registers_of(lead: Actor) -> dict[str, str]:
    """A policy that is signed, an event, a system, something blocked, a seat, a meeting, a change, a visit."""
    school, pies = profile_of("school"), load_frameworks()["pies"]
    use = NewEdition(title="Acceptable use", parties=("pupil",), words="Be kind.", effective_on=DAY)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", use)
        await record_paper(work, policy.id, "pupil", (Who("Robin"),), DAY)
        (signature,) = await list_signatures(work, policy.id, LATEST_ITEM, 1)
        link = (await make_link(work, policy.id, "pupil", "", many=False)).link
        event = await record_event(work, school, NewEvent(title="Course", audiences=("staff",), held_on=DAY))
        await record_present(work, event, Present(names=("Ana",)))
        (record,) = await list_records(work, event.id)
        system = await add_system(work, NewSystem(kind="filtering", name="Fence", approach="technical", stance="both"))
        block = await add_block(work, "Games", "Lessons", "", DAY)
        seat = await take_seat(work, "Robin", "", DAY, is_child=True)
        meeting = await record_meeting(work, school, DAY, "Ana", "We met.")
        change = NewImpact(kind="policy", title="Bags", changed_on=DAY, measure="total", months=3, expected="Fewer.")
        impact = await begin_impact(work, school, pies, pies.controls[0], change)
        visit = NewDone(duty="independent_visit", done_on=DAY, done_by="Ida")
        done = await record_done(work, profile_of("childrens_home"), visit, DAY)
    made: dict[str, UUID] = {
        "policy_id": policy.id, "signature_id": signature.id, "link_id": link.id, "event_id": event.id,
        "record_id": record.id, "system_id": system.id, "block_id": block.id, "seat_id": seat.id,
        "meeting_id": meeting.id, "impact_id": impact.id, "done_id": done.id,
        "struck_id": meeting.id,
    }  # fmt: skip
    return {name: str(value) for name, value in made.items()} | {"register": "meetings"}
