"""One case from the report to its end: which acts, when, by whom.

Every act has its moment; what would lie after the end of the story is cut off. So the newest cases are new, the next
are open with something still to do, and most old ones are closed, without anybody setting a state.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import cast

from msgspec.structs import replace

from safeguard.access.roles import Role
from safeguard.demo import acts
from safeguard.demo.acts import Act, Step
from safeguard.demo.cast import House
from safeguard.demo.days import LONDON, RHYTHMS, Rhythm
from safeguard.demo.ending import learnt, outcomes, plans, reviewed, revised
from safeguard.demo.notifying import told_outside
from safeguard.demo.slots import Part, Slots, draw_parts, people_of, slots_of
from safeguard.demo.telling import Beat, StoryKind, beats, voices
from safeguard.incidents.closing import Closing
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.reports import Happened, NewIncident
from safeguard.incidents.story import Risk
from safeguard.incidents.triaging import Classes
from safeguard.tenancy.profile import Profile

REOPENED = (
    "{P} rang: it has begun again, on another account.",
    "A new message last night. Opened again rather than written anew, so that the history stays in one place.",
    "Something we were not told in the first place has come out. See the next entry.",
)
ALIKE = (
    "Reads like the one before: the same app and nearly the same words.",
    "The second of its kind this year. Kept side by side to see whether somebody connects them.",
    "{S} remembered the earlier one. Different people, the same pattern.",
)
SLIPS = (
    ("Monday", "Tuesday", "I had the wrong day."),
    ("last night", "the night before last", "Checked with the family: a day earlier."),
    ("this morning", "yesterday morning", "Wrong day in the first version."),
    ("three", "four", "Counted again."),
    ("the staff room", "the office", "It was in the office, on second thoughts."),
    ("Mum", "A relative", "It was an aunt who rang, not mum."),
)


@dataclass(slots=True)
class Case:
    """A case being told: where it is in time, and what has been done."""

    house: House
    profile: Profile
    story: StoryKind
    number: int
    random: Random
    at: datetime
    author: int = 0
    lead: int = 0
    slots: Slots = field(default_factory=Slots)
    steps: list[Step] = field(default_factory=list[Step])
    actions: int = 0
    asked: int = 0
    used: set[str] = field(default_factory=set[str])
    risk: Risk = "unassessed"
    new: NewIncident = field(default_factory=lambda: NewIncident(narrative=""))
    classes: Classes = field(default_factory=Classes)

    @property
    def rhythm(self) -> Rhythm:
        """When people are at work here."""
        return RHYTHMS[self.house.kind]

    def add(self, act: Act, member: int | None = None) -> None:
        """Something is done, now."""
        self.steps.append(Step(self.at, self.number, self.lead if member is None else member, act))
        self.wait(minutes=self.random.uniform(1, 9))

    def wait(self, *, hours: float = 0, minutes: float = 0, urgent: bool = False) -> None:
        """Time passes; what is not urgent waits until somebody is at their desk."""
        self.at += timedelta(hours=hours, minutes=minutes)
        if hours and not urgent:
            self.at = self.rhythm.at_desk(self.at, self.random)

    def fill(self, texts: tuple[str, ...]) -> str:
        """One of the texts, filled; none twice in a case while there are others."""
        if not texts:
            return ""
        chosen = self.random.choice([text for text in texts if text not in self.used] or list(texts))
        self.used.add(chosen)
        return self.slots.fill(chosen)

    def tell_time(self) -> None:
        """Texts that are written from now on speak of the minutes before they are written."""
        here = (self.at - timedelta(minutes=self.random.randint(3, 25))).astimezone(LONDON)
        self.slots.update(day=here.strftime("%A"), time=here.strftime("%H:%M"), date=here.strftime("%d/%m/%y"))


def tell(
    house: House,
    profile: Profile,
    story: StoryKind,
    number: int,
    at: datetime,
    random: Random,
    like: int | None = None,
    *,
    lies: bool = False,
) -> list[Step]:
    """All the steps of one case that is reported at that moment.

    `like` is an earlier one that it reminds people of; `lies`: nobody sees to its end, unless it is urgent.
    """
    case = Case(house, profile, story, number, random, at)
    case.author, case.lead = _author(case), _lead(case)
    risk = cast("Risk", random.choice(story.risks))
    case.risk = risk
    classified = random.random() < 0.72
    _report(case, risk, classified=classified)
    _receive(case, risk, classified=classified)
    if like is not None:
        case.add(acts.Link(like, case.fill(ALIKE)))
    _tell_outside(case)
    _follow(case)
    if not lies or risk in ("high", "emergency"):
        _close(case)
        if number % 23 == 7:
            _reopen(case)
    return case.steps


def _author(case: Case) -> int:
    writers = case.house.holding(Role.REPORTER, Role.PRACTITIONER)
    others = case.house.holding(Role.PASTORAL, Role.DEPUTY, Role.LEAD)
    return case.random.choice(writers if case.random.random() < 0.82 else others)


def _lead(case: Case) -> int:
    lead, deputies = case.house.holding_lead, case.house.holding(Role.DEPUTY)
    return lead if case.random.random() < 0.7 else case.random.choice(deputies)


def _report(case: Case, risk: str, *, classified: bool) -> None:
    story, random = case.story, case.random
    happened, moment = _happened(case)
    platform = random.choice(story.platforms)
    parts = draw_parts(case.house, story, random)
    case.slots = slots_of(case.house, case.profile, platform, parts, (case.author, case.lead), moment, random)
    narrative = random.choice(story.narratives)
    classes = _classes(case) if classified else Classes()
    danger = risk == "emergency" or (story.danger and random.random() < 0.4)
    new = NewIncident(
        narrative=_written(case, narrative, parts), happened=happened, device=story.device,
        people=people_of(parts, narrative, case.profile, random),
        danger_now=danger or (None if random.random() < 0.3 else False),
        place=random.choice(story.places), platforms=(platform,) if platform else (),
        accounts=_account(case) if random.random() < 0.8 else "",
        child_words=case.fill(story.own_words),
        immediate_action=case.fill(story.taken) if random.random() < 0.9 else "",
        lead_told=danger or random.random() < 0.6,
        four_c=classes.four_c, risk_areas=classes.risk_areas, issue_types=classes.issue_types,
    )  # fmt: skip
    case.new, case.classes = new, classes
    case.add(acts.Record(new), case.author)


def _account(case: Case) -> str:
    """The name of an account, exactly as it is written."""
    return case.random.choice(case.story.accounts).format_map(case.slots) if case.story.accounts else ""


def _happened(case: Case) -> tuple[Happened, datetime]:
    """When it happened, as precisely as the writer knows; a little or a few days before the report."""
    random, before = case.random, case.at - timedelta(minutes=case.random.uniform(10, 300))
    match random.choices(("minute", "day", "period", "about", "unknown"), (35, 30, 8, 17, 10))[0]:
        case "minute":
            return Happened(precision="minute", from_=before.replace(second=0, microsecond=0)), before
        case "day":
            day = (before - timedelta(days=random.choice((0, 0, 1, 1, 2, 3)))).astimezone(LONDON)
            start = day.replace(hour=0, minute=0, second=0, microsecond=0)
            return Happened(precision="day", from_=start), start.replace(hour=before.hour, minute=before.minute)
        case "period":
            first = before - timedelta(days=random.randint(6, 40))
            return Happened(precision="period", from_=first, until=before), before
        case "about":
            return Happened(precision="about", words=random.choice(ABOUT)), before
        case _:
            return Happened(), before


ABOUT = (
    "over the last few weeks", "one evening last week", "since about half-term", "at the weekend, not sure which day",
    "some time before the holidays", "most nights", "a while ago, only told now",
)  # fmt: skip


def _written(case: Case, narrative: str, parts: tuple[Part, ...]) -> str:
    """The narrative in the writer's own manner."""
    voice = voices()[_voice(case, parts)]
    opening = case.random.choice(voice.openings) if case.random.random() < 0.4 else ""
    ending = case.random.choice(voice.endings)
    return case.slots.fill(opening) + case.slots.fill(narrative) + (ending and ending.format_map(case.slots))


