"""Links: both ends, once, and nothing of one for whoever must not know of the other."""

import anyio
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Invalid, NotFound
from safeguard.incidents.acknowledging import acknowledge
from safeguard.incidents.assigning import assign, list_handlers
from safeguard.incidents.closing import close
from safeguard.incidents.linking import find_referenced, link, unlink
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.work import begin
from tests.factories.incidents import SHORT
from tests.incidents.casework import CLOSING, add, of_every_kind, read, recorded

pytestmark = pytest.mark.anyio


async def test_links_stand_at_both_ends_once_and_go_with_a_reason(someone):
    lead = await someone(Role.LEAD)
    one, other = (await recorded(lead)).facts, (await recorded(lead, SHORT)).facts
    async with begin(lead) as work:
        facts = await acknowledge(work, other.id, 1)
        await close(work, other.id, facts.version, CLOSING)
    async with begin(lead) as work:
        found = await find_referenced(work, other.reference.lower().replace("-", " "))
        await link(work, one.id, found, "The same account.")
    assert [each.reference for each in (await read(lead, one.id)).links] == [other.reference]
    assert [each.reference for each in (await read(lead, other.id)).links] == [one.reference]
    for here, there in ((one.id, other.id), (other.id, one.id)):
        with pytest.raises(Conflict):
            async with begin(lead) as work:
                await link(work, here, there)
    with pytest.raises(Invalid):
        async with begin(lead) as work:
            await link(work, one.id, one.id)
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await unlink(work, one.id, other.id, " ")
        await unlink(work, other.id, one.id, "Another account after all.")
    assert (await read(lead, one.id)).links == (await read(lead, other.id)).links == ()
    assert [entry.kind for entry in (await read(lead, one.id)).entries] == ["link", "unlinking"]
    async with begin(lead) as work:
        with pytest.raises(NotFound):
            await unlink(work, one.id, other.id, "Again.")
        await link(work, one.id, other.id)


async def test_a_ring_of_links_is_read_from_every_place_in_it_and_opened_again(sign_in):
    window = await sign_in(Role.LEAD)
    lead = window.actor
    ring = [(await recorded(lead, SHORT)).facts for _ in range(3)]
    async with begin(lead) as work:
        for here, there in ((0, 1), (1, 2), (2, 0)):
            await link(work, ring[here].id, ring[there].id)
    for one in ring:
        others = {each.reference for each in ring if each is not one}
        assert {each.reference for each in (await read(lead, one.id)).links} == others
        page = await window.get(f"/incidents/{one.id}")
        assert page.status_code == 200
        assert all(reference in page.text for reference in others)
        again = {"kind": "link", "linked_reference": min(others), "words": "The same phone."}
        refused = await window.send(f"/incidents/{one.id}/entries", again, page=f"/incidents/{one.id}")
        assert refused.status_code == 422
        assert "These two incidents are linked already." in refused.text
        assert "The same phone." in refused.text
    async with begin(lead) as work:
        await unlink(work, ring[0].id, ring[2].id, "Two are enough.")
    assert [len((await read(lead, one.id)).links) for one in ring] == [1, 2, 1]


async def test_an_incident_of_another_organisation_cannot_be_linked_or_found(someone):
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    one, theirs = (await recorded(lead)).facts, (await recorded(stranger)).facts
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await find_referenced(work, theirs.reference)
        with pytest.raises(Invalid):
            await link(work, one.id, theirs.id)


async def test_of_twenty_who_link_the_same_two_at_once_from_either_side_one_wins(someone):
    lead = await someone(Role.LEAD)
    pair = [(await recorded(lead, SHORT)).facts.id for _ in range(2)]
    outcomes = []

    async def attempt(number):
        here, there = pair if number % 2 else reversed(pair)
        try:
            async with begin(lead) as work:
                await link(work, here, there)
        except Conflict:
            outcomes.append("refused")
        else:
            outcomes.append("linked")

    async with anyio.create_task_group() as group:
        for number in range(20):
            group.start_soon(attempt, number)
    assert sorted(outcomes) == ["linked"] + ["refused"] * 19
    assert len((await read(lead, pair[0])).links) == len((await read(lead, pair[1])).links) == 1


async def test_a_closed_incident_takes_nothing_new_but_a_link(someone):
    lead = await someone(Role.LEAD)
    story, other = await recorded(lead), await recorded(lead, SHORT)
    async with begin(lead) as work:
        await close(work, story.facts.id, 1, CLOSING)
    kinds = of_every_kind(story.people[0].id, other.facts.id, other.facts.id, other.facts.id)
    for kind in set(kinds) - {"completion", "answer", "link"}:
        with pytest.raises(Conflict):
            await add(lead, story.facts.id, kind=kind, **kinds[kind])
    await add(lead, story.facts.id, kind="link", linked_id=other.facts.id)


async def test_whoever_must_not_know_of_one_end_sees_no_link_and_handles_nothing_of_it(someone):
    lead = await someone(Role.LEAD)
    subject = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    one = await recorded(lead, SHORT)
    alleged = NewPerson(name=subject.name, role="alleged", kind="adult", connection="staff")
    kept = await recorded(lead, NewIncident(narrative="About a colleague.", people=(alleged,)))
    async with begin(lead) as work:
        await link(work, one.facts.id, kept.facts.id, "The same week.")
        assert [handler.id for handler in await list_handlers(work, kept.facts.id)] == [lead.user_id]
    assert len((await read(lead, one.facts.id)).links) == 1
    seen = await read(subject, one.facts.id)
    assert (seen.links, seen.entries) == ((), ())
    async with begin(subject) as work:
        with pytest.raises(Invalid):
            await find_referenced(work, kept.facts.reference)
        with pytest.raises(Invalid):
            await link(work, one.facts.id, kept.facts.id)
        with pytest.raises(NotFound):
            await unlink(work, one.facts.id, kept.facts.id, "Why not.")
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await assign(work, kept.facts.id, kept.facts.version, subject.user_id)
