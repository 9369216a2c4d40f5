"""What stands first in the queue, and what whoever works at the desk is told of it on their home page."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.helpline.case import Case
from safeguard.helpline.hearing import hear
from safeguard.helpline.moving import give_case, move_case
from safeguard.helpline.prompts import late_since, waited
from safeguard.helpline.queries import FIRST, list_queue
from safeguard.helpline.states import State
from safeguard.helpline.waiting import how_the_queue_stands
from safeguard.helpline.writing import add_to_case
from safeguard.incidents import desk
from safeguard.incidents.today import read_today
from safeguard.paths import MIGRATIONS
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.owning import owning
from tests.helpline.conftest import CALL, taken

pytestmark = pytest.mark.anyio

HELPLINE = load_bank_holidays().helpline
SOME = clock.new_id()
SOON = msgspec.structs.replace(CALL, priority="soon")
AT_RISK = msgspec.structs.replace(CALL, at_risk=True)
moments = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC))


@pytest.fixture
def bound() -> Iterator[None]:
    """The home page asks the desk."""
    before = desk.bound()
    desk.bind(how_the_queue_stands)
    yield
    desk.bind(before)


LATER = st.timedeltas(timedelta(), timedelta(days=99))
PRIORITIES = st.sampled_from(["urgent", "soon", "usual"])


def is_urgent(case: Case) -> bool:
    return case.at_risk or case.priority == "urgent"


def a_case(came: datetime, *, at_risk: bool, priority: str, answered: bool, assigned: bool) -> Case:
    return Case(
        id=clock.new_id(), reference="K7Q-3MX", channel="phone", state=State.TRIAGED, summary="Words.", at_risk=at_risk,
        priority=priority, received_at=came, received_by_name="Sam", answered_at=came if answered else None,
        assigned_to=SOME if assigned else None,
    )  # fmt: skip


@given(st.lists(st.builds(a_case, moments, at_risk=st.booleans(), priority=PRIORITIES,
                          answered=st.booleans(), assigned=st.booleans()), max_size=8), moments)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_nothing_stands_above_a_child_at_risk_whose_case_nobody_has(others, came):
    case = a_case(came, at_risk=True, priority="usual", answered=False, assigned=False)
    above = [each for each in others if each.queued_at < case.queued_at]
    assert all(each.at_risk and each.assigned_to is None and each.received_at < came for each in above)


@given(st.builds(a_case, moments, at_risk=st.booleans(), priority=PRIORITIES, answered=st.just(True),
                 assigned=st.just(True)), st.builds(a_case, moments, at_risk=st.booleans(), priority=PRIORITIES,
                 answered=st.just(False), assigned=st.booleans()), LATER)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_what_was_answered_stands_below_all_that_waits_and_is_as_urgent_until_they_write_again(done, waits, later):
    assert (waits.queued_at < done.queued_at) == (is_urgent(waits) or not is_urgent(done))
    heard = msgspec.structs.replace(done, heard_at=done.received_at + later)
    assert heard.queued_at < done.queued_at
    if (is_urgent(heard), heard.priority) == (is_urgent(waits), waits.priority) and waits.assigned_to:
        assert (heard.queued_at < waits.queued_at) == (heard.heard_at < waits.received_at)


async def test_whatever_is_done_with_a_case_puts_it_in_its_place_and_what_stood_there_before_is_put_there_too(
    someone, addresses
):
    worker = await someone(Role.PRACTITIONER, kind="helpline")
    async with begin(worker) as work:
        old = await taken(work, state=State.ADVICE_GIVEN, answer="Ring 999.")
        await taken(work, AT_RISK, mine=False)
        heard = await taken(work, state=State.ADVICE_GIVEN, answer="Ask the platform.")
        ended = await taken(work, SOON, state=State.ADVICE_GIVEN, answer="Keep it as text.")
        new = await taken(work)
        await hear(work, heard, "phone", "It is back.", "It is back.")
        ended = await move_case(work, ended, State.CLOSED, "Done.", ended.version)
        await hear(work, ended, "phone", "It is not.", "It is not.")
        await add_to_case(work, new, "answer", "phone", "Now you are.", (), distressing=False)
        last = await taken(work)
        stands = [(case.id, case.queued_at) for case in await list_queue(work, FIRST, 9)]
        rows = await work.driver.fetch("select id, queued_at from helpline_cases where ended_at is null order by 2, 1")
    assert stands == [tuple(row) for row in rows]
    assert [case for case, _ in stands][-4:] == [heard.id, last.id, old.id, new.id]
    async with owning(addresses.owner) as owner:
        await owner.execute("update helpline_cases set queued_at = received_at where organisation_id = %s",
                            (worker.organisation_id,))  # fmt: skip
        await owner.execute((MIGRATIONS / "sql/81_helpline_queue.sql").read_bytes())
    async with begin(worker) as work:
        assert [tuple(row) for row in await work.driver.fetch("""select id, queued_at from helpline_cases
            where ended_at is null order by 2, 1""")] == stands  # fmt: skip


@given(moments, st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_what_came_until_then_is_late_and_what_came_later_is_not(now, hours):
    since, moment = late_since(HELPLINE, now, hours), timedelta(seconds=2)
    assert waited(
        a_case(since, at_risk=False, priority="usual", answered=False, assigned=False), HELPLINE, now, hours
    ).over
    later = a_case(since + moment, at_risk=False, priority="usual", answered=False, assigned=False)
    assert not waited(later, HELPLINE, now, hours).over


def test_a_case_that_ended_with_no_answer_noted_waits_no_longer_and_is_not_late():
    came = datetime(2025, 3, 3, 10, tzinfo=UTC)
    open_case = a_case(came, at_risk=False, priority="usual", answered=False, assigned=False)
    ended = msgspec.structs.replace(open_case, state=State.CLOSED, ended_at=came + timedelta(hours=2))
    found = waited(ended, HELPLINE, came + timedelta(days=600), 1)
    assert (found.hours, found.over) == (2, False)
    assert waited(open_case, HELPLINE, came + timedelta(days=600), 1).over


async def test_whoever_works_at_the_desk_is_told_what_waits_there_and_nobody_else_is(someone, bound):
    worker = await someone(Role.PRACTITIONER, kind="helpline")
    profile = profile_of("helpline")
    async with begin(worker) as work:
        nothing = await read_today(work, profile, work.now().date())
        mine = await taken(work, AT_RISK, state=State.ADVICE_GIVEN, answer="Ring 999.")
        nobodys, usual = await taken(work, AT_RISK, mine=False), await taken(work, mine=False)
        assert [each.id for each in await list_queue(work, FIRST, 9)] == [nobodys.id, mine.id, usual.id]
        assert [each.id for each in await list_queue(work, FIRST, 9, at_risk=True)] == [nobodys.id, mine.id]
        late = [each.id for each in await list_queue(work, FIRST, 9, overdue=work.now())]
        assert late == [nobodys.id, usual.id]
        now = await read_today(work, profile, work.now().date())
        given_away = await give_case(work, nobodys, worker.user_id, "", nobodys.version)
        after = await read_today(work, profile, work.now().date())
        assert [each.id for each in await list_queue(work, FIRST, 9)] == [given_away.id, mine.id, usual.id]
    assert (nothing.needs, nothing.watches) == ((), True)
    assert [(each.figure, each.href) for each in now.counts if each.figure] == [
        (2, "/helpline?show=at_risk"), (2, "/helpline?show=unassigned"), (1, "/helpline?show=mine"), (3, "/helpline"),
    ]  # fmt: skip
    assert now.needs[0].title == "A child is at risk, and nobody has the case"
    assert [each.href for each in after.needs] == ["/helpline?show=unassigned"]
    async with begin(await someone(Role.LEAD, organisation=worker.organisation_id)) as work:
        assert not any("/helpline" in each.href for each in (await read_today(work, profile, work.now().date())).counts)
