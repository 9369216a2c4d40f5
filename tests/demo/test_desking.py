"""A helpline of the demonstration has a desk that somebody can look round."""

import json

import pytest

from safeguard.demo.desking import EARLIER, NOW
from tests.demo.test_filling import a_house, as_owner, asked, tell  # noqa: F401  a fixture

pytestmark = pytest.mark.anyio
CASES = """
select count(*), count(*) filter (where ended_at is null), count(*) filter (where wave_id is not null),
    count(*) filter (where themes <> '{}') from public.helpline_cases where organisation_id = $1
"""


async def test_a_desk_has_cases_a_ledger_a_report_and_an_alert(as_owner):  # noqa: F811
    desk = await tell(a_house("helpline", 3, incidents=6))
    (counts,) = await asked(CASES, desk)
    assert (counts[0], counts[1]) == (EARLIER + NOW, NOW)
    assert counts[2] > 5 and counts[3] > 20
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
