"""An answer reads as one person's: its title, its headings, what is another's left out, what was added by hand."""

from datetime import date
from uuid import UUID

import pytest
from obstore.store import ObjectStore

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict, NotFound
from safeguard.identity import acts
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.records.access import adding, gathering, handling, redacting, releasing
from safeguard.records.access.answering import answer_of
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.queries import get_request, list_items, list_redactions
from safeguard.records.access.redacting import Marker
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.records.asking import CAME, Someone, asked, told_of

pytestmark = pytest.mark.anyio
PERSON = "select id from incident_people where incident_id = $1 and position = $2"
APART = "She and Ana Brook are kept apart."
LATER = date(2030, 1, 7)
PAPER = "A letter of her aunt, in the drawer"


@pytest.fixture(autouse=True)
def stored(shelf: ObjectStore) -> None:
    acts.bind(*releasing.ACTS)
    objects.use(shelf)


async def told_of_both(lead: Actor) -> UUID:
    """A request about Ana, whose incident holds a plan for the other child and one for herself."""
    ana, incident = await told_of(lead)
    for position, words in ((1, "Sits at the front of the bus."), (2, "Is driven home by a taxi.")):
        async with begin(lead) as work:
            person = await work.driver.fetchval(PERSON, incident, position)
            await add_entry(work, incident, NewEntry(kind="plan", words=words, person_id=person, due_on=LATER))
    async with begin(lead) as work:
        person = await work.driver.fetchval(PERSON, incident, 2)
        await add_entry(
            work,
            incident,
            NewEntry(kind="support", words=APART, person_id=person, due_on=LATER),
        )
    request = await asked(lead, ana)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    return request


async def said(lead: Actor, request: UUID) -> dict[str, str]:
    """What the copy says: words -> on what ground the thing is left out."""
    async with begin(lead) as work:
        items = await list_items(work, request)
    return {words: item.withheld or "" for item in items for _, words in item.passages}


async def test_what_is_about_another_child_is_left_out_until_somebody_puts_it_in(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    request = await told_of_both(lead)
    shown = await said(lead, request)
    assert shown["Is driven home by a taxi."] == "another"
    assert shown["Sits at the front of the bus."] == shown[APART] == ""
    async with begin(lead) as work:
        [item] = [each for each in await list_items(work, request) if each.withheld]
        await redacting.withhold(work, request, item.id, None)
    async with begin(lead) as work:
        await gathering.gather(work, request)
    assert (await said(lead, request))["Is driven home by a taxi."] == "", "what was decided by hand stays"


async def test_what_is_added_by_hand_stands_in_the_copy_is_blacked_out_and_stays(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    ana, _ = await told_of(lead)
    request = await asked(lead, ana)
    with pytest.raises(Conflict, match="Gather first"):
        async with begin(lead) as work:
            await adding.add(work, request, PAPER, "Too early.")
    async with begin(lead) as work:
        await gathering.gather(work, request)
    async with begin(lead) as work:
        added = await adding.add(work, request, PAPER, "Ana is afraid of Quintilla Featherstone.")
    async with begin(lead) as work:
        await gathering.gather(work, request)
    async with begin(lead) as work:
        marker = Marker(await list_redactions(work, request))
        answer = await answer_of(work, await get_request(work, request), marker, {})
        *_, last = answer["items"]
        assert last["label"] == f"Added by hand: {PAPER}"
        assert last["passages"] == [{"label": "What it says", "words": "Ana is afraid of [another person]."}]
        found = (await list_items(work, request))[0].id
        with pytest.raises(NotFound):
            await adding.remove(work, request, found)
        await adding.remove(work, request, added)
        assert all(each.kind != "hand" for each in await list_items(work, request))


async def test_a_parent_reads_about_whom_it_is_and_headings_in_words(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    ana, _ = await told_of(lead)
    async with begin(lead) as work:
        request = await handling.receive(work, NewRequest(ana, "parent", "Kim Brook", "kim@example.org", CAME))
    async with begin(lead) as work:
        await gathering.gather(work, request)
    async with begin(lead) as work:
        answer = await answer_of(
            work, await get_request(work, request), Marker(await list_redactions(work, request)), {}
        )
    assert answer["title"] == "What we keep about Ana Brook"
    headings = {part["label"] for item in answer["items"] for part in item["passages"]}
    assert {"What happened?", "Accounts that were used", "Written by"} <= headings
    assert not {"Narrative", "Happened words", "Author name", "An answer was awaited"} & headings
    assert not {label for label in headings if label.endswith((" by name", " at"))}
