"""Who has not signed: accounts by name, children and families against the list of people, others by a number."""

from datetime import timedelta

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden
from safeguard.notifications import registers as telling
from safeguard.people.recording import record_person
from safeguard.registers.policies.asked import NAME
from safeguard.registers.policies.missing import list_children, list_strangers, read_parties
from safeguard.registers.policies.publishing import NewEdition, publish, publish_edition
from safeguard.registers.policies.queries import get_policy, get_signature, list_mine, list_policies
from safeguard.registers.policies.reading import acknowledge
from safeguard.registers.policies.reminding import expect
from safeguard.registers.policies.signing import Who, record_paper, sign
from safeguard.work import begin
from tests.factories.owning import owning
from tests.factories.people import called

pytestmark = pytest.mark.anyio

TODAY = clock.now().date()
AGREEMENT = NewEdition(
    title="Acceptable use", parties=("staff", "pupil", "family", "visitor"), words="I will be kind.",
    effective_on=TODAY, lasts_months=12,
)  # fmt: skip
NOTICES = "select event from notices where recipient_id = $1 order by created_at, id"


def child(name: str, group: str = "Year 7"):
    given, _, family = name.rpartition(" ")
    return called(given, family, connection="pupil", group_name=group)


async def test_accounts_that_have_not_signed_are_named_until_they_sign_with_it_or_on_paper(someone, school):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await acknowledge(work, policy.id, 1)
    async with begin(lead) as work:
        staff = (await read_parties(work, policy, TODAY))[0]
        assert {one.name for one in staff.accounts} == {reporter.name, head.name}
        assert (staff.people, staff.missing, staff.accounts[0].edition) == (3, 2, None)
        await record_paper(work, policy.id, "staff", (Who(f"  {reporter.name.upper()} "),), TODAY)
    async with begin(lead) as work:
        assert [one.name for one in (await read_parties(work, policy, TODAY))[0].accounts] == [head.name]
        (line,) = await list_policies(work, TODAY + timedelta(days=90))
        assert (line.people, line.read, line.late) == (3, 2, 1)
    async with begin(reporter) as work:
        (mine,) = await list_mine(work, TODAY)
        assert mine.done_on == TODAY
    async with begin(lead) as work:
        after = await publish_edition(work, school, policy.id, AGREEMENT, 1)
    async with begin(lead) as work:
        staff = (await read_parties(work, after, TODAY))[0]
        assert {one.name: one.edition for one in staff.accounts} == {reporter.name: None, head.name: None, lead.name: 1}


async def test_a_name_that_two_accounts_share_signs_for_neither_on_paper(someone, school, addresses):
    lead = await someone(Role.LEAD)
    await someone(Role.REPORTER, organisation=lead.organisation_id)
    async with owning(addresses.owner) as owner:
        await owner.execute(
            "update memberships set name = 'Ana Brook' where organisation_id = %s", (lead.organisation_id,)
        )
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await record_paper(work, policy.id, "staff", (Who("Ana Brook"),), TODAY)
    async with begin(lead) as work:
        assert len((await read_parties(work, policy, TODAY))[0].accounts) == 2


async def test_children_and_families_are_missing_by_group_as_the_list_of_people_has_them(someone, school):
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        for name, group in (("Robin Sample", "Year 10"), ("Casey Sample", "Year 7"), ("Alex Sample", "Year 7"),
                            ("Sam Oak", ""), ("Sam Oak", "")):  # fmt: skip
            await record_person(work, child(name, group), school)
        await record_person(work, called("Kim", "Else", connection="child_elsewhere"), school)
        pupils = (Who("casey  SAMPLE"), Who("Sam Oak"), Who("Rob Sample"))
        await record_paper(work, policy.id, "pupil", pupils, TODAY)
        await record_paper(work, policy.id, "family", (Who("Mary Sample", "Robin Sample"),), TODAY)
        await sign(work, policy, (Who("Noor Sample"),), "family", "paper", TODAY)  # as an earlier release took it
    async with begin(lead) as work:
        _, pupil, family, visitor = await read_parties(work, policy, TODAY)
        assert [(one.name, one.people, one.missing) for one in pupil.groups] == [
            ("Year 7", 2, 1), ("Year 10", 1, 1), ("", 2, 2),
        ]  # fmt: skip
        assert (pupil.people, pupil.missing, pupil.unknown) == (5, 4, 1)
        assert (family.missing, family.unknown, visitor.people, visitor.missing) == (4, 0, None, None)
        assert (family.nameless, pupil.nameless, family.past) == (1, 0, 0)
        assert await list_children(work, policy, "pupil", TODAY, "Year 7") == (("Year 7", "Alex Sample"),)
        assert len(await list_children(work, policy, "pupil", TODAY)) == 4
        ((unlisted, name),) = await list_strangers(work, policy, "pupil", TODAY)
        assert name == "Rob Sample" == (await get_signature(work, policy.id, unlisted)).name
        assert await list_strangers(work, policy, "family", TODAY) == ()
        gone = TODAY + timedelta(days=500)
        after = await read_parties(work, policy, gone)
        assert (after[1].missing, after[1].past, after[2].past) == (5, 3, 2)
    async with begin(head) as work:
        assert (await read_parties(work, policy, TODAY))[1].missing == 4
        with pytest.raises(Forbidden):
            await list_children(work, policy, "pupil", TODAY)
        with pytest.raises(Forbidden):
            await list_strangers(work, policy, "pupil", TODAY)


