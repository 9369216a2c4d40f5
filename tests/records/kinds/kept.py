"""What registers, lists, transfers, packs and accounts leave behind: one of each that is settled, full of a word."""

from datetime import date
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.registers.committee.gathering import record_meeting
from safeguard.registers.policies.publishing import NewEdition, publish, publish_edition, withdraw
from safeguard.registers.policies.signing import Who, sign
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.organisations import make_person

DAY = date(2026, 1, 12)
ADD_ROSTER = """
insert into rosters (organisation_id, id, subject, source, form, file_name, size, sha256, object_name, wrapped_key,
    state, uploaded_at, uploaded_by_name)
values ((select sec.current_organisation()), $1, 'people', 'sims', 'table', $2, 1, sha256('x'), $3, 'x', 'open', now(),
    'Sample')
"""
ADD_PROBLEM = """
insert into roster_problems (organisation_id, id, run_id, row_number, field, problem)
values ((select sec.current_organisation()), $1, $2, 1, 'name', $3)
"""
ADD_TRANSFER = """
insert into transfers (organisation_id, id, person_name, way, recipient, basis, policy, state, incident_count,
    file_count, sent_at, sent_by_name, sha256, size, received_at, received_by)
values ((select sec.current_organisation()), $1, $2, 'paper', $3, $4, 'keep', 'received', 0, 0, now(), 'Sample',
    sha256('x'), 1, now(), $2)
"""
ADD_INCOMING = """
insert into incoming_transfers (organisation_id, id, way, sender_name, contact, state, arrived_at, sha256, size,
    ended_at, object_name, end_reason)
values ((select sec.current_organisation()), $1, 'upload', $2, $2, 'declined', now(), sha256('x'), 1, now(), $3, $4)
"""
ADD_PACK = """
insert into packs (organisation_id, id, kind, from_on, until_on, title, disclosure, requested_at, requested_by_name,
    ready_at, size, sha256, records, shown, origin, log_size, checkpoint, vkey, as_of, release, wrapped_key)
values ((select sec.current_organisation()), $1, 'period', '2020-01-01', '2020-02-01', 'A period', 'minimal', now(),
    'Sample', now(), 1, sha256('x'), 1, 1, 'x', 1, 'x', 'x', now(), '1', 'x')
"""
END = "update memberships set state = 'ended' where user_id = $1"


async def what_was_kept(lead: Actor, word: str) -> dict[str, UUID]:
    """Their ids, by kind; of signatures that of the edition."""
    return {
        **await what_was_agreed(lead, word),
        **await what_went_and_came(lead, word),
        "former_account": await somebody_who_left(lead, word),
    }


async def what_was_agreed(lead: Actor, word: str) -> dict[str, UUID]:
    """A policy that was withdrawn, signatures of an edition that was replaced, minutes."""
    async with begin(lead) as work:
        gone = await publish(
            work,
            SCHOOL,
            "policy",
            NewEdition(title=f"{word} policy", words=f"Of {word}.", readers=("lead",), effective_on=DAY),
        )
        await withdraw(work, gone.id, f"{word} is over.", gone.version)
        met = await record_meeting(work, SCHOOL, DAY, f"Ana {word}", f"We spoke about {word}.")
        signed = await replaced(lead, word)
    return {"policy": gone.id, "signature": signed, "minutes": met.id}


async def replaced(lead: Actor, word: str) -> UUID:
    """The first edition of an agreement that somebody of that name signed, with a second one since."""
    new = NewEdition(
        title="Phones", words="Phones stay in bags.", parties=("staff", "family"), lasts_months=12, effective_on=DAY
    )
    async with begin(lead) as work:
        agreed = await publish(work, SCHOOL, "agreement", new)
        await sign(work, agreed, (Who(f"Ana {word}", f"Ben {word}"),), "family", "paper", DAY)
    async with begin(lead) as work:
        await publish_edition(work, SCHOOL, agreed.id, new, agreed.version)
        found = await work.driver.fetchval(
            "select id from policy_editions where policy_id = $1 and number = 1", agreed.id
        )
    return UUID(str(found))


async def what_went_and_came(lead: Actor, word: str) -> dict[str, UUID]:
    """A list that was uploaded and forgotten, a file that was sent and signed for, a pack. What came is among files."""
    roster, sent, pack = clock.new_id(), clock.new_id(), clock.new_id()
    async with begin(lead) as work:
        await work.driver.execute(ADD_ROSTER, roster, f"{word}.csv", f"rosters/{lead.organisation_id}/{roster}")
        await work.driver.execute(ADD_PROBLEM, clock.new_id(), roster, f"{word}?")
        await work.driver.execute(ADD_TRANSFER, sent, f"Ana {word}", "Birch Academy", f"{word} moved.")
        await work.driver.execute(ADD_PACK, pack)
    return {"roster": roster, "transfer": sent, "pack": pack}


async def file_that_came(lead: Actor, word: str) -> UUID:
    """A file of somebody else's that was declined, and still lies here sealed."""
    incoming = clock.new_id()
    async with begin(lead) as work:
        await work.driver.execute(
            ADD_INCOMING, incoming, word, f"transfers/{lead.organisation_id}/{incoming}", f"Not {word}."
        )
    return incoming


async def somebody_who_left(lead: Actor, word: str) -> UUID:
    """An account of that name that ended today."""
    user_id, _ = await make_person(lead.organisation_id, [Role.REPORTER], f"Ana {word}")
    async with begin(lead) as work:
        await work.driver.execute(END, user_id)
    return user_id
