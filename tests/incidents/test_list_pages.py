"""The list: what it shows, how it is narrowed, and how its pages follow one another."""

import re

import pytest

from safeguard.access.roles import Role
from safeguard.incidents.closing import Closing, close
from safeguard.incidents.listing import shortened
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.web import patterns
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.incidents.sending import record

pytestmark = pytest.mark.anyio


async def test_the_list_shows_and_filters(sign_in):
    lead = await sign_in(Role.LEAD)
    first = await record(lead)
    second = await record(lead, NewIncident(narrative="A scam text about parcels.", four_c=("commerce",)))
    async with begin(lead.actor) as work:
        await close(work, first.id, 1, Closing(summary="a", follow_up="b", decision="c", outcome="d"))

    async def shown(address):
        page = (await lead.get(address)).text
        return {facts.reference for facts in (first, second) if facts.reference in page}

    assert await shown("/incidents") == {second.reference}
    assert await shown("/incidents?state=closed") == {first.reference}
    assert await shown("/incidents?state=all&area=commerce") == {second.reference}
    assert await shown("/incidents?state=all&q=impersonating OR pretend") == {first.reference}
    assert await shown("/incidents?state=all&q=Underhill") == {first.reference}
    assert await shown(f"/incidents?state=all&q={second.reference.lower()}") == {second.reference}
    assert await shown("/incidents?state=all&until=2020-01-01") == set()
    assert await shown("/incidents?state=all&risk=high") == set()
    page = (await lead.get("/incidents?since=31/31/2026&risk=purple")).text
    assert "was left out" in page


async def test_the_list_says_that_it_shows_open_incidents_and_leads_to_all(sign_in):
    lead = await sign_in(Role.LEAD)
    page = (await lead.client.get("/incidents")).text
    assert '<span class="sg-filters__active">: Open</span>' in page
    assert 'href="/incidents?state=all">Show all' in page


async def test_pages_of_the_list_follow_one_another(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        for number in range(30):
            await record_incident(work, NewIncident(narrative=f"Incident {number:02}."), SCHOOL)
    first = (await lead.get("/incidents?q=incident")).text
    older = re.search(r'href="(/incidents\?[^"]*after=[^"]*)"', first)
    second = (await lead.get(older[1].replace("&amp;", "&"))).text
    shown = re.sub("</?mark>", "", first + second)
    seen = re.findall(r"Incident (\d\d)\.", shown)
    assert seen == [f"{number:02}" for number in reversed(range(30))]


async def test_htmx_gets_only_the_rows(sign_in):
    lead = await sign_in(Role.LEAD)
    await record(lead)
    answer = await lead.get("/incidents", **{"HX-Request": "true"})
    assert "<table" in answer.text
    assert "<html" not in answer.text


async def test_the_list_kept_ready_for_one_person_is_shown_to_nobody_else(sign_in):
    """Most of the page is rendered once for each viewer: what it says of the viewer, and its token, stay theirs."""
    lead = await sign_in(Role.LEAD)
    colleague = await sign_in(Role.DEPUTY, organisation=lead.actor.organisation_id)
    stranger = await sign_in(Role.LEAD, kind="club")
    pages = [await who.get("/incidents") for who in (lead, colleague, stranger)]
    kept = len(patterns._frames)
    pages += [await who.get("/incidents") for who in (lead, colleague, stranger)]
    assert len(patterns._frames) == kept
    for page, who in zip(pages, (lead, colleague, stranger) * 2, strict=True):
        others = [one.actor.name for one in (lead, colleague, stranger) if one is not who]
        assert who.actor.name in page.text
        assert not any(name in page.text for name in others)
    tokens = [page.text.split('name="csrf_token" value="')[1].split('"')[0] for page in pages]
    assert len(set(tokens)) == len(tokens)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("short", "short"),
        ("a" * 20, "a" * 9 + "…"),
        ("one two three", "one two…"),
        ("ten chars!", "ten chars!"),
    ],
)
def test_long_words_are_cut_between_words(text, shown):
    assert shortened(text, 10) == shown


async def test_a_lead_with_no_incident_yet_is_led_to_bringing_earlier_records(sign_in):
    assert 'href="/imports"' in (await (await sign_in(Role.LEAD)).get("/incidents")).text
