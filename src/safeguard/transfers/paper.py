"""A person's file as a document to read (PDF/A-3b, PDF/UA-1), and the sheet with a slip that goes with it on paper."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from anyio import to_thread

from safeguard import __version__
from safeguard.evidence.report.saying import day, minute
from safeguard.evidence.report.setting import set_pages
from safeguard.evidence.report.visible import visible_all
from safeguard.tenancy.profile import Profile
from safeguard.transfers.file import Contact, Entry, Incident, Part, PersonFile, Subject
from safeguard.transfers.queries import Transfer
from safeguard.transfers.saying import referral_accounts, truth, words_of
from safeguard.transfers.wording import PARTS, entry_kind, said

PATIENCE: Final = 60.0
NOTHING_ASKED: Final[Mapping[UUID, Mapping[str, str]]] = MappingProxyType({})


class Named(Protocol):
    """A choice of a profile."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...


async def file_pdf(
    file: PersonFile, zone: ZoneInfo, profile: Profile, asked: Mapping[UUID, Mapping[str, str]] = NOTHING_ASKED
) -> bytes:
    """The whole file, the oldest incident first; raises `Unavailable`.

    `asked` are the questions of the form that each incident was made with, by the field that answers them.
    """
    data: dict[str, Any] = {
        "title": "A person's file", "organisation": file.sender.name, "as_of": minute(file.made_at, zone),
        "zone": str(zone), "release": __version__, "name": file.person.name,
        "facts": _rows(
            ("For", file.recipient), ("From", f"{file.sender.name} {file.sender.urn}".strip()),
            ("Contact", ", ".join(filter(None, (file.sender.contact, file.sender.role, file.sender.telephone)))),
            ("Why it is sent", file.basis), ("Incidents", str(len(file.incidents))),
            ("Attached files", str(len(file.attachments))), ("Number of this file", str(file.bundle)),
        ),
        "left": [{"label": one.what, "value": one.why} for one in file.left_out],
        "person": _rows(*_person(file.person)),
        "contacts": [{"label": one.name, "value": _contact(one)} for one in file.person.contacts],
        "notes": file.person.notes,
        "disagreements": [
            {"label": f"{one.by_name}, {minute(one.written_at, zone)}",
             "words": f"{one.words}\n\nAnswer: {one.answer}" if one.answer else one.words}
            for one in file.disagreements
        ],
        "incidents": [_incident(one, zone, profile, asked.get(one.id, {})) for one in file.incidents],
    }  # fmt: skip
    return await to_thread.run_sync(set_pages, "transfer", visible_all(data), file.made_at, PATIENCE)


async def sheet_pdf(transfer: Transfer, organisation: str, zone: ZoneInfo, at: datetime) -> bytes:
    """The sheet on top of a file on paper, and the slip that comes back signed; raises `Unavailable`."""
    data: dict[str, Any] = {
        "title": "A file is handed over", "organisation": organisation, "as_of": minute(at, zone), "zone": str(zone),
        "release": __version__, "number": str(transfer.id), "recipient": transfer.recipient,
        "facts": _rows(
            ("To", ", ".join(filter(None, (transfer.recipient_person, transfer.recipient)))), ("From", organisation),
            ("Sent by", transfer.sent_by_name), ("Sent", minute(transfer.sent_at, zone)),
            ("In it", f"{transfer.incident_count} incidents, {transfer.file_count} attached files"),
            ("Receipt due by", day(transfer.due_on) if transfer.due_on else ""),
            ("Number of this file", str(transfer.id)), ("SHA-256 of the file", transfer.sha256.hex()),
        ),
    }  # fmt: skip
    return await to_thread.run_sync(set_pages, "transfer_sheet", visible_all(data), at, PATIENCE)


def _rows(*rows: tuple[str, str]) -> list[dict[str, str]]:
    return [{"label": label, "value": value} for label, value in rows if value]


def _person(one: Subject) -> Iterator[tuple[str, str]]:
    yield "Name", one.name
    yield "Known as", one.known_as
    yield "Former names", ", ".join(one.former_names)
    yield "Born", day(one.born_on) if one.born_on else ""
    yield "Was here as", said(one.connection) if one.connection else ""
    yield "Group", one.group_name
    yield "Flags", ", ".join(map(said, one.flags))
    yield "Address", one.address
    for number in one.identifiers:
        yield said(number.kind), number.value


