"""Inspection mode: what the lead chose may be named on their own screen, nothing else; without names, and logged."""

import html
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import msgspec
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.app import PAGES
from safeguard.errors import Forbidden, NotFound
from safeguard.evidence.bodies import bodies_for
from safeguard.evidence.log_reading import Wanted, list_lookers, read_apart
from safeguard.incidents.looking import list_looks
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewPerson
from safeguard.incidents.triaging import assess
from safeguard.inspection.showing_here import Shown, find, list_cases, show
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
DAY = timedelta(days=1)
PLACE = "/inspections/here"
OWN_PAGE = re.compile(
    r'<li><a class="govuk-link" href="(/(?:standards|insights|referrals|audit|records|inspections/here/)[^"#]*)'
)


async def test_what_was_chosen_may_be_named_and_nothing_else(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    subject = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    alleged = NewPerson(name=subject.name, role="alleged", kind="adult", connection="staff")
    issue = next(iter(SCHOOL.issues))
    async with begin(lead) as work:
        one = (await record_incident(work, msgspec.structs.replace(IMPERSONATION, issue_types=(issue,)), SCHOOL)).facts
    async with begin(lead) as work:
        other = (await record_incident(work, msgspec.structs.replace(SHORT, issue_types=()), SCHOOL)).facts
    async with begin(lead) as work:
        kept = (await record_incident(work, msgspec.structs.replace(SHORT, people=(alleged,)), SCHOOL)).facts
    today = clock.now().date()
    scopes = {
        Shown(): {one.id, other.id}, Shown(today - DAY, today): {one.id, other.id},
        Shown(today - 9 * DAY, today - 2 * DAY): set(), Shown(issue=issue): {one.id},
        Shown(today - DAY, today, issue): {one.id}, Shown(issue="nothing"): set(),
    }  # fmt: skip
    async with begin(lead) as work:
        for scope, among in scopes.items():
            assert {row.id for row in await list_cases(work, scope)} == among, scope
            for facts in (one, other, kept):
                assert await find(work, scope, facts.reference) == (facts.id if facts.id in among else None)
                if facts.id not in among:
                    with pytest.raises(NotFound):
                        await show(work, scope, facts.id)
        assert await find(work, Shown(), "") is None
    async with begin(await someone(Role.LEAD)) as work:
        assert await list_cases(work, Shown()) == ()
        with pytest.raises(NotFound):
            await show(work, Shown(), one.id)
    async with begin(await someone(Role.HEAD, organisation=lead.organisation_id)) as work:
        with pytest.raises(Forbidden):
            await show(work, Shown(), one.id)


async def test_what_is_shown_holds_no_names_and_is_logged_as_shown(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
    async with begin(lead) as work:
        await assess(work, facts.id, facts.version, "high", "It spreads.")
    async with begin(lead) as work:
        case = await show(work, Shown(), facts.id)
    assert [fact.value for fact in case.facts if fact.label == "Version"] == ["3"], "there is no pack to look into"
    assert "pretends to be a science teacher" in str(case)
    for name in ("Morgan", "Hale", "Ravi", "Underhill"):
        assert name not in str(case), name
    async with begin(lead) as work:
        acts = await read_apart(work, Wanted(about=facts.id, sort="reading"), ("general",))
        assert [(act.event, act.who) for act in acts] == [("incident.shown", lead.name)]
        [looker] = await list_lookers(work, facts.id)
        assert (looker.who, looker.reads, looker.shown, looker.is_inspector) == (lead.name, 1, 1, False)
        assert [(look.name, look.times) for look in await list_looks(work, facts.id)] == [(lead.name, 1)]


async def test_a_reference_opens_a_page_to_read_and_no_page_of_the_leads(sign_in) -> None:
    browser = await sign_in(Role.LEAD)
    async with begin(browser.actor) as work:
        facts = (await record_incident(work, IMPERSONATION, SCHOOL)).facts
    today = clock.now().date()
    asked = f"body=ofsted_school&scope=days&first={today - DAY}&last={today}&issue="
    found = await browser.get(f"{PLACE}?{asked}&reference={facts.reference.lower()}")
    assert found.status_code == 303
    assert found.headers["location"] == f"{PLACE}/{facts.id}?body=ofsted_school&scope=days&first={today - DAY}" + (
        f"&last={today}&issue="
    )
    page = (await browser.get(found.headers["location"])).text
    assert "Shown to an inspector" in page
    assert "Underhill" not in page
    [another] = re.findall(r'href="(/inspections/here/cases[^"]*)"', page)
    naming = (await browser.get(html.unescape(another))).text
    assert 'name="reference"' in naming
    for link in ('href="/incidents', 'href="/people', 'action="/search"', 'href="/account"', 'action="/sign-out"'):
        assert link not in page, link
        assert link not in naming, link
    named = await browser.get(f"{html.unescape(another)}&reference={facts.reference}")
    assert (named.status_code, named.headers["location"]) == (303, found.headers["location"])
    assert "There is no incident K7Q-3MX" in (await browser.get(f"{html.unescape(another)}&reference=K7Q-3MX")).text
    past = f"scope=days&first={today - 9 * DAY}&last={today - 2 * DAY}"
    assert (await browser.get(f"{PLACE}/{facts.id}?{past}")).status_code == 404
    assert (await browser.get(f"{PLACE}/{facts.id}?scope=days")).status_code == 404
    missing = await browser.get(f"{PLACE}?{past}&body=ofsted_school&reference={facts.reference}")
    assert f"There is no incident {facts.reference} among those that may be shown" in missing.text


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("scope=days&first=2026-03-01", "Give both days, or choose all."),
        ("scope=days&first=2026-03-02&last=2026-03-01", "The last day is before the first."),
        ("scope=days&first=2026-03-02&last=9999-12-31", "The year 9999 is too far ahead."),
        ("scope=some", "Choose one of the answers on the page."),
    ],
)
async def test_a_scope_that_means_nothing_is_asked_again_with_what_was_typed(sign_in, asked: str, said: str) -> None:
    browser = await sign_in(Role.LEAD)
    refused = await browser.get(f"{PLACE}?{asked}")
    assert refused.status_code == 422
    assert said in refused.text
    for typed in asked.split("&")[1:]:
        assert f'value="{typed.partition("=")[2]}"' in refused.text


