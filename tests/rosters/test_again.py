"""Files that cross each other, what somebody did by hand in between, and what a reader may count."""

from collections.abc import Awaitable, Callable
from datetime import date

import pytest
from msgspec.structs import replace

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.identity import belonging
from safeguard.identity.inviting import invite
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewPerson
from safeguard.people.details import Details
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.rosters.undoing import TAKE_BACK
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.factories.owning import owning
from tests.intake.sending import rows_of
from tests.rosters.files import oneroster, user
from tests.rosters.sending import PEOPLE, look, run_of, take_back, take_over, work_off
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
STAFF_AT = "/settings/people/rosters"
PUPILS = [user(1, "Ana", "Brook", grades="9"), user(2, "Cy", "Dell", grades="9"), user(3, "Zoe", "Ray", grades="9")]
BIRTHS = {"u-1": "2012-05-14", "u-2": "2011-01-02", "u-3": "2010-11-30"}
LINKS = "select source_id, person_id from roster_links order by source_id"
ADD_LINK = """
insert into roster_links (organisation_id, id, subject, source, source_id, person_id)
values (%s, gen_random_uuid(), 'people', 'Sample MIS', 'u-1', %s)
"""
NAME = "update incident_people set person_id = %s where organisation_id = %s and name = 'Ana Brook'"
SENT = """
insert into transfers (organisation_id, id, person_id, way, recipient, basis, policy, incident_count, file_count,
    sent_at, sent_by_name, sha256, size)
values (%s, gen_random_uuid(), %s, 'paper', 'Birch', 'Moves', 'keep', 0, 0, now(), 'Sample', sha256('x'), 1)
"""


def staff(number: int, email: str) -> dict[str, str]:
    return user(number, f"S{number}", "Ray", role="teacher", email=email)


