"""Reports for tests: synthetic, of the kinds that the helpline's public reports describe."""

from datetime import UTC, datetime

from safeguard.incidents.entering import NewEntry
from safeguard.incidents.reports import Happened, NewIncident, NewPerson
from safeguard.tenancy.profiles import profile_of

SCHOOL = profile_of("school")

IMPERSONATION = NewIncident(
    narrative="An account that pretends to be a science teacher posts abusive comments about pupils.",
    people=(
        NewPerson(name="Morgan Hale", role="affected", kind="adult", connection="staff"),
        NewPerson(name="Ravi Underhill", role="alleged", kind="child", connection="pupil", group_name="Year 9"),
        NewPerson(name="Ana Brook", role="witness", kind="child", connection="pupil", group_name="Year 9"),
    ),
    happened=Happened(precision="about", words="one evening last week"),
    platforms=("tiktok",),
    accounts="@mr.hale.fanpage",
    immediate_action="Asked the pupils who saw it to write down what they saw.",
)

SHORT = NewIncident(narrative="Something happened on the bus.")

NOTE = NewEntry(words="Spoke with the form tutor.")
DECISION = NewEntry(kind="decision", words="Considered a referral and did not make one.", reason="No sign of harm.")
ACTION = NewEntry(
    kind="action",
    words="Report the account to the platform.",
    owner_name="Sam Oakes",
    due_on=datetime.now(UTC).date(),
)
CONTACT = NewEntry(kind="contact", words="They will log it.", contact="police", contact_reference="CRN-0042")
