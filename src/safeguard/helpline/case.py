"""What a case, an entry, an address, a wave and a debrief are, as they are read and committed."""

import re
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from safeguard.audit.documents import Document, JSONValue
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.states import ENDED, State

AHEAD: Final = {"urgent": timedelta(days=36_500), "soon": timedelta(days=7), "usual": timedelta()}
"""How far ahead of its time a case stands in the queue: what is urgent before all, what is soon by a week."""
NOBODYS: Final = 2 * AHEAD["urgent"]
"""Before all of them: a child is at risk, and nobody has the case."""
BEHIND: Final = AHEAD["urgent"] / 2
"""How far a case stands back while nothing in it waits for the desk: behind every case as urgent that does, and, where
it is not urgent, behind all that wait. What is urgent stands before the rest even then."""

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """Something said or done in a case."""

    id: UUID
    kind: str
    channel: str = ""
    words: str = ""
    guidance: tuple[str, ...] = ()
    state: str = ""
    distressing: bool = False
    told_to: str = ""
    """Of what was told on because somebody is at risk: to whom, why and when; `words` say what."""
    told_why: str = ""
    told_at: datetime | None = None
    written_at: datetime
    written_by_name: str


class ToldOn(msgspec.Struct, frozen=True, kw_only=True):
    """That something was told on because somebody is at risk: to whom, why and when."""

    to: str
    why: str
    at: datetime


class Referrer(NamedTuple):
    """Whoever referred a case by the shared channel, and what they call it: ids of theirs."""

    sender: UUID
    referral: UUID


def referrer_of(channel: str, origin: str | None) -> Referrer | None:
    """Who can be told of a case; None for one that did not come by the channel itself.

    A case of an earlier system may have come by a channel of that name too: nobody here hears of it.
    """
    sender, _, referral = (origin or "").partition("/")
    if channel != "shared" or not _ID.fullmatch(sender) or not _ID.fullmatch(referral):
        return None
    return Referrer(UUID(sender), UUID(referral))


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One case as it stands."""

    id: UUID
    reference: str
    channel: str
    state: State
    priority: str = "usual"
    at_risk: bool = False
    caller: str = ""
    sector: str = ""
    caller_name: str = ""
    caller_organisation: str = ""
    caller_contact: str = ""
    gender: str = ""
    summary: str
    issues: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    wave_id: UUID | None = None
    origin: str | None = None
    assigned_to: UUID | None = None
    assigned_name: str | None = None
    received_at: datetime
    received_by_name: str
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    ending: str = ""
    """How it ended, a code of `endings`: of a closed case, where it is known."""
    referrer_ending: str = ""
    """How it ended for whoever referred it, as they said over the channel: a code of `endings`."""
    heard_at: datetime | None = None
    """When whoever asked last wrote, or an answer proved not to have reached them, while nobody has answered that."""
    unsent_at: datetime | None = None
    """When an answer turned out not to have reached them, while nobody has answered again."""
    awaited_since: datetime | None = None
    """When whoever asked was asked something, while they have not answered."""
    themes: tuple[UUID, ...] = ()
    """What practitioners coded it by."""
    version: int = 1

    @property
    def ended(self) -> bool:
        """Whether nobody works on it any more."""
        return self.state in ENDED

    @property
    def caller_said(self) -> str:
        """Who asks, as far as they said: their name and their organisation."""
        return ", ".join(part for part in (self.caller_name, self.caller_organisation) if part)

    @property
    def is_pressing(self) -> bool:
        """Whether it goes before what is usual."""
        return self.at_risk or self.priority != "usual"

    @property
    def wrote_again(self) -> bool:
        """Whether they wrote and nobody has answered that."""
        return self.heard_at is not None and self.heard_at != self.unsent_at

    @property
    def referrer(self) -> Referrer | None:
        """Who is told over the channel what becomes of it."""
        return referrer_of(self.channel, self.origin)

    @property
    def queued_at(self) -> datetime:
        """Where it stands in the queue; `81_helpline_queue.sql` says the same of what stood there before.

        What a practitioner must do next comes first: whoever nobody has answered, and whoever wrote again, by since
        when they have waited.
        """
        if self.at_risk and self.assigned_to is None:
            return self.received_at - NOBODYS
        place = self.received_at - AHEAD["urgent" if self.at_risk else self.priority]
        if self.answered_at is None:
            return place
        return place + (self.heard_at - self.received_at if self.heard_at else BEHIND)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of one address."""

    id: UUID
    state: UrlState
    happened_at: datetime
    day_only: bool = False
    """Whether only the day is known; noon stands for it then."""
    undated: bool = False
    """Whether not even the day is known: `happened_at` is when it was heard of then."""
    answered: bool | None = None
    """Of a caller's own report: whether the platform has answered it; None where nobody said."""
    platform_reference: str = ""
    answer: str = ""
    written_at: datetime
    written_by_name: str
    undoes: UUID | None = None
    """The step that this one takes back; `state`, `happened_at` and its precision are then of what stands again."""


