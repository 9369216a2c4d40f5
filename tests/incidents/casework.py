"""Shared by the tests of casework: an incident, what is read of it, one valid entry of each kind."""

from datetime import UTC, date, datetime, timedelta

from safeguard.incidents.adding import add_entry
from safeguard.incidents.closing import Closing
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL

SOON = date.today() + timedelta(days=30)
CLOSING = Closing(summary="s", follow_up="f", decision="d", outcome="o")


async def recorded(actor, new=IMPERSONATION):
    async with begin(actor) as work:
        return await record_incident(work, new, SCHOOL)


async def read(actor, incident_id):
    async with begin(actor) as work:
        return await read_incident(work, incident_id)


async def add(actor, incident_id, **values):
    async with begin(actor) as work:
        return await add_entry(work, incident_id, NewEntry(**values))


def of_every_kind(person_id, contact_id, action_id, other_id):
    """One valid entry of each kind that there is."""
    about = {"person_id": person_id}
    return {
        "note": {"words": "Spoke with the form tutor."},
        "decision": {"words": "No referral.", "reason": "No harm.", "referral": "not_made", "contact": "social_care"},
        "action": {"words": "Ring them.", "owner_name": "Sam Oakes", "due_on": SOON, "remind_on": SOON},
        "completion": {"words": "Rang.", "action_id": action_id},
        "contact": {"words": "Asked.", "contact": "police", "awaits_answer": True, "due_on": SOON},
        "answer": {"words": "They will call.", "action_id": contact_id},
        "informing": {"contact": "social_worker", "informed": "yes", "took_place_at": datetime.now(UTC), **about},
        "person_outcome": {"words": "Well again.", "result": "supported", **about},
        "plan": {"words": "A tutor each morning.", "due_on": SOON, **about},
        "support": {"words": "Offered a talk; taken up.", **about},
        "lesson": {"words": "Nobody knew where to report.", "controls": ("L12", "M3")},
        "review": {"words": "The first hour went well.", "attendees": "Head\nLead"},
        "link": {"linked_id": other_id},
    }
