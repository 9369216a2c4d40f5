"""What a lead assigns to a pastoral member, and no more, is theirs to read."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.access.roles import Role
from safeguard.errors import Conflict, DomainError, Forbidden, NotFound
from safeguard.identity import assigning
from safeguard.identity.assigning import Scope
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import Filters, list_incidents, read_incident
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.triaging import Classes, classify
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.identity.conftest import Account, AsOwner, MakeAccount
from tests.identity.test_pages import OpenBrowser, browser, sign_in  # noqa: F401  a fixture

pytestmark = pytest.mark.anyio


async def record(who: Account, words: str, group: str = "") -> UUID:
    new = NewIncident(narrative=words, people=(NewPerson(name="Morgan Hale", role="affected", group_name=group),))
    async with begin(who.actor) as work:
        return (await record_incident(work, new, SCHOOL)).facts.id


async def assign(lead: Account, whom: Account, scope: Scope) -> None:
    async with begin(lead.actor) as work:
        await assigning.assign(work, whom.user_id, scope)


async def seen(who: Account, **filters: str) -> set[UUID]:
    async with begin(who.actor) as work:
        return {row.id for row in await list_incidents(work, Filters(state="all", **filters))}


async def reads(who: Account, incident: UUID) -> bool:
    try:
        async with begin(who.actor) as work:
            await read_incident(work, incident)
    except NotFound:
        return False
    return True


@pytest.fixture
async def school(account: MakeAccount) -> tuple[Account, Account]:
    """A lead, and a pastoral member of the same school."""
    lead = await account(Role.LEAD)
    return lead, await account(Role.PASTORAL, organisation=lead.organisation_id)


async def test_without_an_assignment_a_pastoral_member_sees_their_own_reports_only(
    school: tuple[Account, Account],
) -> None:
    lead, pastoral = school
    theirs, own = await record(lead, "Somebody else's.", "7B"), await record(pastoral, "Mine.")
    assert await seen(pastoral) == {own}
    assert not await reads(pastoral, theirs)


async def test_a_group_is_assigned_and_taken_back(school: tuple[Account, Account]) -> None:
    lead, pastoral = school
    seventh, eighth = await record(lead, "In year seven.", " 7b"), await record(lead, "In year eight.", "8A")
    await assign(lead, pastoral, Scope(groups=("7B",)))
    assert await seen(pastoral) == {seventh}
    assert (await reads(pastoral, seventh), await reads(pastoral, eighth)) == (True, False)
    await assign(lead, pastoral, Scope())
    assert await seen(pastoral) == set()
    assert not await reads(pastoral, seventh)


async def test_kinds_are_assigned_once_a_lead_has_classified(school: tuple[Account, Account]) -> None:
    lead, pastoral = school
    incident = await record(lead, "An unkind account.")
    await assign(lead, pastoral, Scope(risk_areas=("bullying",)))
    assert not await reads(pastoral, incident)
    async with begin(lead.actor) as work:
        await classify(work, incident, 1, Classes(risk_areas=("bullying",)), SCHOOL)
    assert await reads(pastoral, incident)
    assert await seen(pastoral) == {incident}


async def test_searching_finds_what_is_assigned_and_nothing_else(school: tuple[Account, Account]) -> None:
    lead, pastoral = school
    seventh = await record(lead, "A heron on the roof.", "7B")
    await record(lead, "Another heron, elsewhere.", "8A")
    await assign(lead, pastoral, Scope(groups=("7B",)))
    assert await seen(pastoral, text="heron") == {seventh}


async def test_searching_ones_own_report_tells_nothing_of_what_the_lead_wrote(school: tuple[Account, Account]) -> None:
    lead, pastoral = school
    own = await record(pastoral, "A heron on the roof.")
    async with begin(lead.actor) as work:
        await add_entry(work, own, NewEntry(words="The badger was told."))
    assert await seen(pastoral, text="heron") == {own}
    assert await seen(pastoral, text="badger") == set()


async def test_a_restricted_incident_is_never_assigned(school: tuple[Account, Account], as_owner: AsOwner) -> None:
    lead, pastoral = school
    incident = await record(lead, "In year seven.", "7B")
    await assign(lead, pastoral, Scope(groups=("7B",)))
    await as_owner("update incidents set restricted_at = now() where id = %s", incident)
    assert (await reads(pastoral, incident), await seen(pastoral)) == (False, set())


async def test_somebody_who_is_not_pastoral_any_more_reads_none_of_it(
    school: tuple[Account, Account], account: MakeAccount
) -> None:
    lead, pastoral = school
    incident = await record(lead, "In year seven.", "7B")
    await assign(lead, pastoral, Scope(groups=("7B",)))
    other = await account(Role.REPORTER, organisation=lead.organisation_id)
    with pytest.raises(Conflict):
        await assign(lead, other, Scope(groups=("7B",)))
    assert not await reads(other, incident)


async def test_another_organisations_incidents_stay_its_own(
    school: tuple[Account, Account], account: MakeAccount
) -> None:
    lead, pastoral = school
    stranger = await account(Role.LEAD)
    theirs = await record(stranger, "In year seven.", "7B")
    await assign(lead, pastoral, Scope(groups=("7B",)))
    assert (await reads(pastoral, theirs), await seen(pastoral)) == (False, set())


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.HEAD, Role.PASTORAL, Role.REPORTER])
async def test_only_leads_assign(school: tuple[Account, Account], account: MakeAccount, role: Role) -> None:
    lead, pastoral = school
    other = await account(role, organisation=lead.organisation_id)
    with pytest.raises(Forbidden):
        await assign(other, pastoral, Scope(groups=("7B",)))


@given(st.text(max_size=200))
def test_groups_are_read_as_people_write_them(typed: str) -> None:
    try:
        groups = assigning.read_groups(typed)
    except DomainError:
        return
    assert len(set(groups)) == len(groups)
    assert all(group == " ".join(group.split()) and "," not in group for group in groups)
    assert assigning.read_groups(", ".join(groups)) == groups


async def test_the_lead_assigns_on_the_persons_page_and_the_member_reads(
    school: tuple[Account, Account],
    browser: OpenBrowser,  # noqa: F811
) -> None:
    lead, pastoral = school
    incident = await record(lead, "A heron on the roof.", "7B")
    tab = await browser()
    await sign_in(tab, lead.email)
    person = f"/settings/people/{pastoral.user_id}"
    answer = await tab.send(f"{person}/scope", {"groups": "7B,  8A"}, page=person)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{person}?done=assigned")
    assert ">7B, 8A</textarea>" in (await tab.get(person)).text
    refused = await tab.send(f"{person}/scope", {"issue_types": "no-such-issue"}, page=person)
    assert refused.status_code == 422
    assert await reads(pastoral, incident)


async def test_a_link_to_another_incident_is_not_shown_to_whom_that_is_not_assigned(
    school: tuple[Account, Account],
) -> None:
    lead, pastoral = school
    seventh, other = await record(lead, "In year seven.", "7B"), await record(lead, "In year eight.", "8A")
    async with begin(lead.actor) as work:
        await add_entry(work, seventh, NewEntry(kind="link", linked_id=other, words="The same account."))
    await assign(lead, pastoral, Scope(groups=("7B",)))
    async with begin(pastoral.actor) as work:
        story = await read_incident(work, seventh)
    assert "link" not in {entry.kind for entry in story.entries}
    assert story.links == ()
