"""Reviewing: one control at a time, by several people at once, signed off once."""

import asyncio

import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.standards.frameworks import framework_of
from safeguard.standards.queries import get_review, latest_reviews
from safeguard.standards.reviewing import asked, begin_review, judge, sign_off, widen
from safeguard.standards.standing import as_last_judged, mean_under, stand
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio


async def judged(actor, framework, review, code, level, commentary="Seen.", seen=0):
    async with begin(actor) as work:
        return await judge(work, await get_review(work, review.id), framework.control(code), level, commentary, seen)


async def begun(actor, framework, scope="first"):
    async with begin(actor) as work:
        return await begin_review(work, framework, scope)


async def test_a_first_review_asks_twelve_controls_and_a_full_one_all(someone, pies):
    lead = await someone(Role.LEAD)
    review = await begun(lead, pies)
    assert len(asked(pies, review)) == 12
    async with begin(lead) as work:
        review = await widen(work, review.id, review.version)
    assert len(asked(pies, review)) == 33


async def test_a_first_review_of_a_short_standard_is_a_whole_one(someone):
    short = framework_of("cpsu", profile_of("club"))
    assert short
    assert (await begun(await someone(Role.LEAD, kind="club"), short)).scope == "full"


async def test_one_review_of_a_framework_is_open_at_a_time(someone, pies):
    lead = await someone(Role.LEAD)
    await begun(lead, pies)
    with pytest.raises(Conflict):
        await begun(lead, pies)


async def test_of_twenty_who_judge_one_control_at_once_one_wins_and_the_others_are_told(someone, pies):
    lead = await someone(Role.LEAD)
    review = await begun(lead, pies)

    async def attempt(level: int) -> bool:
        try:
            await judged(lead, pies, review, "M1", level)
        except Conflict:
            return False
        return True

    results = await asyncio.gather(*(attempt(level % 5 + 1) for level in range(20)))
    assert sum(results) == 1


async def test_two_people_judge_different_controls_at_once_and_both_are_kept(someone, pies):
    lead = await someone(Role.LEAD)
    review = await begun(lead, pies)
    await asyncio.gather(*(judged(lead, pies, review, control.code, 3) for control in pies.first_controls))
    async with begin(lead) as work:
        assert set((await get_review(work, review.id)).levels) == {control.code for control in pies.first_controls}


async def test_judging_again_needs_the_version_that_was_read(someone, pies):
    lead = await someone(Role.LEAD)
    review = await begun(lead, pies)
    first = await judged(lead, pies, review, "M1", 4)
    with pytest.raises(Conflict):
        await judged(lead, pies, review, "M1", 1)
    again = await judged(lead, pies, review, "M1", 2, seen=first.version)
    assert (again.level, again.version) == (2, 2)


async def test_nothing_chosen_and_nothing_written_is_not_a_judgement(someone, pies):
    lead = await someone(Role.LEAD)
    review = await begun(lead, pies)
    with pytest.raises(Invalid):
        await judged(lead, pies, review, "M1", None, "")


async def test_a_review_is_signed_by_those_who_govern_when_every_control_has_a_level(someone, pies):
    lead = await someone(Role.LEAD)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    review = await begun(lead, pies)
    async with begin(lead) as work:
        with pytest.raises(Forbidden):
            await sign_off(work, review.id, pies, "Agreed.", review.version)
    async with begin(governor) as work:
        with pytest.raises(Invalid, match="need another look") as refused:
            await sign_off(work, review.id, pies, "Agreed.", review.stamp)
        assert "and 7 more" in refused.value.errors[0].message
    for control in pies.first_controls:
        await judged(lead, pies, review, control.code, 2)
    async with begin(governor) as work:
        read = await get_review(work, review.id)
        signed = await sign_off(work, review.id, pies, "Agreed in the autumn meeting.", read.stamp)
    assert (signed.state, signed.signed_by_name) == ("signed", governor.name)
    with pytest.raises(Conflict):
        await judged(lead, pies, review, "M1", 1, seen=1)


async def test_the_next_review_is_compared_with_the_signed_one(someone, pies):
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    first = await begun(lead, pies)
    for control in pies.first_controls:
        await judged(lead, pies, first, control.code, 4)
    async with begin(head) as work:
        await sign_off(work, first.id, pies, "Agreed.", (await get_review(work, first.id)).stamp)
    second = await begun(lead, pies)
    await judged(lead, pies, second, "M1", 2)
    async with begin(lead) as work:
        now, before = [review for review in await latest_reviews(work) if review.framework == "pies"]
    standing = stand(pies, now, before)
    assert standing.parts[0].judged[0].moved == 2
    assert standing.next and standing.next.code == "M3"
    assert (standing.done, standing.asked) == (1, 12)


async def test_another_organisations_review_is_not_there(someone, pies):
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    review = await begun(lead, pies)
    async with begin(stranger) as work:
        assert await latest_reviews(work) == ()
        with pytest.raises(NotFound):
            await get_review(work, review.id)


async def test_a_reporter_sees_no_standards(someone):
    async with begin(await someone(Role.REPORTER)) as work:
        with pytest.raises(Forbidden):
            await latest_reviews(work)


async def test_every_judgement_is_in_the_log_with_what_was_said(someone, pies):
    lead = await someone(Role.LEAD)
    review = await begun(lead, pies)
    await judged(lead, pies, review, "M1", 4, "Nobody is named in writing.")
    async with begin(lead) as work:
        row = await work.driver.fetchrow(
            "select fields::text from audit.documents where organisation_id = $1 and kind = 'rating'",
            lead.organisation_id,
        )
    assert "Nobody is named in writing." in row[0]


async def test_what_changed_after_it_was_read_is_not_signed(someone, pies):
    lead = await someone(Role.LEAD)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    review = await begun(lead, pies)
    for control in pies.first_controls:
        await judged(lead, pies, review, control.code, 2)
    async with begin(governor) as work:
        read = await get_review(work, review.id)
    await judged(lead, pies, review, "M1", 5, seen=1)
    async with begin(governor) as work:
        with pytest.raises(Conflict, match="changed after you opened"):
            await sign_off(work, review.id, pies, "Agreed.", read.stamp)
    async with begin(governor) as work:
        again = await get_review(work, review.id)
        assert (await sign_off(work, review.id, pies, "Agreed.", again.stamp)).state == "signed"


async def test_a_review_that_has_only_begun_does_not_wipe_out_where_one_stands(someone, pies):
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    first = await begun(lead, pies)
    for control in pies.first_controls:
        await judged(lead, pies, first, control.code, 4)
    async with begin(head) as work:
        await sign_off(work, first.id, pies, "Agreed.", (await get_review(work, first.id)).stamp)
    await judged(lead, pies, await begun(lead, pies), "M1", 1)
    async with begin(lead) as work:
        now, before = [review for review in await latest_reviews(work) if review.framework == "pies"]
    part = stand(pies, now, before).parts[0]
    levels = as_last_judged(pies, (now, before))
    assert part.mean == 1
    assert part.stands == mean_under(pies, "management", levels)
    assert part.stands and part.stands > 2
