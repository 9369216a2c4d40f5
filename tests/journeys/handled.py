"""What a lead writes into one incident of the town: a plan, an outcome, who knows, an awaited answer, a link."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.incidents.adding import add_entry
from safeguard.incidents.assigning import assign
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.queries import read_incident
from safeguard.incidents.story import Story
from safeguard.work import begin


@dataclass(frozen=True, slots=True)
class Handled:
    """Entries that pages of their own close or revise."""

    contact: UUID
    link: UUID
    plan: UUID


async def handle(lead: Actor, story: Story, other: Story) -> Handled:
    """Write it all."""
    today = datetime.now(UTC).date()
    affected, alleged = story.people[0].id, story.people[1].id
    later, before = today + timedelta(days=30), today - timedelta(days=2)
    entries = (
        NewEntry(kind="contact", words="Referred by phone.", contact="social_care", contact_name="Duty worker",
                 contact_reference="MASH 4471", awaits_answer=True, due_on=before),
        NewEntry(kind="link", linked_id=other.facts.id, words="The same account."),
        NewEntry(kind="plan", person_id=alleged, due_on=later, words="A tutor each morning; phone left at home."),
        NewEntry(kind="support", person_id=affected, words="Cover for two days, and a talk with occupational health."),
        NewEntry(kind="person_outcome", person_id=affected, result="supported", words="Back to a full timetable."),
        NewEntry(kind="decision", words="We rang for advice.", reason="No threat, and he does not want it.",
                 referral="not_made", contact="police"),
        NewEntry(kind="informing", contact="parents", informed="yes", contact_name="His mother", person_id=alleged),
        NewEntry(kind="informing", contact="social_worker", informed="no", reason="Asked us to wait until Friday.",
                 person_id=alleged),
        NewEntry(kind="lesson", words="Nobody knew where to report an account.", controls=("L12", "M5")),
        NewEntry(kind="review", words="The first hour went well.", attendees="Head\nLead\nChair of governors"),
    )  # fmt: skip
    made: list[UUID] = []
    for entry in entries:
        async with begin(lead) as work:
            made.append((await add_entry(work, story.facts.id, entry)).id)
    async with begin(lead) as work:
        facts = (await read_incident(work, story.facts.id)).facts
        await assign(work, facts.id, facts.version, lead.user_id, "You know the family.")
    return Handled(made[0], made[1], made[2])