def _contact(one: Contact) -> str:
    told = [said(one.relation), one.phone, one.email, one.notes]
    told += ["holds parental responsibility"] if one.responsibility else []
    return ", ".join(filter(None, (*(["DO NOT CONTACT"] if one.no_contact else []), *told)))


def _incident(one: Incident, zone: ZoneInfo, profile: Profile, asked: Mapping[str, str]) -> dict[str, Any]:
    closing = one.closing
    passages = [
        (asked.get("narrative", "What happened"), one.narrative),
        (asked.get("child_words", "In their own words"), one.child_words),
        (asked.get("immediate_action", "Done at once"), one.immediate_action),
        ("Accounts", one.accounts), ("Where, in words", one.place_detail),
        ("Parents or carers", one.parents_reason),
        *((each.asked or said(each.code), each.said) for each in one.answers),
        *([("Summary", closing.summary), ("How it was followed up", closing.follow_up),
           ("Decision, and why", closing.decision), ("Outcome", closing.outcome)] if closing else []),
    ]  # fmt: skip
    told = [_entry(each, zone, profile, asked) for each in one.entries]
    told += [{"label": each.heading(zone), "words": each.words} for each in referral_accounts(one)]
    return {
        "title": f"{one.reference} · {day(one.recorded_at.astimezone(zone))}",
        "facts": _rows(*_facts(one, zone, profile)),
        "passages": [{"label": label, "words": words} for label, words in passages if words],
        "entries": told, "files": [f"{each.name} ({each.path})" for each in one.attachments],
    }  # fmt: skip


def _facts(one: Incident, zone: ZoneInfo, profile: Profile) -> Iterator[tuple[str, str]]:
    yield "Recorded", f"{minute(one.recorded_at, zone)}, {one.recorded_by}".strip(", ")
    until = f" until {_moment(one.happened_until, zone)}" if one.happened_until else ""
    yield "Happened", one.happened_words or f"{_moment(one.happened_from, zone)}{until}"
    yield "Discovered", _moment(one.discovered_at, zone)
    yield "Danger at that time", truth(one.danger_now)
    yield "Lead told at once", truth(one.lead_told)
    yield "Read by those who handle it", _moment(one.acknowledged_at, zone)
    yield "Taken over from elsewhere", _moment(one.imported_at, zone)
    yield "About", _names(profile.issues, one.issue_types)
    yield "Reported as", _names(profile.reported, (one.reported_type,))
    yield "Area of risk", _names(profile.areas, one.four_c)
    yield "Risk areas", _names(profile.risk_areas, one.risk_areas)
    yield "Place", _names(profile.places, (one.place,))
    yield "Platforms", _names(profile.platforms, one.platforms)
    yield "Device", _names(profile.devices, (one.device,))
    yield "Parents or carers informed", said(one.parents_informed) if one.parents_informed != "not_said" else ""
    yield "Risk", said(one.risk)
    yield "State", said(one.state)
    yield "Closed", _moment(one.closing.closed_at, zone) if one.closing else ""
    yield "People", "\n".join(_part(each, profile) for each in one.people)


def _names(known: Mapping[str, Named], codes: Iterable[str]) -> str:
    return ", ".join(known[code].name if code in known else said(code) for code in codes if code)


def _part(one: Part, profile: Profile) -> str:
    told = (
        PARTS[one.role].lower(),
        _names(profile.connections, (one.connection,)),
        one.group_name,
        f"how it ended: {_names(profile.person_outcomes, (one.result,))}" if one.result else "",
    )
    return f"{one.name}: {', '.join(filter(None, told))}" + (f" ({one.notes})" if one.notes else "")


def _entry(one: Entry, zone: ZoneInfo, profile: Profile, asked: Mapping[str, str]) -> dict[str, str]:
    label = f"{entry_kind(one.kind)}, {minute(one.written_at, zone)}, {one.author}".rstrip(", ")
    ended = {code: choice.name for code, choice in profile.person_outcomes.items()}
    return {"label": label, "words": words_of(one, zone, ended, asked)}


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return minute(at, zone) if at else ""
