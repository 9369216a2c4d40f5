"""What the law sets a day for, on the first page and in the calendar: by when, and of whom nothing."""

from datetime import timedelta

import icalendar
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.incidents import promised
from safeguard.records.logs.breaching import find_breach
from safeguard.records.promising import list_promised
from safeguard.work import begin
from tests.incidents.test_calendar import address, fetched
from tests.records.test_promising import TODAY, asked

pytestmark = pytest.mark.anyio


async def test_the_first_page_and_the_calendar_have_it_without_a_name(sign_in, service, monkeypatch) -> None:
    lead = await sign_in(Role.LEAD)
    monkeypatch.setattr(promised, "_bound", [list_promised])
    request = await asked(lead.actor, "Ana", "Brook", TODAY - timedelta(days=26))
    async with begin(lead.actor) as work:
        breach = await find_breach(work, clock.now() - timedelta(hours=1), "The letter about Ana Brook.", 1, "some", "")
    page = (await lead.get("/")).text
    assert "Answer to a request for what is kept about somebody" in page
    assert "Decide whether a breach of personal data is reported" in page
    assert "Brook" not in page
    feed = await fetched(service, await address(lead))
    events = icalendar.Calendar.from_ical(feed.content).walk("VEVENT")
    assert {str(event["summary"]) for event in events} == {"Deadline in the records"}
    assert {str(event["url"]).partition("/records/")[2] for event in events} == {
        f"requests/{request}", f"breaches/{breach}",
    }  # fmt: skip
    assert b"Brook" not in feed.content