@pytest.mark.parametrize("kind", ["school", "club", "care", "childrens_home"])
async def test_every_heading_of_every_body_that_inspects_here_leads_to_pages_that_there_are(sign_in, kind: str) -> None:
    browser, links = await sign_in(Role.LEAD, kind=kind), set[str]()
    for body in bodies_for(kind):
        page = await browser.get(f"{PLACE}?body={body.code}&scope=all")
        assert page.status_code == 200, body.code
        text = html.unescape(page.text)
        assert [head.title for head in body.headings if head.title not in text] == []
        links |= set(OWN_PAGE.findall(text.partition("<main")[2]))
    assert len(links) >= 4, links
    pages = {path for handler in PAGES for path in handler.paths}
    assert [link for link in sorted(links) if link.partition("?")[0] not in pages] == []


async def test_where_several_bodies_inspect_the_lead_says_whose_inspector_it_is_on_the_way(sign_in) -> None:
    browser = await sign_in(Role.LEAD)
    asked = (await browser.get("/inspections")).text
    assert "Whose inspector is it?" in asked and 'value="isi"' in asked
    shown = (await browser.get(f"{PLACE}?body=isi&scope=all&first=&last=&issue=")).text
    assert "Whose inspector is beside you?" not in shown and "Independent Schools Inspectorate" in shown
    refused = await browser.get(f"{PLACE}?body=isi&scope=days")
    assert refused.status_code == 422 and '<option value="isi" selected' in refused.text
    home = await sign_in(Role.LEAD, kind="childrens_home")
    assert "Whose inspector is it?" not in (await home.get("/inspections")).text
