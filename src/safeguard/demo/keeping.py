"""What a school keeps and lets go: papers past their time, a hold, a request half answered, a complaint, a breach."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from safeguard.demo.cast import House
from safeguard.records.access import gathering, handling
from safeguard.records.access.handling import NewRequest
from safeguard.records.access.judging import Judgement, judge
from safeguard.records.holding import About, place_hold
from safeguard.records.logs.breaching import find_breach
from safeguard.records.logs.writing import answer_complaint, receive_complaint
from safeguard.standards.proving import NewItem, add_item
from safeguard.work import Work

CLOSED: Final = """
select i.id from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.state = 'closed'
order by i.recorded_at desc, i.id limit 1
"""
INVOLVED: Final = """
select p.id, p.given_name || ' ' || p.family_name as name from public.people p
join public.incident_people n on n.organisation_id = p.organisation_id and n.person_id = p.id and n.role = 'affected'
where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null
order by p.recorded_at, p.id limit 1
"""
PAPERS: Final = (
    ("policy", "Online safety policy, the one before the last two", 3010),
    ("survey", "Survey of an earlier year", 2640),
)
"""Kinds, titles, and how many days old."""
HELD: Final = "DC Sample asked by mail that nothing about this be destroyed: crime reference 43260001."
JUDGED: Final = Judgement(
    ground="parental_responsibility", identity="document", competent="yes", harm="no",
    seen="Her passport, and the birth certificate that names her.",
    wishes="Wants their mother to have all of it but what they told the nurse.",
    standing="She is on our list as the one with parental responsibility.",
)  # fmt: skip
COMPLAINT: Final = "The copy that I asked for in spring took five weeks, and nobody told me why."
ANSWER: Final = "It was two days late, because the request lay with somebody who was ill. It goes to two people now."
BREACH: Final = "A letter about one child went to the family of another. They rang, and brought it back unopened."
MEASURES: Final = "The letter is back; envelopes are read aloud by a second person from now on."


def keeps(house: House) -> bool:
    """Schools with a past show it."""
    return house.kind == "school" and house.incidents > 0


async def keep(work: Work) -> UUID | None:
    """By the lead, on the last day; the request, where there is somebody to ask about."""
    today = work.now().date()
    for kind, title, days in PAPERS:
        item = NewItem(kind=kind, title=title, dated_on=today - timedelta(days=days), supports=(("pies", "M3"),))
        await add_item(work, item)
    if (incident := await work.driver.fetchval(CLOSED)) is not None:
        await place_hold(work, About("incident", incident), "police", HELD)
    complaint = await receive_complaint(work, today - timedelta(days=20), "Jo Sample", "access", COMPLAINT)
    await answer_complaint(work, complaint, ANSWER, "partly")
    await find_breach(work, work.now() - timedelta(hours=30), BREACH, 1, "some", MEASURES)
    row = await work.driver.fetchrow(INVOLVED)
    if row is None:
        return None
    new = NewRequest(row["id"], "parent", "Carla Sample", "carla.sample@example.org", today - timedelta(days=11))
    return await handling.receive(work, new)


async def gather(work: Work, request: UUID) -> None:
    """Judged and gathered; what is to be blacked out by hand, and its release, are left to whoever tries it."""
    await judge(work, request, JUDGED, work.now().date())
    await gathering.gather(work, request)