async def test_how_many_should_sign_is_said_where_there_is_no_list(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await record_paper(work, policy.id, "visitor", (Who("Ana"), Who("Bo")), TODAY)
        await expect(work, policy.id, {"visitor": 5, "pupil": None, "staff": 9}, 1)
        with pytest.raises(Conflict):
            await expect(work, policy.id, {"visitor": 6}, 1)
    async with begin(lead) as work:
        policy = await get_policy(work, policy.id)
        assert (policy.expected, policy.version) == ({"visitor": 5}, 2)
        visitor = (await read_parties(work, policy, TODAY))[3]
        assert (visitor.people, visitor.missing) == (5, 3)
        await record_paper(work, policy.id, "visitor", tuple(Who(f"Guest {n}") for n in range(9)), TODAY)
    async with begin(lead) as work:
        assert (await read_parties(work, policy, TODAY))[3].missing == 0


async def test_the_page_names_them_reminds_them_once_a_day_and_goes_with_a_file(sign_in, school):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    reporter, head = await sign_in(Role.REPORTER, organisation=here), await sign_in(Role.HEAD, organisation=here)
    governor = await sign_in(Role.GOVERNOR, organisation=here)
    async with begin(lead.actor) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await record_person(work, child("Robin <b>Sample", "Year & 9"), school)
        await record_paper(work, policy.id, "pupil", (Who("Rob <i>Sample"),), TODAY)
    page = f"/standards/registers/policies/{policy.id}/missing"
    shown = (await lead.get(page)).text
    assert reporter.actor.name in shown and "4 of 4 have not signed" in shown
    assert "Robin" not in shown
    assert "Rob &lt;i&gt;Sample</a>" in shown
    assert "Rob &lt;i&gt;" not in (await governor.get(page)).text
    named = "?who=pupil&group=Year+%26+9"
    assert "Robin &lt;b&gt;Sample" in (await lead.get(page + named)).text
    assert "Robin" not in (await head.get(page + named)).text
    assert "Year &amp; 9" in (await governor.get(page)).text
    assert "Robin &lt;b&gt;" not in (await governor.get(page + named)).text
    taken = "/standards/registers/tables/missing.csv"
    assert "Pupils,Year & 9,Robin <b>Sample" in (await lead.get(taken)).text
    by_head = (await head.get(f"{taken}?policy={policy.id}")).text
    assert "Robin" not in by_head and "Year & 9,,1" in by_head and reporter.actor.name in by_head
    wrong = await lead.send(page, {"visitor": "many", "pupil": "30", "seen": "1"})
    assert wrong.status_code == 422 and 'value="many"' in wrong.text and 'value="30"' in wrong.text
    assert (await lead.send(page, {"visitor": "12", "pupil": "", "seen": "1"})).status_code == 303
    stale = await lead.send(page, {"visitor": "13", "seen": "1"})
    assert stale.status_code == 409 and 'value="13"' in stale.text
    reminders = page.replace("missing", "reminders")
    assert (await governor.send(reminders, {}, page="/policies")).status_code == 403
    sent = await lead.send(reminders, {}, page=page)
    assert "4 people are reminded" in (await lead.get(sent.headers["location"])).text
    again = await lead.send(reminders, {}, page=page)
    assert again.status_code == 409 and "reminded today" in again.text
    for _ in range(2):
        async with begin(system(here)) as work:
            await telling.tell_again(work, policy.id)
    async with begin(system(here)) as work:
        assert [row["event"] for row in await work.driver.fetch(NOTICES, reporter.actor.user_id)] == ["policy.unread"]


async def test_whoever_must_read_a_policy_is_reminded_from_its_page_and_nobody_when_all_have(sign_in, school):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        new = NewEdition(title="Phones", readers=("lead",), words="Away.", effective_on=TODAY)
        policy = await publish(work, school, "policy", new)
    page = f"/standards/registers/policies/{policy.id}"
    assert (await lead.get(f"{page}/missing")).status_code == 404
    sent = await lead.send(f"{page}/reminders", {}, page=page)
    assert "1 person is reminded" in (await lead.get(sent.headers["location"])).text
    async with begin(lead.actor) as work:
        await acknowledge(work, policy.id, 1)
    assert "nobody to remind" in (await lead.send(f"{page}/reminders", {}, page=page)).text


@pytest.mark.parametrize(
    "typed", ["Niamh O\u2019Brien-Hale", "niamh  o\u2018brien\u2013hale", "NIAMH O`BRIEN\u2011HALE "]
)
async def test_a_name_is_the_same_whatever_apostrophe_or_dash_a_telephone_writes(someone, typed):
    async with begin(await someone(Role.LEAD)) as work:
        same = f"select {NAME.format('$1::text')} = {NAME.format('$2::text')}"
        assert await work.driver.fetchval(same, typed, "Niamh O'Brien-Hale")
        assert not await work.driver.fetchval(same, typed, "Niamh OBrien Hale")
