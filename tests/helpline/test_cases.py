"""Taking cases, writing to them, moving them on."""

import asyncpg
import msgspec
import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.helpline.moving import give_case, move_case
from safeguard.helpline.queries import FIRST, find_earlier, get_case, list_ended, list_entries, list_queue
from safeguard.helpline.queries import LAST as LATEST
from safeguard.helpline.states import State
from safeguard.helpline.taking import change_facts
from safeguard.helpline.writing import add_to_case
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.helpline.conftest import CALL, taken

pytestmark = pytest.mark.anyio


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


async def test_a_call_becomes_a_case_with_what_was_done_at_once(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work, state=State.SIGNPOSTED, answer="Report it first.", guidance=("report_remove",))
        assert await get_case(work, case.id) == case
        entries = await list_entries(work, case.id)
    assert (case.state, case.assigned_to, case.answered_at) == (
        State.SIGNPOSTED,
        practitioner.user_id,
        case.received_at,
    )
    assert [entry.state for entry in entries if entry.kind == "state"] == ["acknowledged", "triaged", "signposted"]
    assert [entry.guidance for entry in entries if entry.kind == "answer"] == [("report_remove",)]


async def test_a_case_needs_words_and_only_what_the_desk_knows(practitioner):
    wrong = msgspec.structs.replace(CALL, summary="", caller="wizard", issues=("no such",), platforms=("no such",))
    async with begin(practitioner) as work:
        with pytest.raises(Invalid) as refused:
            await taken(work, wrong)
    assert {error.field for error in refused.value.errors} == {"summary", "caller", "issues", "platforms"}


async def test_advice_is_not_given_without_a_word(practitioner):
    async with begin(practitioner) as work:
        for state in (State.ADVICE_GIVEN, State.SIGNPOSTED):
            with pytest.raises(Invalid):
                await taken(work, state=state)


async def test_the_queue_begins_with_a_child_at_risk_and_then_with_who_has_waited_longest(practitioner):
    async with begin(practitioner) as work:
        first, second = await taken(work), await taken(work)
        soon = await taken(work, msgspec.structs.replace(CALL, priority="soon"))
        risk = await taken(work, msgspec.structs.replace(CALL, at_risk=True))
        found = [case.id for case in await list_queue(work, FIRST, 10)]
        assert found == [risk.id, soon.id, first.id, second.id]
        rest = await list_queue(work, (soon.queued_at, soon.id), 10)
        assert [case.id for case in rest] == [first.id, second.id]


