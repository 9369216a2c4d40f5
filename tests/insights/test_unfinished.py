"""A month that has only begun, and midnight where the organisation is: neither makes two periods look unlike."""

import re
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.incidents.recording import record_incident
from safeguard.insights.casework import read_casework
from safeguard.insights.periods import chosen_period
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio

BACK = "update public.incidents set recorded_at = %s, platforms = %s where organisation_id = %s and id = %s"
SENT = """
insert into public.referrals (organisation_id, id, incident_id, helpline_id, helpline_name, reference, urgency, asked,
    lawful_basis, condition, reason, sent_at, sent_by_name, last_activity_at)
values (%s, %s, %s, %s, 'POSH', 'PSH-1', 'routine', '{advice}', 'public_task', 'safeguarding', 'Help.', %s, 'Ana', %s)
"""


async def test_a_month_that_is_not_over_is_compared_with_nothing_and_each_month_leads_to_its_incidents(
    sign_in, addresses
):
    lead = await sign_in(Role.LEAD)
    organisation = lead.actor.organisation_id
    period = chosen_period("months", clock.now().date(), exact=True)
    now, over = period.months[-1], period.months[-2]
    then, before = period.earlier[-1], period.earlier[-2]
    many = {f"{now}-01": 1, f"{over}-15": 4, f"{then}-15": 12, f"{before}-15": 1}
    async with begin(lead.actor) as work:
        told = [(await record_incident(work, SHORT, SCHOOL)).facts.id for _ in range(sum(many.values()))]
    days = [day for day, number in many.items() for _ in range(number)]
    async with owning(addresses.owner) as owner:
        for day, incident in zip(days, told, strict=True):
            await owner.execute(BACK, (f"{day} 12:00+00", ["tiktok"], organisation, incident))
    shown = (await lead.get("/insights?period=months")).text
    assert "5 incidents in this period. In its months that are over: 4, and 1 in the same a year before." in shown
    assert "Rose most: TikTok, from 1 to 4." in shown and "from 13" not in shown
    assert "The last of these months is not over yet" in shown
    of_platforms = (await lead.get("/insights/tables/platform?period=months")).text.replace('"', "")
    assert "A year before" in of_platforms and "TikTok,5,4,1" in of_platforms
    assert re.search(r"<span class=\"sg-bars__figure\">5 <span[^>]*>\(4, was 1<span", shown)
    links = re.findall(r'<th scope="row"><a class="govuk-link" href="(/incidents[^"]*)"', shown)
    [way] = [one for one in links if f"since={over}-01" in one and "platform" not in one]
    listed = (await lead.get(way.replace("&amp;", "&"))).text
    assert len(set(re.findall(r"/incidents/([0-9a-f-]{36})", listed)) & {str(one) for one in told}) == 4
    assert "not over yet" not in (await lead.get("/insights?period=last-year")).text


async def test_a_referral_after_midnight_in_summer_counts_in_the_month_that_it_is_there(someone, addresses):
    lead, sent_at = await someone(Role.LEAD), datetime(2026, 8, 31, 23, 30, tzinfo=UTC)
    async with begin(lead) as work:
        incident = (await record_incident(work, SHORT, SCHOOL)).facts.id
    async with owning(addresses.owner) as owner:
        values = (lead.organisation_id, clock.new_id(), incident, lead.organisation_id, sent_at, sent_at)
        await owner.execute(SENT, values)
    months = [date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)]
    async with begin(lead) as work:
        found = [
            (await read_casework(work, date(2026, 11, 1), first, following)).referred
            for first, following in pairwise(months)
        ]
    assert found == [0, 1]
