"""A working copy holds what some may not know of: they do not read it, and nobody releases what they see in part."""

import zipfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from uuid import UUID

import pytest
from obstore.store import ObjectStore

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict, NotFound
from safeguard.identity import acts, approving
from safeguard.incidents.hiding.circle import confine, exclude
from safeguard.incidents.identifying import identify
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.recording import record_person
from safeguard.records import holding
from safeguard.records.access import gathering, handling, releasing
from safeguard.records.access.queries import list_items, list_redactions, list_requests
from safeguard.records.logs.writing import write_disagreement
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.asking import answer_of, asked, judged, released
from tests.records.making import second
from tests.records.test_asked_about_oneself import ALERT

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
QUINTILLA = "Quintilla Featherstone"


@pytest.fixture(autouse=True)
def stored(shelf: ObjectStore) -> None:
    acts.bind(*releasing.ACTS)
    objects.use(shelf)


async def person(lead: Actor, given: str, family: str, notes: str = "") -> UUID:
    async with begin(lead) as work:
        return (await record_person(work, called(given, family, notes=notes), SCHOOL)).id


async def told(lead: Actor, words: str, affected: str, *alleged: str) -> tuple[UUID, UUID]:
    """An incident, and the part in it of whom it affected."""
    people = [NewPerson(name=affected, role="affected", kind="child", connection="pupil")]
    people += [NewPerson(name=name, role="alleged", kind="child", connection="pupil") for name in alleged]
    async with begin(lead) as work:
        story = await record_incident(work, NewIncident(narrative=words, people=tuple(people)), SCHOOL)
    return story.facts.id, story.people[0].id


async def tie(lead: Actor, incident: UUID, part: UUID, person_id: UUID) -> None:
    async with begin(lead) as work:
        await identify(work, incident, part, 1, person_id)


async def gathered(lead: Actor, person_id: UUID) -> UUID:
    request = await asked(lead, person_id)
    async with begin(lead) as work:
        assert await gathering.gather(work, request) > 0
    await judged(lead, request)
    return request


async def test_who_does_not_see_all_of_a_copy_neither_asks_for_its_release_nor_agrees(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head, trusted = await second(lead), await second(lead, Role.DEPUTY)
    assert trusted.user_id
    ana = await person(lead, "Ana", "Brook")
    kept, part = await told(lead, f"{QUINTILLA} did it.", "Ana Brook", QUINTILLA)
    await tie(lead, kept, part, ana)
    open_one, part = await told(lead, f"Later {QUINTILLA} laughed at Ana Brook.", "Ana Brook")
    await tie(lead, open_one, part, ana)
    async with begin(lead) as work:
        await confine(work, kept, (trusted.user_id,), "Only us.")
    request = await gathered(lead, ana)
    async with begin(head) as work:
        assert QUINTILLA not in {each.phrase for each in await list_redactions(work, request)}
    async with begin(lead) as work:
        proposal = await releasing.ask_release(work, request)
    with pytest.raises(NotFound):
        async with begin(head) as work:
            await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        await approving.withdraw(work, proposal.id)
    other = await second(lead, Role.DEPUTY)
    with pytest.raises(Conflict, match="Somebody else"):
        async with begin(other) as work:
            await releasing.ask_release(work, request)
    await released(lead, trusted, request)
    with zipfile.ZipFile(BytesIO(await answer_of(lead, request))) as archive:
        data = archive.read("data.json").decode()
    assert "laughed at Ana Brook" in data
    assert not [word for word in QUINTILLA.split() if word in data]
    with pytest.raises(Conflict, match="Somebody else"):
        await answer_of(other, request)


async def test_whoever_is_kept_from_somebody_reads_nothing_that_hangs_on_them(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    deputy = await second(lead, Role.LEAD)
    assert deputy.user_id
    incident, part = await told(lead, "The deputy frightened Zora.", "Zora Pine")
    async with begin(lead) as work:
        await exclude(work, incident, deputy.user_id)
    zora = await person(lead, "Zora", "Pine", "Sister of Ana Brook. Afraid of the deputy.")
    ana = await person(lead, "Ana", "Brook", "Likes to draw.")
    await tie(lead, incident, part, zora)
    theirs = await gathered(lead, zora)
    async with begin(lead) as work:
        await holding.place_hold(work, holding.About("person", zora), "police", "Zora accuses the deputy.")
        await write_disagreement(work, zora, "Zora's mother", "It was worse.", "")
    request = await gathered(lead, ana)
    async with begin(lead) as work:
        seen = [each.label for each in await list_items(work, request)]
        assert len(seen) == 2
        assert len(await list_requests(work)) == 2
        assert "Zora Pine" in {each.phrase for each in await list_redactions(work, request)}
    async with begin(deputy) as work:
        assert [each.about_name for each in await list_requests(work)] == ["Ana Brook"]
        assert len(await list_items(work, request)) == 1
        assert not [each for each in await list_redactions(work, request) if "Zora" in each.phrase]
        assert not await list_items(work, theirs)
        assert not await list_redactions(work, theirs)
        for table in ("record_holds", "disagreements", "record_dates"):
            assert await work.driver.fetchval(f"select count(*) from {table}") == 0, table
        for table in ("audit.documents", "audit.objects"):
            count = f"select count(*) from {table} where id = $1"
            assert await work.driver.fetchval(count, theirs) == 0, table
    with pytest.raises(NotFound):
        async with begin(deputy) as work:
            await handling.refuse(work, theirs, "No.")
    with pytest.raises(Conflict, match="Somebody else"):
        async with begin(deputy) as work:
            await releasing.ask_release(work, request)


async def test_an_alert_about_a_lead_in_a_request_about_a_child_is_not_there_for_that_lead(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    deputy, head = await second(lead, Role.LEAD), await second(lead)
    ana = await person(lead, "Ana", "Brook")
    async with begin(lead) as work:
        await work.driver.execute(
            ALERT.replace("They looked for Snapdragon", "Wrote to Ana Brook at night"),
            clock.new_id(),
            "D",
            deputy.user_id,
        )
    request = await gathered(lead, ana)
    kinds: dict[str, list[str]] = {}
    for who, actor in (("lead", lead), ("head", head), ("deputy", deputy)):
        async with begin(actor) as work:
            kinds[who] = [each.kind for each in await list_items(work, request)]
    assert kinds == {"lead": ["person", "alert"], "head": ["person", "alert"], "deputy": ["person"]}
    async with begin(lead) as work:
        proposal = await releasing.ask_release(work, request)
    with pytest.raises(NotFound):
        async with begin(deputy) as work:
            await approving.approve(work, proposal.id)
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
