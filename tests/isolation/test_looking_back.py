"""What was written before somebody was called so is shown to whoever may decide, and never to whom it may mean."""

import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns.looking_back import decide_concerns, list_concerns
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.errors import Invalid, NotFound
from safeguard.incidents.hiding.gathering import gather
from safeguard.incidents.hiding.looking_back import decide, look_again
from safeguard.incidents.hiding.reading import read_for_vault
from safeguard.incidents.queries import read_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.work import begin
from tests.factories.owning import owning
from tests.isolation.test_exclusion import about, excluded, recorded
from tests.public.conftest import built, service, sign_in, surrounded

__all__ = ["built", "service", "sign_in", "surrounded"]

pytestmark = pytest.mark.anyio


@pytest.fixture
def forget(addresses):
    """As if the names had been compared less closely when it was written: nobody was kept from anything."""

    async def made(here) -> None:
        async with owning(addresses.owner) as owner:
            await owner.execute("delete from exclusions where organisation_id = %s", (here,))
            await owner.execute("update incidents set restricted_at = null where organisation_id = %s", (here,))

    return made


@pytest.fixture
async def house(someone):
    """Two leads, their deputy and a head."""
    lead = await someone(Role.LEAD)
    here = lead.organisation_id
    return (
        lead,
        *[await someone(role, organisation=here) for role in (Role.LEAD, Role.DEPUTY, Role.HEAD)],
    )


async def gathered(here) -> None:
    """As the organisation's own job has found them."""
    async with begin(system(here)) as work:
        while await gather(work):
            pass


async def found(actor: Actor):
    await gathered(actor.organisation_id)
    async with begin(actor, purpose="session") as work:
        return (await look_again(work)).rows


async def test_an_incident_from_before_is_shown_to_every_lead_but_whom_it_may_mean_who_reads_it_on(house, forget):
    lead, meant, deputy, head = house
    story = await recorded(deputy, about(f"Mr {meant.name.rsplit(' ', 1)[1]}"))
    await recorded(deputy, about("Somebody Elsewhere"))
    await forget(lead.organisation_id)
    await gathered(lead.organisation_id)
    for each in (lead, deputy):
        assert [(row.id, row.user_id, row.name) for row in await found(each)] == [
            (story.facts.id, meant.user_id, meant.name)
        ]
    assert (await found(meant), await found(head)) == ([], []), (
        "whom it may mean; and while a lead is left, they decide"
    )
    async with begin(meant, purpose="session") as work:
        await read_incident(work, story.facts.id)
    async with begin(lead, purpose="session") as work:
        (row,) = (await look_again(work)).rows
        assert await decide(work, [row.key], "keep", "") == 1
    assert await excluded(lead, story.facts.id) == [meant.user_id]
    assert await found(lead) == []
    async with begin(meant, purpose="session") as work:
        with pytest.raises(NotFound):
            await read_incident(work, story.facts.id)


async def test_that_another_is_meant_needs_a_reason_is_on_record_and_restricts_nothing(house, forget):
    lead, meant, deputy, head = house
    story = await recorded(deputy, about(meant.name))
    await forget(lead.organisation_id)
    await gathered(lead.organisation_id)
    (row,) = await found(lead)
    async with begin(lead, purpose="session") as work:
        with pytest.raises(Invalid):
            await decide(work, [row.key], "other", " ")
        with pytest.raises(Invalid):
            await decide(work, [], "keep", "")
    async with begin(lead, purpose="session") as work:
        assert await decide(work, [row.key], "other", "A parent of that name.") == 1
    assert (await found(lead), await excluded(lead, story.facts.id)) == ([], [])
    async with begin(lead, purpose="session") as work:
        said = await work.driver.fetchrow("select ground, reason, lifted_by, since = lifted_at from exclusions")
        assert tuple(said) == ("mistaken", "A parent of that name.", lead.user_id, True)
        assert await work.driver.fetchval("select restricted_at from incidents") is None
        events = await work.driver.fetch("select split_part(entry, E'\\n', 3) as event from audit.leaves")
        assert "exclusion.weighed" in [row["event"] for row in events]
    async with begin(meant, purpose="session") as work:
        await read_incident(work, story.facts.id)
    async with begin(head, purpose="session") as work:
        with pytest.raises(NotFound):
            await read_for_vault(work, story.facts.id)  # it never excluded anybody


async def test_nobody_decides_about_themselves(house, forget):
    lead, meant, deputy, _ = house
    await recorded(deputy, about(meant.name))
    await forget(lead.organisation_id)
    await gathered(lead.organisation_id)
    (row,) = await found(lead)
    async with begin(meant, purpose="session") as work:
        assert await decide(work, [row.key], "other", "It is not me.") == 0
        assert await decide(work, ["no key", "x y"], "keep", "") == 0
    assert len(await found(lead)) == 1


