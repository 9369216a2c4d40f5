"""A person's file as a document to read (PDF/A-3b, PDF/UA-1), and the sheet with a slip that goes with it on paper."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from anyio import to_thread

from safeguard import __version__
from safeguard.evidence.report.saying import day, minute
from safeguard.evidence.report.setting import set_pages
from safeguard.evidence.report.visible import visible_all
from safeguard.tenancy.profile import Profile
from safeguard.transfers.file import Contact, Entry, Incident, Part, PersonFile, Subject
from safeguard.transfers.queries import Transfer
from safeguard.transfers.wording import PARTS, entry_kind, said

PATIENCE: Final = 60.0


async def file_pdf(file: PersonFile, zone: ZoneInfo, profile: Profile) -> bytes:
    """The whole file, the oldest incident first; raises `Unavailable`."""
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
        "incidents": [_incident(one, zone, profile) for one in file.incidents],
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
    yield "Group", one.group_name
    yield "Flags", ", ".join(map(said, one.flags))
    yield "Address", one.address
    for number in one.identifiers:
        yield said(number.kind), number.value


def _contact(one: Contact) -> str:
    told = [said(one.relation), one.phone, one.email, one.notes]
    told += ["holds parental responsibility"] if one.responsibility else []
    return ", ".join(filter(None, (*(["DO NOT CONTACT"] if one.no_contact else []), *told)))


def _incident(one: Incident, zone: ZoneInfo, profile: Profile) -> dict[str, Any]:
    kinds = [profile.issues[code].name if code in profile.issues else said(code) for code in one.issue_types]
    closing = one.closing
    passages = [
        ("What happened", one.narrative), ("In their own words", one.child_words),
        ("Done at once", one.immediate_action), ("Accounts", one.accounts), ("Place", one.place_detail),
        ("Parents or carers", one.parents_reason),
        *([("Summary", closing.summary), ("How it was followed up", closing.follow_up),
           ("Decision, and why", closing.decision), ("Outcome", closing.outcome)] if closing else []),
    ]  # fmt: skip
    return {
        "title": f"{one.reference} · {day(one.recorded_at.astimezone(zone))}",
        "facts": _rows(
            ("Recorded", f"{minute(one.recorded_at, zone)}, {one.recorded_by}".strip(", ")),
            ("Happened", one.happened_words or _moment(one.happened_from, zone)), ("About", ", ".join(kinds)),
            ("Risk", said(one.risk)), ("State", said(one.state)), ("People", "\n".join(map(_part, one.people))),
        ),
        "passages": [{"label": label, "words": words} for label, words in passages if words],
        "entries": [_entry(each, zone) for each in one.entries],
        "files": [f"{each.name} ({each.path})" for each in one.attachments],
    }  # fmt: skip


def _part(one: Part) -> str:
    return f"{one.name}: {PARTS[one.role].lower()}{', ' + one.group_name if one.group_name else ''}" + (
        f" ({one.notes})" if one.notes else ""
    )


def _entry(one: Entry, zone: ZoneInfo) -> dict[str, str]:
    label = f"{entry_kind(one.kind)}, {minute(one.written_at, zone)}, {one.author}".rstrip(", ")
    return {"label": label, "words": words_of(one)}


def words_of(one: Entry) -> str:
    """Everything that an entry says, a line for each part."""
    named = (
        ("", one.words), ("About: ", one.about), ("Why: ", one.reason), ("Follow-up: ", one.follow_up),
        ("Decision: ", one.decision), ("Outcome: ", one.outcome), ("Due: ", _day(one.due_on)),
        ("Done: ", _day(one.done_at)),
    )  # fmt: skip
    return "\n".join(f"{label}{words}" for label, words in named if words) or "-"


def _day(value: date | None) -> str:
    return day(value) if value else ""


def _moment(at: datetime | None, zone: ZoneInfo) -> str:
    return minute(at, zone) if at else ""
