"""How an organisation begins, and when it is ready."""

import json

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid
from safeguard.tenancy.details import Details, NewOrganisation
from safeguard.tenancy.organising import activate_when_ready, change_details, create_organisation
from safeguard.tenancy.profile import Profile
from safeguard.work import Work, begin
from tests.factories.organisations import make_person

pytestmark = pytest.mark.anyio


def new(**changes: str) -> NewOrganisation:
    slug = f"sample-{clock.new_id().hex[-12:]}"
    return NewOrganisation(**{"name": "Sample School", "kind": "school", "slug": slug, **changes})


async def nobody(_work: Work, profile: Profile) -> str:
    return profile.word("pupil")


async def found(organisation_id):
    async with begin(system(organisation_id)) as work:
        return await work.driver.fetchrow("select * from public.organisations where id = $1", organisation_id)


async def test_an_organisation_begins_with_its_two_logs_and_is_being_set_up(database, addresses):
    organisation_id, word = await create_organisation(new(urn="123456", ukprn="10012345"), nobody)
    row = await found(organisation_id)
    async with begin(system(organisation_id)) as work:
        fields = await work.driver.fetchval("select fields from audit.documents where kind = 'organisation'")
    with psycopg.connect(addresses.owner) as owner:  # the restricted log is shown to few
        logs = owner.execute(
            "select log, size from audit.logs where organisation_id = %s order by log", (organisation_id,)
        ).fetchall()
    assert [tuple(log) for log in logs] == [("general", 2), ("restricted", 1)]
    assert (row["state"], row["urn"], word) == ("setting_up", "123456", "pupil")
    assert json.loads(json.loads(fields)["name"][0]) == "Sample School"


async def test_nothing_remains_when_the_first_invitation_fails(database):
    wanted = new()

    async def fail(_work: Work, _profile: Profile) -> None:
        raise Conflict

    with pytest.raises(Conflict):
        await create_organisation(wanted, fail)
    await create_organisation(wanted, nobody)


async def test_a_slug_belongs_to_one(database):
    wanted = new()
    await create_organisation(wanted, nobody)
    with pytest.raises(Conflict, match="already an organisation"):
        await create_organisation(wanted, nobody)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"kind": "shop"}, "kind", 'Write "care", "childrens_home", "club", "group", "helpline" or "school".'),
        ({"slug": "Alder School"}, "slug", "small letters"),
        ({"name": " "}, "name", "Give the organisation's name"),
        ({"name": "🦉" * 201}, "name", "too long"),
        ({"nation": "france"}, "nation", '"england"'),
        ({"time_zone": "Europe/Londres"}, "time_zone", "Europe/London"),
        ({"urn": "12345"}, "urn", "six digits"),
        ({"ukprn": "20012345"}, "ukprn", "begins with 1"),
        ({"kind": "club", "urn": "123456"}, "urn", "Only a school has a URN"),
        ({"second_person_name": "Sample Chair"}, "second_person_email", "as well"),
        ({"second_person_email": "chair"}, "second_person_name", "as well"),
        ({"kind": "group", "group": "other"}, "parent", "cannot belong"),
        ({"group": "no-such-group"}, "parent", "no such group"),
    ],
)
async def test_a_detail_that_cannot_be_meant_is_named(database, changes, field, sentence):
    with pytest.raises(Invalid) as refused:
        await create_organisation(new(**changes), nobody)
    assert [error for error in refused.value.errors if error.field == field and sentence in error.message]


async def test_an_organisation_opens_when_it_has_a_lead_and_a_second_person(database):
    organisation_id, _ = await create_organisation(new(), nobody)
    user_id, name = await make_person(organisation_id, [Role.LEAD])
    lead = Actor(ActorKind.PERSON, organisation_id, user_id, frozenset({Role.LEAD}), name)
    async with begin(lead) as work:
        assert not await activate_when_ready(work)
    async with begin(lead) as work:
        details = Details(name="Sample School", second_person_name="A Chair", second_person_email="Chair@Example.org")
        await change_details(work, details, seen=1)
    row = await found(organisation_id)
    assert (row["state"], row["version"], row["second_person_email"]) == ("active", 3, "chair@example.org")


async def test_details_that_somebody_else_changed_are_not_overwritten(someone):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await change_details(work, Details(name="One"), seen=1)
    with pytest.raises(Conflict):
        async with begin(lead) as work:
            await change_details(work, Details(name="Two"), seen=1)


async def test_a_reporter_does_not_change_details(someone):
    with pytest.raises(Forbidden):
        async with begin(await someone(Role.REPORTER)) as work:
            await change_details(work, Details(name="Mine"), seen=1)


async def test_what_an_organisation_is_cannot_be_changed_by_the_app(someone):
    with pytest.raises(Exception, match="permission denied"):
        async with begin(await someone(Role.LEAD)) as work:
            await work.driver.execute("update public.organisations set kind = 'helpline'")
