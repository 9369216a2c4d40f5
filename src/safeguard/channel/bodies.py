"""What an envelope may hold: messages between an organisation that refers and the helpline, and files of people.

Both ends decode into these structs and nothing else; a body that does not fit is refused, with a word to its sender.
`referral` is an id made for the two of them: it is nobody's incident and nobody's case. Each side keeps its own record
of what was said. Times are UTC. A URL is text that somebody typed: it is shown, compared, never fetched.

Which side may send what: `Opened`, `Enclosed` and `Withdrawn` come from whoever refers; `Status` and `UrlStep` from the
helpline; `Message`, `Closed`, `Reopened` and `FileStands` from either. Adding an optional field is safe; another
meaning is another kind.
"""

from datetime import datetime
from typing import Annotated, Final, Literal, TypeAlias
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

URLS: Final = 500
"""Addresses in one referral."""
PEOPLE: Final = 50
CODES: Final = 50
"""Issues, and platforms, of one referral."""
POINTED: Final = 50
"""Things that one answer points to, and addresses of one of them."""
FILES: Final = 5

Code: TypeAlias = Annotated[str, Meta(max_length=100)]
Line: TypeAlias = Annotated[str, Meta(max_length=500)]
Words: TypeAlias = Annotated[str, Meta(max_length=20_000)]
Address: TypeAlias = Annotated[str, Meta(max_length=2_000)]

Ask: TypeAlias = Literal["advice", "mediation", "signposting"]
"""What is asked of the helpline: an opinion, to speak to a platform, or where else to turn."""
Urgency: TypeAlias = Literal["routine", "soon", "urgent"]
AgeBand: TypeAlias = Literal["under_5", "5_to_7", "8_to_10", "11_to_13", "14_to_15", "16_to_17", "adult", "unknown"]
PersonKind: TypeAlias = Literal["child", "adult", "unknown"]

State: TypeAlias = Literal[
    "acknowledged", "triaged", "awaiting_referrer", "advice_given", "signposted", "escalated", "platform_responded",
    "resolved", "not_upheld", "declined",
]  # fmt: skip
"""How the case stands, as the helpline tells it. `declined` carries a reason. Closing is a kind of its own."""
UrlState: TypeAlias = Literal[
    "listed", "self_reported", "reported", "removed", "restricted", "refused", "no_response", "re_reported",
    "passed_to_iwf", "passed_to_police", "gone_before_report", "not_actionable",
]  # fmt: skip


