"""The settings pages, as a browser without script sees them."""

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.work import begin

pytestmark = pytest.mark.anyio

REVIEW = "/settings/clocks.open_incident_review"


async def test_settings_show_values_with_their_sources(sign_in):
    lead = await sign_in(Role.LEAD)
    shown = (await lead.get("/settings")).text
    assert "14 days" in shown
    assert "School or college" in shown
    assert "Law: UK GDPR article 33" in shown
    assert "Not confirmed; check it" in shown


async def test_a_setting_is_changed_and_taken_back(sign_in):
    lead = await sign_in(Role.LEAD)
    done = await lead.send(REVIEW, {"value": "9", "seen": "0", "do": "change"})
    assert (done.status_code, done.headers["location"]) == (303, "/settings?changed=clocks.open_incident_review")
    assert "Your choice" in (await lead.get(REVIEW)).text
    await lead.send(REVIEW, {"value": "9", "seen": "1", "do": "reset"})
    assert "14 days" in (await lead.get(REVIEW)).text


async def test_a_value_that_cannot_be_comes_back_with_a_sentence_and_what_was_typed(sign_in):
    lead = await sign_in(Role.LEAD)
    refused = await lead.send(REVIEW, {"value": "<b>never</b>", "seen": "0", "do": "change"})
    assert refused.status_code == 422
    assert "Write a whole number in figures" in refused.text
    assert "&lt;b&gt;never&lt;/b&gt;" in refused.text


async def test_a_setting_that_somebody_changed_meanwhile_is_not_overwritten(sign_in):
    lead = await sign_in(Role.LEAD)
    await lead.send(REVIEW, {"value": "9", "seen": "0", "do": "change"})
    assert (await lead.send(REVIEW, {"value": "8", "seen": "0", "do": "change"})).status_code == 409


async def test_a_setting_that_does_not_exist_is_not_found(sign_in):
    lead = await sign_in(Role.LEAD)
    assert (await lead.get("/settings/clocks.tea")).status_code == 404


async def test_a_head_reads_settings_and_changes_none(sign_in):
    head = await sign_in(Role.HEAD)
    assert REVIEW not in (await head.get("/settings")).text
    assert (await head.get(REVIEW)).status_code == 403


async def test_a_reporter_does_not_see_settings(sign_in):
    assert (await (await sign_in(Role.REPORTER)).get("/settings")).status_code == 403


async def test_details_are_changed_and_wrong_ones_come_back(sign_in):
    lead = await sign_in(Role.LEAD)
    page = "/settings/organisation"
    typed = {"name": "Alder School", "time_zone": "Europe/London", "urn": "12", "ukprn": "", "seen": "1",
             "second_person_name": "Sample Chair", "second_person_email": "chair@example.org"}  # fmt: skip
    refused = await lead.send(page, typed)
    assert refused.status_code == 422
    assert "A URN has six digits" in refused.text
    done = await lead.send(page, typed | {"urn": "123456"})
    assert done.status_code == 303
    assert "123456" in (await lead.get("/settings")).text


@pytest.mark.parametrize(
    ("kind", "words"), [("club", "Details of your club"), ("childrens_home", "Details of your home")]
)
async def test_the_words_are_those_of_the_kind(sign_in, kind, words):
    lead = await sign_in(Role.LEAD, kind=kind)
    assert words in (await lead.get("/settings/organisation")).text
    assert "URN" not in (await lead.get("/settings/organisation")).text


async def test_an_organisation_elsewhere_is_told_that_the_profile_is_not_written_for_it(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(system(lead.actor.organisation_id)) as work:
        await work.driver.execute("update public.organisations set nation = 'wales'")
    shown = (await lead.get("/settings")).text
    assert "designated safeguarding person" in shown
    assert "Keeping learners safe" in shown


async def test_term_dates_are_pasted_and_shown_as_they_were_understood(sign_in):
    lead = await sign_in(Role.LEAD)
    pasted = "Autumn term\t2/9/2026\t18/12/2026\nSpring term\t4/1/2027\t25/3/2027"
    answer = await lead.send("/settings/calendar.terms", {"value": pasted, "seen": "0", "do": "change"})
    assert answer.status_code == 303
    assert "2 terms, 2 September 2026 to 25 March 2027" in (await lead.get("/settings")).text
    shown = (await lead.get("/settings/calendar.terms")).text
    assert "Autumn term: 2 September 2026 to 18 December 2026" in shown


async def test_term_dates_that_cannot_be_read_name_their_line_and_keep_what_was_typed(sign_in):
    lead = await sign_in(Role.LEAD)
    typed = "Autumn term: 2 September 2026 to 18 December 2026\nSpring term: whenever"
    answer = await lead.send("/settings/calendar.terms", {"value": typed, "seen": "0", "do": "change"})
    assert answer.status_code == 422
    assert "Write the year in “Spring term: whenever”" in answer.text
    assert "Spring term: whenever</textarea>" in answer.text


async def test_a_club_is_not_asked_for_term_dates(sign_in):
    coach = await sign_in(Role.LEAD, kind="club")
    assert (await coach.get("/settings/calendar.terms")).status_code == 404
    assert "Term dates" not in (await coach.get("/settings")).text


async def test_an_organisation_that_leaves_is_told_on_every_page_and_from_when_on_it_may_be_removed(
    sign_in,
    addresses,
):
    lead = await sign_in(Role.LEAD)
    assert "leaving the service" not in (await lead.get("/settings")).text
    organisation = lead.actor.organisation_id
    reporter = await sign_in(Role.REPORTER, organisation=organisation)
    ids = [clock.new_id() for _ in range(3)]
    async with await psycopg.AsyncConnection.connect(addresses.owner, autocommit=True) as owner:
        await owner.execute("update organisations set state = 'leaving' where id = %s", (organisation,))
        for one in ids[:2]:
            values = (one, f"{one.hex}@operator.example")
            await owner.execute(
                "insert into console.operators (id, email, name, created_at) values (%s, %s, 'Op', now())", values
            )
        agreed = (ids[2], organisation, ids[0], ids[1])
        await owner.execute(
            "insert into console.requests (id, organisation_id, asked_by, asked_by_name, asked_at, reason, kind,"
            " decided_by, decided_by_name, decided_at, decision, due_at)"
            " values (%s, %s, %s, 'One', now(), 'x', 'removal', %s, 'Two', now(), 'agreed', '2031-03-09 12:00+00')",
            agreed,
        )
    shown = (await lead.get("/settings")).text
    assert "leaving the service" in shown and "9 March 2031" in shown and 'href="/take-along"' in shown
    told = (await reporter.get("/settings")).text
    assert "9 March 2031" not in told
    other = await sign_in(Role.LEAD)
    assert "9 March 2031" not in (await other.get("/settings")).text
