"""An incident as its page shows it: every choice in the organisation's words, every time in its own zone.

Templates receive these and decide nothing.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.attachments.queries import File
from safeguard.incidents.answering import answer_said
from safeguard.incidents.controls import name_of
from safeguard.incidents.entry_kinds import CORRECTABLE, INFORMED, LOOKED_AT_AGAIN
from safeguard.incidents.phrases import MARKS, SHOWN, Named, Passage, knower, named, passages_of, verb_of
from safeguard.incidents.standing import PersonStanding, standing
from safeguard.incidents.story import Change, Entry, Facts, Linked, Person, Story
from safeguard.tenancy.profile import Profile
from safeguard.web.languages import gettext
from safeguard.web.times import day_said

PARENTS = {
    "not_said": "Not recorded yet",
    "yes": "Informed",
    "no": "Not informed",
    "not_yet": "Not yet",
    "not_needed": "Does not apply",
}

FIELD_NAMES = {
    "narrative": "What happened",
    "reported_type": "What it is about",
    "danger_now": "In danger now",
    "discovered_at": "Found out",
    "place": "Where",
    "place_detail": "Where exactly",
    "platforms": "Platforms",
    "device": "Device",
    "accounts": "Accounts and addresses",
    "child_words": "In their own words",
    "immediate_action": "What was done",
    "lead_told": "Told in person",
    "happened_from": "When, or from when",
    "happened_until": "Until when",
    "happened_precision": "How precise the time is",
    "happened_words": "When, in words",
    "four_c": "Area of risk",
    "risk_areas": "Risk areas",
    "issue_types": "Issues",
    "parents_informed": "Parents or carers",
    "name": "name",
    "role": "part in it",
    "kind": "child or adult",
    "connection": "how they belong here",
    "group_name": "group",
    "notes": "notes",
    "removed_at": "taken out",
}

ASKED = {"narrative": "narrative", "child_words": "own_words", "immediate_action": "action"}
"""The fields that are the answer to one question."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a correction."""

    label: str
    before: str
    after: str
    added: bool = False
    """Whether nothing stood there before."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the timeline."""

    id: UUID
    kind: str
    mark: str
    moment: datetime
    author: str
    verb: str
    passages: tuple[Passage, ...] = ()
    differences: tuple[Difference, ...] = ()
    risk_before: str | None = None
    risk_after: str | None = None
    shared: bool = False
    corrects: UUID | None = None
    corrected_by: UUID | None = None
    correctable: bool = False
    due_on: date | None = None
    owner: str = ""
    overdue: bool = False
    to_do: bool = False
    """Whether it is an action that somebody still has to do."""
    unowned: bool = False
    """Whether whoever was to do it is here no more, or may not know of it."""
    awaited: bool = False
    """Whether it is a contact whose answer has not come."""
    remind_on: date | None = None
    took_place_at: datetime | None = None
    done_at: datetime | None = None
    controls: tuple[str, ...] = ()
    """Controls of the standards that a lesson touches, by code."""
    proof_file: UUID | None = None
    proof_item: UUID | None = None
    proof: str = ""
    """What shows that an action was done, by its name."""


@dataclass(frozen=True, slots=True)
class ShownCare:
    """What was written for one person of an incident, each with the entry that says it."""

    outcome: str = ""
    outcome_entry: UUID | None = None
    plan_due: date | None = None
    plan_overdue: bool = False
    plan_entry: UUID | None = None
    support_entry: UUID | None = None
    support_due: date | None = None
    support_overdue: bool = False


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """A person with the part they have in this incident."""

    id: UUID
    name: str
    role: str
    role_code: str
    role_hint: str
    belongs: str
    group_name: str
    notes: str
    care: ShownCare = ShownCare()
    person_id: UUID | None = None
    """Who this is in the list of people."""


