"""Correcting what was reported: a new version, with every field that changed shown before and after.

Earlier versions stay as they were committed. Nobody is struck from the record: a person named by mistake is marked as
taken out, and the versions before still show them.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final, cast
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.answering import answered, missing, page_of
from safeguard.incidents.changing import insert_entry, new_entry, open_one, save
from safeguard.incidents.documents import changeable_value
from safeguard.incidents.entering import too_long
from safeguard.incidents.hiding.alone import heed_incident
from safeguard.incidents.identifying import identified
from safeguard.incidents.letting_go import without_handler
from safeguard.incidents.notifying import alleged_staff
from safeguard.incidents.recording import new_person
from safeguard.incidents.reminding import look_at_owed
from safeguard.incidents.reports import NewIncident, NewPerson, check, tidied, tidy
from safeguard.incidents.restricting import writing_of
from safeguard.incidents.story import Answer, Change, Facts, Person
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.report_forms.asked import Asked
from safeguard.work import Work

SAVE_PERSON: Final = """
insert into public.incident_people as n (
    organisation_id, incident_id, id, position, role, kind, connection, name, group_name, notes, removed_at,
    person_id)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (organisation_id, id) do update set role = excluded.role, kind = excluded.kind,
    connection = excluded.connection, name = excluded.name, group_name = excluded.group_name, notes = excluded.notes,
    removed_at = excluded.removed_at
where n.incident_id = excluded.incident_id
"""

_REPORTED = (
    "narrative", "danger_now", "discovered_at", "place", "place_detail", "platforms", "device", "accounts",
    "child_words", "immediate_action", "lead_told",
)  # fmt: skip
_OF_A_PERSON = ("name", "role", "kind", "connection", "group_name", "notes")


async def correct(
    work: Work,
    incident_id: UUID,
    version: int,
    new: NewIncident,
    profile: Profile,
    reason: str = "",
    asked: Asked | None = None,
) -> Facts:
    """Make the record read as `new` says; the four Cs and the like belong to `classify` and stay as they are.

    `asked` is the form that the incident was made with. Without it what it asked, and the answers, stay as they are.
    """
    work.require(Permission.INCIDENT_FOLLOW_UP)
    new, reason = tidied(new), tidy(reason)
    if errors := [*check(new, profile, work.now()), *too_long({"reason": reason})]:
        raise Invalid(*errors)
    story = await open_one(work, incident_id, version)
    people = _people(work, story.people, await identified(work, new.people, profile, story.people))
    fields = _fields(new) | _asked_fields(story.facts, new, profile, asked, work.now())
    changes = (*_changed(story.facts, fields), *_changed_people(story.people, people))
    if not changes:
        raise Conflict("Nothing is different, so nothing was saved.")
    if alleged_staff(people) - alleged_staff(story.people):
        look_at_owed(work, incident_id, story.facts.version)
    if _alleged(people) - _alleged(story.people):
        heed_incident(work, incident_id)
    async with writing_of(work, people):
        for person in people:
            if person not in story.people:
                values = (getattr(person, name) for name in ("id", "position", "role", "kind", *_SAVED_REST))
                await work.driver.execute(SAVE_PERSON, incident_id, *values)
        await insert_entry(work, new_entry(work, incident_id, "correction", reason=reason, changes=changes))
        fields |= await without_handler(work, story.facts)
        return await save(work, story.facts, people, "incident.corrected", **fields)


_SAVED_REST = ("connection", "name", "group_name", "notes", "removed_at", "person_id")


def _alleged(people: Iterable[Person]) -> frozenset[str]:
    """Whom it calls alleged, by name: naming every other lead so keeps them all from it."""
    return frozenset(each.name for each in people if each.role == "alleged" and each.removed_at is None)


def _fields(new: NewIncident) -> dict[str, object]:
    fields: dict[str, object] = {name: getattr(new, name) for name in _REPORTED}
    happened = new.happened
    return fields | {
        "happened_from": happened.from_, "happened_until": happened.until,
        "happened_precision": happened.precision, "happened_words": happened.words,
    }  # fmt: skip


def _asked_fields(
    facts: Facts, new: NewIncident, profile: Profile, asked: Asked | None, now: datetime
) -> dict[str, object]:
    if asked is None:
        return {}
    page = page_of(asked, profile, new.reported_type)
    answers, errors = answered(page, new.answers, now.date(), facts.answers)
    if errors := [*errors, *missing(page, new)]:
        raise Invalid(*errors)
    return {"reported_type": new.reported_type, "answers": answers}


def _changed(facts: Facts, fields: dict[str, object]) -> Iterator[Change]:
    for name, after in fields.items():
        before = getattr(facts, name)
        if name == "answers":
            yield from _changed_answers(facts.answers, cast("tuple[Answer, ...]", after))
        elif before != after:
            yield Change(name, changeable_value(before), changeable_value(after))


def _changed_answers(before: tuple[Answer, ...], after: tuple[Answer, ...]) -> Iterator[Change]:
    was, now = ({answer.code: answer for answer in answers} for answers in (before, after))
    for code in {**was, **now}:
        old, new = was.get(code), now.get(code)
        if (old and old.said) != (new and new.said):
            asked = (new or old or Answer(code, code, "")).asked
            yield Change(f"answers.{asked}", old.said if old else None, new.said if new else None)


def _people(work: Work, before: tuple[Person, ...], wanted: tuple[NewPerson, ...]) -> tuple[Person, ...]:
    """Those there were, changed or taken out, and then those who are new."""
    named = {person.id: person for person in wanted if person.id}
    if unknown := set(named) - {person.id for person in before}:
        raise Invalid(FieldError("people", f"{len(unknown)} of these people do not belong to this incident."))
    after = [_updated(person, named.get(person.id), work.now()) for person in before]
    added = [person for person in wanted if not person.id]
    last = max((person.position for person in before), default=0)
    return (*after, *(new_person(person, position) for position, person in enumerate(added, start=last + 1)))


def _updated(person: Person, wanted: NewPerson | None, now: datetime) -> Person:
    if wanted is None:
        return msgspec.structs.replace(person, removed_at=person.removed_at or now)
    said = {name: getattr(wanted, name) for name in _OF_A_PERSON}
    return msgspec.structs.replace(person, removed_at=None, **said)


def _changed_people(before: tuple[Person, ...], after: tuple[Person, ...]) -> Iterator[Change]:
    known = {person.id: person for person in before}
    for person in after:
        was = known.get(person.id)
        for name in (*_OF_A_PERSON, "removed_at"):
            old, new = getattr(was, name, None), getattr(person, name)
            if (old or None) != (new or None):
                yield Change(f"people.{person.position}.{name}", changeable_value(old), changeable_value(new))
