"""Recording a person: kept with the first version of their document."""

from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.people.details import SAID, Details, check, tidied
from safeguard.people.documents import person_document
from safeguard.people.person import Person
from safeguard.people.writing import insert
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

LONDON = ZoneInfo("Europe/London")


async def record_person(work: Work, details: Details, profile: Profile) -> Person:
    """Keep a new person; raises `Invalid` with every field that needs another look."""
    work.require(Permission.PERSON_RECORD)
    details = tidied(details)
    if errors := check(details, profile, work.now().astimezone(LONDON).date()):
        raise Invalid(*errors)
    person = _new(work, clock.new_id(), details)
    await insert(work, person)
    work.record("person.recorded", person.id, document=person_document(person))
    return person


def _new(work: Work, identifier: UUID, details: Details) -> Person:
    now = work.now()
    return Person(
        id=identifier, recorded_at=now, changed_at=now, recorded_by=work.actor.user_id,
        recorded_by_name=work.actor.name, has_address=bool(details.address),
        **{name: getattr(details, name) for name in SAID},
    )  # fmt: skip
