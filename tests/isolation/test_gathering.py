"""What may be looked at again is counted ahead, for whoever may decide, and nothing of it tells whom it may mean."""

from datetime import timedelta
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database.context import PLATFORM
from safeguard.incidents.hiding.gathering import ToDecide, ask_for_all, count_to_decide
from safeguard.incidents.hiding.looking_back import decide, look_again
from safeguard.intake.alert import NewAlert
from safeguard.intake.receiving import receive_alert
from safeguard.work import begin
from tests.factories.owning import owning
from tests.isolation.living import living
from tests.isolation.test_exclusion import about, recorded
from tests.isolation.test_looking_back import forget, gathered, house
from tests.isolation.test_names import MEANT, OTHERS

__all__ = ["forget", "house"]

pytestmark = pytest.mark.anyio
NONE = ToDecide(0, 0)


async def counted(actor: Actor) -> ToDecide:
    async with begin(actor, purpose="session") as work:
        return await count_to_decide(work)


async def test_a_count_leads_whoever_may_decide_there_until_all_are_decided(house, forget):
    lead, meant, deputy, head = house
    await recorded(deputy, about(meant.name))
    await recorded(deputy, about("Somebody Elsewhere"))
    await forget(lead.organisation_id)
    assert await counted(lead) == NONE, "no page compares by itself"
    await gathered(lead.organisation_id)
    assert [await counted(each) for each in (lead, deputy)] == [ToDecide(1, 0)] * 2
    assert [await counted(each) for each in (meant, head)] == [NONE] * 2
    async with begin(lead, purpose="session") as work:
        (row,) = (await look_again(work)).rows
        assert row.told_by == "name"
        await decide(work, [row.key], "other", "A parent of that name.")
    assert await counted(deputy) == NONE


async def test_what_each_handler_may_be_meant_by_is_counted_for_whoever_keeps_the_vault_with_its_concerns(
    house, someone, forget
):
    lead, other, deputy, head = house
    second = await someone(Role.HEAD, organisation=lead.organisation_id)
    await recorded(deputy, about("the safeguarding lead"))
    async with begin(lead, purpose="session") as work:
        await raise_concern(work, NewConcern(subject_name=head.name, narrative="Late messages."))
    await forget(lead.organisation_id)
    await gathered(lead.organisation_id)
    assert [await counted(each) for each in (lead, other, deputy)] == [NONE] * 3
    assert (await counted(head), await counted(second)) == (ToDecide(0, 1), ToDecide(0, 2))


async def test_what_was_corrected_meanwhile_is_counted_no_more_and_forgotten_by_the_next_look(house, forget, addresses):
    lead, meant, deputy, _ = house
    story = await recorded(deputy, about(meant.name))
    await forget(lead.organisation_id)
    await gathered(lead.organisation_id)
    async with owning(addresses.owner) as owner:
        await owner.execute(
            "update incident_people set name = 'Somebody Elsewhere' where organisation_id = %s and incident_id = %s",
            (lead.organisation_id, story.facts.id),
        )
    assert await counted(lead) == NONE
    await gathered(lead.organisation_id)
    async with owning(addresses.owner) as owner:
        found = await owner.execute(
            "select incidents, reached_at, finished_at is not null from looked_back where organisation_id = %s",
            (lead.organisation_id,),
        )
        assert await found.fetchone() == ([], None, True)


EACH = """
with said as (select distinct unnest(%(said)s::text[]) as said), by_name as (
    select distinct s.said, n.user_id from said s, sec.names_of_members(%(here)s) n
    where sec.names_agree(s.said, n.name)
), by_account as (
    select s.said, u as user_id from said s, unnest(sec.accounts_meant(%(here)s, s.said)) u
)
select array(select (said, user_id)::text from by_name order by 1),
    array(select (m.said, m.user_id)::text from sec.members_named(%(here)s, %(said)s::text[]) m
        where not m.as_post order by 1),
    array(select (said, user_id)::text from by_account order by 1),
    array(select (a.account, a.user_id)::text from sec.accounts_named(%(here)s, %(said)s::text[]) a order by 1)
"""
NAMES = ("Morgan Hale", "Jan van der Berg", "Ana Smith-Jones", "Sam Oak", "Siân O'Brien", "Cher", "Ana Hale")
ACCOUNTS = (
    "mhale", "m.hale", "hale.morgan", "halem", "morgan.hale@elsewhere.example", "SCHOOL\\soak", "s.oak2", "oak", "sam",
    "jberg", "vanderberg", "cher", "obrien", "sian.obrien", "s_obrien", "12oak", "smithjonesa", "nobody.atall", "", "@",
)  # fmt: skip


