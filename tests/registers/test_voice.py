"""What children say, whether changes helped, and what the registers say where controls are judged."""

import re
from datetime import date, datetime, timedelta

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Invalid
from safeguard.incidents.recording import record_incident
from safeguard.insights.measuring import count_between
from safeguard.registers.here import months_on
from safeguard.registers.voice import figures
from safeguard.registers.voice.listening import (
    NewImpact,
    NewSession,
    begin_impact,
    effect_of,
    judge_impact,
    list_sessions,
    record_session,
)
from safeguard.standards.framework import Control, Framework
from safeguard.standards.frameworks import framework_of
from safeguard.standards.queries import beside, get_review
from safeguard.standards.reviewing import begin_review, judge
from safeguard.tenancy.profile import Profile
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT

pytestmark = pytest.mark.anyio

TODAY = clock.now().date()
SURVEY = NewSession(way="survey", title="Phones", held_on=TODAY, voices=30, said="Too much.")
CHANGE = NewImpact(
    kind="practice", title="Phones stay in bags", changed_on=date(2026, 5, 10), measure="total", months=3,
    expected="Fewer incidents.",
)  # fmt: skip


async def test_what_children_said_is_evidence(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        session = await record_session(work, school, SURVEY)
        assert [one.id for one in await list_sessions(work)] == [session.id]
        assert [item.kind for item in (await beside(work, "pies", ["L6"])).items] == ["survey"]
        with pytest.raises(Invalid) as refused:
            await record_session(work, school, NewSession(way="", title="", held_on=None, said=""))
        assert {error.field for error in refused.value.errors} == {"way", "title", "held_on", "said"}


def pies_of(profile: Profile) -> tuple[Framework, Control]:
    """PIES, and one control of it."""
    pies = framework_of("pies", profile)
    assert pies
    control = pies.control("A3")
    assert control
    return pies, control


async def counted(work, first, last, measure):
    """12 before, 4 after, asked for by whole months."""
    asked.append((first, last, measure))
    return 12 if first < "2026-05" else None


asked: list[tuple[str, str, str]] = []


@pytest.fixture
def counts():
    asked.clear()
    figures.bind(counted)
    yield asked
    figures.bind(count_between)


async def test_the_effect_compares_whole_months_around_that_of_the_change(someone, school, counts):
    pies, control = pies_of(school)
    async with begin(await someone(Role.LEAD)) as work:
        impact = await begin_impact(work, school, pies, control, CHANGE)
        effect = await effect_of(work, impact, date(2026, 11, 22))
    assert counts == [("2026-02", "2026-04", "total"), ("2026-06", "2026-08", "total")]
    assert (effect.before, effect.after, effect.comparable) == (12, None, True)


@pytest.mark.parametrize(
    ("today", "over"),
    [(date(2026, 5, 31), 0), (date(2026, 6, 30), 0), (date(2026, 7, 1), 1), (date(2027, 5, 1), 3)],
    ids=["same-month", "month-under-way", "one-over", "long-over"],
)
async def test_only_months_that_are_over_are_compared(someone, school, counts, today, over):
    pies, control = pies_of(school)
    async with begin(await someone(Role.LEAD)) as work:
        impact = await begin_impact(work, school, pies, control, CHANGE)
        effect = await effect_of(work, impact, today)
    assert (effect.over, effect.comparable) == (over, over == 3)
    assert len(counts) == (2 if over else 1)


async def test_the_level_before_and_now_are_those_of_reviews(someone, school, counts):
    pies, control = pies_of(school)
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        review = await begin_review(work, pies, "full")
        await judge(work, review, control, 2, "", 0)
        impact = await begin_impact(work, school, pies, control, CHANGE)
        effect = await effect_of(work, impact, TODAY)
    assert (effect.level_before, effect.level_now) == (None, 2)


class Later(clock.System):
    """Three days from now."""

    def now(self) -> datetime:
        return super().now() + timedelta(days=3)


async def test_a_level_that_was_judged_again_in_the_same_review_is_still_the_level_before(someone, school, counts):
    pies, control = pies_of(school)
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        review = await begin_review(work, pies, "full")
        await judge(work, review, control, 4, "", 0)
        impact = await begin_impact(work, school, pies, control, msgspec.structs.replace(CHANGE, changed_on=TODAY))
    with clock.use(Later()):
        async with begin(lead) as work:
            await judge(work, await get_review(work, review.id), control, 2, "", 1)
            effect = await effect_of(work, impact, TODAY)
    assert (effect.level_before, effect.level_now) == (4, 2)


async def test_a_verdict_says_why_and_overwrites_nothing_unread(someone, school):
    pies, control = pies_of(school)
    async with begin(await someone(Role.LEAD)) as work:
        impact = await begin_impact(work, school, pies, control, CHANGE)
        with pytest.raises(Invalid):
            await judge_impact(work, impact.id, "helped", "", 1)
        assert (await judge_impact(work, impact.id, "helped", "Teachers say so.", 1)).version == 2
        with pytest.raises(Conflict):
            await judge_impact(work, impact.id, "worse", "No.", 1)


async def test_a_lead_counts_exactly_and_a_governor_has_nothing_to_subtract(someone, school):
    lead = await someone(Role.LEAD)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    pies, control = pies_of(school)
    month = clock.now().date().replace(day=1)
    change = msgspec.structs.replace(CHANGE, changed_on=months_on(month, -1), months=6)
    async with begin(lead) as work:
        impact = await begin_impact(work, school, pies, control, change)
    looks = {"lead": set(), "governor": set()}
    for number in range(1, 7):
        async with begin(lead) as work:
            await record_incident(work, SHORT, SCHOOL)
            assert await count_between(work, "0000-00", "9999-99", "issue:hate") == 0
        for name, actor in (("lead", lead), ("governor", governor)):
            for ahead in (1, 2, 3):
                async with begin(actor) as work:
                    effect = await effect_of(work, impact, months_on(month, ahead))
                looks[name].add((number, ahead, effect.before, effect.after))
    assert {look[2:] for look in looks["lead"]} == {(0, number) for number in range(1, 7)}
    assert {look[2:] for look in looks["governor"]} == {(None, None)}


async def test_the_pages_of_voices_and_of_impact(sign_in):
    lead = await sign_in(Role.LEAD)
    base = "/standards/registers"
    assert "Nobody has been asked yet" in (await lead.get(f"{base}/voice")).text
    typed = {"way": "survey", "title": "Phones", "held_on": TODAY.isoformat(), "voices": "30", "said": "<b>Less</b>"}
    assert (await lead.send(f"{base}/voice/new", typed | {"voices": "some"})).status_code == 422
    assert (await lead.send(f"{base}/voice/new", typed)).status_code == 303
    assert "&lt;b&gt;Less" in (await lead.get(f"{base}/voice")).text
    change = {"kind": "policy", "title": "Bags", "changed_on": "2026-05-10", "control": "A3", "measure": "total",
              "months": "3", "expected": "Fewer"}  # fmt: skip
    assert (await lead.send(f"{base}/impact/new", change | {"control": "Z9"})).status_code == 422
    assert (await lead.send(f"{base}/impact/new", change | {"months": "7"})).status_code == 422
    made = await lead.send(f"{base}/impact/new", change)
    assert made.status_code == 303, made.text
    shown = (await lead.get(made.headers["location"])).text
    assert "As many as before: 0" in shown and "from February 2026 to April 2026" in shown and "2026-04" not in shown
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    theirs = (await governor.get(made.headers["location"])).text
    assert "How many incidents there were is shown to leads" in theirs and "As many as before" not in theirs
    verdict = {"verdict": "no_change", "words": "Quiet either way.", "seen": "1"}
    assert (await lead.send(made.headers["location"], verdict)).status_code == 303
    assert (await lead.send(made.headers["location"], verdict)).status_code == 409
    assert "No change that we can see" in (await lead.get(f"{base}/impact")).text
    taken = (await lead.get(f"{base}/tables/changes.csv")).text
    assert "2026-05-10,Policy,Bags," in taken and "No change that we can see,Quiet either way." in taken
    assert ",Survey,Phones," in (await lead.get(f"{base}/tables/voices.csv")).text


async def test_the_registers_say_where_they_stand_also_beside_a_control(sign_in):
    lead = await sign_in(Role.LEAD)
    shown = (await lead.get("/standards/registers")).text
    assert "Nothing is published yet" in shown and "No yearly review is recorded yet" in shown
    began = await lead.send("/standards/reviews", {"framework": "pies", "scope": "full"}, page="/standards")
    control = (await lead.get(began.headers["location"] + "/controls/A5")).text
    assert re.search("From the registers.*No yearly review is recorded yet", control, re.S)
    reporter = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    assert (await reporter.get("/standards/registers")).status_code == 403
    assert "Nothing waits for you to read" in (await reporter.get("/policies")).text
