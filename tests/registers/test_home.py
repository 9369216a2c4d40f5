"""A children's home: what it has ready for its inspector under regulations 40, 44 and 45, and Annex A's figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Invalid, NotFound
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.incidents.story import Facts
from safeguard.people.recording import record_person
from safeguard.registers.duties.doing import record_done
from safeguard.registers.duties.duty import NewDone
from safeguard.registers.home.annex_a import QUESTIONS, AnnexA
from safeguard.registers.home.following import list_followed, record_sending
from safeguard.registers.tables import names_of_tables
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.people import ANA

pytestmark = pytest.mark.anyio

HOME, SCHOOL = profile_of("childrens_home"), profile_of("school")
TODAY = clock.now().date()
BASE = "/standards/registers/home"
TABLES = "/standards/registers/tables"
OWN_TABLES = ("reports", "notifications", "figures")
"""What only a children's home takes as files."""

EARLY = {"sent_on": (TODAY - timedelta(days=10)).isoformat(), "sent_to": ""}
ACTION = {
    "control": "pies/S2", "words": "Mend the tablet rule", "owner": "other", "owner_name": "Sam",
    "due_on": "2099-01-01",
}  # fmt: skip

ROLES = st.sampled_from(["affected", "alleged", "witness"])
PEOPLE = st.lists(
    st.fixed_dictionaries({
        "role": ROLES, "connection": st.sampled_from(["pupil", "staff", "family"]),
        "kind": st.sampled_from(["child", "adult"]), "person_id": st.sampled_from(["", "a", "b", "c"]),
        "removed_at": st.sampled_from(["", "2026-01-01T00:00:00Z"]),
    }),
    max_size=4,
)  # fmt: skip
INCIDENTS = st.lists(
    st.fixed_dictionaries({
        "people": PEOPLE, "risk_areas": st.lists(st.sampled_from(["exploitation", "bullying"]), max_size=2),
        "issue_types": st.lists(st.sampled_from(["exploitation", "self_harm", "other"]), max_size=2),
        "place": st.sampled_from([None, "missing", "on_site"]), "danger_now": st.sampled_from([None, True, False]),
    }),
    max_size=8,
)  # fmt: skip


def values_of(incident: Mapping[str, Any]) -> dict[str, Any]:
    """As a committed version names them: what is empty is left out."""
    people = enumerate(incident["people"], start=1)
    flat = {f"people.{n}.{name}": value for n, person in people for name, value in person.items()}
    return {
        name: value for name, value in (dict(incident) | flat).items() if name != "people" and value not in ("", None)
    }


@given(incidents=INCIDENTS)
def test_a_figure_counts_each_incident_once_and_only_children_of_the_home(incidents):
    figures = AnnexA()
    for incident in incidents:
        figures.take(values_of(incident))
    own = [
        [p for p in one["people"] if (p["role"], p["connection"], p["removed_at"]) == ("affected", "pupil", "")]
        for one in incidents
    ]
    assert figures.lines["all"].incidents == sum(map(bool, own))
    assert figures.lines["all"].children == {p["person_id"] for people in own for p in people if p["person_id"]}
    missing = sum(bool(people) and one["place"] == "missing" for one, people in zip(incidents, own, strict=True))
    assert figures.lines["missing"].incidents == missing
    alleged = sum(
        bool(people)
        and any((p["role"], p["connection"], p["removed_at"]) == ("alleged", "staff", "") for p in one["people"])
        for one, people in zip(incidents, own, strict=True)
    )
    assert figures.lines["allegation"].incidents == alleged
    for code, line in figures.lines.items():
        assert line.incidents <= figures.lines["all"].incidents, code
        assert line.children <= figures.lines["all"].children, code
    assert len(figures.rows()) == len(QUESTIONS)


@dataclass(frozen=True, slots=True)
class Kept:
    """A home that has been told of two allegations, one of them told on, and visited once."""

    lead: Actor
    told_of: Facts
    unsaid: Facts
    report: str
    """The page of the visit's report."""


@pytest.fixture
async def kept(someone) -> Kept:
    lead = await someone(Role.LEAD, kind="childrens_home")
    async with begin(lead) as work:
        ana = await record_person(work, ANA, HOME)
        affected = NewPerson(name="Ana Brook", role="affected", kind="child", connection="pupil", person_id=ana.id)
        worker = NewPerson(name="Wim Sample", role="alleged", kind="adult", connection="staff")
        told_of, unsaid = [
            (await record_incident(work, NewIncident(narrative=words, people=people), HOME)).facts
            for words, people in (("Told of it.", (affected, worker)), ("Nothing said of it yet.", (affected, worker)))
        ]
        await add_entry(work, told_of.id, NewEntry(
            kind="contact", words="By the online form.", contact="other", contact_name="Ofsted",
            contact_reference="SC-0042",
        ))  # fmt: skip
        visit = await record_done(work, HOME, NewDone(
            duty="independent_visit", done_on=TODAY - timedelta(days=9), done_by="Ida Independent", note="Calm. <b>",
        ), TODAY)  # fmt: skip
    return Kept(lead, told_of, unsaid, f"{BASE}/reports/{visit.id}")


