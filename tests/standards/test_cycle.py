"""Every standard comes round again, evidence grows old, and people are told of each, once ahead and once when late."""

import re
import runpy
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import paths
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.incidents.calendar_feed import list_reviews, written
from safeguard.notifications.standards import look_again, tell_of_proof, tell_of_review
from safeguard.standards.cycle import NEAR, due_at, list_next, months_on, next_of_all
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import framework_of
from safeguard.standards.over_time import Point, what_it_says
from safeguard.standards.proving import NewItem, add_item, change_item, withdraw_item
from safeguard.standards.queries import get_review, list_to_renew
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.tenancy.choosing import change_setting
from safeguard.tenancy.profiles import profile_of
from safeguard.tenancy.registry import REVIEWED_WITHIN
from safeguard.work import begin

pytestmark = pytest.mark.anyio
SCHOOL = profile_of("school")
DFE = framework_of("dfe-filtering-and-monitoring", SCHOOL)
TOLD = "select event, recipient_id from notices where organisation_id = (select sec.current_organisation()) order by 1"
ASKED = "select kind, run_at from jobs.job where subject_id = $1 and kind = any ($2) order by run_at"
BEFORE = "update reviews set signed_at = $2 where id = $1"
LONDON = ZoneInfo("Europe/London")
REMINDERS = runpy.run_path(str(paths.MIGRATIONS / "versions" / "0062_schedules.py"))["REMINDERS"]
LOOKS = ["notice.review_due", "notice.proof_due"]


async def signed(lead, head, framework: Framework, ago: timedelta, level: int = 3):
    """A review that was signed so long ago."""
    async with begin(lead) as work:
        review = await begin_review(work, framework, "full")
        for control in framework.controls:
            await judge(work, review, control, level, "The minutes show it.", 0)
    async with begin(head) as work:
        judged = await get_review(work, review.id)
        await sign_off(work, review.id, framework, "Agreed.", judged.stamp)
        await work.driver.execute(BEFORE, review.id, datetime.now(UTC) - ago)
        return await get_review(work, review.id)


async def told(lead) -> list[str]:
    async with begin(lead) as work:
        return [row["event"] for row in await work.driver.fetch(TOLD)]


@pytest.mark.parametrize(("days", "code", "words"), [
    (300, None, "The next review is due on"), (340, "review.due", "Within a month"),
    (370, "review.overdue", "Overdue"),
], ids=["early", "near", "late"])  # fmt: skip
async def test_the_next_review_is_told_of_once_and_begun_where_it_is_read(sign_in, days, code, words):
    assert DFE
    lead = await sign_in(Role.LEAD)
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    done = await signed(lead.actor, head.actor, DFE, timedelta(days=days))
    for _ in range(2):
        async with begin(system(lead.actor.organisation_id)) as work:
            await tell_of_review(work, done.id)
    assert await told(lead.actor) == [code, code] * bool(code)  # the lead and the head, each once
    page = (await lead.get("/standards")).text
    assert words in page
    async with begin(lead.actor) as work:
        [due] = await list_next(work, SCHOOL, datetime.now(UTC).date())
        feed = icalendar.Calendar.from_ical(
            written(
                (), "https://safeguard.test", datetime.now(UTC), await list_reviews(work, SCHOOL, datetime.now(UTC))
            )
        )
    assert due.on == months_on(done.signed_at.astimezone(LONDON).date(), 12)
    [event] = feed.walk("VEVENT")
    assert (event["summary"], event.start) == (f"Review due: {DFE.name}", due.on)
    if code:
        next_one = {"framework": DFE.code, "scope": "full"}
        assert (await lead.send("/standards/reviews", next_one, page="/standards")).status_code == 303
        async with begin(lead.actor) as work:
            assert await list_next(work, SCHOOL, datetime.now(UTC).date()) == ()


async def test_signing_asks_for_two_looks_and_a_later_review_makes_them_find_nothing(someone):
    assert DFE
    head = await someone(Role.HEAD)
    lead = await someone(Role.LEAD, organisation=head.organisation_id)
    first = await signed(lead, head, DFE, timedelta(days=400))
    async with begin(lead) as work:
        review = await begin_review(work, DFE, "full")
        for control in DFE.controls:
            await judge(work, review, control, 2, "", 0)
    async with begin(head) as work:
        judged = await get_review(work, review.id)
        again = await sign_off(work, review.id, DFE, "Agreed again.", judged.stamp)
    on = months_on(again.signed_at.astimezone(LONDON).date(), 12)
    async with begin(system(lead.organisation_id)) as work:
        await tell_of_review(work, first.id)
        looks = await work.driver.fetch(ASKED, again.id, LOOKS)
    assert [row["run_at"] for row in looks] == [due_at(on - NEAR), due_at(on + timedelta(days=1))]
    assert await told(lead) == []


