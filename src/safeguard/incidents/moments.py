"""What was added to an incident, entry by entry, as a report tells it: what each is called, and its words in full."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.attachments.queries import File
from safeguard.evidence.report.model import Change, Mark, Moment, Passage
from safeguard.evidence.report.saying import day, minute
from safeguard.incidents.controls import name_of
from safeguard.incidents.entry_kinds import CONTACTS, INFORMED, REFERRALS
from safeguard.incidents.phrases import knower, named
from safeguard.incidents.presenting import Presenter
from safeguard.incidents.story import Entry, Story
from safeguard.tenancy.profile import Profile

NOT_ASSESSED = "Not assessed yet"

ENDED = "Looked at again, and ended"
NAMES = {
    "note": "Note",
    "decision": "Decision",
    "action": "Action set",
    "completion": "Action done",
    "contact": "Contact",
    "answer": "Answer received",
    "message": "Message by the public page",
    "informing": "Who knows",
    "person_outcome": "Outcome for one person",
    "plan": "Support and safety plan",
    "support": "Support",
    "lesson": "Lesson",
    "review": "Incident reviewed",
    "link": "Linked to another incident",
    "unlinking": "Link taken away",
    "assignment": "Given to somebody to handle",
    "risk_change": "Risk changed",
    "classification": "Classified",
    "correction": "Report corrected",
    "acknowledgement": "Received",
    "closing": "Closed",
    "reopening": "Reopened",
}
MARKS = {
    "note": Mark.WORDS,
    "decision": Mark.DECISION,
    "action": Mark.ACTION,
    "completion": Mark.ACTION,
    "contact": Mark.CONTACT,
    "answer": Mark.CONTACT,
    "message": Mark.CONTACT,
    "informing": Mark.CONTACT,
    "person_outcome": Mark.DECISION,
    "plan": Mark.ACTION,
    "support": Mark.ACTION,
    "lesson": Mark.DECISION,
    "review": Mark.DECISION,
    "link": Mark.NOTE,
    "unlinking": Mark.NOTE,
    "assignment": Mark.NOTE,
    "risk_change": Mark.CHANGE,
    "classification": Mark.CHANGE,
    "correction": Mark.CHANGE,
    "acknowledgement": Mark.NOTE,
    "closing": Mark.DECISION,
    "reopening": Mark.DECISION,
}
TURNING = frozenset({"decision", "risk_change", "closing", "reopening", "acknowledgement", "person_outcome", "review"})
"""Named in the picture of the story."""
NAMING = frozenset({"person_outcome"})
"""Of these, the ones that the text calls by somebody's name as it was typed, and the picture does not."""


