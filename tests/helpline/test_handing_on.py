"""Whoever leaves the desk leaves no case under their name: a successor has it, or nobody, and supervisors are told."""

import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.helpline import handing_on
from safeguard.helpline.moving import give_case
from safeguard.helpline.queries import FIRST, get_case, list_entries, list_queue
from safeguard.identity import acts, approving, belonging, handing_over, managing, parting, two_person
from safeguard.jobs.claiming import claimed
from safeguard.notifications.handling import TELLERS
from safeguard.work import begin
from tests.factories.charges import in_hand
from tests.helpline.conftest import CALL, taken

pytestmark = pytest.mark.anyio

ASKED = "select id from jobs.job where kind = $1 and state = 'queued' order by created_at"
NOTICED = "select event from public.notices where event like 'practitioner.left%' and recipient_id = $1"


@pytest.fixture(autouse=True)
def bound():
    """As the application binds it."""
    acts.bind(*two_person.ACTS)
    with in_hand(handing_on.IN_HAND):
        yield


@pytest.fixture
async def supervisor(someone):
    return await someone(Role.SUPERVISOR, kind="helpline")


@pytest.fixture
async def leaving(someone, supervisor):
    return await someone(Role.PRACTITIONER, organisation=supervisor.organisation_id)


async def given(supervisor, to, *facts):
    """Cases that `to` has."""
    async with begin(supervisor) as work:
        cases = [await taken(work, each, mine=False) for each in facts]
        return [await give_case(work, case, to.user_id, "", case.version) for case in cases]


async def noticed(*people):
    """What each was told, once the jobs that were asked for are done."""
    told = []
    async with begin(people[0]) as work:
        jobs = [row["id"] for row in await work.driver.fetch(ASKED, handing_on.NOTICE)]
    for job_id in jobs:
        async with claimed(job_id) as found:
            work, job = found
            await TELLERS[job.kind](work, job.subject_id)
    for person in people:
        async with begin(person) as work:
            told.append([row["event"] for row in await work.driver.fetch(NOTICED, person.user_id)])
    return told


async def test_cases_of_whoever_is_taken_out_are_nobodys_in_that_moment_and_every_supervisor_is_told_once(
    someone, supervisor, leaving
):
    here = supervisor.organisation_id
    administrator, second = (
        await someone(Role.ADMINISTRATOR, organisation=here), await someone(Role.SUPERVISOR, organisation=here)
    )  # fmt: skip
    cases = await given(supervisor, leaving, CALL, CALL)
    async with begin(administrator) as work:
        [said] = await parting.say_what_is_in_hand(work, leaving.user_id)
        await belonging.end(work, leaving.user_id)
    assert said.startswith("2 open cases of the desk")
    async with begin(second) as work:
        assert {case.id for case in await list_queue(work, FIRST, 10, unassigned=True)} == {case.id for case in cases}
        for before in cases:
            case, last = await get_case(work, before.id), (await list_entries(work, before.id))[-1]
            assert (case.assigned_to, case.assigned_name, case.version) == (None, None, before.version + 1)
            assert (last.kind, last.written_by_name) == ("handover", administrator.name)
            assert leaving.name in last.words
    assert await noticed(supervisor, second, administrator) == [["practitioner.left"], ["practitioner.left"], []]


async def test_a_child_at_risk_whose_case_nobody_has_any_more_stands_first_and_presses(supervisor, leaving, someone):
    administrator = await someone(Role.ADMINISTRATOR, organisation=supervisor.organisation_id)
    usual, at_risk = await given(supervisor, leaving, CALL, msgspec.structs.replace(CALL, at_risk=True))
    async with begin(supervisor) as work:
        await taken(work, msgspec.structs.replace(CALL, priority="urgent"))
    async with begin(administrator) as work:
        await belonging.end(work, leaving.user_id)
    async with begin(supervisor) as work:
        order = [case.id for case in await list_queue(work, FIRST, 10)]
    assert (order[0], order[-1]) == (at_risk.id, usual.id)
    assert await noticed(supervisor, administrator) == [["practitioner.left_urgent"], []]


async def test_whoever_stays_but_works_at_the_desk_no_more_has_none_and_whoever_only_supervises_keeps_theirs(
    supervisor, leaving, someone
):
    administrator = await someone(Role.ADMINISTRATOR, organisation=supervisor.organisation_id)
    [case] = await given(supervisor, leaving, CALL)
    async with begin(administrator) as work:
        await managing.set_roles(work, leaving.user_id, frozenset({Role.SUPERVISOR}), managing.ALWAYS)
    async with begin(supervisor) as work:
        assert (await get_case(work, case.id)).assigned_to == leaving.user_id
    async with begin(administrator) as work:
        await managing.set_roles(work, leaving.user_id, frozenset({Role.REPORTER}), managing.ALWAYS)
    async with begin(supervisor) as work:
        assert (await get_case(work, case.id)).assigned_to is None


async def test_at_a_handover_the_successor_has_them_and_nobody_is_told_that_nobody_does(supervisor, leaving, someone):
    here = supervisor.organisation_id
    lead, head = await someone(Role.LEAD, organisation=here), await someone(Role.HEAD, organisation=here)
    successor = await someone(Role.REPORTER, organisation=here)
    [case] = await given(supervisor, leaving, CALL)
    async with begin(lead) as work:
        proposal = await handing_over.ask(work, leaving.user_id, successor.user_id, "Another takes the desk.")
    async with begin(head) as work:
        await approving.approve(work, proposal.id)
    async with begin(supervisor) as work:
        after = await get_case(work, case.id)
    assert (after.assigned_to, after.assigned_name) == (successor.user_id, successor.name)
    assert await noticed(supervisor) == [[]]
