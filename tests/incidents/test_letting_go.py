"""Whoever is kept from an incident does not go on handling it: it is nobody's, and those who may have it are told."""

import msgspec
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.identity import shutting
from safeguard.incidents import handing_on, letting_go
from safeguard.incidents.assigning import assign, list_handlers
from safeguard.incidents.closing import close, reopen
from safeguard.incidents.correcting import correct
from safeguard.incidents.hiding import circle
from safeguard.incidents.identifying import identify
from safeguard.incidents.reports import NewPerson
from safeguard.jobs.claiming import claimed
from safeguard.notifications.handling import TELLERS
from safeguard.people.correcting import correct_person
from safeguard.people.details import Details, details_of
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories import organisations
from tests.factories.charges import in_hand
from tests.factories.incidents import SCHOOL, SHORT
from tests.factories.owning import owning
from tests.factories.shutting import shut
from tests.incidents.casework import CLOSING, SOON, add, read, recorded
from tests.notifications.telling import told as events_of

pytestmark = pytest.mark.anyio

ASKED = "select id from jobs.job where kind = $1 and state = 'queued'"
RENAME = "select identity.rename($1)"
NOTICED = (
    "select event from public.notices where recipient_id = $1 and event in ('incident.unhandled', 'incident.onward')"
)


async def handled(someone):
    """A lead, a deputy, and the lead's incident."""
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    story = await recorded(deputy, SHORT)
    async with begin(deputy) as work:
        await assign(work, story.facts.id, story.facts.version, lead.user_id)
    return lead, deputy, story.facts.id


async def name_as_alleged(actor, incident_id, name):
    story = await read(actor, incident_id)
    alleged = NewPerson(name=name, role="alleged", kind="adult", connection="staff")
    async with begin(actor) as work:
        new = msgspec.structs.replace(SHORT, people=(alleged,))
        await correct(work, incident_id, story.facts.version, new, SCHOOL)


async def noted(actor):
    """How often it is written down that the database took an incident from whoever handled it."""
    async with begin(actor) as work:
        jobs = [row["id"] for row in await work.driver.fetch(ASKED, letting_go.TAKEN)]
    for job_id in jobs:
        async with claimed(job_id) as found:
            work, job = found
            await letting_go.note_taken(work, job.subject_id)
    return len(jobs)


async def told(actor, *people):
    """What each is told of it, after the jobs that were asked for are done."""
    await noted(actor)
    async with begin(actor) as work:
        jobs = [row["id"] for row in await work.driver.fetch(ASKED, letting_go.NOTICE)]
    for job_id in jobs:
        async with claimed(job_id) as found:
            work, job = found
            await TELLERS[job.kind](work, job.subject_id)
    events = []
    for person in people:
        async with begin(person) as work:
            events.append([row["event"] for row in await work.driver.fetch(NOTICED, person.user_id)])
    return events


async def test_an_incident_whose_handler_turns_out_to_be_alleged_is_nobodys_in_the_same_version(someone):
    lead, deputy, incident_id = await handled(someone)
    before = await read(deputy, incident_id)
    await name_as_alleged(deputy, incident_id, lead.name)
    story = await read(deputy, incident_id)
    assert (story.facts.assigned_to, story.facts.assigned_name) == (None, "")
    assert story.facts.version == before.facts.version + 1
    assert [entry.words for entry in story.entries if entry.kind == "assignment" and entry.words] == [
        f"{lead.name}, who handled this, cannot handle it any more. Somebody else has to."
    ]
    assert await noted(deputy) == 0
    assert await told(deputy, lead, deputy) == [[], ["incident.unhandled"]]


async def put_on_list(actor, name, account=None):
    given, family = name.split()
    async with begin(actor) as work:
        return await record_person(
            work, Details(kind="adult", given_name=given, family_name=family, user_id=account), SCHOOL
        )