async def test_thousands_of_names_at_once_mean_whom_each_alone_means(someone, addresses):
    here = (await someone(Role.LEAD)).organisation_id
    members = [await someone(Role.REPORTER, organisation=here) for _ in NAMES]
    async with owning(addresses.owner) as owner:
        for member, name in zip(members, NAMES, strict=True):
            await owner.execute("update memberships set name = %s where user_id = %s", (name, member.user_id))
        said = [*MEANT, *OTHERS, *ACCOUNTS, *NAMES, "Mr Oake", "Mrs Berg", "Smiht", "Hlae, M.", "the head", "Mr", " "]
        [found] = await (await owner.execute(EACH, {"here": here, "said": said})).fetchall()
    by_name, names_at_once, by_account, accounts_at_once = found
    assert set(names_at_once) ^ set(by_name) == set()
    assert set(accounts_at_once) ^ set(by_account) == set()
    assert (len(by_name) > 50, len(by_account) > 12) == (True, True)


async def test_the_schedule_begins_where_names_were_compared_otherwise_and_not_where_it_was_looked(house, addresses):
    here = house[0].organisation_id

    async def waiting() -> int:
        async with begin(system(UUID(PLATFORM)), purpose="job") as work:
            await ask_for_all(work)
        async with owning(addresses.owner) as owner:
            found = await owner.execute(
                "select count(*) from jobs.job where organisation_id = %s and kind = 'again.gather'", (here,)
            )
            return (await found.fetchone())[0]

    async def done() -> None:
        await gathered(here)
        async with owning(addresses.owner) as owner:
            await owner.execute("update jobs.job set state = 'done', finished_at = now() where kind = 'again.gather'")

    assert await waiting() == 1
    assert await waiting() == 1, "one that is under way is not begun beside itself"
    await done()
    assert await waiting() == 1
    async with owning(addresses.owner) as owner:
        await owner.execute("update looked_back set compared = 'before' where organisation_id = %s", (here,))
    assert await waiting() == 2


async def test_an_alert_is_kept_from_whoever_its_account_means_as_it_is_compared_now(house, addresses):
    lead, meant, _, _ = house
    account = meant.name.lower().replace(" ", ".")
    new = NewAlert(id="1", raised_at=clock.now() - timedelta(hours=1), category="grooming", user=account)
    async with begin(lead, purpose="session") as work:
        alert = await receive_alert(work, "Watchful", new)
    async with owning(addresses.owner) as owner:
        await owner.execute("update alerts set kept_from = '{}', user_id = null where id = %s", (alert.id,))

    async def sees(actor: Actor) -> bool:
        async with begin(actor, purpose="session") as work:
            return bool(await work.driver.fetchval("select count(*) from alerts where id = $1", alert.id))

    assert await sees(meant)
    await gathered(lead.organisation_id)
    assert (await sees(meant), await sees(lead)) == (False, True)


async def test_whom_an_earlier_record_may_mean_sees_the_same_pages_as_if_it_meant_somebody_else(ground):
    """In both worlds they read the incident; in one it names them, and waits for the others to decide."""
    story = []

    async def before(people) -> None:
        story.append(await recorded(people.reporter, about("Somebody Elsewhere")))

    async with living(Role.LEAD, ground, before) as two:
        async with owning(two.other.owner) as owner:
            await owner.execute("alter table incident_people disable trigger user")
            await owner.execute(
                "update incident_people set name = %s where incident_id = %s",
                (two.people.subject.name, story[0].facts.id),
            )
        for world, expected in ((two.plain, NONE), (two.other, ToDecide(1, 0))):
            async with world.entered():
                await gathered(two.people.subject.organisation_id)
                assert await counted(two.people.lead) == expected
        starts = ["/", "/incidents/again", "/concerns/again", "/notices"]
        plain, other = await two.walks(starts, 10, follow=False)
        assert plain.differences(other) == []
        assert plain.statements == other.statements
        assert [plain.answers[path][0] for path in starts] == [200, 200, 404, 200]
        for world in (two.plain, two.other):
            async with owning(world.owner) as owner:
                await owner.execute(
                    "update sessions set user_id = %s where id = %s", (two.people.lead.user_id, UUID(int=1))
                )
        plain, other = await two.walks(starts, 10, follow=False)
        assert plain.differences(other) == ["/", "/incidents/again"], "whoever may decide is led there"
