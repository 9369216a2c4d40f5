"""What an entry and a referral of a file say, in words: on paper, and in the notes where a file is taken over.

Where it is taken over nobody knows the sender's time zone or what its codes are called there: times are then told in
UTC, and a code that is not one of ours as it came.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from safeguard.evidence.report.saying import day, minute
from safeguard.incidents.entry_kinds import CONTACTS, INFORMED, KNOWERS, REFERRALS
from safeguard.transfers.file import Entry, Incident, Referral, Step
from safeguard.transfers.wording import said

UNIVERSAL: Final = ZoneInfo("UTC")
SIDES: Final = {"out": "To the helpline", "in": "From the helpline"}


def words_of(
    one: Entry, zone: ZoneInfo = UNIVERSAL, ended: Mapping[str, str] = {}, asked: Mapping[str, str] = {}
) -> str:
    """Everything that an entry says, a line for each part; `ended` are the sender's words for how something ended, and
    `asked` the questions that fields answer, as they were put."""
    return "\n".join(f"{label}{words}" for label, words in _lines(one, zone, ended, asked) if words) or "-"


def _lines(one: Entry, zone: ZoneInfo, ended: Mapping[str, str], asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    who = KNOWERS if one.kind == "informing" else CONTACTS
    yield "", one.words
    yield "About: ", one.about or one.person
    yield "How it ended: ", ended.get(one.result) or (said(one.result) if one.result else "")
    yield "Referral: ", _called(REFERRALS, one.referral)
    yield "With: " if one.kind == "contact" else "Whom: ", _called(who, one.contact)
    yield "Name: ", one.contact_name
    yield "Informed: ", _called(INFORMED, one.informed)
    yield "Reference: ", one.contact_reference
    yield "Who does it: ", one.owner
    yield "Who took part: ", one.attendees
    yield "Took place: ", moment(one.took_place_at, zone)
    yield "Risk: ", f"{said(one.risk_before)} to {said(one.risk_after).lower()}" if one.risk_after else ""
    for each in one.changes:
        field = asked.get(each.field) or said(each.field.replace(".", " "))
        yield f"{field}: ", f"{each.before or '-'} became {each.after or '-'}"
    yield "Why: ", one.reason
    yield "Follow-up: ", one.follow_up
    yield "Decision: ", one.decision
    yield "Outcome: ", one.outcome
    yield "Shown by: ", one.proof
    yield "Answer awaited: ", "yes" if one.awaits_answer and one.done_at is None else ""
    yield "Due: ", _day(one.due_on)
    yield "Done: ", _day(one.done_at)


@dataclass(frozen=True, slots=True)
class Account:
    """A referral, or one step of it, as something that was written at a moment."""

    label: str
    at: datetime
    author: str
    words: str

    @property
    def told(self) -> str:
        """What it is, and what it says."""
        return f"{self.label}: {self.words}"

    def heading(self, zone: ZoneInfo) -> str:
        """What it is, when, by whom."""
        return f"{self.label}, {minute(self.at, zone)}, {self.author}".rstrip(", ")


def referral_accounts(incident: Incident) -> Iterator[Account]:
    """What was referred of an incident, and each step of it in its order."""
    for one in incident.referrals:
        yield Account(f"Referral to {one.helpline}", one.sent_at, one.sent_by, _referral(one))
        yield from (_step(each, one) for each in one.steps)


def _referral(one: Referral) -> str:
    lines = (
        ("Number there: ", one.reference), ("The helpline's number: ", one.case_reference),
        ("Asked: ", ", ".join(map(said, one.asked))), ("Urgency: ", said(one.urgency)),
        ("Lawful basis: ", f"{said(one.lawful_basis)}, {said(one.condition).lower()}"), ("Why: ", one.reason),
        ("Who is who: ", ", ".join(f"{each.pseudonym} is {each.person}" for each in one.names if each.person)),
        ("State: ", said(one.state)), ("Closed: ", moment(one.closed_at, UNIVERSAL)),
        ("Outcome: ", said(one.outcome)), ("How helpful, of 5: ", str(one.helpful or "")), ("Feedback: ", one.feedback),
    )  # fmt: skip
    return "\n".join(f"{label}{words}" for label, words in lines if words)


def _step(one: Step, referral: Referral) -> Account:
    label = f"{SIDES.get(one.direction, said(one.direction))}, {referral.reference}"
    words = "\n".join(f"{each.label}: {each.words}" for each in one.said) or said(one.kind)
    return Account(label, one.at, one.author, words)


def truth(value: bool | None) -> str:
    """Yes, no, or nothing where nobody said."""
    return "" if value is None else "yes" if value else "no"


def moment(at: datetime | None, zone: ZoneInfo) -> str:
    """When, and in which zone where that is nobody's own."""
    return f"{minute(at, zone)}{' UTC' if zone is UNIVERSAL else ''}" if at else ""


def _day(value: date | None) -> str:
    return day(value) if value else ""


def _called(known: Mapping[str, str], code: str) -> str:
    return known.get(code) or (said(code) if code else "")