async def test_a_case_goes_to_its_end_and_leaves_the_queue(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        for state, reason in ((State.TRIAGED, ""), (State.ESCALATED, ""), (State.PLATFORM_RESPONDED, "Gone."),
                              (State.RESOLVED, ""), (State.CLOSED, "All addresses are gone.")):  # fmt: skip
            case = await move_case(work, case, state, reason, case.version)
        assert await list_queue(work, FIRST, 10) == ()
        assert [ended.id for ended in await list_ended(work, LATEST, 10)] == [case.id]
        with pytest.raises(Invalid):
            await move_case(work, case, State.TRIAGED, "", case.version)
        again = await move_case(work, case, State.TRIAGED, "It is back.", case.version)
    assert (again.ended_at, again.outcome) == (None, "")


async def test_a_closed_case_ended_as_it_stood_and_is_told_apart_from_one_that_was_not_upheld(practitioner):
    async with begin(practitioner) as work:
        way = (State.ACKNOWLEDGED, State.TRIAGED, State.ESCALATED, State.PLATFORM_RESPONDED)
        for last in (State.RESOLVED, State.NOT_UPHELD):
            case = await taken(work, state=State.SUBMITTED)
            for state in (*way, last, State.CLOSED):
                case = await move_case(work, case, state, "Done.", case.version)
            assert case.ending == last.value
        again = await move_case(work, await get_case(work, case.id), State.TRIAGED, "It is back.", case.version)
        assert (case.ending, again.ending) == ("not_upheld", "")


async def test_how_a_case_ended_that_waited_for_an_answer_is_asked_and_not_guessed(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work, state=State.AWAITING_REFERRER)
        with pytest.raises(Invalid) as refusal:
            await move_case(work, case, State.CLOSED, "We waited.", case.version)
        assert [error.field for error in refusal.value.errors] == ["ending"]
        closed = await move_case(work, case, State.CLOSED, "We waited.", case.version, ending="no_answer")
        assert (await get_case(work, closed.id)).ending == "no_answer"


async def test_what_the_desk_chooses_goes_before_where_the_case_stood(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work, state=State.ADVICE_GIVEN, answer="Ring 999.")
        closed = await move_case(work, case, State.CLOSED, "They rang: gone.", case.version, ending="resolved")
    assert closed.ending == "resolved"


async def test_a_case_does_not_leap(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        with pytest.raises(Conflict):
            await move_case(work, case, State.RESOLVED, "", case.version)


async def test_declining_says_why(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        with pytest.raises(Invalid):
            await move_case(work, case, State.DECLINED, "", case.version)
        declined = await move_case(work, case, State.DECLINED, "For the police.", case.version)
    assert declined.outcome == "For the police."


async def test_of_two_who_move_a_case_the_second_is_told(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        await move_case(work, case, State.TRIAGED, "", case.version)
        with pytest.raises(Conflict):
            await move_case(work, case, State.WITHDRAWN, "", case.version)


async def test_a_case_is_handed_over_with_what_must_be_known(someone, practitioner):
    colleague = await someone(Role.SUPERVISOR, organisation=practitioner.organisation_id)
    head = await someone(Role.HEAD, organisation=practitioner.organisation_id)
    async with begin(practitioner) as work:
        case = await taken(work)
        given = await give_case(work, case, colleague.user_id, "Ring after three.", case.version)
        assert (await list_entries(work, case.id))[-1].kind == "handover"
        with pytest.raises(Invalid):
            await give_case(work, given, head.user_id, "", given.version)
    assert given.assigned_name == colleague.name


async def test_the_first_answer_stops_the_clock_and_a_later_one_does_not_move_it(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        assert case.answered_at is None
        first = await add_to_case(work, case, "answer", "phone", "Yes.", (), distressing=False)
        await add_to_case(work, case, "answer", "phone", "And also.", (), distressing=False)
        assert (await get_case(work, case.id)).answered_at == first.written_at


async def test_nothing_is_written_without_words_or_guidance(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        for kind, guidance in (("note", ()), ("nonsense", ("iwf",)), ("answer", ("no such",))):
            with pytest.raises(Invalid):
                await add_to_case(work, case, kind, "", "", guidance, distressing=False)


async def test_facts_are_corrected_as_another_version(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
        later = msgspec.structs.replace(CALL, at_risk=True, caller_name="Sam Oakes-Hill")
        await change_facts(work, profile_of("helpline"), case, later, case.version)
        found = await get_case(work, case.id)
        assert (found.version, found.at_risk, found.caller_name) == (2, True, "Sam Oakes-Hill")
        assert found.queued_at < case.queued_at
        with pytest.raises(Conflict):
            await change_facts(work, profile_of("helpline"), case, later, case.version)


@pytest.mark.parametrize("said", ["oakes", "ALDER", "960123", "Oakes"])
async def test_what_a_caller_asked_before_is_found(practitioner, said):
    async with begin(practitioner) as work:
        case = await taken(work)
        assert [found.id for found in await find_earlier(work, said)] == [case.id]
        assert [found.id for found in await find_earlier(work, case.reference.lower())] == [case.id]
        assert await find_earlier(work, said, case.id) == ()


@pytest.mark.parametrize("said", ["", "al", "%%%", "___", "\\\\\\", "nobody"])
async def test_what_is_no_name_finds_nobody(practitioner, said):
    async with begin(practitioner) as work:
        await taken(work)
        assert await find_earlier(work, said) == ()


async def test_another_helpline_sees_nothing(someone, practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
    async with begin(await someone(Role.SUPERVISOR, kind="helpline")) as work:
        assert await list_queue(work, FIRST, 10) == ()
        assert await find_earlier(work, "oakes") == ()
        with pytest.raises(NotFound):
            await get_case(work, case.id)


async def test_whoever_does_not_answer_reads_no_case(someone, practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
    for role in (Role.LEAD, Role.HEAD, Role.ADMINISTRATOR, Role.GOVERNOR):
        async with begin(await someone(role, organisation=practitioner.organisation_id)) as work:
            with pytest.raises(Forbidden):
                await get_case(work, case.id)


async def test_what_was_written_is_neither_changed_nor_deleted(practitioner):
    async with begin(practitioner) as work:
        case = await taken(work)
    for statement in (
        "update helpline_entries set words = 'other'", "delete from helpline_entries", "delete from helpline_cases",
        "update helpline_cases set reference = 'AAA-AAA'", "delete from helpline_url_steps",
    ):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with begin(practitioner) as work:
                await work.driver.execute(statement)
    async with begin(practitioner) as work:
        assert (await get_case(work, case.id)).summary == CALL.summary