@dataclass(frozen=True, slots=True)
class Moments:
    """The entries of one incident, told in one organisation's words."""

    profile: Profile
    zone: ZoneInfo
    story: Story

    @property
    def all(self) -> list[Moment]:
        """Every entry and every file, in the order in which they are kept."""
        return [*(self._moment(entry) for entry in self.story.entries), *(attached(file) for file in self.story.files)]

    def _moment(self, entry: Entry) -> Moment:
        return Moment(
            at=entry.written_at,
            mark=MARKS[entry.kind],
            what=self.name(entry),
            author=entry.author_name,
            passages=self._words(entry),
            changes=tuple(self._change(entry)),
            corrects=self._corrects(entry),
            corrected=self._corrected(entry),
            is_turning_point=entry.kind in TURNING,
            drawn=NAMES[entry.kind] if entry.kind in NAMING else "",
        )

    def name(self, entry: Entry) -> str:
        """What happened, in a few words."""
        match entry.kind:
            case "risk_change":
                became = "Risk confirmed as" if entry.risk_before == entry.risk_after else "Risk set to"
                return f"{became} {self.risk(entry.risk_after or 'unassessed').lower()}"
            case "contact" | "answer":
                asked = self._entry(entry.action_id) or entry
                return f"{NAMES[entry.kind]}: {CONTACTS.get(asked.contact or '', 'somebody else').lower()}"
            case "decision" if entry.referral:
                to = CONTACTS.get(entry.contact or "", "somebody else")
                return f"{REFERRALS[entry.referral]}: {to.lower()}"
            case "informing":
                answer = INFORMED[entry.informed or "not_needed"].split(",")[0]
                return f"{knower(entry.contact, self.profile)}: {answer.lower()}"
            case "link" | "unlinking":
                return f"{NAMES[entry.kind]}: {entry.linked_reference}"
            case "assignment":
                return f"Handled by {entry.owner_name}" if entry.owner_name else "Handled by nobody any more"
            case "person_outcome" | "plan" | "support" | "completion" if entry.person_name:
                return f"{ENDED if entry.kind == 'completion' else NAMES[entry.kind]}: {entry.person_name}"
            case _:
                return NAMES[entry.kind]

    def _words(self, entry: Entry) -> tuple[Passage, ...]:
        match entry.kind:
            case "decision":
                return passages(("Decided", entry.words), ("Why", entry.reason))
            case "closing":
                return passages(
                    ("Summary", entry.words), ("Follow-up", entry.follow_up),
                    ("Decision", entry.decision), ("Outcome", entry.outcome),
                    ("Why it was closed with something still open", entry.reason),
                )  # fmt: skip
            case "action":
                return passages(("", entry.words), ("Who", f"{entry.owner_name}{self._by(entry, ', by')}"))
            case "contact" | "answer" | "informing":
                took_place = minute(entry.took_place_at, self.zone) if entry.took_place_at else ""
                awaited = f"Answer awaited{self._by(entry)}" if entry.awaits_answer else ""
                return passages(
                    ("With", entry.contact_name),
                    ("Reference", entry.contact_reference),
                    ("When", took_place),
                    ("About", entry.person_name),
                    ("", entry.words),
                    ("What they said" if entry.informed == "yes" else "Why", entry.reason),
                    ("", awaited),
                )
            case "person_outcome" | "plan" | "support":
                ended = named(self.profile.person_outcomes, entry.result)
                again = f"Looked at again{self._by(entry)}" if entry.due_on else ""
                return passages(("How it ended", ended), ("", entry.words), ("Why", entry.reason), ("", again))
            case "lesson" | "review":
                own = self.story.own_controls
                controls = "\n".join(f"{code} {name_of(code, self.profile, own)}" for code in entry.controls)
                held = minute(entry.took_place_at, self.zone) if entry.took_place_at else ""
                return passages(
                    ("Took part", entry.attendees),
                    ("When", held),
                    ("", entry.words),
                    ("Why", entry.reason),
                    ("Controls of the standards that it touches", controls),
                )
            case _:
                return passages(("", entry.words), ("Why", entry.reason), ("What shows it", entry.proof_name))

    @staticmethod
    def _by(entry: Entry, words: str = " by") -> str:
        return f"{words} {day(entry.due_on)}" if entry.due_on else ""

    def _change(self, entry: Entry) -> list[Change]:
        shown = [self._presenter.difference(change, self.story.labels) for change in entry.changes]
        changes = [Change(each.label, each.before, each.after) for each in shown]
        if entry.kind == "risk_change" and entry.risk_before != entry.risk_after:
            before, after = (self.risk(risk or "unassessed") for risk in (entry.risk_before, entry.risk_after))
            changes.insert(0, Change("Risk", before, after))
        return changes

    def _corrects(self, entry: Entry) -> str:
        earlier = self._entry(entry.supersedes_id)
        return f"Corrects what was written on {minute(earlier.written_at, self.zone)}." if earlier else ""

    def _corrected(self, entry: Entry) -> str:
        later = next((each for each in self.story.entries if each.supersedes_id == entry.id), None)
        return f"Corrected on {minute(later.written_at, self.zone)} by {later.author_name}." if later else ""

    def _entry(self, identifier: UUID | None) -> Entry | None:
        return next((entry for entry in self.story.entries if entry.id == identifier), None)

    def risk(self, code: str) -> str:
        """A level of risk in the organisation's words."""
        level = self.profile.risk_levels.get(code)
        return level.name if level else NOT_ASSESSED

    @property
    def _presenter(self) -> Presenter:
        return Presenter(self.profile, self.zone, self.story.facts.recorded_at)


def attached(file: File) -> Moment:
    """A file, by what is known of it: whoever holds a copy can tell by its digest that it is this one."""
    return Moment(
        at=file.attached_at,
        mark=Mark.NOTE,
        what="File attached",
        author=file.attached_by_name,
        passages=passages(
            ("Called", file.name),
            ("Kind, by its content", f"{file.says}, {file.size:,} bytes"),
            ("What it is", file.note),
            ("SHA-256", file.sha256),
        ),
    )


def passages(*said: tuple[str, str | None]) -> tuple[Passage, ...]:
    """What is said under each label, without those of which nothing is."""
    return tuple(Passage(label, words) for label, words in said if words)
