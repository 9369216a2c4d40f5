"""An incident and a chronology as PDF: what is in them, what is not, and that the log is told."""

import io
import subprocess

import pytest
from pypdf import PdfReader

from safeguard.access.roles import Role
from safeguard.errors import Unavailable
from safeguard.evidence.report import setting
from safeguard.exports import printing
from safeguard.incidents.adding import add_entry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.people.recording import record_person
from safeguard.tenancy.report_forms.changing import reword
from safeguard.tenancy.report_forms.reading import read_asked
from safeguard.work import begin
from tests.exports.test_lists import told
from tests.factories.incidents import DECISION, IMPERSONATION, NOTE, SCHOOL
from tests.factories.people import ANA, called

pytestmark = pytest.mark.anyio


def text_of(whole: bytes) -> str:
    pages = PdfReader(io.BytesIO(whole)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


async def incident(browser, report=IMPERSONATION):
    async with begin(browser.actor) as work:
        facts = (await record_incident(work, report, SCHOOL)).facts
        for entry in (NOTE, DECISION):
            await add_entry(work, facts.id, entry)
    return facts


async def test_an_incident_is_printed_with_its_story(sign_in):
    lead = await sign_in(Role.LEAD)
    facts = await incident(lead)
    answer = await lead.get(f"/incidents/{facts.id}/incident.pdf")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == f'attachment; filename="incident-{facts.reference}.pdf"'
    assert answer.headers["cache-control"] == "no-store"
    said = text_of(answer.content)
    for words in (facts.reference, "pretends to be a science teacher", "Morgan Hale", "Spoke with the form tutor",
                  "Considered a referral", "No sign of harm", "make an evidence pack", "@mr.hale.fanpage"):  # fmt: skip
        assert words in said, words
    assert await told(lead, "incident.exported") == 1


async def test_an_incident_is_printed_under_the_questions_that_it_was_made_with(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        await reword(work, SCHOOL, "action", "What did you do?", "", 0)
        asked = await read_asked(work, SCHOOL)
        new = NewIncident(narrative="Shouting.", immediate_action="Rang home.")
        facts = (await record_incident(work, new, SCHOOL, asked)).facts
        await reword(work, SCHOOL, "action", "Anything else?", "", 1)
    said = text_of((await lead.get(f"/incidents/{facts.id}/incident.pdf")).content)
    assert "What did you do?" in said
    assert "Anything else?" not in said


async def test_whatever_was_typed_is_text_in_a_print_and_nothing_is_lost(sign_in):
    lead = await sign_in(Role.LEAD)
    hostile = NewIncident(
        narrative='#import "x": * *bold* $x^2$ \u202eevil \u4e2d', people=(NewPerson(name="#pagebreak()"),)
    )
    facts = await incident(lead, hostile)
    said = text_of((await lead.get(f"/incidents/{facts.id}/incident.pdf")).content)
    assert '#import "x": * *bold* $x^2$ [U+202E]evil [U+4E2D]' in said
    assert "#pagebreak()" in said


async def test_a_chronology_prints_ones_own_part_and_nothing_of_the_others(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        ana, ravi = (
            await record_person(work, ANA, SCHOOL),
            await record_person(work, called("Ravi", "Underhill"), SCHOOL),
        )
        people = (
            NewPerson(name="Ana Brook", person_id=ana.id, role="affected", kind="child", notes="Upset."),
            NewPerson(name="Ravi Underhill", person_id=ravi.id, role="alleged", kind="child", notes="Sorry."),
        )
        facts = (await record_incident(work, NewIncident(narrative="Ravi pushed Ana.", people=people), SCHOOL)).facts
    answer = await lead.get(f"/people/{ana.id}/chronology.pdf")
    assert 'filename="chronology.pdf"' in answer.headers["content-disposition"]
    said = text_of(answer.content)
    for words in ("Ana Brook", "Annie", "14 May 2012", facts.reference, "Upset."):
        assert words in said, words
    assert "Ravi" not in said
    assert "1 Sample Street" not in said
    assert "Ravi pushed Ana." in text_of((await lead.get(f"/people/{ana.id}/chronology.pdf?beginnings=yes")).content)
    assert await told(lead, "person.exported") == 2


async def test_somebody_in_no_incident_has_an_empty_chronology(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        ana = await record_person(work, ANA, SCHOOL)
    assert "In no incident." in text_of((await lead.get(f"/people/{ana.id}/chronology.pdf")).content)


async def test_anothers_incident_is_not_printed_and_a_reporter_prints_nothing(sign_in, someone):
    lead, other = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    facts = await incident(lead)
    assert (await other.get(f"/incidents/{facts.id}/incident.pdf")).status_code == 404
    reporter = await sign_in(actor=await someone(Role.REPORTER, organisation=lead.actor.organisation_id))
    assert (await reporter.get(f"/incidents/{facts.id}/incident.pdf")).status_code == 403


async def test_a_print_that_takes_too_long_is_given_up_and_not_told_as_an_export(sign_in, monkeypatch):
    lead = await sign_in(Role.LEAD)
    facts = await incident(lead)

    def late(*_args, **_more):
        raise subprocess.TimeoutExpired("typst", 60)

    monkeypatch.setattr(setting.subprocess, "run", late)
    assert (await lead.get(f"/incidents/{facts.id}/incident.pdf")).status_code == Unavailable.status
    assert await told(lead, "incident.exported") == 0


async def test_what_is_too_long_to_wait_for_is_refused_with_the_way_that_takes_it(sign_in, monkeypatch):
    monkeypatch.setattr(printing, "MOST", 1)
    lead = await sign_in(Role.LEAD)
    facts = await incident(lead)
    answer = await lead.get(f"/incidents/{facts.id}/incident.pdf")
    assert answer.status_code == 413
    assert "This record has 2 entries, which is too long to wait for. Make an evidence pack of it" in answer.text
    assert await told(lead, "incident.exported") == 0