async def tied(actor, incident_id, name):
    """Somebody of the list of people who is alleged in it, and has no account that anybody knows of."""
    alleged = await put_on_list(actor, name)
    await name_as_alleged(actor, incident_id, name)
    story = await read(actor, incident_id)
    async with begin(actor) as work:
        await identify(work, incident_id, story.present[-1].id, story.facts.version, alleged.id)
    return alleged


async def by_merging(deputy, lead, incident_id):
    alleged = await tied(deputy, incident_id, "Walter Wombat")
    known = await put_on_list(deputy, "Nobody Else", lead.user_id)
    async with begin(deputy) as work:
        await merge(work, known.id, alleged.id, "The office says so.")


async def by_an_account(deputy, lead, incident_id):
    alleged = await tied(deputy, incident_id, "Walter Wombat")
    async with begin(deputy) as work:
        details = msgspec.structs.replace(details_of(alleged), user_id=lead.user_id)
        await correct_person(work, alleged.id, alleged.version, details, SCHOOL)


async def by_a_new_name(deputy, lead, incident_id):
    await name_as_alleged(deputy, incident_id, "Walter Wombat")
    async with begin(lead, purpose="session") as work:
        await work.driver.execute(RENAME, "Walter Wombat")


@pytest.mark.parametrize("turns_out", [by_merging, by_an_account, by_a_new_name])
async def test_whatever_excludes_its_handler_the_incident_is_nobodys_in_the_same_moment(someone, turns_out):
    lead, deputy, incident_id = await handled(someone)
    await turns_out(deputy, lead, incident_id)
    story = await read(deputy, incident_id)
    assert (story.facts.assigned_to, story.facts.assigned_name) == (None, "")
    assert await noted(deputy) == 1
    after = await read(deputy, incident_id)
    assert after.facts.version == story.facts.version + 1
    assert after.entries[-1].words == f"{lead.name}, who handled this, cannot handle it any more. Somebody else has to."
    assert await told(deputy, lead, deputy) == [[], ["incident.unhandled"]]


async def test_what_somebody_took_over_meanwhile_is_theirs(someone):
    lead, deputy, incident_id = await handled(someone)
    await by_a_new_name(deputy, lead, incident_id)
    story = await read(deputy, incident_id)
    async with begin(deputy) as work:
        await assign(work, incident_id, story.facts.version, deputy.user_id)
    assert await noted(deputy) == 1
    assert (await read(deputy, incident_id)).facts.assigned_to == deputy.user_id
    assert await told(deputy, lead, deputy) == [[], []]


async def test_an_incident_from_which_its_handler_is_kept_by_hand_is_nobodys(someone):
    lead, deputy, incident_id = await handled(someone)
    async with begin(deputy, purpose="session") as work:
        await circle.exclude(work, incident_id, lead.user_id)
    assert (await read(deputy, incident_id)).facts.assigned_to is None
    assert await told(deputy, lead, deputy) == [[], ["incident.unhandled"]]


async def test_an_incident_that_is_kept_to_others_than_its_handler_is_nobodys_and_one_kept_to_them_stays(someone):
    lead, deputy, incident_id = await handled(someone)
    async with begin(deputy, purpose="session") as work:
        await circle.confine(work, incident_id, (lead.user_id,), "The family knows most of the staff.")
        await circle.release(work, incident_id, "The family agreed.")
    assert (await read(deputy, incident_id)).facts.assigned_to == lead.user_id
    async with begin(deputy, purpose="session") as work:
        await circle.confine(work, incident_id, (), "For now only me.")
    assert (await read(deputy, incident_id)).facts.assigned_to is None
    assert await told(deputy, lead, deputy) == [[], ["incident.unhandled"]]


