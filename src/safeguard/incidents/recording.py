"""Recording: a report becomes an incident, its people and its log entry, in one statement and one commit.

A constant statement at the driver's level: the hottest write of the service. The reference is random; should it be
taken already, another is drawn.
"""

from datetime import date, datetime
from typing import Final

import msgspec

from safeguard import clock
from safeguard.access.actors import ActorKind
from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid, Unavailable
from safeguard.incidents.answering import answered, missing, page_of, unanswered
from safeguard.incidents.changing import insert_entry, new_entry
from safeguard.incidents.documents import answers_json, incident_document
from safeguard.incidents.identifying import identified, tie
from safeguard.incidents.reports import NewIncident, NewPerson, check, tidied
from safeguard.incidents.restricting import writing_of
from safeguard.incidents.story import Answer, Entry, Facts, Person, Story
from safeguard.incidents.wording import searchable
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question
from safeguard.tenancy.report_forms.asked import Asked
from safeguard.tenancy.report_forms.reading import read_asked
from safeguard.work import Work

RECORD: Final = """
with incident as (
    insert into public.incidents (
        organisation_id, id, reference, risk, recorded_at, recorded_by, recorded_by_name, happened_from,
        happened_until, happened_precision, happened_words, discovered_at, place, place_detail, platforms, device,
        accounts, four_c, risk_areas, issue_types, narrative, child_words, immediate_action, danger_now, lead_told,
        reported_type, form_version, answers, last_activity_at, tsv)
    values (
        (select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
        $27::jsonb, $4, to_tsvector('pg_catalog.english', $28) || to_tsvector('pg_catalog.simple', $29))
    on conflict (organisation_id, reference) do nothing
    returning organisation_id, id
), people as (
    insert into public.incident_people (
        organisation_id, incident_id, id, position, role, kind, connection, name, group_name, notes)
    select incident.organisation_id, incident.id, p.*
    from incident, unnest($30::uuid[], $31::integer[], $32::text[], $33::text[], $34::text[], $35::text[],
                          $36::text[], $37::text[]) p
)
select id from incident
"""

RECORDING: Final = "select set_config('safeguard.recording', $1, true)"
"""Whoever writes by the public page reads no incident but the one that they are recording: see 86_visitors.sql."""

TRIES = 5
SAID_IN_DANGER: Final = "Whoever reported this said that somebody is in danger now."
STILL_TO_ASK: Final = "Not answered yet, so that nothing was delayed:"
SOUNDS_IN_DANGER: Final = "By its words somebody may be in danger. Nobody has looked at it yet."


async def record_incident(
    work: Work,
    new: NewIncident,
    profile: Profile,
    asked: Asked | None = None,
    *,
    strict: bool | None = None,
    came: datetime | None = None,
    urgent: bool = False,
) -> Story:
    """Keep a report; raises `Invalid` with every field that needs another look.

    With `asked` it must answer what that form requires, unless somebody is in danger now: then what happened is enough,
    and the story names what has still to be asked. Without one (the public page, another room) the organisation's
    form is read only where the report answers some of its questions. `strict` tells a program of an answer to a
    question that nobody asks; a page may have asked more before another type was chosen. `came` is when it was sent,
    where it was held back before this: from then every time limit runs. `urgent`: its words say that somebody may be
    in danger, whatever was answered.
    """
    work.require(Permission.INCIDENT_RECORD)
    new, at = tidied(new), came or work.now()  # before the people whom it adds: they are here because of it
    form = asked or (await read_asked(work, profile) if new.answers else None)
    answers, errors = _answers(
        new, profile, form, work.now().date(), strict=asked is None if strict is None else strict
    )
    page = page_of(asked, profile, new.reported_type) if asked else None
    if page and not new.danger_now:
        errors += missing(page, new)
    if errors := (*check(new, profile, work.now()), *errors):
        raise Invalid(*errors)
    known = await identified(work, new.people, profile)
    people = tuple(new_person(person, position) for position, person in enumerate(known, start=1))
    for _ in range(TRIES):
        facts = msgspec.structs.replace(
            facts_of(work, new, at, urgent=urgent), answers=answers, form_version=form and form.number
        )
        if work.actor.kind is ActorKind.PUBLIC:
            await work.driver.execute(RECORDING, str(facts.id))
        async with writing_of(work, people):
            if await work.driver.fetchval(RECORD, *values_of(facts, people)):
                await tie(work, people)
                work.record("incident.recorded", facts.id, document=incident_document(facts, people))
                left = unanswered(page, new) if page else ()
                return Story(facts, people, await _said_in_danger(work, facts, left))
    raise Unavailable  # five random references in a row were taken: the source of chance is broken


