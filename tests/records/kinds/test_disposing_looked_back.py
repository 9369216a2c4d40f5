"""What an organisation wrote about how it does: what comes up and when, what waits, and that no word of it stays."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict
from safeguard.identity import acts
from safeguard.records import holding
from safeguard.records.holding import About
from safeguard.records.kinds import acting, asking
from safeguard.records.kinds.registry import get_kind
from safeguard.standards.frameworks import framework_of
from safeguard.standards.improving import Plan, change_improvement, plan_improvement
from safeguard.work import begin
from tests.evidence.test_pack_kinds import signed_off
from tests.factories.incidents import SCHOOL
from tests.records.kinds.making import FAR, LOOKED_BACK
from tests.records.kinds.test_disposing_kept import due, goes
from tests.records.making import second

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
WORD = "Hawthorn"
BY = "now(), 'Sample'"
VOICE = f"""
insert into voice_sessions (organisation_id, id, way, title, held_on, said, recorded_at, recorded_by_name)
values ((select sec.current_organisation()), $1, 'council', 'Council', '2020-01-12', $2, {BY})
"""
IMPACT = f"""
insert into impact_assessments (organisation_id, id, kind, title, changed_on, framework, control, measure, months,
    expected, verdict, words, judged_at, recorded_at, recorded_by_name)
values ((select sec.current_organisation()), $1, 'policy', 'Phones', '2020-01-12', 'pies', 'M3', 'all', 3, 'Fewer',
    $3, $2, now(), {BY})
"""
CHECK = f"""
insert into filtering_checks (organisation_id, id, checked_on, checked_by, device, user_group, tested, result, done,
    recorded_at, recorded_by_name)
values ((select sec.current_organisation()), $1, '2020-01-12', 'Ana', 'Tablet', 'Pupils', 'A page', 'passed', $2, {BY})
"""
YEARLY = f"""
insert into filtering_reviews (organisation_id, id, reviewed_on, due_on, took_part, found, recorded_at,
    recorded_by_name)
values ((select sec.current_organisation()), $1, '2020-01-12', '2021-01-12', 'Ana', $2, {BY})
"""
LEFT = """
select (select count(*) from voice_sessions) + (select count(*) from impact_assessments)
    + (select count(*) from filtering_checks) + (select count(*) from filtering_reviews)
    + (select count(*) from reviews) + (select count(*) from ratings) + (select count(*) from improvements)
"""
KNOWN = "select count(*) from audit.documents where id = any ($1)"


@pytest.fixture(autouse=True)
def bound_too() -> None:
    acts.bind(*acting.ACTS)


async def written(lead: Actor, statement: str, *more: str) -> UUID:
    made = clock.new_id()
    async with begin(lead) as work:
        await work.driver.execute(statement, made, f"Of {WORD}.", *more)
    return made


async def improved(lead: Actor) -> UUID:
    """One that is done."""
    pies = framework_of("pies", SCHOOL)
    plan = Plan(words=f"Ask {WORD}.", owner=str(lead.user_id), due_on=FAR)
    async with begin(lead) as work:
        made = await plan_improvement(work, pies, pies.controls[0], plan)
        await change_improvement(work, made.id, plan, "done", "Done.", "It helped.", 1)
    return made.id


async def test_each_comes_up_goes_by_two_people_and_leaves_no_word(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    review = await signed_off(lead, head, framework_of("dfe-filtering-and-monitoring", SCHOOL))
    made = (
        ("voice", await written(lead, VOICE)), ("impact", await written(lead, IMPACT, "helped")),
        ("filtering", await written(lead, CHECK)), ("filtering", await written(lead, YEARLY)),
        ("review", review), ("improvement", await improved(lead)),
    )  # fmt: skip
    assert {code for code, _ in made} == LOOKED_BACK
    waiting = await due(lead)
    for code, record in made:
        assert record in waiting[code], code
        await goes(lead, head, code, record)
    async with begin(lead) as work:
        assert await work.driver.fetchval(LEFT) == 0
        assert await work.driver.fetchval(KNOWN, [record for _, record in made]) == 0


async def test_a_hold_keeps_what_children_said(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    await second(lead)
    voice = await written(lead, VOICE)
    async with begin(lead) as work:
        await holding.place_hold(work, About("voice", voice), "court", "A letter came.")
    with pytest.raises(Conflict, match="hold"):
        async with begin(lead) as work:
            await asking.ask(work, get_kind("voice"), [voice], "period", FAR)


async def test_what_is_not_over_stays(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    pies = framework_of("pies", SCHOOL)
    early = await written(lead, IMPACT, "too_early")
    async with begin(lead) as work:
        plan = Plan(words="Ask.", owner=str(lead.user_id), due_on=FAR)
        planned = (await plan_improvement(work, pies, pies.controls[0], plan)).id
    waiting = await due(lead)
    assert {"impact", "improvement"} & set(waiting) == set()
    for code, record in (("impact", early), ("improvement", planned)):
        with pytest.raises(Conflict):
            async with begin(lead) as work:
                await asking.ask(work, get_kind(code), [record], "period", FAR)
    async with begin(lead) as work:
        await work.driver.execute("update impact_assessments set struck_on = '2020-02-01' where id = $1", early)
    assert early in (await due(lead))["impact"]  # nobody will judge what was struck out
    await goes(lead, head, "impact", early)