async def test_a_closed_incident_is_let_go_of_when_it_is_opened_again(someone):
    lead, deputy, incident_id = await handled(someone)
    story = await read(deputy, incident_id)
    async with begin(deputy, purpose="session") as work:
        await close(work, incident_id, story.facts.version, CLOSING)
        await circle.exclude(work, incident_id, lead.user_id)
    story = await read(deputy, incident_id)
    assert story.facts.assigned_to == lead.user_id
    async with begin(deputy) as work:
        await reopen(work, incident_id, story.facts.version, "More was learnt.")
    assert (await read(deputy, incident_id)).facts.assigned_to is None


async def test_somebody_else_who_is_named_takes_nothing_from_its_handler(someone):
    lead, deputy, incident_id = await handled(someone)
    await name_as_alleged(deputy, incident_id, "Somebody Elsewhere")
    assert (await read(deputy, incident_id)).facts.assigned_to == lead.user_id
    assert await told(deputy, lead, deputy) == [[], []]


async def give_on_of(person):
    async with begin(system(person.organisation_id)) as work:
        await shutting.give_on(work, person.user_id)
    async with begin(system(person.organisation_id)) as work:
        jobs = await work.driver.fetch(ASKED, handing_on.NOTICE)
    for row in jobs:
        async with claimed(row["id"]) as found:
            work, job = found
            await TELLERS[job.kind](work, job.subject_id)


async def test_what_somebody_handles_whose_account_is_shut_is_nobodys_and_others_are_told(someone):
    lead, deputy, incident_id = await handled(someone)
    with in_hand(*handing_on.IN_HAND):
        await give_on_of(lead)
        assert (await read(deputy, incident_id)).facts.assigned_to == lead.user_id, "it was opened again meanwhile"
        await shut(lead)
        await give_on_of(lead)
    story = await read(deputy, incident_id)
    assert (story.facts.assigned_to, story.facts.assigned_name) == (None, "")
    assert lead.name in story.entries[-1].words
    assert await events_of(deputy) == ["handler.left"]
    assert await events_of(lead) == []
    async with begin(deputy) as work:
        assert [handler.id for handler in await list_handlers(work)] == [deputy.user_id], "nor is it given back to them"


async def is_kept_from_it(lead, deputy, incident_id):
    async with begin(lead, purpose="session") as work:
        await circle.exclude(work, incident_id, deputy.user_id)


async def leaves(_, deputy, __):
    async with owning(organisations.owner_url) as owner:
        await owner.execute("update memberships set state = 'ended' where user_id = %s", (deputy.user_id,))


async def account_is_shut(_, deputy, __):
    await shut(deputy)


@pytest.mark.parametrize("happens", [is_kept_from_it, leaves, account_is_shut])
async def test_an_action_of_somebody_who_cannot_do_it_any_more_says_so_until_somebody_else_has_it(sign_in, happens):
    lead = await sign_in(Role.LEAD)
    deputy = await sign_in(Role.DEPUTY, organisation=lead.actor.organisation_id)
    incident_id = (await recorded(lead.actor, SHORT)).facts.id
    at = f"/incidents/{incident_id}"
    await lead.send(f"{at}/acknowledge", {"version": "1"}, page=at)
    await lead.send(f"{at}/risk", {"version": "2", "risk": "low", "reason": "Over."}, page=f"{at}/risk")
    action = {"kind": "action", "words": "Ring them.", "due_on": SOON}
    given = await add(lead.actor, incident_id, **action, owner_name=deputy.actor.name)
    await add(lead.actor, incident_id, **action, owner_name=lead.actor.name)
    page = (await lead.get(at)).text
    assert "Ring them." in page
    assert "Nobody has it" not in page
    await happens(lead.actor, deputy.actor, incident_id)
    page = (await lead.get(at)).text
    assert page.count("Nobody has it") == 1
    assert f"{deputy.actor.name} cannot do it any more." in page
    assert "Whoever was to do an action here cannot do it any more." in page
    await add(lead.actor, incident_id, **action, owner_name=lead.actor.name, supersedes_id=given.id)
    assert "cannot do it any more" not in (await lead.get(at)).text