def _voice(case: Case, parts: tuple[Part, ...]) -> str:
    """The manner is the writer's own; about a colleague everybody writes plainly."""
    if case.house.kind == "helpline":
        return "helpline"
    about_one_in_care = any(part.letter == "A" and part.connection == "pupil" for part in parts)
    return case.house.members[case.author].voice if about_one_in_care else "plain"


def _classes(case: Case) -> Classes:
    """The classes of a kind of case: its first issue always, further ones often."""
    first, *rest = case.story.issues
    issues = (first, *(issue for issue in rest if case.random.random() < 0.7))
    known = [case.profile.issues[issue] for issue in issues]
    areas = tuple(dict.fromkeys(area for issue in known for area in issue.areas[:1]))
    risk_areas = tuple(dict.fromkeys(area for issue in known for area in issue.risk_areas))
    return Classes(issue_types=issues, four_c=areas, risk_areas=risk_areas)


def _receive(case: Case, risk: Risk, *, classified: bool) -> None:
    """Read by a lead: within minutes when it is urgent, else the same day, and now and then too late."""
    random, urgent = case.random, risk in ("high", "emergency")
    case.wait(hours=random.uniform(0.05, 0.9) if urgent else random.choice((0.3, 1, 2, 4, 4, 7, 26)), urgent=urgent)
    case.add(acts.Acknowledge())
    case.add(acts.Identify())
    case.add(acts.Assess(risk, _reason(case, risk)))
    if not classified:
        case.classes = _classes(case)
        case.add(acts.Classify(case.classes))
    if case.number % 13 == 5:
        _correct(case)


