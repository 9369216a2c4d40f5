"""A helpline of the demonstration has a desk that somebody can look round."""

import json

import pytest

from safeguard.demo.desking import EARLIER, NOW
from safeguard.demo.queueing import QUEUE
from tests.demo.test_filling import a_house, asked, tell

pytestmark = pytest.mark.anyio
CASES = """
select count(*), count(*) filter (where ended_at is null), count(*) filter (where wave_id is not null),
    count(*) filter (where themes <> '{}') from public.helpline_cases where organisation_id = $1
"""
WAITING = """
select count(distinct c.state) as states, count(distinct c.channel) as channels,
    count(distinct c.priority) as priorities, count(c.heard_at) as heard,
    count(*) filter (where c.assigned_to is null) as with_nobody,
    count(*) filter (where c.answered_at is null and c.received_at < now() - interval '1 day') as overdue,
    (select count(*) from public.helpline_entries e
        where e.organisation_id = $1 and e.kind = 'told_on') as told_on,
    (select count(*) from public.helpline_entries e
        where e.organisation_id = $1 and e.kind = 'confidence') as confided
from public.helpline_cases c where c.organisation_id = $1 and c.ended_at is null
"""


async def test_a_desk_has_cases_a_ledger_a_report_and_an_alert(as_owner):
    desk = await tell(a_house("helpline", 3, incidents=6))
    (counts,) = await asked(CASES, desk)
    assert (counts[0], counts[1]) == (EARLIER + NOW + len(QUEUE), NOW + len(QUEUE))
    assert counts[2] > 5 and counts[3] > 20
    (queue,) = await asked(WAITING, desk)
    assert queue["states"] > 8 and queue["channels"] == 3 and queue["priorities"] == 3
    assert queue["overdue"] > 3 and queue["with_nobody"] > 3 and queue["heard"] > 0
    assert queue["told_on"] > 0 and queue["confided"] > 0
    (ledger,) = await asked(
        "select count(*), count(distinct state) from public.helpline_urls where organisation_id = $1", desk
    )
    assert ledger[0] > 50 and ledger[1] > 4
    (report,) = await asked("select state, body, pdf from public.helpline_reports where organisation_id = $1", desk)
    paper = json.loads(report["body"])
    assert (report["state"], report["pdf"][:5]) == ("published", b"%PDF-")
    assert {part["code"] for part in paper["parts"]} >= {"issue", "platform", "theme", "caller", "address_state"}
    assert paper["platforms"]
    (alert,) = await asked("select state from public.helpline_signals where organisation_id = $1", desk)
    assert alert["state"] == "published"