class Kind(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Something that one side tells the other about a referral."""

    referral: UUID


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody concerned: a pseudonym and an age band in place of who they are."""

    pseudonym: Line
    """Such as "Child A": the same person throughout this referral, and nowhere else."""
    kind: PersonKind = "unknown"
    role: Code = "other"
    """Their part in it: harmed, alleged, witness, or other."""
    age_band: AgeBand = "unknown"
    real_name: Line | None = None
    """Only of a harmed adult who agreed that it be sent, because the platform asks for it."""


class Url(msgspec.Struct, frozen=True, kw_only=True):
    """One address of content, as typed."""

    url: Address
    platform: Code | None = None
    note: Line = ""


class PlatformReport(msgspec.Struct, frozen=True, kw_only=True):
    """That it was reported to the platform already, and what came of it."""

    platform: Line = ""
    reported_on: Line = ""
    """A day as ISO 8601, or the words of whoever remembers."""
    reference: Line = ""
    answer: Words = ""
    platforms: Annotated[tuple[Code, ...], Meta(max_length=CODES)] | UnsetType = UNSET
    """To which it was reported, where `platform` names them in words too. An older sender says those alone."""
    answered: bool | UnsetType = UNSET
    """Whether it has answered. Left out: nobody said, and `answer` may say as well that there is none."""


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """Why sharing this is lawful: the organisation's decision, on record with both sides."""

    lawful_basis: Code
    """Of Article 6 UK GDPR."""
    condition: Code
    """Of Article 9 and Schedule 1 of the Data Protection Act 2018, or `none` when no special category is sent."""
    reason: Words


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file that goes with a referral: what binds its bytes, which follow by themselves, to what was said of it."""

    id: UUID
    """Made for this referral: it is nobody's attachment."""
    name: Line
    """Neutral, as whoever sends it called it: files are often named after children."""
    media_type: Code
    size: int
    """Bytes."""
    sha256: Line
    """Hexadecimal."""
    attested: Words
    """What whoever sent it says of it, having opened it."""


class Opened(Kind, frozen=True, kw_only=True, tag="referral.opened"):
    """A referral: everything that the helpline learns of the case, and nothing else of it."""

    reference: Line
    """What both sides call it on the telephone. It is not the incident's reference."""
    organisation: Line
    """The name of the organisation that refers. Who sent it is what the envelope proves; this is for reading."""
    organisation_kind: Code
    nation: Code
    contact_name: Line
    contact_role: Line
    contact_telephone: Line = ""
    asked: tuple[Ask, ...]
    urgency: Urgency = "routine"
    child_at_risk: bool = False
    """Somebody under 18 may be in danger now: the waiting periods before another report do not apply."""
    question: Words
    """What the referrer hopes for."""
    account: Words = ""
    """What happened, in words from which names were taken."""
    steps_taken: Words = ""
    issues: Annotated[tuple[Code, ...], Meta(max_length=CODES)] = ()
    platforms: Annotated[tuple[Code, ...], Meta(max_length=CODES)] = ()
    people: Annotated[tuple[Person, ...], Meta(max_length=PEOPLE)] = ()
    urls: Annotated[tuple[Url, ...], Meta(max_length=URLS)] = ()
    handles: Annotated[tuple[Line, ...], Meta(max_length=URLS)] = ()
    reported: PlatformReport | None = None
    basis: Basis
    happened: Line = ""
    """Roughly when."""
    files: Annotated[tuple[File, ...], Meta(max_length=FILES)] | UnsetType = UNSET
    """Left out where there are none: such a referral has the same bytes as before there could be any."""

    @property
    def enclosed(self) -> tuple[File, ...]:
        """The files that go with it."""
        return self.files or ()


class Enclosed(Kind, frozen=True, kw_only=True, tag="referral.file"):
    """Where the bytes of a file lie that a referral named, sealed with a key of their own, and that key."""

    file: UUID
    object_name: Line
    key: Line
    """Hexadecimal. Only the helpline opens what this stands in."""


class FileStands(Kind, frozen=True, kw_only=True, tag="referral.file_stands"):
    """How a file stands at the other end: taken there, not taken, or locked for everybody, by whoever says so."""

    file: UUID
    state: Literal["taken", "refused", "locked"]
    fault: Code = ""
    """Why it was not taken: altered, kind, infected, or dropped."""


class Pointed(msgspec.Struct, frozen=True, kw_only=True):
    """Guidance or a service that the helpline points to: what it is, and where it is found, as text."""

    title: Line
    links: Annotated[tuple[Address, ...], Meta(max_length=POINTED)] = ()


class Message(Kind, frozen=True, kw_only=True, tag="message"):
    """Words from one side to the other."""

    id: UUID
    author: Line
    """How the author signs: a first name or a role."""
    words: Words
    urls: Annotated[tuple[Url, ...], Meta(max_length=URLS)] = ()
    """Further addresses to act on."""
    asks: bool = False
    """Whether an answer is waited for."""
    pointed: Annotated[tuple[Pointed, ...], Meta(max_length=POINTED)] | UnsetType = UNSET
    """Left out where there is nothing: such a message has the same bytes as before there could be."""

    @property
    def signposts(self) -> tuple[Pointed, ...]:
        """What the helpline points to with it."""
        return self.pointed or ()


class Status(Kind, frozen=True, kw_only=True, tag="status"):
    """How the case stands now."""

    state: State
    reason: Words = ""
    case_reference: Line = ""
    """What the helpline calls it."""
    heard: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    """With `declined`, as `Reopened.heard`: what was opened again since is not ended by it."""


class UrlStep(Kind, frozen=True, kw_only=True, tag="url.step"):
    """What happened to one of the addresses."""

    url: Address
    """As the referral or a message listed it."""
    state: UrlState
    at: datetime
    platform: Code | None = None
    platform_reference: Line = ""
    words: Words = ""
    day_only: bool | UnsetType = UNSET
    """Whether only the day of it is known; noon stands for it then."""
    undated: bool | UnsetType = UNSET
    """Whether not even the day is known: `at` is when it was heard of then."""
    taken_back: bool | UnsetType = UNSET
    """Whether the step told before was noted by mistake: `state` and `at` are of what stands again, `words` say why."""


class Closed(Kind, frozen=True, kw_only=True, tag="closed"):
    """One side closes. Both may do so at once: closed is closed."""

    outcome: Code = ""
    """resolved, not_upheld, advice_given, signposted, no_answer, declined or other. From the helpline also `withdrawn`:
    whoever referred took it back by another way than the channel, such as a call."""
    words: Words = ""
    helpful: Annotated[int, Meta(ge=1, le=5)] | None = None
    """Feedback of whoever referred: from 1, not at all, to 5, very."""
    feedback: Words = ""
    heard: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    """From the helpline, as `Reopened.heard`: what was opened again since is not closed by it."""


class Withdrawn(Kind, frozen=True, kw_only=True, tag="withdrawn"):
    """Whoever referred takes it back. What the helpline keeps of it then is the helpline's decision, and it says so."""

    reason: Words = ""


class Reopened(Kind, frozen=True, kw_only=True, tag="reopened"):
    """There is more: what had ended goes on. Either side may say so, and both at once: open is open."""

    reason: Words = ""
    heard: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    """From the helpline: how many times it had heard by then that the referral was withdrawn or opened again. What was
    said before the latest of them was heard does not take that back. Left out where it keeps no count."""
    closings: Annotated[int, Meta(ge=0)] | UnsetType = UNSET
    """From the helpline: how many times it had heard that the referral was closed, in the same way."""


class FileSent(Kind, frozen=True, kw_only=True, tag="file.sent"):
    """A person's file was sent: where its sealed bundle lies, and what opens it. `referral` is the transfer's id."""

    organisation: Line
    contact_name: Line
    contact_role: Line = ""
    contact_telephone: Line = ""
    meant_for: Line = ""
    object_name: Line
    locked_key: Line
    """Of the stored bundle, locked with the passphrase: hexadecimal."""
    passphrase: Line
    sha256: Line
    size: int


class FileTaken(Kind, frozen=True, kw_only=True, tag="file.taken"):
    """The recipient opened it, and signs so; or did not take it, and says why."""

    receipt: Words = ""
    declined: Words = ""


class FileWithdrawn(Kind, frozen=True, kw_only=True, tag="file.withdrawn"):
    """The sender takes it back before it was opened."""

    reason: Words = ""


Body: TypeAlias = (
    Opened | Message | Status | UrlStep | Closed | Withdrawn | Reopened | Enclosed | FileStands
    | FileSent | FileTaken | FileWithdrawn
)  # fmt: skip

FROM_HELPLINE: Final = (Message, Status, UrlStep, Closed, Reopened, FileStands)
OF_FILES: Final = (FileSent, FileTaken, FileWithdrawn)
"""Between any two organisations that hold files of people."""

_decoder: Final = msgspec.json.Decoder(Body)


def encode(body: Body) -> bytes:
    """The body as JSON."""
    return msgspec.json.encode(body)


def decode(data: bytes) -> Body:
    """What `encode` wrote; raises `msgspec.ValidationError`, a `ValueError`."""
    return _decoder.decode(data)