async def test_where_each_who_handles_incidents_may_be_meant_whoever_keeps_the_vault_decides(house, forget):
    lead, other, deputy, head = house
    story = await recorded(deputy, about("the safeguarding lead"))
    await forget(lead.organisation_id)
    await gathered(lead.organisation_id)
    assert [await found(each) for each in (lead, other, deputy)] == [[], [], []]
    rows = await found(head)
    assert {row.user_id for row in rows} == {each.user_id for each in (lead, other, deputy)}
    async with begin(head, purpose="session") as work:
        assert await decide(work, [row.key for row in rows], "keep", "") == 3
    async with begin(head, purpose="session") as work:
        assert (await read_for_vault(work, story.facts.id)).facts.id == story.facts.id
    async with begin(lead, purpose="session") as work:
        with pytest.raises(NotFound):
            await read_incident(work, story.facts.id)


async def test_whoever_was_harmed_is_not_meant_by_a_part_of_their_name(house, forget):
    lead, harmed, deputy, _ = house
    named = (
        NewPerson(name=f"Mr {harmed.name.rsplit(' ', 1)[1]}", role="alleged", kind="adult"),
        NewPerson(name=harmed.name, role="affected", kind="adult"),
    )
    await recorded(deputy, NewIncident(narrative="It happened again.", people=named))
    await forget(lead.organisation_id)
    await gathered(lead.organisation_id)
    assert await found(lead) == []


async def test_who_takes_a_post_that_kept_somebody_out_is_not_whom_it_meant(house, someone):
    lead, _, deputy, head = house
    await recorded(deputy, about("the safeguarding lead"))
    successor = await someone(Role.LEAD, organisation=lead.organisation_id)
    assert [await found(each) for each in (head, successor)] == [[], []]


async def test_concerns_from_before_are_looked_at_by_those_whom_they_do_not_mean(house, someone, forget):
    lead, _, _, head = house
    second = await someone(Role.HEAD, organisation=lead.organisation_id)
    async with begin(lead, purpose="session") as work:
        await raise_concern(work, NewConcern(subject_name=f"Mx {head.name}", narrative="Late messages."))
        await raise_concern(work, NewConcern(subject_name="Sam Elsewhere", subject_work="the head", narrative="Loud."))
    await forget(lead.organisation_id)
    await gathered(lead.organisation_id)
    async with begin(head, purpose="session") as work:
        assert await list_concerns(work) == []
    async with begin(second, purpose="session") as work:
        (row,) = await list_concerns(work)
        assert row.user_id == head.user_id
        assert await decide_concerns(work, [row.key], "other", "A cousin of the head.") == 1
    async with begin(second, purpose="session") as work:
        assert await list_concerns(work) == []
        notes = await work.driver.fetch("select words, reason from concern_entries where kind = 'note'")
        assert [tuple(note) for note in notes] == [
            (f"Not about {head.name}: another is meant", "A cousin of the head.")
        ]
    async with begin(lead, purpose="session") as work:
        with pytest.raises(NotFound):
            await list_concerns(work)


async def test_the_vaults_page_is_there_for_those_who_keep_it_alone(sign_in, forget):
    lead = await sign_in(Role.LEAD)
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    story = await recorded(lead.actor, about(lead.actor.name))
    await forget(lead.actor.organisation_id)
    await gathered(lead.actor.organisation_id)
    page = (await head.get("/concerns/again")).text
    assert story.facts.reference in page
    assert f"by {lead.actor.name}" in page, "the head cannot open it: the page says who wrote it"
    assert (await lead.get("/concerns/again")).status_code == 404
    key = f"{story.facts.id} {lead.actor.user_id}"
    await head.send("/concerns/again", {"picked": key, "decision": "keep"}, page="/concerns/again")
    assert (await lead.get(f"/incidents/{story.facts.id}")).status_code == 404
    assert story.facts.reference in (await head.get("/concerns")).text


async def test_of_thirty_that_were_found_a_page_compares_the_latest_and_leads_on_to_the_others(house, forget):
    lead, meant, _, _ = house
    for _ in range(30):
        await recorded(lead, about(meant.name))
    await forget(lead.organisation_id)
    async with begin(lead, purpose="session") as work:
        before = await look_again(work)
    assert (list(before.rows), before.since) == ([], None), "no page compares by itself, and says so"
    await gathered(lead.organisation_id)
    async with begin(lead, purpose="session") as work:
        first = await look_again(work)
        second = await look_again(work, first.after)
    assert (len(first.rows), len(second.rows), second.after) == (25, 5, None)
    assert first.since is not None
    assert {row.by for row in first.rows} == {lead.name}
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}
    async with begin(meant, purpose="session") as work:
        assert list((await look_again(work)).rows) == []
