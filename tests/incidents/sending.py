"""What the tests of the pages send: a report filled in, and one that is there already."""

from safeguard.incidents.recording import record_incident
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL

FILLED = {
    "danger_now": "no",
    "narrative": "An account pretends to be Mr Hale.",
    "people-0-name": "Morgan Hale",
    "people-0-role": "affected",
    "people-0-connection": "staff",
    "people-1-name": "Ravi Underhill",
    "people-1-role": "alleged",
    "people-1-connection": "pupil",
    "people-1-group_name": "Year 9",
    "happened_on": "yesterday",
    "happened_at": "2.05pm",
    "place": "online_only",
    "platforms": "tiktok",
    "accounts": "@mr.hale.fanpage",
    "child_words": "He said it was only a joke.",
    "immediate_action": "Told the lead.",
    "lead_told": "yes",
}


async def record(browser, new=IMPERSONATION):
    """A report by whoever this browser is signed in as."""
    async with begin(browser.actor) as work:
        return (await record_incident(work, new, SCHOOL)).facts
