"""For a looked-after child others answer than parents alone: each is told, with a time or a reason, or it presses."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.incidents.advising import next_step
from safeguard.incidents.closing import close
from safeguard.incidents.deadlines import deadlines
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.entry_kinds import CONTACTS, KNOWERS
from safeguard.incidents.identifying import identify
from safeguard.incidents.informing import note_knowledge
from safeguard.incidents.owing import list_owed
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.correcting import correct_person
from safeguard.people.details import Details
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.registers.duties.queries import clocks_here
from safeguard.tenancy.profiles import load_profiles, profile_of
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.incidents.casework import CLOSING, add, read, recorded

pytestmark = pytest.mark.anyio

HOME = profile_of("childrens_home")
ALFIE = Details(kind="child", given_name="Alfie", family_name="Stone", connection="pupil", group_name="9B")
IN_CARE = Details(
    kind="child", given_name="Alfie", family_name="Stone", connection="pupil", group_name="9B", flags=("looked_after",)
)
CODE = "looked_after_told"
ANSWERS = ("social_worker", "placing_authority", "parental_responsibility")


def report(*people):
    return NewIncident(narrative="Pictures were asked for in a game.", people=people, four_c=("contact",))


async def known(actor, details):
    async with begin(actor) as work:
        return await record_person(work, details, SCHOOL)


async def about(actor, details=IN_CARE, role="affected"):
    """An incident with one person of the list in it."""
    person = await known(actor, details)
    name = f"{details.given_name} {details.family_name}"
    tied = NewPerson(name=name, role=role, kind="child", connection="pupil", person_id=person.id)
    return await recorded(actor, report(tied)), person


async def owed(actor, profile=SCHOOL):
    async with begin(actor) as work:
        found = await list_owed(work, await clocks_here(work, profile))
    return {each.incident_id: each.deadline.asks for each in found if each.deadline.code == CODE}


async def said(actor, story, *codes, **values):
    people = {"person_id": story.people[0].id, "took_place_at": datetime.now(UTC), "informed": "yes"} | values
    now = await read(actor, story.facts.id)
    async with begin(actor) as work:
        told = tuple(NewEntry(kind="informing", contact=code, **people) for code in codes)
        await note_knowledge(work, story.facts.id, now.facts.version, told)


async def test_each_who_answers_for_a_looked_after_child_presses_until_there_is_a_time_or_a_reason(someone):
    lead = await someone(Role.LEAD)
    story, _person = await about(lead)
    assert await owed(lead) == {story.facts.id: ANSWERS}
    await said(lead, story, "social_worker")
    assert await owed(lead) == {story.facts.id: ANSWERS[1:]}
    await said(lead, story, "placing_authority", informed="not_yet", took_place_at=None, reason="They open at nine.")
    assert await owed(lead) == {story.facts.id: ANSWERS[1:]}
    await said(lead, story, *ANSWERS[1:], informed="no", took_place_at=None, reason="The court said who is told.")
    assert await owed(lead) == {}


async def test_told_needs_a_time_and_not_told_needs_a_reason(someone):
    lead = await someone(Role.LEAD)
    story, _person = await about(lead)
    for values, field in (
        ({"informed": "yes", "took_place_at": None}, "0.took_place_at"),
        ({"informed": "no", "took_place_at": None}, "0.reason"),
        ({"informed": "not_needed", "took_place_at": None}, "0.reason"),
    ):
        with pytest.raises(Invalid) as refusal:
            await said(lead, story, "social_worker", **values)
        assert [error.field for error in refusal.value.errors] == [field]


async def test_nobody_is_asked_about_a_child_who_is_not_looked_after_or_only_saw_it(someone):
    lead = await someone(Role.LEAD)
    await about(lead, ALFIE)
    await about(lead, IN_CARE, role="witness")
    assert await owed(lead) == {}


async def test_a_child_who_becomes_looked_after_later_is_asked_about_from_then(someone):
    lead = await someone(Role.LEAD)
    story, person = await about(lead, ALFIE)
    long_ago = datetime.now(UTC) - timedelta(days=30)
    async with begin(lead) as work:
        await correct_person(work, person.id, person.version, IN_CARE, SCHOOL)
    assert await owed(lead) == {story.facts.id: ANSWERS}
    now = await read(lead, story.facts.id)
    earlier = msgspec.structs.replace(now, facts=msgspec.structs.replace(now.facts, recorded_at=long_ago))
    async with begin(lead) as work:
        clocks = await clocks_here(work, SCHOOL)
    limits = deadlines(earlier, clocks, datetime.now(UTC))
    assert not next(each for each in limits if each.code == CODE).is_overdue


@pytest.mark.parametrize("third", [False, True])
async def test_somebody_tied_later_and_a_flag_of_a_merged_record_count_too(someone, third):
    """Also where both are duplicates of a third record."""
    lead = await someone(Role.LEAD)
    duplicate, kept = await known(lead, IN_CARE), await known(lead, ALFIE)
    whole = await known(lead, ALFIE) if third else kept
    name = NewPerson(name="Alfie Stone", role="alleged", kind="child", connection="pupil")
    story = await recorded(lead, report(name))
    assert await owed(lead) == {}
    async with begin(lead) as work:
        await identify(work, story.facts.id, story.people[0].id, 1, kept.id)
    assert await owed(lead) == {}
    async with begin(lead) as work:
        await merge(work, whole.id, duplicate.id, "One boy, written twice.")
        if third:
            await merge(work, whole.id, kept.id, "And once more.")
    assert await owed(lead) == {story.facts.id: ANSWERS}


async def test_two_children_have_statements_of_their_own_and_one_about_everybody_counts_for_both(someone):
    lead = await someone(Role.LEAD)
    first = await known(lead, IN_CARE)
    second = await known(lead, Details(kind="child", given_name="Ida", family_name="Stone", connection="pupil",
                                       flags=("looked_after",)))  # fmt: skip
    story = await recorded(lead, report(*(
        NewPerson(name=name, role="affected", kind="child", connection="pupil", person_id=person.id)
        for name, person in (("Alfie Stone", first), ("Ida Stone", second)))))  # fmt: skip
    await said(lead, story, *ANSWERS)
    assert await owed(lead) == {story.facts.id: ANSWERS}
    await said(lead, story, *ANSWERS, person_id=None)
    assert await owed(lead) == {}


async def test_in_a_childrens_home_it_is_every_child_in_its_care(someone):
    lead = await someone(Role.LEAD, kind="childrens_home")
    story = await recorded(lead, report(NewPerson(name="Bo", role="affected", kind="child", connection="pupil")))
    assert await owed(lead, HOME) == {story.facts.id: ANSWERS}


async def test_what_is_closed_presses_nobody(someone):
    lead = await someone(Role.LEAD)
    story, _person = await about(lead)
    async with begin(lead) as work:
        await close(work, story.facts.id, 1, CLOSING)
    assert await owed(lead) == {}


async def test_parents_are_not_asked_for_where_others_answer_for_every_child(someone):
    lead = await someone(Role.LEAD)
    now = datetime.now(UTC)
    for details, asked in ((IN_CARE, None), (ALFIE, "/parents")):
        story, _person = await about(lead, details)
        await add(lead, story.facts.id, kind="note", words="Seen.")
        seen = await read(lead, story.facts.id)
        facts = msgspec.structs.replace(seen.facts, state="open", risk="low")
        seen = msgspec.structs.replace(seen, facts=facts)
        step = next_step(seen, SCHOOL, now, now.date(), timedelta.max)
        assert (step and step.href.removeprefix(f"/incidents/{story.facts.id}")) == asked


async def test_beside_a_child_in_care_nobody_is_asked_for_the_parents_of_one_who_only_saw_it(someone):
    lead = await someone(Role.LEAD, kind="childrens_home")
    now = datetime.now(UTC)
    in_it, saw_it = (
        NewPerson(name=name, role=role, kind="child", connection="pupil")
        for name, role in (("Alfie Stone", "affected"), ("Mo Reed", "witness"))
    )
    story = await recorded(lead, report(in_it, saw_it))
    seen = await read(lead, story.facts.id)
    seen = msgspec.structs.replace(seen, facts=msgspec.structs.replace(seen.facts, state="open", risk="low"))
    step = next_step(seen, HOME, now, now.date(), timedelta.max)
    assert step is None or not step.href.endswith("/parents")


def test_every_kind_names_only_those_of_whom_it_can_be_said_that_they_know():
    for profile in load_profiles().values():
        for clock in profile.clocks.values():
            assert set(clock.knowers) <= KNOWERS.keys() - CONTACTS.keys(), (profile.kind, clock.code)


async def test_the_form_unfolds_for_a_looked_after_child_and_the_incident_asks_until_all_is_said(sign_in):
    client = await sign_in(Role.LEAD)
    story, _person = await about(client.actor)
    at = f"/incidents/{story.facts.id}"
    page = (await client.get(f"{at}/parents")).text
    assert page.index("Social worker") < page.index("<details", page.index('id="act"')), "not folded away"
    assert "Not said yet: whoever holds parental responsibility, social worker, placing authority." in page
    wrong = await client.send(f"{at}/parents", {
        "version": "1", "knowers-2-contact": "social_worker", "knowers-2-informed": "yes",
        "knowers-2-contact_name": "Ms Hale, by Ana"}, page=f"{at}/parents")  # fmt: skip
    assert wrong.status_code == 422
    assert "Say when they were told: the day at least." in wrong.text
    assert "Ms Hale, by Ana" in wrong.text
    skipped = await client.send(f"{at}/parents", {
        "version": "1", "knowers-2-contact": "social_worker", "knowers-2-informed": "yes",
        "knowers-2-on": "29/3/2026", "knowers-2-at": "01:30"}, page=f"{at}/parents")  # fmt: skip
    assert skipped.status_code == 422
    assert 'href="#knowers-2-at">There was no 01:30 on 29 March 2026' in skipped.text
    told = {"version": "1"}
    for number, code in enumerate(("parental_responsibility", "social_worker", "placing_authority"), 1):
        prefix = f"knowers-{number}-"
        told |= {f"{prefix}contact": code, f"{prefix}informed": "yes", f"{prefix}on": "today"}
    assert "Those who answer for a looked-after child are told" in (await client.get(f"{at}/close")).text
    assert (await client.send(f"{at}/parents", told, page=f"{at}/parents")).status_code == 303
    assert "All of it is said." in (await client.get(f"{at}/parents")).text
    assert "Those who answer for a looked-after child are told" not in (await client.get(f"{at}/close")).text


ORDINARY = {"role": "affected", "kind": "child", "connection": "pupil"}
TEACHER = NewPerson(name="Ms Hale", role="affected", kind="adult", connection="staff")


async def parents_page(client, *people):
    story = await recorded(client.actor, report(*people))
    page = (await client.get(f"/incidents/{story.facts.id}/parents")).text
    return page[page.index('id="act"') :]


async def test_of_a_child_who_is_not_looked_after_parents_are_asked_first_and_nothing_is_called_said(sign_in):
    client = await sign_in(Role.LEAD)
    ordinary = NewPerson(name="Olivia Fletcher", **ORDINARY)
    page = await parents_page(client, ordinary)
    assert "All of it is said." not in page
    assert "whoever answers for them" not in page
    folded = page.index("If this child is looked after by a local authority")
    assert page.index("Parents and carers") < folded < page.index("Social worker")
    mixed = await parents_page(client, ordinary, TEACHER)
    assert "whoever answers for them" not in mixed
    assert mixed.index("Parents and carers") < mixed.index("If this child is looked after")
    assert re.findall(r"<option[^>]*>([^<]+)</option>", mixed)[:3] == ["Everybody in it", "Olivia Fletcher", "Ms Hale"]


async def test_of_an_adult_who_was_harmed_nobody_asks_for_a_social_worker(sign_in):
    client = await sign_in(Role.LEAD)
    page = await parents_page(client, TEACHER)
    assert "Parents and carers" in page
    for never in ("All of it is said.", "whoever answers for them", "Social worker", "looked after"):
        assert never not in page


async def test_beside_a_looked_after_child_the_parents_of_another_are_asked_too(sign_in):
    client = await sign_in(Role.LEAD)
    alfie = await known(client.actor, IN_CARE)
    tied = NewPerson(name="Alfie Stone", person_id=alfie.id, **ORDINARY)
    page = await parents_page(client, tied, NewPerson(name="Olivia Fletcher", **ORDINARY))
    assert page.count("whoever answers for them is told") == 1
    assert page.index("Alfie Stone</strong>: whoever answers") < page.index("Social worker")
    assert page.index("Social worker") < page.index("Parents and carers")
    assert "Others of the family, where they are told too" not in page
    assert "Others of the family, where they are told too" in await parents_page(client, tied)
