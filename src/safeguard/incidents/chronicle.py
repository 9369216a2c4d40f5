"""The story of an incident for a report: in full, in order, with dates that stay true when the page is old.

Unlike a page it says no "today" and hides nothing: what was corrected stands beside its correction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from safeguard.evidence.report.model import Action, Case, Decision, Fact, Look, Mark, Moment, Person
from safeguard.evidence.report.saying import day, minute
from safeguard.incidents.answering import answer_said
from safeguard.incidents.looked import in_words
from safeguard.incidents.moments import Moments, passages
from safeguard.incidents.phrases import named
from safeguard.incidents.presenting import PARENTS
from safeguard.incidents.story import Entry, Facts, Story
from safeguard.incidents.story import Person as StoryPerson
from safeguard.tenancy.profile import Profile

STATES = {"new": "New", "open": "Open", "closed": "Closed"}
KINDS = {"child": "Child", "adult": "Adult", "unknown": ""}


class Named(Protocol):
    """A choice of the profile."""

    @property
    def name(self) -> str:
        """As people read it."""
        ...


EARLIER: Final = ": every earlier version is in the pack"


@dataclass(frozen=True, slots=True)
class Chronicle:
    """One incident, told in one organisation's words."""

    profile: Profile
    zone: ZoneInfo
    story: Story
    first: Facts
    """The facts as they were first reported."""
    in_pack: bool = False
    """Whether it is told in a pack, which holds every version."""

    def case(self, looks: Sequence[Look]) -> Case:
        """Everything that a report shows of it."""
        facts = self.story.facts
        return Case(
            reference=facts.reference,
            title=self._title(),
            lead=self._lead(),
            state=STATES[facts.state],
            risk=facts.risk,
            risk_label=self._told.risk(facts.risk),
            began=facts.recorded_at,
            facts=tuple(Fact(label, value) for label, value in self._facts() if value),
            account=passages(
                *(
                    (question if now == then else f"{question} (as corrected since)", now)
                    for question, now, then in zip(self._asked(), _account(facts), _account(self.first), strict=True)
                )
            ),
            people=tuple(self._person(person) for person in self.story.people),
            moments=self._moments(),
            decisions=tuple(self._decisions()),
            actions=tuple(self._actions()),
            outcome=passages(
                ("Summary", facts.closing_summary),
                ("Follow-up", facts.closing_follow_up),
                ("Decision", facts.closing_decision),
                ("Outcome", facts.closing_outcome),
            ),
            looks=tuple(in_words(look, self.profile, self.story) for look in looks),
        )

    @property
    def _told(self) -> Moments:
        return Moments(self.profile, self.zone, self.story)

    def _asked(self) -> tuple[str, ...]:
        """The questions that the account answers, as they were put when it was written."""
        known, today = self.story.labels, self.profile.questions
        return tuple(known.get(code) or today[code].label for code in ("narrative", "own_words", "action"))

    def _title(self) -> str:
        facts, profile = self.story.facts, self.profile
        issues = self._names(profile.issues, facts.issue_types) or self._names(profile.areas, facts.four_c)
        if issues:
            return issues
        beginning = " ".join(facts.narrative.split())
        return beginning if len(beginning) <= 90 else beginning[:88].rsplit(" ", 1)[0] + " …"

    def _lead(self) -> str:
        facts = self.story.facts
        said = [f"Recorded by {facts.recorded_by_name or 'somebody'} on {minute(facts.recorded_at, self.zone)}."]
        if facts.acknowledged_at:
            said.append(f"Received on {minute(facts.acknowledged_at, self.zone)}.")
        if facts.closed_at:
            said.append(f"Closed on {minute(facts.closed_at, self.zone)}.")
        return " ".join(said)

    def _facts(self) -> list[tuple[str, str]]:
        facts, profile = self.story.facts, self.profile
        where = [self._names(profile.places, (facts.place,) if facts.place else ()), facts.place_detail]
        return [
            ("Happened", self._happened(facts)),
            ("Found out", minute(facts.discovered_at, self.zone) if facts.discovered_at else ""),
            ("Where", ", ".join(part for part in where if part)),
            ("Reported as", self._names(profile.reported, (facts.reported_type,) if facts.reported_type else ())),
            ("Platforms", self._names(profile.platforms, facts.platforms)),
            ("Device", self._names(profile.devices, (facts.device,) if facts.device else ())),
            ("Accounts and addresses, as text", facts.accounts),
            ("Area of risk", self._names(profile.areas, facts.four_c)),
            ("Risk areas", self._names(profile.risk_areas, facts.risk_areas)),
            ("Issues", self._names(profile.issues, facts.issue_types)),
            ("In danger when reported", _yes_or_no(facts.danger_now)),
            ("Told in person", _yes_or_no(facts.lead_told)),
            *((answer.asked, answer_said(answer)) for answer in facts.answers),
            ("Parents or carers", _with_reason(PARENTS[facts.parents_informed], facts.parents_reason)),
            ("Handled by", facts.assigned_name),
            ("Version", f"{facts.version}{EARLIER if self.in_pack and facts.version > 1 else ''}"),
        ]

    def _happened(self, facts: Facts) -> str:
        parts = [self._time(facts), facts.happened_words]
        return ", ".join(part for part in parts if part)

    def _time(self, facts: Facts) -> str:
        if facts.happened_from is None:
            return ""
        if facts.happened_precision == "minute":
            return minute(facts.happened_from, self.zone)
        first = day(facts.happened_from.astimezone(self.zone).date())
        if facts.happened_until is None:
            return first
        return f"{first} to {day(facts.happened_until.astimezone(self.zone).date())}"

    def _person(self, person: StoryPerson) -> Person:
        role = self.profile.person_roles[person.role].name
        belongs = self._names(self.profile.connections, (person.connection,) if person.connection else ())
        about = ", ".join(part for part in (belongs or KINDS[person.kind], person.group_name) if part)
        detail = "\n".join(part for part in (about, person.notes, self._ended(person)) if part)
        return Person(person.name, role, detail, taken_out=person.removed_at is not None)

    def _ended(self, person: StoryPerson) -> str:
        """How it ended for them, as the last word on it says."""
        outcomes = [each for each in self._standing() if each.kind == "person_outcome"]
        last = next((each for each in reversed(outcomes) if each.person_position == person.position), None)
        return f"Outcome: {named(self.profile.person_outcomes, last.result)}. {last.words}" if last else ""

    def _moments(self) -> tuple[Moment, ...]:
        moments = [*self._beginning(), *self._told.all]
        return tuple(sorted(moments, key=lambda moment: moment.at))

    def _beginning(self) -> list[Moment]:
        first, said = self.first, []
        if first.happened_from:
            said.append(self._occurrence(first, first.happened_from))
        what_happened, *others = self._asked()
        asked = (f"{what_happened} (as first reported)", *others)
        account = passages(*zip(asked, _account(first), strict=True))
        author = first.recorded_by_name
        return [*said, Moment(first.recorded_at, Mark.WORDS, "Recorded", author, account, is_turning_point=True)]

    def _occurrence(self, first: Facts, began: datetime) -> Moment:
        """What is reported, at its time. A day given without one stands at its noon, of which nothing is said."""
        is_timed = first.happened_precision == "minute"
        when = self._happened(first) if first.happened_until else first.happened_words
        return Moment(
            at=began if is_timed else min(began, first.recorded_at),
            mark=Mark.NOTE,
            what="Happened",
            author="",
            passages=passages(("", when)),
            is_turning_point=True,
            is_timed=is_timed,
        )

    def _standing(self) -> list[Entry]:
        """The entries that no other corrects."""
        replaced = {entry.supersedes_id for entry in self.story.entries}
        return [entry for entry in self.story.entries if entry.id not in replaced]

    def _decisions(self) -> list[Decision]:
        found: list[Decision] = []
        for entry in self._standing():
            match entry.kind:
                case "decision":
                    what, why = entry.words, entry.reason
                case "risk_change" | "reopening":
                    what, why = self._told.name(entry), entry.reason
                case "person_outcome":
                    ended = named(self.profile.person_outcomes, entry.result)
                    what, why = f"{self._told.name(entry)}: {ended.lower()}", entry.words
                case "closing":
                    what, why = "Closed", entry.decision
                case _:
                    continue
            found.append(Decision(entry.written_at, what, why, entry.author_name))
        return found

    def _actions(self) -> list[Action]:
        finished = {entry.action_id: entry for entry in self.story.entries if entry.kind == "completion"}
        return [
            Action(
                entry.words, entry.owner_name, entry.due_on, _done_at(entry, finished.get(entry.id)),
                _done_words(finished.get(entry.id)),
            )
            for entry in self._standing()
            if entry.kind == "action"
        ]  # fmt: skip

    @staticmethod
    def _names(known: Mapping[str, Named], codes: Sequence[str]) -> str:
        """The names of codes; a code itself when the profile no longer has it, because records outlive choices."""
        choices = (known.get(code) for code in codes)
        return ", ".join(choice.name if choice else code for choice, code in zip(choices, codes, strict=True))


def _account(facts: Facts) -> tuple[str, ...]:
    """What was written: what happened, in somebody's own words, what was done."""
    return facts.narrative, facts.child_words, facts.immediate_action


def _yes_or_no(answer: bool | None) -> str:
    return "" if answer is None else "Yes" if answer else "No"


def _with_reason(answer: str, reason: str) -> str:
    return f"{answer}: {reason}" if reason else answer


def _done_words(finished: Entry | None) -> str:
    if finished is None or not finished.proof_name:
        return finished.words if finished else ""
    return f"{finished.words}\nWhat shows it: {finished.proof_name}"


def _done_at(action: Entry, finished: Entry | None) -> datetime | None:
    return action.done_at or (finished.written_at if finished else None)