async def test_an_organisation_reviews_more_often_than_a_standard_asks_and_never_less_often(sign_in):
    assert DFE
    lead = await sign_in(Role.LEAD)
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    done = await signed(lead.actor, head.actor, DFE, timedelta(days=200))
    day, today = done.signed_at.astimezone(LONDON).date(), datetime.now(UTC).date()
    chosen = (("6", 6, "Overdue"), ("12", 12, "The next review is due"), ("0", 12, "is due"), ("6", 6, "Overdue"))
    for seen, (said, months, words) in enumerate(chosen):
        async with begin(lead.actor) as work:
            with pytest.raises(Invalid):
                await change_setting(work, REVIEWED_WITHIN, "24", seen=seen)
            await change_setting(work, REVIEWED_WITHIN, said, seen=seen)
            [due] = await list_next(work, SCHOOL, today)
        assert due.on == months_on(day, months)
        assert words in (await lead.get("/standards")).text
    async with begin(system(lead.actor.organisation_id)) as work:
        asked = await work.driver.fetchval("select count(*) from jobs.job where kind = 'notice.rhythm_changed'")
        await look_again(work, lead.actor.organisation_id)
    assert asked == len(chosen)
    async with begin(system(lead.actor.organisation_id)) as work:
        looks = [row["run_at"] for row in await work.driver.fetch(ASKED, done.id, LOOKS)]
        await tell_of_review(work, done.id)
    assert len(looks) == 4, "two of a year, asked for at signing, and two of half a year"
    assert await told(lead.actor) == ["review.overdue"] * 2


