"""What an invented organisation did between its incidents: the chain from an incident to a level that rose.

A lesson names a weak control; an improvement is planned because of it and done some months later; there is evidence of
it, and the next review finds the control better. Another lesson is new, and what was planned for it is under way.
Almost a year ago a smaller standard was reviewed as well, so that its next review is near.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.demo.cast import House
from safeguard.demo.standing import SECURE, pies_of, review_a_year_later, who
from safeguard.evidence.bodies import bodies_for
from safeguard.standards.framework import Control, Framework
from safeguard.standards.frameworks import BUILT_IN, offered
from safeguard.standards.improving import Plan, change_improvement, plan_improvement
from safeguard.standards.proving import NewItem, add_item
from safeguard.standards.queries import get_review
from safeguard.standards.review import Improvement, Review
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.tenancy.profile import Profile
from safeguard.work import Work, begin

SMALL: Final = 12
"""A standard of no more controls is reviewed in one afternoon."""
REVIEWED: Final = timedelta(days=345)
PLANNED: Final = timedelta(days=300)
DONE: Final = timedelta(days=130)
LATE: Final = timedelta(days=6)
AGREED: Final = "Agreed at the meeting of those who govern, with one question to the provider."
SEEN: Final = "We looked, and asked three people who were there."
TAUGHT: Final = """
select e.incident_id, c.control
from public.entries e cross join unnest(e.controls) c (control)
join public.reviews r on r.organisation_id = e.organisation_id and r.framework = $1 and r.state = 'signed'
join public.ratings t on t.organisation_id = r.organisation_id and t.review_id = r.id and t.control = c.control
where e.organisation_id = (select sec.current_organisation()) and e.kind = 'lesson' and t.level > $2
    and c.control <> all ($3::text[]) and not exists (
        select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
order by t.level desc, e.written_at desc, c.control limit 1
"""


class Change(NamedTuple):
    """What is done about one control, and what came of it."""

    words: str
    effect: str
    kind: str
    evidence: str


CHANGES: Final = {
    "M3": Change("Put how to pass something on onto one page, with one name and one number, and hand it to everybody.",
                 "New people know whom to tell. Nobody thinks any more that somebody else has passed it on.",
                 "document", "Passing something on: one page"),
    "M5": Change("Add to the policy what to do when somebody else posts about us, and talk about it in a meeting.",
                 "The last two false accounts were reported on the day on which somebody saw them.",
                 "policy", "Social media: what to do about what others post"),
    "A5": Change("Try the filter on every network each month, the guests' too, and send its alerts to two people.",
                 "The guests' network is filtered like the others. An alert reaches somebody every working day.",
                 "document", "Monthly check of the filter on every network"),
    "S1": Change("Have two people read what monitoring reports, and write down that they did.",
                 "No alert has waited longer than a day since the summer.",
                 "document", "Who reads the alerts, week by week"),
    "L7": Change("Half an hour for all staff on closing their own profiles, and again for whoever joins.",
                 "Everybody has looked through their own settings; fewer names can be found.",
                 "training", "Half an hour on one's own profiles: who was there"),
    "L10": Change("Show families the settings that matter at the next evening, and send them as one page.",
                  "More than half of the families came or asked for the page; several wrote that they had used it.",
                  "other", "Evening for families: the page that they took home"),
    "L12": Change("Put the way to report onto the start page of every device, and ask people whether they find it.",
                  "Of ten people whom we asked, nine found it at once. Reports come days earlier.",
                  "display", "The way to report, on every start page"),
}  # fmt: skip


class Meanwhile:
    """What is still to be done between the incidents, each at its moment."""

    def __init__(self, house: House, profile: Profile, actors: tuple[Actor, ...], until: datetime) -> None:
        self._lead = actors[house.holding_lead]
        self._governor = who(house, actors, Role.GOVERNOR)
        self._profile = profile
        self._kind = house.kind
        self._pies = pies_of(house, profile)
        self._planned: tuple[Improvement, Control] | None = None
        self._known: dict[str, int] = {}
        acts = ((REVIEWED, self._review), (PLANNED, self._plan), (DONE, self._finish), (LATE, self._plan_again))
        self._acts = [(until - before, act) for before, act in acts if self._pies]

    @property
    def moments(self) -> tuple[datetime, ...]:
        """When something is to be done."""
        return tuple(at for at, _act in self._acts)

    @property
    def known(self) -> Mapping[str, int]:
        """Where the next review finds the controls that were improved, and those that are being improved."""
        return dict(self._known)

    async def reach(self, moment: datetime) -> None:
        """Do what is due before then."""
        while self._acts and self._acts[0][0] <= moment:
            at, act = self._acts.pop(0)
            await act(at)

    async def _review(self, at: datetime) -> None:
        """What inspectors ask about is reviewed a year later: a small standard of theirs, then the whole of PIES."""
        wanted = {code for body in bodies_for(self._kind) for code in body.frameworks}
        small = [each for each in offered(self._profile) if each.code != BUILT_IN and len(each.controls) <= SMALL]
        for framework in sorted(small, key=lambda each: each.code not in wanted)[:1]:
            async with begin(self._lead, dated=at) as work:
                review = await begin_review(work, framework, "full")
                for place, control in enumerate(framework.controls):
                    await judge(work, review, control, SECURE + place % 2, SEEN, 0)
            await self._agree(at, framework, review)
        if self._pies and BUILT_IN in wanted:
            at += timedelta(hours=1)
            async with begin(self._lead, dated=at) as work:
                review = await review_a_year_later(work, self._pies, frozenset(CHANGES))
            await self._agree(at, self._pies, review)

    async def _agree(self, at: datetime, framework: Framework, review: Review) -> None:
        async with begin(self._governor, dated=at) as work:
            await sign_off(work, review.id, framework, AGREED, (await get_review(work, review.id)).stamp)

    async def _plan(self, at: datetime) -> None:
        async with begin(self._lead, dated=at) as work:
            self._planned = await _because(work, self._pies, at, timedelta(days=120))

    async def _finish(self, at: datetime) -> None:
        if self._planned is None:
            return
        one, control = self._planned
        self._known[control.code] = SECURE
        change = CHANGES[control.code]
        async with begin(self._lead, dated=at) as work:
            plan = Plan(words=one.words, owner=str(one.owner_id), due_on=one.due_on)
            progress = "Begun with two colleagues; all of it since the holidays."
            await change_improvement(work, one.id, plan, "done", progress, change.effect, 1)
            await add_item(work, NewItem(
                kind=change.kind, title=change.evidence, kept_at="Shared drive, Standards", dated_on=at.date(),
                renew_on=at.date() + timedelta(days=365), supports=((BUILT_IN, control.code),),
            ))  # fmt: skip

    async def _plan_again(self, at: datetime) -> None:
        async with begin(self._lead, dated=at) as work:
            again = await _because(work, self._pies, at, timedelta(days=45), beside=tuple(self._known))
            if again:
                self._known[again[1].code] = again[0].level_then or SECURE
                plan = Plan(words=again[0].words, owner=str(again[0].owner_id), due_on=again[0].due_on)
                await change_improvement(work, again[0].id, plan, "doing", "The first part is written.", "", 1)


async def _because(
    work: Work, pies: Framework | None, at: datetime, within: timedelta, beside: Sequence[str] = ()
) -> tuple[Improvement, Control] | None:
    """Plan what follows from the lesson that names the weakest control."""
    others = [*beside, *(control.code for control in pies.controls if control.code not in CHANGES)] if pies else []
    row = await work.driver.fetchrow(TAUGHT, BUILT_IN, SECURE, others) if pies else None
    control = pies.control(row["control"]) if pies and row else None
    if pies is None or row is None or control is None:
        return None
    incident: UUID = row["incident_id"]
    due: date = (at + within).date()
    plan = Plan(words=CHANGES[control.code].words, owner=str(work.actor.user_id), due_on=due)
    return await plan_improvement(work, pies, control, plan, "incident", incident), control
