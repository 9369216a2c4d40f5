"""Whoever asks what is kept about them is told every field of it, in words, at the times of the organisation."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import TSVECTOR

from safeguard.access.roles import Role
from safeguard.database.registry import table
from safeguard.errors import Invalid
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import Happened, NewIncident, NewPerson
from safeguard.incidents.triaging import assess
from safeguard.people.recording import record_person
from safeguard.records.access import handling
from safeguard.records.access.gathering import Subject, find, gather
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.looking import look_for
from safeguard.records.access.queries import get_request, list_items
from safeguard.records.access.searching import plain_of, shown_of
from safeguard.records.access.sources import SEARCHED
from safeguard.records.access.unsearched import COLUMNS, UNSAID
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called

pytestmark = pytest.mark.anyio
SUMMER = datetime(2026, 7, 1, 13, 30, tzinfo=UTC)
"""Half past two in London."""
ABOUT = {"public.people", "public.record_dates", "public.incidents", "public.entries", "public.attachments",
         "public.referrals", "public.referral_steps", "public.disagreements"}  # fmt: skip


def test_every_column_of_what_is_tied_to_somebody_is_told_or_says_why_not() -> None:
    entire = [source for source in SEARCHED if source.entire]
    assert {source.table for source in entire} >= ABOUT
    met = set()
    for source in entire:
        told = {column.name for column in (*shown_of(source), *plain_of(source))}
        for column in table(source.table).columns:
            met.add(column.name)
            kept = column.name in UNSAID or f"{source.table}.{column.name}" in COLUMNS
            nothing = isinstance(column.type, Uuid | LargeBinary | TSVECTOR)
            assert (column.name in told) != (kept or nothing), f"{source.table}.{column.name}"
    assert set(UNSAID) <= met and all(UNSAID.values())


async def test_what_an_incident_and_its_entries_say_is_told_in_words_and_in_our_time(someone) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        ana = await record_person(work, called("Ana", "Brook", connection="pupil"), SCHOOL)
    new = NewIncident(
        narrative="Somebody wrote to her.", danger_now=True, discovered_at=SUMMER, platforms=("tiktok",),
        happened=Happened(precision="minute", from_=SUMMER), four_c=("contact",),
        people=(NewPerson(name="Ana Brook", role="affected", kind="child", connection="pupil", group_name="Year 9",
                          person_id=ana.id),
                NewPerson(name="Quintilla Feather", role="alleged", kind="child", group_name="Year 11")),
    )  # fmt: skip
    async with begin(lead) as work:
        story = await record_incident(work, new, SCHOOL)
        affected = story.people[0].id
    async with begin(lead) as work:
        for entry in (
            NewEntry(kind="contact", words="Rang them.", contact="social_care", took_place_at=work.now()),
            NewEntry(kind="decision", words="Threshold.", reason="Met.", referral="made", contact="police"),
            NewEntry(kind="person_outcome", words="Well.", person_id=affected, result="supported"),
        ):
            await add_entry(work, story.facts.id, entry)
        await assess(work, story.facts.id, story.facts.version, "high", "It went on.")
    async with begin(lead) as work:
        found = await find(work, Subject((ana.id,), (), ("ana brook",)))
    told = [f"{label}: {words}" for each in found for label, words in each.passages]
    whole = "\n".join(told)
    for said in (
        "When it happened: 1 July 2026, 14:30", "When it was found out: 1 July 2026, 14:30",
        "In danger at that time: Yes",
        f"Area of risk: {SCHOOL.areas['contact'].name}", f"Platforms: {SCHOOL.platforms['tiktok'].name}",
        "With whom: Children's or adults' social care", "Referral elsewhere: A referral is made",
        f"How it ended for them: {SCHOOL.person_outcomes['supported'].name}", "Risk after: High",
        f"How they belong here: {SCHOOL.connections['pupil'].name}", "Risk: High",
    ):  # fmt: skip
        assert said in told, said
    assert "Affected: Ana Brook, child, pupil, Year 9" in whole
    assert "Quintilla Feather" in whole and "Year 11" not in whole


async def test_what_names_somebody_by_a_short_name_alone_is_found_once_that_is_looked_for(someone, shelf) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        maya = await record_person(work, called("Maya", "Okafor"), SCHOOL)
        other = await record_incident(work, NewIncident(narrative="Maya said she would not come in."), SCHOOL)
        await record_incident(work, NewIncident(narrative="Mayan pottery was shown."), SCHOOL)
    async with begin(lead) as work:
        new = NewRequest(maya.id, "self", "Maya Okafor", "maya@example.org", date(2026, 1, 31))
        request = await handling.receive(work, new)
        await gather(work, request)
        assert {item.kind for item in await list_items(work, request)} == {"person"}
    async with begin(lead) as work:
        await look_for(work, request, " maya ")
    async with begin(lead) as work:
        (found,) = [item for item in await list_items(work, request) if item.kind == "incident"]
        assert found.incident_id == other.facts.id and found.by_words and found.found_in == "What happened?"
        assert (await get_request(work, request)).search_words == ["maya"]
    async with begin(lead) as work:
        with pytest.raises(Invalid):
            await look_for(work, request, "Ma")
        await look_for(work, request, "Maya")
        assert {item.kind for item in await list_items(work, request)} == {"person"}, "the same again is no longer"