async def test_of_two_files_at_once_one_waits_and_is_looked_at_again(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    first = await look(lead, oneroster(PUPILS, births=BIRTHS))
    second = await look(lead, oneroster(PUPILS, births=BIRTHS))
    other = await look(lead, oneroster([user(7, "Other", "System")]), source="Another MIS")
    assert (await lead.send(f"{first}/confirm", {}, page=first)).status_code == 303
    busy = await lead.send(f"{second}/confirm", {}, page=second)
    assert busy.status_code == 409 and "is being taken over or taken back" in busy.text
    await work_off(lead.actor)
    stale = await lead.send(f"{second}/confirm", {}, page=second)
    assert stale.status_code == 409 and "Look at it again" in stale.text
    assert len(await rows_of(lead.actor, PEOPLE)) == 3
    await take_over(lead, other)  # of another system: nothing of it was compared with that
    again = await look(lead, oneroster(PUPILS, births=BIRTHS))
    ready = await look(lead, oneroster(PUPILS, births=BIRTHS))
    await take_back(lead, first)
    for page in (again, ready):
        assert (await lead.send(f"{page}/confirm", {}, page=page)).status_code == 409
    same = await look(lead, oneroster([user(7, "Other", "System")]), source="Another MIS")
    await take_over(lead, same)
    assert (await lead.send(f"{same}/undo", {}, page=same)).status_code == 409  # there is nothing that it did
    assert "Take the whole file back" not in (await lead.get(same)).text


async def test_a_number_that_is_known_by_now_brings_nobody_twice(sign_in: SignIn, addresses: Addresses) -> None:
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        own = await record_person(work, Details(kind="adult", given_name="Own"), SCHOOL)
    page = await look(lead, oneroster(PUPILS[:2], births=BIRTHS))
    async with owning(addresses.owner) as owner:
        await owner.execute(ADD_LINK, (lead.actor.organisation_id, own.id))
    await take_over(lead, page)
    assert sorted(row.given_name for row in await rows_of(lead.actor, PEOPLE)) == ["Cy", "Own"]
    assert "said whom this number means" in (await lead.get(f"{page}?show=left_out")).text


async def test_a_number_means_again_whom_it_meant_before(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    await take_over(lead, await look(lead, oneroster(PUPILS[:1], births=BIRTHS)))
    (ana,) = await rows_of(lead.actor, PEOPLE)
    async with begin(lead.actor) as work:
        born = Details(kind="child", given_name="Anna", family_name="Brook", born_on=date(2012, 5, 14))
        anna = await record_person(work, born, SCHOOL)
        await merge(work, anna.id, ana.id, "The office says so.")
    page = await look(lead, oneroster([PUPILS[0] | {"grades": "10"}], births=BIRTHS))
    asked = await rows_of(lead.actor, "select id from roster_rows where kind = 'asked' and state = 'planned'")
    await lead.send(f"{page}/answers", {f"row-{row.id}": "theirs" for row in asked}, page=page)
    await take_over(lead, page)
    assert [row.person_id for row in await rows_of(lead.actor, LINKS)] == [anna.id]
    await take_back(lead, page)
    assert [row.person_id for row in await rows_of(lead.actor, LINKS)] == [ana.id]


async def test_only_what_a_file_did_to_accounts_is_taken_back(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    one, two = [(await sign_in(Role.REPORTER, organisation=here)).actor.user_id for _ in range(2)]
    emails = {row.user_id: row.email for row in await rows_of(lead.actor, "select user_id, email from memberships")}
    first = await look(lead, oneroster([staff(1, emails[one]), staff(2, emails[two])]), at=STAFF_AT)
    await take_over(lead, first)
    page = await look(lead, oneroster([staff(3, "new@school.example"), staff(4, "late@school.example")]), at=STAFF_AT)
    async with begin(lead.actor) as work:
        await belonging.end(work, two)
        late = await invite(work, "late@school.example", [Role.REPORTER])
    await take_over(lead, page, leavers="yes")
    assert "by hand already" in (await lead.get(f"{page}?show=left_out")).text
    assert (await lead.send(f"{first}/undo", {}, page=first)).status_code == 409  # a later one stands on it
    async with begin(lead.actor) as work:
        replaced = await invite(work, "new@school.example", [Role.REPORTER])
    assert (await lead.send(f"{page}/undo", {}, page=page)).status_code == 303
    good = await rows_of(lead.actor, "select id from invitations where withdrawn_at is null")
    assert {row.id for row in good} == {late.id, replaced.id}
    active = await rows_of(lead.actor, "select user_id from memberships where state = 'active'")
    assert {row.user_id for row in active} == {lead.actor.user_id, one}


async def test_totals_are_of_the_rows_that_the_reader_can_see(
    sign_in: SignIn, someone: Someone, addresses: Addresses
) -> None:
    """Also when somebody of the file is known to the list only by a record that is kept from the reader."""
    lead = await sign_in(Role.LEAD)
    other = await someone(Role.LEAD, organisation=lead.actor.organisation_id)
    async with begin(other) as work:
        own = await record_person(work, Details(kind="adult", given_name="Lee", user_id=lead.actor.user_id), SCHOOL)
        people = (NewPerson(name="Lee", role="alleged", person_id=own.id), NewPerson(name="Ana Brook", role="affected"))
        await record_incident(work, replace(SHORT, people=people), SCHOOL)
    page = await look(lead, oneroster(PUPILS, births=BIRTHS))
    await take_over(lead, page)
    ana = next(row for row in await rows_of(lead.actor, PEOPLE) if row.given_name == "Ana")
    async with owning(addresses.owner) as owner:
        await owner.execute(NAME, (ana.id, lead.actor.organisation_id))
    shown = (await lead.get(page)).text
    assert "2 new, 0 changed, 0 left, 1 unchanged." in shown
    assert "New (2)" in shown and "Ana" not in shown
    assert (await run_of(lead, page)).new_count == 3  # what the log is bound to stays


async def test_who_was_sent_on_stays_and_nobody_goes_but_with_a_file_that_is_taken_back(
    sign_in: SignIn, addresses: Addresses
) -> None:
    lead = await sign_in(Role.LEAD)
    page = await look(lead, oneroster(PUPILS[:2], births=BIRTHS))
    await take_over(lead, page)
    ana, cy = await rows_of(lead.actor, PEOPLE)
    async with begin(system(lead.actor.organisation_id)) as work:
        await work.driver.fetchval(TAKE_BACK, [ana.id, cy.id], [1, 1])
    assert len(await rows_of(lead.actor, PEOPLE)) == 2  # that file stands
    async with owning(addresses.owner) as owner:
        await owner.execute(SENT, (lead.actor.organisation_id, ana.id))
    await take_back(lead, page)
    assert [row.id for row in await rows_of(lead.actor, PEOPLE)] == [ana.id]
    assert (await run_of(lead, page)).kept_count == 1
