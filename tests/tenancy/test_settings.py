"""Settings in layers: who chose, who may, and what is kept."""

import json

import pytest

from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.tenancy.choosing import change_setting, receive_group_setting, reset_setting
from safeguard.tenancy.delivering import deliver_settings
from safeguard.tenancy.effective import Source, effective, list_settings
from safeguard.tenancy.organising import create_organisation
from safeguard.tenancy.profiles import load_profiles
from safeguard.tenancy.registry import settings_of
from safeguard.work import begin
from tests.factories.organisations import make_person
from tests.tenancy.test_organising import new, nobody

pytestmark = pytest.mark.anyio

REVIEW = "clocks.open_incident_review"


async def test_every_value_knows_its_source(someone):
    lead = await someone(Role.LEAD)

    async def here(name: str) -> tuple[object, Source]:
        async with begin(lead) as work:
            now = await effective(work, name)
            return now.value, now.source

    assert await here("contact.lead") == ("", Source.BUILT_IN)
    assert await here(REVIEW) == (14, Source.KIND)
    async with begin(system(lead.organisation_id)) as work:
        await receive_group_setting(work, REVIEW, 10)
    assert await here(REVIEW) == (10, Source.GROUP)
    async with begin(lead) as work:
        await change_setting(work, REVIEW, "7", seen=0)
    assert await here(REVIEW) == (7, Source.ORGANISATION)


async def test_taking_a_choice_back_brings_the_layer_beneath_and_keeps_the_versions(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await change_setting(work, REVIEW, "7", seen=0)
    async with begin(lead) as work:
        await reset_setting(work, REVIEW, seen=1)
        assert (await effective(work, REVIEW)).source is Source.KIND
    async with begin(lead) as work:
        rows = await work.driver.fetch("select version, fields from audit.documents where kind = 'settings' order by 1")
    assert [json.loads(json.loads(row["fields"])["value"][0]) for row in rows] == [7, None]


async def test_two_people_at_once_do_not_overwrite_each_other(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await change_setting(work, REVIEW, "7", seen=0)
    with pytest.raises(Conflict):
        async with begin(lead) as work:
            await change_setting(work, REVIEW, "8", seen=0)


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        (REVIEW, "soon", "whole number in figures"),
        (REVIEW, "0", "from 1 to 366"),
        ("clocks.data_breach", "96", "The law sets this limit"),
        ("notices.wait_danger", "61", "from 5 to 60. Somebody may be in danger"),
        ("contact.lead", "x" * 501, "1 characters too long"),
        ("report.first_platforms", "TikTok, MySpace", "“MySpace” is not in the list"),
    ],
)
async def test_a_value_that_cannot_be_is_refused_with_a_sentence(someone, name, typed, sentence):
    lead = await someone(Role.LEAD)
    with pytest.raises(Invalid) as refused:
        async with begin(lead) as work:
            await change_setting(work, name, typed, seen=0)
    assert sentence in refused.value.errors[0].message


async def test_what_the_law_fixes_may_be_made_stricter(someone):
    async with begin(await someone(Role.LEAD)) as work:
        await change_setting(work, "clocks.data_breach", "48", seen=0)
        assert (await effective(work, "clocks.data_breach")).value == 48


async def test_platforms_are_typed_by_name_and_kept_by_code(someone):
    async with begin(await someone(Role.LEAD)) as work:
        await change_setting(work, "report.first_platforms", "Roblox, tiktok,  YouTube ", seen=0)
        assert (await effective(work, "report.first_platforms")).value == ["roblox", "tiktok", "youtube"]


async def test_a_setting_that_this_kind_does_not_have_is_not_found(someone):
    with pytest.raises(NotFound):
        async with begin(await someone(Role.LEAD, kind="club")) as work:
            await change_setting(work, "clocks.file_transfer", "4", seen=0)


@pytest.mark.parametrize("role", [Role.REPORTER, Role.PASTORAL, Role.HEAD, Role.GOVERNOR])
async def test_only_those_who_manage_settings_change_them(someone, role):
    with pytest.raises(Forbidden):
        async with begin(await someone(role)) as work:
            await change_setting(work, REVIEW, "7", seen=0)


