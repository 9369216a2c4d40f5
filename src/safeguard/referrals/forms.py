"""What the forms of a referral ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from safeguard.incidents.forms import Codes, Known
from safeguard.referrals.enclosing import Offered, neutral_name
from safeguard.referrals.wording import AGES, ASKED, BASES, CONDITIONS, OUTCOMES, URGENCY
from safeguard.web.forms import Choice, Day, Form, Many, Row, Rows, Text, Tick

Words = Annotated[str, Text(longest=20_000, lines=True)]
Line = Annotated[str, Text(longest=500)]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Whether somebody is told of at all, and how."""

    id: Annotated[UUID | None, Known()]
    name: Annotated[str, Text(longest=500)]
    """Only to know the row from an empty one: the name itself is read from the incident."""
    send: Annotated[bool, Tick()]
    age_band: Annotated[str, Choice(tuple(AGES))]
    agreed: Annotated[bool, Tick()]
    """An adult who was harmed agreed that their real name is sent."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """Whether a file of the incident goes, and what the helpline sees it as."""

    id: Annotated[UUID | None, Known()]
    name: Annotated[str, Text(longest=500)]
    send: Annotated[bool, Tick()]
    attested: Annotated[bool, Tick()]


@dataclass(frozen=True, slots=True)
class ReferForm:
    """A referral."""

    helpline: Annotated[UUID | None, Known()]
    asked: Annotated[tuple[str, ...], Many(tuple(ASKED), required="Say what you ask of the helpline.")]
    urgency: Annotated[str, Choice(tuple(URGENCY), required="Say how urgent it is.")]
    at_risk: Annotated[bool, Tick()]
    question: Annotated[str, Text(longest=20_000, lines=True, required="Say what you hope for, even in one sentence.")]
    account: Words
    happened: Line
    steps_taken: Words
    reported: Annotated[str, Choice(("yes", "no"), required="Say whether it was reported to the platform.")]
    reported_to: Annotated[tuple[str, ...], Codes()]
    """Platforms that the organisation's profile knows, and in `platform` one that it does not."""
    platform: Line
    reported_on: Annotated[date | None, Day()]
    answered: Annotated[str, Choice(("yes", "no"))]
    platform_reference: Line
    answer: Words
    issues: Annotated[tuple[str, ...], Codes()]
    platforms: Annotated[tuple[str, ...], Codes()]
    urls: Annotated[str, Text(longest=1_000_000, lines=True)]
    handles: Words
    people: Annotated[tuple[PersonRow, ...], Rows(PersonRow, most=30)]
    files: Annotated[tuple[FileRow, ...], Rows(FileRow, most=100)]
    lawful_basis: Annotated[str, Choice(tuple(BASES), required="Choose why sharing this is lawful.")]
    condition: Annotated[
        str, Choice(tuple(CONDITIONS), required="Choose a condition, or that nothing of a special category is sent.")
    ]
    reason: Annotated[str, Text(longest=20_000, lines=True, required="Write down why sharing this is right.")]
    contact_name: Annotated[str, Text(longest=500, required="Say whom the helpline should ask for.")]
    contact_role: Line
    contact_telephone: Line
    looked: Annotated[bool, Tick()]
    digest: Line
    step: Line


@dataclass(frozen=True, slots=True)
class MessageForm:
    """Something to say to the helpline."""

    words: Annotated[str, Text(longest=20_000, lines=True, required="Write a message.")]
    urls: Annotated[str, Text(longest=1_000_000, lines=True)]
    looked: Annotated[bool, Tick()]


@dataclass(frozen=True, slots=True)
class AgainForm:
    """A file to send after all."""

    file: Annotated[UUID | None, Known()]


@dataclass(frozen=True, slots=True)
class WithdrawForm:
    """Why it is taken back."""

    reason: Annotated[str, Text(longest=20_000, lines=True, required="Say why, in a few words.")]
    looked: Annotated[bool, Tick()]


@dataclass(frozen=True, slots=True)
class ReopenForm:
    """Why it goes on."""

    reason: Annotated[str, Text(longest=20_000, lines=True, required="Say what is new, in a few words.")]
    looked: Annotated[bool, Tick()]


@dataclass(frozen=True, slots=True)
class CloseForm:
    """How it ended, and what the helpline was worth."""

    outcome: Annotated[str, Choice(tuple(OUTCOMES), required="Say how it ended.")]
    words: Words
    helpful: Annotated[str, Choice(("1", "2", "3", "4", "5"))]
    feedback: Words
    looked: Annotated[bool, Tick()]


def file_rows(form: Form[ReferForm], offers: Sequence[Offered]) -> list[tuple[Offered, Row, str]]:
    """Every file that may go, with its row of the form and what it is called there; also one that came since."""
    there = {row["id"]: row for row in form.rows("files", least=0)}
    taken = {row.prefix for row in there.values()}
    fresh = (prefix for number in range(200) if (prefix := f"files-{number}-") not in taken)
    rows: list[tuple[Offered, Row, str]] = []
    for number, offer in enumerate((each for each in offers if not each.why_not), start=1):
        row = there.get(str(offer.file.id)) or Row(form, next(fresh))
        rows.append((offer, row, row["name"] or neutral_name(number, offer.file)))
    return rows