async def _said_in_danger(work: Work, facts: Facts, left: tuple[Question, ...]) -> tuple[Entry, ...]:
    """Why this counts as an emergency before anybody looked at it: an entry, at the moment of the report.

    What the form requires and nobody was kept waiting for is named in it, so that whoever handles it can ask.
    """
    if facts.risk != "emergency":
        return ()
    reason = SAID_IN_DANGER if facts.danger_now else SOUNDS_IN_DANGER
    if left:
        reason = f"{reason} {STILL_TO_ASK} {' · '.join(question.label for question in left)}"
    entry = new_entry(
        work, facts.id, "risk_change", written_at=facts.recorded_at, reason=reason,
        risk_before="unassessed", risk_after=facts.risk,
    )  # fmt: skip
    return (await insert_entry(work, entry),)


def _answers(
    new: NewIncident, profile: Profile, form: Asked | None, today: date, *, strict: bool
) -> tuple[tuple[Answer, ...], list[FieldError]]:
    if form is None:
        return (), []
    return answered(page_of(form, profile, new.reported_type), new.answers, today, strict=strict)


def new_person(person: NewPerson, position: int) -> Person:
    """A person of a report, as they stand in the incident."""
    return Person(
        id=clock.new_id(), position=position, role=person.role, kind=person.kind, connection=person.connection,
        name=person.name, group_name=person.group_name, notes=person.notes, person_id=person.person_id,
    )  # fmt: skip


def facts_of(work: Work, new: NewIncident, at: datetime | None = None, *, urgent: bool = False) -> Facts:
    """A report as the incident it begins: new ids, recorded now or at `at`, not yet looked at by anybody."""
    now = at or work.now()
    return Facts(
        id=clock.new_id(), reference=clock.new_reference(), recorded_at=now, last_activity_at=now,
        recorded_by=work.actor.user_id, recorded_by_name=work.actor.name,
        # Danger said by whoever is there stands until a lead has looked, so that it sorts first everywhere.
        risk="emergency" if new.danger_now or urgent else "unassessed",
        happened_from=new.happened.from_, happened_until=new.happened.until,
        happened_precision=new.happened.precision, happened_words=new.happened.words,
        discovered_at=new.discovered_at, place=new.place, place_detail=new.place_detail, platforms=new.platforms,
        device=new.device, accounts=new.accounts, four_c=new.four_c, risk_areas=new.risk_areas,
        issue_types=new.issue_types, narrative=new.narrative, child_words=new.child_words,
        immediate_action=new.immediate_action, danger_now=new.danger_now, lead_told=new.lead_told,
        reported_type=new.reported_type,
    )  # fmt: skip


def values_of(facts: Facts, people: tuple[Person, ...]) -> tuple[object, ...]:
    """What `RECORD` takes, in its order."""
    f = facts
    return (
        f.id, f.reference, f.risk, f.recorded_at, f.recorded_by, f.recorded_by_name, f.happened_from,
        f.happened_until, f.happened_precision, f.happened_words, f.discovered_at, f.place, f.place_detail,
        f.platforms, f.device, f.accounts, f.four_c, f.risk_areas, f.issue_types, f.narrative, f.child_words,
        f.immediate_action, f.danger_now, f.lead_told, f.reported_type, f.form_version,
        answers_json(f.answers), *searchable(facts, people), *_columns(people),
    )  # fmt: skip


def _columns(people: tuple[Person, ...]) -> tuple[list[object], ...]:
    names = ("id", "position", "role", "kind", "connection", "name", "group_name", "notes")
    return tuple([getattr(person, name) for person in people] for name in names)
