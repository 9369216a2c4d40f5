"""The vault: who reads it, whom it never tells, and what a concern goes through until it is closed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns import handling, naming, reading
from safeguard.concerns.handling import Said
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.concerns.record import Record
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.incidents.hiding.reading import read_second_person
from safeguard.incidents.queries import LATEST
from safeguard.notifications.deciding import tell_of_concern
from safeguard.work import begin

pytestmark = pytest.mark.anyio

LOG = "select log, split_part(entry, E'\\n', 3) as event from audit.leaves where index > 0 order by log, index"


@dataclass
class House:
    """An organisation with somebody for each part."""

    head: Actor
    lead: Actor
    reporter: Actor
    subject: Actor


@pytest.fixture
async def house(someone) -> House:
    head = await someone(Role.HEAD)
    here = head.organisation_id
    return House(
        head,
        await someone(Role.LEAD, organisation=here),
        await someone(Role.REPORTER, organisation=here),
        await someone(Role.LEAD, organisation=here),
    )


async def raised(actor: Actor, name: str) -> UUID:
    async with begin(actor, purpose="session") as work:
        new = NewConcern(subject_name=name, narrative="Was alone with a pupil in a locked room, for the second time.")
        return (await raise_concern(work, new)).id


async def seen(actor: Actor, concern_id: UUID) -> Record | None:
    async with begin(actor, purpose="session") as work:
        try:
            return await reading.read_concern(work, concern_id)
        except NotFound:
            return None


async def listed(actor: Actor) -> list[UUID]:
    async with begin(actor, purpose="session") as work:
        return [row.id for row in await reading.list_concerns(work, "all", after=LATEST)]


async def test_a_concern_goes_to_the_head_and_to_nobody_else(house):
    concern_id = await raised(house.reporter, house.subject.name)
    assert await listed(house.head) == [concern_id]
    assert (await seen(house.head, concern_id)) is not None
    for other in (house.lead, house.reporter, house.subject):
        assert await seen(other, concern_id) is None
        with pytest.raises(NotFound):
            await listed(other)


async def test_whoever_raised_it_sees_a_receipt_and_nothing_that_was_made_of_it(house):
    concern_id = await raised(house.reporter, house.subject.name)
    async with begin(house.reporter, purpose="session") as work:
        [receipt] = await reading.list_raised(work)
    assert receipt.received_at is None
    assert receipt.has_handler
    async with begin(house.head, purpose="session") as work:
        await handling.receive(work, concern_id, 1)
    async with begin(house.reporter, purpose="session") as work:
        [receipt] = await reading.list_raised(work)
    assert receipt.received_at is not None


async def test_only_the_restricted_log_hears_of_it(house):
    concern_id = await raised(house.reporter, house.subject.name)
    await seen(house.head, concern_id)
    async with begin(house.head, purpose="session") as work:
        await handling.add(work, concern_id, Said(words="Spoke with the caretaker."))
    async with begin(house.head, purpose="session") as work:
        told = [(row["log"], row["event"]) for row in await work.driver.fetch(LOG)]
    assert {log for log, _ in told} == {"restricted"}
    assert [event for _, event in told] == [
        "concern.raised", "concern.viewed", "concern_entry.recorded", "concern.followed_up",
    ]  # fmt: skip
    async with begin(house.subject, purpose="session") as work:
        assert await work.driver.fetch(LOG) == []


async def test_a_concern_about_the_head_goes_past_the_head(house):
    async with begin(house.head, purpose="session") as work:
        await naming.name(work, house.lead.user_id, "Chair of governors' choice.")
    concern_id = await raised(house.reporter, house.head.name)
    assert await listed(house.head) == []
    assert await seen(house.head, concern_id) is None
    assert await seen(house.lead, concern_id) is not None


async def test_when_nobody_here_can_receive_it_whoever_raised_it_is_told(house):
    await raised(house.reporter, house.head.name)
    async with begin(house.reporter, purpose="session") as work:
        [receipt] = await reading.list_raised(work)
        assert not receipt.has_handler
        assert await read_second_person(work) == ("Sample Chair", "chair@example.org")


async def test_a_named_person_reads_until_they_are_taken_from_the_list(house):
    concern_id = await raised(house.reporter, "Somebody Else")
    async with begin(house.head, purpose="session") as work:
        await naming.name(work, house.lead.user_id, "Handles personnel matters.")
    assert await seen(house.lead, concern_id)
    async with begin(house.lead, purpose="session") as work:
        with pytest.raises(Forbidden):
            await naming.name(work, house.subject.user_id, "Let a friend in.")
    async with begin(house.head, purpose="session") as work:
        [named] = await naming.list_named(work)
        await naming.end(work, named.id)
    assert await seen(house.lead, concern_id) is None


async def test_the_subject_is_shut_out_even_when_they_are_named_to_read(house):
    async with begin(house.head, purpose="session") as work:
        await naming.name(work, house.subject.user_id, "Deputy head.")
    other, own = await raised(house.reporter, "Somebody Else"), await raised(house.reporter, house.subject.name)
    assert await listed(house.subject) == [other]
    assert await seen(house.subject, own) is None


async def test_an_allegation_is_not_closed_before_the_designated_officer_was_contacted(house):
    concern_id = await raised(house.reporter, "Somebody Else")
    async with begin(house.head, purpose="session") as work:
        with pytest.raises(Conflict, match="First decide"):
            await handling.close(work, concern_id, 1, "unfounded", "No basis.", "Asked two witnesses.")
    async with begin(house.head, purpose="session") as work:
        await handling.decide(work, concern_id, 1, "allegation", "May have harmed a child.")
    async with begin(house.head, purpose="session") as work:
        with pytest.raises(Conflict, match="designated officer"):
            await handling.close(work, concern_id, 2, "unfounded", "No basis.", "Asked two witnesses.")
    async with begin(house.head, purpose="session") as work:
        said = Said(kind="contact", words="No further action advised.", contact="lado", contacted_at=datetime.now(UTC))
        await handling.add(work, concern_id, said)
        facts = await handling.close(work, concern_id, 3, "unfounded", "No basis.", "Asked two witnesses.")
    assert (facts.state, facts.outcome) == ("closed", "unfounded")
    async with begin(house.head, purpose="session") as work:
        with pytest.raises(Conflict, match="closed"):
            await handling.add(work, concern_id, Said(words="One more thing."))
    async with begin(house.head, purpose="session") as work:
        assert (await handling.reopen(work, concern_id, 4, "New witness.")).state == "open"


async def test_nobody_writes_over_what_they_have_not_read(house):
    concern_id = await raised(house.reporter, "Somebody Else")
    async with begin(house.head, purpose="session") as work:
        await handling.add(work, concern_id, Said(words="Asked the office."))
    async with begin(house.head, purpose="session") as work:
        with pytest.raises(Conflict, match="this concern"):
            await handling.decide(work, concern_id, 1, "low_level", "Below the threshold.")


@pytest.mark.parametrize(
    ("new", "field"),
    [
        (NewConcern(subject_name="", narrative="Words"), "subject_name"),
        (NewConcern(subject_name="Jo", narrative="  "), "narrative"),
        (NewConcern(subject_name="Jo" * 300, narrative="Words"), "subject_name"),
    ],
)
async def test_what_is_missing_is_asked_for(house, new, field):
    async with begin(house.reporter, purpose="session") as work:
        with pytest.raises(Invalid) as refusal:
            await raise_concern(work, new)
    assert [error.field for error in refusal.value.errors] == [field]


async def test_whoever_may_receive_it_is_told_and_never_whom_it_is_about(house, someone):
    second = await someone(Role.HEAD, organisation=house.head.organisation_id)
    concern_id = await raised(house.reporter, house.head.name)
    async with begin(system(house.head.organisation_id)) as work:
        await tell_of_concern(work, concern_id)
    for actor, told in ((second, 1), (house.head, 0), (house.lead, 0), (house.reporter, 0)):
        async with begin(actor, purpose="session") as work:
            found = await work.driver.fetch("select event from notices where recipient_id = $1", actor.user_id)
            assert [row["event"] for row in found] == ["concern.raised"] * told