async def send_and_act(browser, report: str) -> None:
    """Tell of the report what a home does with it: sent to its inspector, one thing to be mended."""
    sent = {"sent_on": TODAY.isoformat(), "sent_to": "Ofsted"}
    assert (await browser.send(report + "/sent", sent, page=report)).status_code == 303
    assert (await browser.send(report + "/actions", ACTION, page=report)).status_code == 303


async def test_a_home_keeps_what_its_inspector_asks_for(sign_in, kept):
    browser = await sign_in(actor=kept.lead)
    assert "Ready for the inspector" in (await browser.get("/standards/registers")).text
    shown = (await browser.get(BASE)).text
    told = (kept.told_of.reference, "SC-0042", "Calm. &lt;b&gt;", "Not yet", "Ida Independent")
    assert all(words in shown for words in told)
    assert f'href="/incidents/{kept.unsaid.id}/outside/ofsted_notification"' in shown
    assert "Of 1 incident nothing says yet" in " ".join(shown.split())
    assert "<td" in shown and "An allegation about somebody who works in the home" in shown
    assert "is no day" in (await browser.get(BASE + "?from=yesterday")).text
    assert kept.told_of.reference not in (await browser.get(BASE + "?from=2020-01-01&until=2020-02-01")).text


async def test_a_report_is_sent_and_answered_with_actions_and_bad_input_keeps_what_was_typed(sign_in, kept):
    browser, report = await sign_in(actor=kept.lead), kept.report
    refused = await browser.send(report + "/sent", EARLY, page=report)
    assert refused.status_code == 422 and "before the day on which it was done" in refused.text
    assert EARLY["sent_on"] in refused.text
    wrong = await browser.send(report + "/actions", ACTION | {"control": "pies/Z9"}, page=report)
    assert wrong.status_code == 422 and ACTION["words"] in wrong.text
    await send_and_act(browser, report)
    shown = (await browser.get(report)).text
    assert ACTION["words"] in shown and "Ofsted" in shown
    assert "1 of 1 open" in (await browser.get(BASE)).text


async def test_what_a_home_keeps_goes_as_tables_of_the_days_asked_for(sign_in, kept):
    browser = await sign_in(actor=kept.lead)
    await send_and_act(browser, kept.report)
    taken = {name: (await browser.get(f"{TABLES}/{name}.csv")).text for name in OWN_TABLES}
    assert "Ida Independent,Calm. <b>" in taken["reports"] and f"{TODAY.isoformat()},Ofsted" in taken["reports"]
    assert f"{kept.told_of.reference}," in taken["notifications"]
    assert "SC-0042,By the online form." in taken["notifications"]
    assert kept.unsaid.reference not in taken["notifications"]
    assert "An allegation about somebody who works in the home,2,1," in taken["figures"]
    before = "?from=2020-01-01&until=2020-02-01"
    assert kept.told_of.reference not in (await browser.get(f"{TABLES}/notifications.csv{before}")).text
    assert "works in the home,0,0,2020-01-01,2020-02-01" in (await browser.get(f"{TABLES}/figures.csv{before}")).text
    page = (await browser.get(BASE)).text
    assert all(f"{TABLES}/{name}.{end}" in page for name in OWN_TABLES for end in ("csv", "xlsx"))


async def test_each_reader_of_a_home_sees_what_is_theirs_to_see(sign_in, kept):
    head = await sign_in(Role.HEAD, organisation=kept.lead.organisation_id)
    statuses = [(await head.get(f"{TABLES}/{name}.csv")).status_code for name in OWN_TABLES]
    assert statuses == [200, 403, 403]
    of_homes = {"duties", *OWN_TABLES}
    for actor, profile, found in (
        (kept.lead, HOME, of_homes), (head.actor, HOME, {"duties", "reports"}), (kept.lead, SCHOOL, set[str]()),
    ):  # fmt: skip
        async with begin(actor, purpose="session") as work:
            assert set(names_of_tables(work, profile)) & of_homes == found
    governor = await sign_in(Role.GOVERNOR, organisation=kept.lead.organisation_id)
    assert (await governor.get(f"{TABLES}/reports.csv")).status_code == 403
    shown = (await governor.get(BASE)).text
    assert kept.told_of.reference not in shown and "which you do not read" in shown and "Ida Independent" in shown
    assert (await governor.send(kept.report + "/sent", EARLY, page=kept.report)).status_code == 403
    stranger = await sign_in(Role.LEAD)
    assert (await stranger.get(kept.report)).status_code == 404


async def test_a_report_is_sent_after_it_is_written_and_of_this_organisation(someone):
    lead, other = await someone(Role.LEAD, kind="childrens_home"), await someone(Role.LEAD, kind="childrens_home")
    async with begin(lead) as work:
        new = NewDone(duty="quality_review", done_on=TODAY, done_by="The manager")
        done = await record_done(work, HOME, new, TODAY)
        with pytest.raises(Invalid):
            await record_sending(work, done.id, TODAY - timedelta(days=1), "Ofsted")
        await record_sending(work, done.id, TODAY, "The placing authority")
    async with begin(lead) as work:
        await record_sending(work, done.id, TODAY, "Ofsted")
    async with begin(lead) as work:
        (one,) = await list_followed(work, "quality_review")
        assert (one.sent_on, one.sent_to) == (TODAY, "Ofsted")
    async with begin(other) as work:
        assert await list_followed(work, "quality_review") == ()
        with pytest.raises(NotFound):
            await record_sending(work, done.id, TODAY, "Ofsted")
