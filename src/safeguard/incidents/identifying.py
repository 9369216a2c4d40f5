"""Saying who the people of an incident are among those whom the organisation knows.

The name stays as it was written, and so does everybody's own part: tying a second child copies nothing from the first.
One person has one part in an incident. Who may not look into the list of people cannot tie anybody either, and learns
nothing of who is in it: leads do that afterwards.
"""

from collections.abc import Iterable, Mapping
from typing import Final, cast
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents.changing import locked, save
from safeguard.incidents.letting_go import without_handler
from safeguard.incidents.reports import NewPerson
from safeguard.incidents.restricting import writing_of
from safeguard.incidents.story import Facts, Person
from safeguard.people.details import Details
from safeguard.people.finding import roots_of
from safeguard.people.person import Kind
from safeguard.people.recording import record_person
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

TIE: Final = """
update public.incident_people n set person_id = t.person_id
from unnest($1::uuid[], $2::uuid[]) t (id, person_id)
where n.organisation_id = (select sec.current_organisation()) and n.id = t.id
"""

NOT_YOURS: Final = "Write the name. A lead says who it is in the list of people."
NOT_THERE: Final = "This person is not in the list of people any more. Look them up again."
TWICE: Final = "This person is here already. Give one part, and write what else they did in the notes or the account."
KIND_NEEDED: Final = "Say how they belong here: that tells a child from an adult."


async def identified(
    work: Work, people: tuple[NewPerson, ...], profile: Profile, already: Iterable[Person] = ()
) -> tuple[NewPerson, ...]:
    """The people of a report with the records that they mean today; those to be added are added.

    `already` are those whom the incident has. Raises `Invalid` for somebody who is not there, or is there twice.
    """
    if not any(person.person_id or person.add for person in people):
        return people
    if not work.may(Permission.PERSON_READ):
        numbers = (number for number, person in enumerate(people) if person.person_id or person.add)
        raise Invalid(*(FieldError(f"people.{number}.name", NOT_YOURS) for number in numbers))
    present = [person.person_id for person in already if person.person_id and person.removed_at is None]
    asked = [person.person_id for person in people if person.person_id]
    roots = await roots_of(work, [*asked, *present])
    if errors := _wrong(people, roots, {roots.get(identifier, identifier) for identifier in present}):
        raise Invalid(*errors)
    return tuple([await _known(work, person, roots, profile, number) for number, person in enumerate(people)])


def _wrong(people: tuple[NewPerson, ...], roots: dict[UUID, UUID], present: set[UUID]) -> list[FieldError]:
    errors: list[FieldError] = []
    for number, person in enumerate(people):
        if person.person_id is None or person.id is not None:  # whoever is in it already is tied on a page of their own
            if person.add and person.kind == "unknown":
                errors.append(FieldError(f"people.{number}.connection", KIND_NEEDED))
            continue
        root = roots.get(person.person_id)
        if root is None or root in present:
            errors.append(FieldError(f"people.{number}.name", TWICE if root else NOT_THERE))
        else:
            present.add(root)
    return errors


async def _known(work: Work, person: NewPerson, roots: dict[UUID, UUID], profile: Profile, number: int) -> NewPerson:
    if person.person_id:
        return msgspec.structs.replace(person, person_id=roots.get(person.person_id))
    if not person.add:
        return person
    try:
        added = await record_person(work, details_of(person), profile)
    except Invalid as refusal:
        raise Invalid(*(FieldError(f"people.{number}.name", error.message) for error in refusal.errors)) from None
    return msgspec.structs.replace(person, person_id=added.id)


def details_of(person: NewPerson | Person) -> Details:
    """What a report tells of somebody: the last word of a name is the family name."""
    given, _, family = person.name.strip().rpartition(" ")
    return Details(
        kind=cast("Kind", person.kind), given_name=given or family, family_name=family if given else "",
        connection=person.connection, group_name=person.group_name,
    )  # fmt: skip


async def tie(work: Work, people: Iterable[Person]) -> None:
    """Keep which record each of these is, for those of whom it was said."""
    tied = [person for person in people if person.person_id]
    if tied:
        await work.driver.execute(TIE, [person.id for person in tied], [person.person_id for person in tied])


async def identify(work: Work, incident_id: UUID, someone_id: UUID, version: int, person_id: UUID | None) -> Facts:
    """Tie somebody of an incident to a person, or untie them; raises `NotFound`, `Conflict`.

    Also when it is closed: who somebody is may turn out late, and a chronology has to be whole.
    """
    return await identify_several(work, incident_id, version, {someone_id: person_id})


async def identify_several(work: Work, incident_id: UUID, version: int, said: Mapping[UUID, UUID | None]) -> Facts:
    """Say of several people of an incident who they are, as one version; raises as `identify` does."""
    work.require(Permission.INCIDENT_FOLLOW_UP)
    work.require(Permission.PERSON_READ)
    story = await locked(work, incident_id, version)
    before = {person.id: person for person in story.present}
    if not said.keys() <= before.keys():
        raise NotFound
    after = await _tied(work, before, said)
    if after == before:
        raise Conflict("Nothing is different, so nothing was saved.")
    people = tuple(after.get(person.id, person) for person in story.people)
    async with writing_of(work, people):
        await work.driver.execute(TIE, [*said], [after[someone].person_id for someone in said])
        changed = await without_handler(work, story.facts) if story.facts.state != "closed" else {}
        return await save(work, story.facts, people, "incident.linked", **changed)


async def _tied(work: Work, before: Mapping[UUID, Person], said: Mapping[UUID, UUID | None]) -> dict[UUID, Person]:
    others = [one.person_id for one in before.values() if one.person_id and one.id not in said]
    asked = [person_id for person_id in said.values() if person_id]
    roots = await roots_of(work, [*asked, *others])
    if any(person_id not in roots for person_id in asked):
        raise NotFound
    meant = [roots[person_id] for person_id in asked] + [roots.get(other, other) for other in others]
    if len(set(meant)) < len(meant):
        raise Conflict(TWICE)
    tied = {someone: person_id and roots[person_id] for someone, person_id in said.items()}
    return {
        one.id: msgspec.structs.replace(one, person_id=tied[one.id]) if one.id in tied else one
        for one in before.values()
    }