class Url(msgspec.Struct, frozen=True, kw_only=True):
    """One address of the ledger, with its steps where they were read."""

    id: UUID
    address: str
    host: str
    platform: str = ""
    flags: tuple[str, ...] = ()
    state: UrlState = UrlState.LISTED
    platform_reference: str = ""
    version: int = 1
    listed_at: datetime
    self_reported_at: datetime | None = None
    reported_at: datetime | None = None
    chased_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    hours_known: bool = True
    """Whether hours may be counted from when it was reported, answered and ended."""
    seen_again_at: datetime | None = None
    """When it was last seen again after it had been removed."""
    cases: int = 1
    """How many cases name it."""
    steps: tuple[Step, ...] = ()

    @property
    def undone(self) -> frozenset[UUID]:
        """Steps that were noted by mistake and taken back."""
        return frozenset(step.undoes for step in self.steps if step.undoes)

    @property
    def standing(self) -> tuple[Step, ...]:
        """What happened to it: its steps, less those that were taken back and the notes that say so."""
        return tuple(step for step in self.steps if step.undoes is None and step.id not in self.undone)

    def later_than(self, at: datetime, *, day_only: bool) -> Step | None:
        """Its last step, where what is said to follow it happened before it.

        Noon stands for a day of which no time is known, and a form says the time to the minute.
        """
        last = self.standing[-1] if self.standing else None
        if last is None or last.undated:
            return None
        slack = timedelta(hours=12) if day_only or last.day_only else timedelta(minutes=1)
        return last if at < last.happened_at - slack else None

    @property
    def is_placed_by_nobody(self) -> bool:
        """Whether nobody at the desk has said of which platform it is, nor that it is of none.

        Every change of an address is either a step or a word about its platform. Needs its steps.
        """
        return not self.platform and self.version == 1 + len(self.steps)

    @property
    def hours_to_removal(self) -> float | None:
        """By the clock, from the first report or from when it was seen again; None where it is not removed or known.

        `rates` and `report.counting` say the same in SQL.
        """
        since = self.seen_again_at or self.reported_at
        if self.state is not UrlState.REMOVED or not self.hours_known or not (since and self.ended_at):
            return None
        return (self.ended_at - since).total_seconds() / 3600 if self.ended_at >= since else None


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """One cause, many cases."""

    id: UUID
    name: str
    cause: str
    answer: str = ""
    state: str = "open"
    version: int = 1
    opened_at: datetime
    opened_by_name: str
    closed_at: datetime | None = None
    cases: int = 0
    open_cases: int = 0


class Debrief(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody talked about what they had heard and seen."""

    id: UUID
    practitioner_id: UUID
    practitioner_name: str
    words: str = ""
    held_at: datetime
    held_by_name: str


_NOT_COMMITTED: Final = {
    "id", "version", "assigned_to", "origin", "heard_at", "unsent_at", "awaited_since", "cases", "open_cases", "steps",
}  # fmt: skip


def case_document(case: Case) -> Document:
    """The committed document of this version of a case."""
    return Document("case", case.id, case.version, _fields(case))


def entry_document(entry: Entry, case_id: UUID) -> Document:
    """The committed document of an entry."""
    return Document("case_entry", entry.id, 1, _fields(entry) | {"case_id": str(case_id)})


def url_document(url: Url, step: Step | None = None, **beside: JSONValue) -> Document:
    """The committed document of this version of an address: with the step by which it came to be, and what is beside.

    Without the step's own words, when it was noted and by whom, nobody could prove what a platform was said to answer.
    """
    fields = _fields(url)
    fields.update((name, value) for name, value in beside.items() if value)
    if step:
        fields["step"] = {"id": str(step.id), **_fields(step)}
    return Document("url", url.id, url.version, fields)


def naming_document(link_id: UUID, case_id: UUID, url_id: UUID, typed: str) -> Document:
    """The committed document of it that a case named an address that was listed already, and of how it wrote it."""
    fields: dict[str, JSONValue] = {"case_id": str(case_id), "url_id": str(url_id)}
    if typed:
        fields["typed"] = typed
    return Document("case_url", link_id, 1, fields)


def wave_document(wave: Wave) -> Document:
    """The committed document of this version of a wave."""
    return Document("wave", wave.id, wave.version, _fields(wave))


def debrief_document(debrief: Debrief) -> Document:
    """The committed document of a debrief: that it was held, with whom."""
    return Document("debrief", debrief.id, 1, _fields(debrief))


def _fields(struct: msgspec.Struct) -> dict[str, JSONValue]:
    """What is not empty, as JSON holds it; times in UTC as msgspec writes them."""
    built = msgspec.to_builtins(struct)
    return {name: value for name, value in built.items() if name not in _NOT_COMMITTED and value not in (None, "", [])}