async def test_the_page_shows_every_setting_once_under_a_heading(someone):
    async with begin(await someone(Role.ADMINISTRATOR)) as work:
        sections = await list_settings(work)
    names = [one.setting.name for _, settings in sections for one in settings]
    assert sorted(names) == sorted(settings_of(load_profiles()["school"]))


async def test_a_period_of_no_years_is_said_in_words(someone):
    async with begin(await someone(Role.LEAD)) as work:
        sections = await list_settings(work)
    said = {one.setting.name: one.said for _, settings in sections for one in settings}
    assert said["retention.low_level_concern"] == "Until the end of employment"
    assert said["retention.evidence_pack"] == "1 year"


async def test_only_a_group_has_somebody_to_tell(someone):
    for kind, jobs in (("school", 0), ("group", 1)):
        lead = await someone(Role.LEAD, kind=kind)
        async with begin(lead) as work:
            await change_setting(work, REVIEW, "7", seen=0)
        async with begin(lead) as work:
            assert await work.driver.fetchval("select count(*) from jobs.job where kind = 'settings.deliver'") == jobs


async def test_an_organisation_does_not_see_what_another_chose(someone):
    ours, theirs = await someone(Role.LEAD), await someone(Role.LEAD)
    async with begin(ours) as work:
        await change_setting(work, REVIEW, "7", seen=0)
    async with begin(theirs) as work:
        assert (await effective(work, REVIEW)).source is Source.KIND


# ---------------------------------------------------------------- groups


async def a_group() -> tuple[Actor, str]:
    wanted = new(kind="group", name="Sample Trust")
    group_id, _ = await create_organisation(wanted, nobody)
    user_id, name = await make_person(group_id, [Role.ADMINISTRATOR])
    return Actor(ActorKind.PERSON, group_id, user_id, frozenset({Role.ADMINISTRATOR}), name), wanted.slug


async def test_a_new_organisation_begins_with_what_its_group_chose(database):
    trust, slug = await a_group()
    async with begin(trust) as work:
        await change_setting(work, REVIEW, "5", seen=0)
    school_id, _ = await create_organisation(new(group=slug), nobody)
    async with begin(system(school_id)) as work:
        assert (await effective(work, REVIEW)).value == 5
        assert (await effective(work, REVIEW)).source is Source.GROUP


async def test_what_a_group_chooses_later_is_carried_to_its_organisations_and_no_others(database):
    trust, slug = await a_group()
    inside, _ = await create_organisation(new(group=slug), nobody)
    outside, _ = await create_organisation(new(), nobody)
    async with begin(trust) as work:
        await change_setting(work, REVIEW, "5", seen=0)
    for _ in range(2):
        async with begin(trust) as work:
            assert await deliver_settings(work) == 1
    for organisation_id, source in ((inside, Source.GROUP), (outside, Source.KIND)):
        async with begin(system(organisation_id)) as work:
            assert (await effective(work, REVIEW)).source is source
    async with begin(system(inside)) as work:
        assert await work.driver.fetchval("select version from public.organisation_settings") == 1


async def test_what_a_group_takes_back_is_taken_back_below(database):
    trust, slug = await a_group()
    inside, _ = await create_organisation(new(group=slug), nobody)
    async with begin(trust) as work:
        await change_setting(work, REVIEW, "5", seen=0)
        await deliver_settings(work)
    async with begin(trust) as work:
        await reset_setting(work, REVIEW, seen=1)
    async with begin(trust) as work:
        await deliver_settings(work)
    async with begin(system(inside)) as work:
        assert (await effective(work, REVIEW)).source is Source.KIND


async def test_only_a_job_lists_the_organisations_of_a_group(database):
    trust, _ = await a_group()
    with pytest.raises(Exception, match="this needs a context for job"):
        async with begin(trust, purpose="page") as work:
            await deliver_settings(work)


async def test_a_group_is_found_only_while_an_organisation_is_set_up(database):
    trust, slug = await a_group()
    with pytest.raises(Exception, match="this needs a context for provision"):
        async with begin(trust) as work:
            await work.driver.fetch("select * from public.find_group($1)", slug)
