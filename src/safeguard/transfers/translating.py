"""What a file says, in this organisation's codes; what has none stands as words, so that nothing is lost."""

from collections.abc import Iterator
from typing import Final

import msgspec

from safeguard.incidents.reports import WORDS_LIMIT, Happened, NewIncident, NewPerson, tidied
from safeguard.people.details import Details
from safeguard.people.person import Contact, Identifier
from safeguard.tenancy.profile import Profile
from safeguard.transfers.adding import told_with
from safeguard.transfers.file import Contact as Told
from safeguard.transfers.file import Incident, PersonFile
from safeguard.transfers.saying import UNIVERSAL, Account, moment, referral_accounts, truth, words_of
from safeguard.transfers.wording import entry_kind, said

MOST_PEOPLE: Final = 30
NOTES, MOST_WITH_IT = 20_000, 10_000
"""Of a person's notes; and of what is said there of the file itself."""


def details_of(file: PersonFile, profile: Profile) -> Details:
    """What is said of the person, in this organisation's codes; what has none stands in the notes."""
    one, strange = file.person, list[str]()
    identifiers = [Identifier(kind=each.kind, value=each.value) for each in one.identifiers]
    strange += [
        f"{said(each.kind)}: {each.value}" for each in identifiers if each.kind not in profile.person_identifiers
    ]
    strange += [f"Was there as: {said(one.connection)}"] if one.connection not in ("", *profile.connections) else []
    strange += [said(flag) for flag in one.flags if flag not in profile.person_flags]
    notes = "\n".join(filter(None, (one.notes, *(f"At {file.sender.name}: {each}" for each in strange))))
    with_it = "\n".join(told_with(file))[:MOST_WITH_IT]
    notes = "\n".join(filter(None, (notes[: NOTES - len(with_it) - 1], with_it)))
    return Details(
        kind=one.kind, given_name=one.given_name[:200], family_name=one.family_name[:200],
        known_as=one.known_as[:200], former_names=tuple(name[:200] for name in one.former_names),
        born_on=one.born_on, connection=one.connection if one.connection in profile.connections else None,
        address=one.address[:1000], notes=notes,
        identifiers=tuple(each for each in identifiers if each.kind in profile.person_identifiers),
        flags=tuple(flag for flag in one.flags if flag in profile.person_flags),
        contacts=tuple(_contact(told, profile) for told in one.contacts),
    )  # fmt: skip


def _contact(told: Told, profile: Profile) -> Contact:
    known = told.relation if told.relation in profile.relations else "other"
    return Contact(
        name=told.name[:200], relation=known, phone=told.phone[:200], email=told.email[:200],
        responsibility=told.responsibility, no_contact=told.no_contact, notes=told.notes[:2000],
    )  # fmt: skip


def report_of(incident: Incident, profile: Profile) -> tuple[NewIncident, str]:
    """The report in this organisation's codes, and what has no place in it."""
    known = {
        "platforms": profile.platforms, "four_c": profile.areas, "risk_areas": profile.risk_areas,
        "issue_types": profile.issues,
    }  # fmt: skip
    codes = {name: tuple(code for code in getattr(incident, name) if code in there) for name, there in known.items()}
    strange = [said(code) for name, there in known.items() for code in getattr(incident, name) if code not in there]
    long = {name: getattr(incident, name) for name in ("child_words", "immediate_action", "accounts", "place_detail")}
    rest = [f"Number there: {incident.reference}", f"Risk there: {said(incident.risk)}"]
    rest += [f"Also said there: {', '.join(strange)}"] if strange else []
    rest += [f"{said(name)}, the rest: {words[WORDS_LIMIT:]}" for name, words in long.items() if words[WORDS_LIMIT:]]
    rest += list(_told_there(incident))
    rest += [f"Also in it: {one.name} ({one.role})" for one in incident.people[MOST_PEOPLE:]]
    if incident.closing:
        rest += [
            f"{said(name)}: {words}" for name in ("summary", "decision") if (words := getattr(incident.closing, name))
        ]
    report = NewIncident(
        narrative=incident.narrative or "The file says nothing of what happened.",
        happened=Happened(
            precision=incident.happened_precision if incident.happened_from else "unknown",
            from_=incident.happened_from, until=incident.happened_until, words=incident.happened_words,
        ),
        place=incident.place if incident.place in profile.places else None,
        device=incident.device if incident.device in profile.devices else None,
        danger_now=incident.danger_now, lead_told=incident.lead_told, discovered_at=incident.discovered_at,
        people=tuple(
            NewPerson(
                name=one.name, role=one.role, kind=one.kind, group_name=one.group_name[:500], notes=one.notes,
                connection=one.connection if one.connection in profile.connections else None,
            )
            for one in incident.people[:MOST_PEOPLE]
        ),
    )  # fmt: skip
    report = msgspec.structs.replace(report, **{name: words[:WORDS_LIMIT] for name, words in long.items()}, **codes)
    return _placed(tidied(report), report), "\n".join(rest)


def _told_there(incident: Incident) -> Iterator[str]:
    """What of an incident has no field of its own where it is taken over."""
    informed = incident.parents_informed not in ("", "not_said")
    if informed or incident.parents_reason:
        yield f"Parents: {incident.parents_informed} {incident.parents_reason}".rstrip()
    plain = (
        ("Reported there as", said(incident.reported_type)),
        ("Read there", moment(incident.acknowledged_at, UNIVERSAL)),
        ("Had come there from elsewhere", moment(incident.imported_at, UNIVERSAL)),
        ("Discovered", moment(incident.discovered_at, UNIVERSAL)),
        ("Danger at that time", truth(incident.danger_now)), ("Lead told at once", truth(incident.lead_told)),
    )  # fmt: skip
    yield from (f"{label}: {words}" for label, words in plain if words)
    yield from (f"{one.asked or said(one.code)}: {one.said}" for one in incident.answers)
    for one in incident.people:
        if one.result:
            yield f"How it ended for {one.name}: {said(one.result)}"
        if one.connection:
            yield f"{one.name} was there as: {said(one.connection)}"


def _placed(tidy: NewIncident, before: NewIncident) -> NewIncident:
    """Nobody is left out as saying nothing: their place in the list ties them to the person."""
    return msgspec.structs.replace(tidy, people=before.people)


def subject_first(incident: Incident) -> Incident:
    """The same with the person whose file it is on top, so that they are among those who are taken over."""
    return msgspec.structs.replace(incident, people=tuple(sorted(incident.people, key=lambda one: not one.subject)))


def accounts_of(incident: Incident) -> list[Account]:
    """Everything that was added to it there, each with its author and moment, in the order in which it was."""
    entries = [Account(entry_kind(one.kind), one.written_at, one.author, words_of(one)) for one in incident.entries]
    return sorted((*entries, *referral_accounts(incident)), key=lambda one: one.at)