@dataclass(frozen=True, slots=True)
class Knows:
    """Whether one who answers for a child knows, as it was said last."""

    code: str
    who: str
    answer: str
    informed: str
    about: str
    name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """The facts of an incident in words."""

    facts: Facts
    when: str
    place: str
    platforms: tuple[str, ...]
    device: str
    areas: tuple[str, ...]
    risk_areas: tuple[str, ...]
    issues: tuple[str, ...]
    parents: str
    people: tuple[ShownPerson, ...]
    blocked: bool
    """Whether one of its issue types forbids every attachment."""
    reported: str
    """What whoever reported it says that it is about."""
    answers: tuple[Passage, ...]
    """To the organisation's own questions, each under the question as it was asked."""
    own_words: str
    """How the form asked for somebody's own words."""
    action: str
    """How it asked what was done."""
    corrected: bool
    """Whether the report reads differently now than when it came."""
    knows: tuple[Knows, ...] = ()
    controls: tuple[str, ...] = ()
    """Controls of the standards that the lessons touch, by name."""
    links: tuple[Linked, ...] = ()
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Presenter:
    """Puts things into one organisation's words."""

    profile: Profile
    zone: ZoneInfo
    now: datetime

    @property
    def today(self) -> date:
        """Today, where the organisation is."""
        return self.now.astimezone(self.zone).date()

    def shown(self, story: Story) -> Shown:
        """The facts of an incident."""
        facts, profile = story.facts, self.profile
        now = standing(story)
        issues = [profile.issues[code] for code in facts.issue_types if code in profile.issues]
        return Shown(
            facts=facts,
            when=self.when(facts),
            place=", ".join(part for part in (named(profile.places, facts.place), facts.place_detail) if part),
            platforms=_names(profile.platforms, facts.platforms),
            device=named(profile.devices, facts.device),
            areas=_names(profile.areas, facts.four_c),
            risk_areas=_names(profile.risk_areas, facts.risk_areas),
            issues=_names(profile.issues, facts.issue_types),
            parents=gettext(PARENTS[facts.parents_informed]),
            people=tuple(self._person(person, now.of(person.id)) for person in story.present),
            blocked=any(issue.blocks_attachments for issue in issues),
            files=story.files,
            reported=named(profile.reported, facts.reported_type),
            answers=tuple(Passage(answer.asked, answer_said(answer)) for answer in facts.answers),
            own_words=self.label(story, "own_words"),
            action=self.label(story, "action"),
            corrected=any(entry.kind == "correction" for entry in story.entries),
            knows=tuple(self._knows(entry) for entry in now.knowledge),
            controls=tuple(f"{code} {name_of(code, profile, story.own_controls)}" for code in now.controls),
            links=story.links,
        )

    def label(self, story: Story, code: str) -> str:
        """A question as it was put when the report was made; as it is put today where nobody read that."""
        return story.labels.get(code) or self.profile.questions[code].label

    def when(self, facts: Facts) -> str:
        """When it happened, as people say it; empty when nobody knows."""
        parts = [self._moment(facts), facts.happened_words]
        return ", ".join(part for part in parts if part)

    def items(
        self, story: Story, show: str = "all", *, newest: bool = False, unowned: Collection[UUID] = ()
    ) -> tuple[Item, ...]:
        """The timeline, filtered, in the order asked for; `unowned`: the actions that nobody has, by id."""
        replaced = {entry.supersedes_id: entry.id for entry in story.entries if entry.supersedes_id}
        kinds = SHOWN.get(show)
        entries = [entry for entry in story.entries if kinds is None or entry.kind in kinds]
        items = [self._item(entry, replaced.get(entry.id), story, unowned=entry.id in unowned) for entry in entries]
        return tuple(reversed(items) if newest else items)

    def _moment(self, facts: Facts) -> str:
        if facts.happened_from is None:
            return ""
        local = facts.happened_from.astimezone(self.zone)
        said = day_said(local.date(), self.today)
        if facts.happened_precision == "period" and facts.happened_until:
            until = day_said(facts.happened_until.astimezone(self.zone).date(), self.today)
            return gettext("%(first)s to %(last)s") % {"first": said, "last": until}
        return f"{said} {local:%H:%M}" if facts.happened_precision == "minute" else said

    def _person(self, person: Person, written: PersonStanding) -> ShownPerson:
        role = self.profile.person_roles[person.role]
        belongs = named(self.profile.connections, person.connection) or _KINDS[person.kind]
        return ShownPerson(
            id=person.id,
            name=person.name,
            role=role.name,
            role_code=person.role,
            role_hint=role.hint,
            belongs=gettext(belongs),
            group_name=person.group_name,
            notes=person.notes,
            care=self._care(written),
            person_id=person.person_id,
        )

    def _care(self, written: PersonStanding) -> ShownCare:
        outcome, plan, support = written.outcome, written.plan, written.support
        due = plan.due_on if plan and not plan.done_at else None
        again = support.due_on if support and not support.done_at else None
        return ShownCare(
            outcome=named(self.profile.person_outcomes, outcome.result) if outcome else "",
            outcome_entry=outcome.id if outcome else None,
            plan_due=due,
            plan_overdue=bool(due and due < self.today),
            plan_entry=plan.id if plan else None,
            support_entry=support.id if support else None,
            support_due=again,
            support_overdue=bool(again and again < self.today),
        )

    def _knows(self, entry: Entry) -> Knows:
        informed = entry.informed or "not_needed"
        return Knows(
            code=entry.contact or "",
            who=knower(entry.contact, self.profile),
            answer=gettext(INFORMED[informed]).split(",")[0],
            informed=informed,
            about=entry.person_name,
            name=entry.contact_name,
            reason=entry.reason,
            at=entry.took_place_at or entry.written_at,
        )

    def _item(self, entry: Entry, corrected_by: UUID | None, story: Story, *, unowned: bool) -> Item:
        state = story.facts.state
        stands_open = entry.done_at is None and corrected_by is None and state != "closed"
        awaited = stands_open and entry.kind == "contact" and entry.awaits_answer
        to_do = stands_open and (entry.kind == "action" or (entry.kind in LOOKED_AT_AGAIN and entry.due_on is not None))
        return Item(
            id=entry.id,
            kind=entry.kind,
            mark=MARKS.get(entry.kind, "note"),
            moment=entry.written_at,
            author=entry.author_name or "Safeguard",
            verb=verb_of(entry),
            passages=passages_of(entry, self.profile, story.own_controls),
            differences=tuple(self.difference(change, story.labels) for change in entry.changes),
            risk_before=entry.risk_before,
            risk_after=entry.risk_after,
            shared=entry.shared,
            corrects=entry.supersedes_id,
            corrected_by=corrected_by,
            correctable=entry.kind in CORRECTABLE and not corrected_by and not entry.done_at and state != "closed",
            due_on=entry.due_on,
            owner=entry.owner_name if entry.kind == "action" else "",
            overdue=bool((to_do or awaited) and entry.due_on and entry.due_on < self.today),
            to_do=to_do,
            unowned=unowned,
            awaited=awaited,
            remind_on=entry.remind_on,
            took_place_at=entry.took_place_at,
            done_at=entry.done_at if entry.kind != "link" else None,
            controls=entry.controls if entry.kind == "lesson" else (),
            proof_file=entry.proof_file_id,
            proof_item=entry.proof_item_id,
            proof=entry.proof_name,
        )

    def difference(self, change: Change, labels: Mapping[str, str]) -> Difference:
        """One change of a correction, in words; a question under its label of then."""
        parts = change.field.split(".")
        if parts[0] == "answers":
            parts = [change.field.removeprefix("answers.")]
        label = labels.get(ASKED.get(parts[-1], "")) or gettext(FIELD_NAMES.get(parts[-1], parts[-1]))
        if parts[0] == "people":
            label = gettext("Person %(number)s: %(what)s") % {"number": parts[1], "what": label}
        name = parts[-1]
        before, after = self._value(name, change.before), self._value(name, change.after)
        return Difference(label, before, after, added=change.before in _EMPTY)

    def _value(self, name: str, value: object) -> str:
        if value in _EMPTY:
            return gettext("nothing")
        if isinstance(value, list):
            return ", ".join(self._value(name, item) for item in value)
        if isinstance(value, bool):
            return gettext("Yes") if value else gettext("No")
        if name in _TIMES:
            local = datetime.fromisoformat(str(value)).astimezone(self.zone)
            # Noon stands for a day whose time nobody knows.
            return f"{local.day} {local:%B %Y}" + ("" if (local.hour, local.minute) == (12, 0) else f" {local:%H:%M}")
        return self._coded(name, str(value))

    def _coded(self, name: str, code: str) -> str:
        profile = self.profile
        known: dict[str, Mapping[str, Named]] = {
            "place": profile.places, "platforms": profile.platforms, "device": profile.devices,
            "reported_type": profile.reported,
            "four_c": profile.areas, "risk_areas": profile.risk_areas, "issue_types": profile.issues,
            "role": profile.person_roles, "connection": profile.connections,
        }  # fmt: skip
        if name in known:
            return named(known[name], code)
        return gettext({**PARENTS, **_PRECISIONS, **_KINDS}.get(code, code)) if name in _WORDED else code


_EMPTY = (None, "", [])
_TIMES = frozenset({"happened_from", "happened_until", "discovered_at", "removed_at"})
_WORDED = frozenset({"parents_informed", "happened_precision", "kind"})
_KINDS = {"child": "Child", "adult": "Adult", "unknown": "Not known"}
_PRECISIONS = {
    "minute": "To the minute",
    "day": "A day",
    "period": "A period",
    "about": "Roughly",
    "unknown": "Not known",
}


def _names(known: Mapping[str, Named], codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(named(known, code) for code in codes)