def _tell_outside(case: Case) -> None:
    """Whoever has to hear of it without delay, and whoever answers for a child, before anything else is done."""
    for act in told_outside(case.profile, case.new, case.classes, case.risk, case.at):
        case.add(act)


def _reason(case: Case, risk: Risk) -> str:
    """The stories give the graver reasons first."""
    reasons = case.story.reasons
    return case.fill({"low": reasons[-1:], "medium": reasons}.get(risk, reasons[:1]))


def _correct(case: Case) -> None:
    record = case.steps[0].act
    narrative = record.new.narrative if isinstance(record, acts.Record) else ""
    for wrong, right, reason in SLIPS:
        if wrong in narrative:
            case.add(acts.Correct(wrong, right, reason))
            return
    writer = case.house.members[case.author].name
    added = f"{narrative} Nobody else was in the room."
    case.add(acts.Correct(narrative, added, f"{writer} asked me to add the last sentence."))


def _follow(case: Case) -> None:
    """What is done about it, with a decision in the middle and now and then a second look."""
    wanted = [name for name in case.story.follow if not name.endswith("?") or case.random.random() < 0.55]
    middle = case.random.randint(0, len(wanted) // 2)
    pending: list[tuple[int, Beat]] = []
    unanswered: list[tuple[int, Beat]] = []
    for place, name in enumerate(wanted):
        beat = beats()[name.rstrip("?")]
        case.wait(hours=case.random.uniform(*beat.hours), urgent=beat.hours[0] == 0)
        _do(case, beat, pending, unanswered)
        if place == middle:
            _decide(case)
        if case.random.random() < 0.18:
            case.add(acts.View(), case.house.holding_lead)
        _complete(case, pending, all_of_them=False)
        _answer(case, unanswered, 0.6)
        if place == middle and case.risk != "low":
            _plan(case)
    _complete(case, pending, all_of_them=True)
    _answer(case, unanswered, 0.7)


def _do(case: Case, beat: Beat, pending: list[tuple[int, Beat]], unanswered: list[tuple[int, Beat]]) -> None:
    case.tell_time()
    words = case.fill(beat.words)
    match beat.kind:
        case "note":
            case.add(acts.Add(NewEntry(words=words, shared=case.random.random() < 0.05)))
        case "contact":
            reference = case.slots.fill(beat.reference) if beat.reference else ""
            entry = NewEntry(words=words, kind="contact", contact=beat.contact, contact_reference=reference)
            if beat.answers:
                entry = replace(entry, awaits_answer=True, due_on=(case.at + timedelta(days=2)).date())
                unanswered.append((case.asked, beat))
                case.asked += 1
            case.add(acts.Add(entry))
        case "action":
            due = (case.at + timedelta(days=beat.due)).astimezone(LONDON).date()
            owner = case.random.choice((case.lead, case.author, case.house.holding_lead))
            case.add(acts.Add(NewEntry(words=words, kind="action", due_on=due), owner))
            pending.append((case.actions, beat))
            case.actions += 1
    if beat.informs:
        case.add(acts.Parents("yes", ""))


def _decide(case: Case) -> None:
    words, reason = (case.slots.fill(text) for text in case.random.choice(case.story.decisions))
    said = words.lower()
    referral = "not_made" if "not referred" in said else "made" if said.startswith("referred") else None
    to = "police" if "police" in said and "social care" not in said else "social_care"
    case.add(acts.Add(NewEntry(words=words, kind="decision", reason=reason, referral=referral, contact=to)))


def _complete(case: Case, pending: list[tuple[int, Beat]], *, all_of_them: bool) -> None:
    for one in tuple(pending):
        if all_of_them or case.random.random() < 0.5:
            action, beat = one
            pending.remove(one)
            case.wait(hours=case.random.uniform(2, 24 * max(beat.due, 1)))
            case.tell_time()
            case.add(acts.Complete(action, case.fill(beat.done) or "Done."))


def _plan(case: Case) -> None:
    """Who handles it, and a plan for whoever needs one; now and then the plan is revised."""
    case.wait(hours=case.random.uniform(1, 20))
    case.add(acts.Assign(case.lead))
    made = list(plans(case.new, case.slots, case.at, case.random))
    for act in made:
        case.add(act)
    if made and case.number % 5 == 2:
        case.wait(hours=case.random.uniform(120, 300))
        for act in revised(made, case.new, case.slots, case.at, case.random):
            case.add(act)


def _answer(case: Case, unanswered: list[tuple[int, Beat]], share: float) -> None:
    """What the agencies say; one in eight never answers, which is why somebody keeps asking."""
    for one in tuple(unanswered):
        if case.random.random() < share:
            contact, beat = one
            unanswered.remove(one)
            case.wait(hours=case.random.uniform(1, 30))
            case.tell_time()
            case.add(acts.Answer(contact, case.fill(beat.answers)))


def _settle(case: Case) -> None:
    """The last words before it is closed: how it ended for each, what was learnt, what belongs with it."""
    case.wait(hours=case.random.uniform(20, 300))
    for act in outcomes(case.new, case.slots, case.random):
        case.add(act)
    if case.risk in ("high", "emergency") and case.number % 3 == 0:
        case.add(reviewed(case.slots, case.random))
    if case.random.random() < 0.3:
        case.add(learnt(case.slots, case.random))


def _close(case: Case) -> None:
    _settle(case)
    case.wait(hours=case.random.uniform(1, 60))
    said = [case.slots.fill(text) for text in case.random.choice(case.story.closings)]
    case.add(acts.Close(Closing(summary=said[0], follow_up=said[1], decision=said[2], outcome=said[3])))


def _reopen(case: Case) -> None:
    case.wait(hours=case.random.uniform(200, 900))
    case.add(acts.Reopen(case.fill(REOPENED)))
    case.add(acts.Add(NewEntry(words=case.slots.fill("Spoke with everyone again. {a} knows that this is open again."))))
    _close(case)


def steps_until(steps: list[Step], end: datetime) -> Iterator[Step]:
    """The steps of a case up to the end of the story."""
    return (step for step in steps if step.at < end)
