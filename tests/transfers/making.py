"""Somebody with a file worth sending: two incidents, entries, another child, and an attached letter."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.attachments.attaching import attach
from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.triaging import assess
from safeguard.keys.wrapping import Key
from safeguard.people.recording import record_person
from safeguard.strongbox import objects
from safeguard.transfers import sending
from safeguard.transfers.gathering import Gathered, Wish, gather
from safeguard.transfers.sending import Receiver, Sent, Way
from safeguard.web.uploading import Upload
from safeguard.web.viewing import Organisation
from safeguard.work import begin
from tests.attachments.files import PDF
from tests.factories.incidents import SCHOOL
from tests.factories.people import called

WISH = Wish("Birch Academy", "Moves there in January.", role="Designated safeguarding lead")
OTHER = "Quintilla Featherstone"
CLOSING = Closing(summary="Over.", follow_up="Spoke to both.", decision="No referral.", outcome="They get on.")
CLEAN = "update public.attachments set state = 'clean', scanned_at = now() where organisation_id = $1"


@dataclass(frozen=True)
class Filed:
    """Ana, and what there is of her."""

    person: UUID
    closed: UUID
    open: UUID


async def filed(lead: Actor, owner=None) -> Filed:
    """Ana's file; `owner` is the owner's connection, which says that the letter was checked."""
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook", notes="Likes to draw.", group_name="Year 9"), SCHOOL)
    incidents = []
    for words in (f"{OTHER} took Ana's phone.", "Somebody wrote to Ana at night."):
        people = (
            NewPerson(name="Ana Brook", role="affected", kind="child", person_id=ana.id),
            NewPerson(name=OTHER, role="alleged", kind="child"),
        )
        async with begin(lead) as work:
            new = NewIncident(narrative=words, people=people, accounts="@moon")
            incidents.append((await record_incident(work, new, SCHOOL)).facts.id)
    async with begin(lead) as work:
        await add_entry(work, incidents[0], NewEntry(words=f"Spoke with Quintilla. {'Long. ' * 40}"))
    await _attached(lead, incidents[0], owner)
    async with begin(lead) as work:
        version = await work.driver.fetchval("select version from public.incidents where id = $1", incidents[0])
        version = (await assess(work, incidents[0], version, "high", "It went on.")).version
    async with begin(lead) as work:
        await close(work, incidents[0], version, CLOSING)
    return Filed(ana.id, incidents[0], incidents[1])


async def _attached(lead: Actor, incident: UUID, owner) -> None:
    async def pieces():
        yield PDF

    key, name = Key(clock.random_bytes(32)), f"files/{clock.random_bytes(16).hex()}"
    await objects.put(objects.current(), name, key, pieces())
    upload = Upload("letter.pdf", "", "application/pdf", len(PDF), sha256(PDF).digest(), name, key)
    async with begin(lead) as work:
        await attach(work, incident, upload, "From the council.", promised=True)
    if owner is not None:
        owner.execute(CLEAN.replace("$1", "%s"), (lead.organisation_id,))


async def organisation_of(lead: Actor) -> Organisation:
    """As a page of theirs is told of it."""
    async with begin(lead) as work:
        row = await work.driver.fetchrow(
            "select id, slug, name, kind, nation, time_zone, state from public.organisations where id = $1",
            lead.organisation_id,
        )
    return Organisation(*row)


async def sent(lead: Actor, person: UUID, way: Way, wish: Wish = WISH) -> tuple[Sent, Gathered]:
    """The file, sent."""
    nonce, organisation = clock.random_bytes(16), await organisation_of(lead)
    async with begin(lead) as work:
        gathered = await gather(work, person, wish, sending.id_of(nonce))
        return await sending.send(work, gathered, wish, way, nonce, SCHOOL, organisation), gathered


async def inside(other: Actor) -> Way:
    """To an organisation of this service."""
    there = await organisation_of(other)
    return Way("inside", "Sam", Receiver(there.id, there.name, there.kind, ""))