async def test_who_signs_after_midnight_in_summer_signs_on_that_day(someone):
    assert DFE
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    done = await signed(lead, head, DFE, timedelta(0))
    async with begin(lead) as work:
        await work.driver.execute(BEFORE, done.id, datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
        [due] = await list_next(work, SCHOOL, date(2026, 7, 2))
        [shown] = next_of_all([DFE], [await get_review(work, done.id)], date(2026, 7, 2), LONDON)
    assert (due.on, shown.on) == (date(2027, 7, 1), date(2027, 7, 1))


async def test_what_was_there_before_the_reminders_is_looked_at_once_and_what_has_them_is_left(someone, addresses):
    assert DFE
    lead = await someone(Role.LEAD)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    today = datetime.now(UTC).date()
    done = await signed(lead, head, DFE, timedelta(days=400))
    async with begin(lead) as work:
        new = NewItem(
            kind="policy", title="Old", dated_on=date(2020, 1, 1), renew_on=today + timedelta(days=90),
            supports=(("pies", "M3"),),
        )  # fmt: skip
        known, old = await add_item(work, new), await add_item(work, new)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("delete from jobs.job where subject_id = any (%s)", ([done.id, old.id],))
        before = owner.execute("select count(*) from jobs.job where subject_id = %s", (known.id,)).fetchone()
        for _ in range(2):
            owner.execute(REMINDERS)
        found = {
            subject: owner.execute(
                "select run_at::date - current_date from jobs.job where subject_id = %s order by run_at", (subject,)
            ).fetchall()
            for subject in (done.id, old.id, known.id)
        }
        owner.rollback()
    assert [days for (days,) in found[done.id]] in ([0], [1]), "overdue: one look, now"
    assert [days for (days,) in found[old.id]] in ([0, 60, 91], [1, 60, 91])
    assert before == (len(found[known.id]),)


async def test_evidence_that_grows_old_is_told_of_ahead_and_when_it_is_late_until_it_is_renewed(someone):
    deputy = await someone(Role.DEPUTY)
    lead = await someone(Role.LEAD, organisation=deputy.organisation_id)
    today = datetime.now(UTC).date()
    supports = (("pies", "M3"),)

    def new(renew_on: date | None) -> NewItem:
        return NewItem(kind="policy", title="Our policy", dated_on=date(2020, 1, 5), renew_on=renew_on,
                       supports=supports)  # fmt: skip

    async with begin(deputy) as work:
        later = await add_item(work, new(today + timedelta(days=90)))
        near = await add_item(work, new(today + timedelta(days=10)))
        late = await add_item(work, new(today - timedelta(days=1)))
        always = await add_item(work, new(None))
        quiet = await add_item(work, new(today + timedelta(days=90)), told=False)
        gone = await add_item(work, new(today - timedelta(days=9)))
        await withdraw_item(work, gone.id, "Replaced.", 1)
        assert [one.id for one in await list_to_renew(work, today + NEAR)] == [late.id, near.id]
    async with begin(system(lead.organisation_id)) as work:
        asked = {
            one.id: len(await work.driver.fetch(ASKED, one.id, LOOKS)) for one in (later, near, late, always, quiet)
        }
        assert list(asked.values()) == [2, 1, 0, 0, 0]
        for item in (later, near, late, always, gone) * 2:
            await tell_of_proof(work, item.id)
    assert await told(lead) == ["proof.due"] * 2 + ["proof.overdue"] * 2
    async with begin(lead) as work:
        await change_item(work, late.id, new(today + timedelta(days=365)), 1)
        assert [one.id for one in await list_to_renew(work, today + NEAR)] == [near.id]
    async with begin(system(lead.organisation_id)) as work:
        assert len(await work.driver.fetch(ASKED, late.id, LOOKS)) == 2
        await tell_of_proof(work, late.id)
    assert len(await told(lead)) == 4


async def test_what_is_to_be_renewed_is_a_list_of_its_own(sign_in):
    lead = await sign_in(Role.LEAD)
    assert "Nothing is to be renewed" in (await lead.get("/standards/evidence?show=renew")).text
    typed = {"kind": "policy", "title": "Our old policy", "dated_on": "2020-01-05", "supports": "pies/M3"}
    soon = (datetime.now(UTC).date() + timedelta(days=3)).isoformat()
    assert (await lead.send("/standards/evidence/new", typed | {"renew_on": soon})).status_code == 303
    await lead.send("/standards/evidence/new", typed | {"title": "Our fresh policy"})
    shown = (await lead.get("/standards/evidence?show=renew")).text
    assert "Our old policy" in shown
    assert "Our fresh policy" not in shown


async def test_a_control_shows_its_level_over_the_years_with_the_edition_of_each(sign_in):
    assert DFE
    lead = await sign_in(Role.LEAD)
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    code = DFE.controls[0].code
    for years, level in ((3, 4), (2, 3), (1, 2)):
        review = await signed(lead.actor, head.actor, DFE, timedelta(days=365 * years), level)
    shown = (await lead.get(f"/standards/reviews/{review.id}/controls/{code}")).text
    panel = shown.partition("Level over time")[2]
    assert "Level 2 in the last of 3 signed reviews, 2 steps up since the first of them." in panel
    assert re.findall(r'<td class="sg-table__number">(\d)</td>', panel) == ["2", "3", "4"]
    assert panel.count(f'<td dir="auto">{DFE.version}</td>') == 3
    assert panel.count("<circle") >= 3
    link = re.search(r'"(/standards/tables/levels\.csv[^"]*)"', panel)
    assert link
    rows = [line.split(",") for line in (await lead.get(link[1].replace("&amp;", "&"))).text.strip().splitlines()]
    assert [row[1:] for row in rows[1:]] == [
        [DFE.version, level, str(len(DFE.levels)), str(DFE.benchmark)] for level in "432"
    ]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 60))
def test_months_on_keep_the_day_or_the_last_of_a_shorter_month(day, months):
    then = months_on(day, months)
    assert (then.year * 12 + then.month) - (day.year * 12 + day.month) == months
    assert then.day == day.day or (then.day < day.day and (then + timedelta(days=1)).day == 1)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=12))
def test_the_sentence_says_which_way_it_went(levels):
    points = [Point(review_id=None, signed_at=datetime.now(UTC), edition="1", level=one) for one in levels]  # type: ignore[arg-type]
    says = what_it_says(points)
    assert ("up" in says, "down" in says) == (levels[-1] < levels[0], levels[-1] > levels[0])
    assert f"Level {levels[-1]} in the last of {len(levels)}" in says
