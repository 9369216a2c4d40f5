"""What a row says, as whoever asked can read it: codes by their names, times in the organisation's own zone.

A code is called what the organisation's profile calls it; one that no profile knows is told as it is kept, without its
underscores, because records outlive choices.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from safeguard.evidence.report.saying import day, minute
from safeguard.identity.removing import REASONS
from safeguard.incidents.entry_kinds import CONTACTS, INFORMED, KNOWERS, REFERRALS
from safeguard.records.access.telling import lines_of
from safeguard.tenancy.profile import Profile

UNIVERSAL: Final = ZoneInfo("UTC")
CODE: Final = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
LABELS: Final = {
    "four_c": "Area of risk", "danger_now": "In danger at that time", "lead_told": "Lead told at once",
    "happened_precision": "How exactly it is known", "state": "How it stands",
    "result": "How it ended for them", "contact": "With whom", "done_at": "Done or answered",
    "shared": "Shown to whoever reported it", "awaits_answer": "An answer was awaited",
    "referral": "Referral elsewhere",
    "said_at": "Said", "acknowledged_at": "Read by those who handle it", "connection": "How they belong here",
    "narrative": "What happened", "reported_type": "What it was reported as",
    "happened_words": "When it happened, in words",
    "happened_from": "When it happened", "given_name": "Given name", "family_name": "Family name",
    "helpline_name": "Helpline", "file_name": "File", "asker_name": "Who asked", "sender_name": "From",
    "happened_until": "Until", "immediate_action": "What was done at once", "child_words": "Said, word for word",
    "place_detail": "Where exactly", "accounts": "Accounts that were used", "parents_informed": "Do parents know?",
    "parents_reason": "Why parents were not told", "closing_summary": "Closed: what happened in the end",
    "closing_follow_up": "Closed: how it was followed up", "closing_decision": "Closed: what was decided, and why",
    "closing_outcome": "Closed: how it ended", "people": "Who is named in it", "answers": "Questions and answers",
    "heard_at": "Whoever reported it wrote again", "heard_urgent": "In words that may mean danger",
    "discovered_at": "When it was found out", "assigned_name": "Handled by", "author_name": "Written by",
    "contact_name": "Whom", "contact_reference": "Their reference", "person_name": "About", "owner_name": "Given to",
    "attendees": "Who was there", "words": "What it says", "decision": "Decision, and why", "follow_up": "Followed up",
    "changes": "What was changed", "proof_name": "Proof", "finding": "What was found in it",
    "locked_why": "Why it is locked", "note": "What it shows", "media_type": "Kind of file", "known_as": "Known as",
    "born_on": "Date of birth", "group_name": "Class or group", "identifiers": "Numbers", "contacts": "Whom to turn to",
    "died_on": "Died on", "left_on": "Left on", "stays": "Kept for longer", "stays_because": "Kept for longer, because",
    "stays_for": "Kept for longer, for", "pseudonyms": "Who stands for whom", "asker_contact": "How to reach who asked",
    "standing_words": "What entitles who asked", "harm": "Might an answer do serious harm?",
    "harm_words": "Serious harm: what was considered", "seen": "Papers that were seen",
    "stopped_days": "Days of a pause",
    "held_words": "What was written on the public page", "held_for": "Held back for", "by_name": "From",
    "ended_at": "Their account ended", "ended_why": "Why their account ended",
    "user_name": "Account", "external_id": "Number in the list", "source_id": "Number in the list",
    "immutable_id": "Number at the provider", "subject": "Known there as", "at": "When", "way": "How",
    "controls": "Standards that it touches", "kind": "What it is", "recorded_at": "Recorded", "changed_at": "Changed",
}  # fmt: skip
"""Columns whose name does not say what they hold."""
SAID_WHERE_TRUE: Final = frozenset({"awaits_answer", "shared", "heard_urgent"})
"""What most entries say no to: told where it is yes, and the answer says that of the others once."""
FIXED: Final[Mapping[str, Mapping[str, str]]] = {
    "ended_why": REASONS, "contact": {**KNOWERS, **CONTACTS}, "informed": INFORMED, "referral": REFERRALS,
    "risk": {"unassessed": "Not assessed yet"}, "risk_before": {"unassessed": "Not assessed"},
}  # fmt: skip


class Named(Protocol):
    """A choice of a profile."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...


@dataclass(frozen=True, slots=True)
class Saying:
    """In whose words, and whose time."""

    profile: Profile | None = None
    zone: ZoneInfo = UNIVERSAL

    def passages(self, row: Mapping[str, Any], plain: frozenset[str]) -> tuple[tuple[str, str], ...]:
        """Every column that says something, under its heading; of those in `plain` codes are told by their names."""
        said = ((name, "\n".join(self._lines(name, value, coded=name in plain))) for name, value in row.items())
        return tuple((heading(name), words) for name, words in said if words)

    def _lines(self, name: str, value: Any, *, coded: bool) -> Iterator[str]:
        match value:
            case False if name in SAID_WHERE_TRUE:
                return
            case bool():
                yield "Yes" if value else "No"
            case datetime():
                yield minute(value, self.zone)
            case date():
                yield day(value)
            case list() if name == "answers" or not coded:
                yield from self._answers(value) if name == "answers" else lines_of(value)
            case list():
                yield ", ".join(self._called(name, str(each)) for each in value)
            case str() if coded and CODE.fullmatch(value):
                yield self._called(name, value)
            case _:
                yield from lines_of(value)

    def _called(self, name: str, code: str) -> str:
        choice = self._choices(name).get(code)
        return choice.name if choice else FIXED.get(name, {}).get(code) or code.replace("_", " ").capitalize()

    def _choices(self, name: str) -> Mapping[str, Named]:
        known = self.profile
        if known is None:
            return {}
        found: dict[str, Mapping[str, Named]] = {
            "place": known.places, "platforms": known.platforms, "device": known.devices, "four_c": known.areas,
            "risk_areas": known.risk_areas, "issue_types": known.issues, "reported_type": known.reported,
            "result": known.person_outcomes, "connection": known.connections, "flags": known.person_flags,
        }  # fmt: skip
        return found.get(name, {})

    def _answers(self, value: Sequence[Any]) -> Iterator[str]:
        for each in value:
            match each:
                case {"asked": str(asked), "said": str(said)}:
                    yield f"{asked} {said}"
                case _:
                    yield from lines_of(each)


def heading(name: str) -> str:
    """What a column is called, for people who do not know how it is kept."""
    if name in LABELS:
        return LABELS[name]
    if name.endswith("_by_name"):
        return f"{headed(name.removesuffix('_by_name'))} by"
    return headed(name.removesuffix("_at").removesuffix("_on").removesuffix("_name"))


def headed(name: str) -> str:
    """The name of a column in words."""
    return name.replace("_", " ").capitalize()
