"""Listening: what children said, and what was done about it; and whether what was changed has helped.

The effect is computed: the level of a control before the change and now, and incidents in as many whole months before
the month of the change as after it. Whether that is the change's doing is for people to judge, with a reason.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.registers import feeding
from safeguard.registers.here import months_on
from safeguard.registers.rows import HERE, add, adding, document, fetch, get, shown
from safeguard.registers.voice.figures import bound
from safeguard.standards.framework import Control, Framework
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.whereabouts import day_of
from safeguard.work import Work

WAYS: Final = ("survey", "session", "council", "other")
KINDS: Final = ("policy", "practice", "procedure")
SPANS: Final = (3, 6, 12)
VERDICTS: Final = ("helped", "no_change", "worse", "too_early")
TITLE_LIMIT: Final = 200
WORDS_LIMIT: Final = 10_000
MOST: Final = 500


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Children were asked."""

    id: UUID
    way: str
    title: str
    held_on: date
    asked: str = ""
    voices: int | None = None
    said: str
    done: str = ""
    item_id: UUID | None = None
    recorded_at: datetime
    recorded_by_name: str


class NewSession(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody says of it."""

    way: str
    title: str
    held_on: date | None
    asked: str = ""
    voices: int | None = None
    said: str
    done: str = ""


class Impact(msgspec.Struct, frozen=True, kw_only=True):
    """Something was changed, and its effect is looked at."""

    id: UUID
    kind: str
    title: str
    changed_on: date
    framework: str
    control: str
    measure: str
    months: int
    expected: str
    verdict: str = ""
    words: str = ""
    judged_at: datetime | None = None
    version: int = 1
    item_id: UUID | None = None
    recorded_at: datetime
    recorded_by_name: str


class NewImpact(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody means to look at."""

    kind: str
    title: str
    changed_on: date | None
    measure: str
    months: int | None
    expected: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What can be computed of it."""

    level_before: int | None
    level_now: int | None
    before: int | None
    """Incidents in the months before; None, as after, for whoever may not know of single cases."""
    after: int | None
    first_before: str
    last_before: str
    first_after: str
    last_after: str
    over: int
    """How many of the months after are over."""
    months: int

    @property
    def comparable(self) -> bool:
        """Whether as many months have passed since as are compared before."""
        return self.over >= self.months


ADD: Final = adding("voice_sessions", Session)
ADD_IMPACT: Final = adding("impact_assessments", Impact)
JUDGE: Final = """
update public.impact_assessments a set verdict = $3, words = $4, judged_at = $5, version = a.version + 1
where a.organisation_id = (select sec.current_organisation()) and a.id = $1 and a.version = $2
    and a.struck_on is null
"""
SESSIONS: Final = f"""
select {shown(Session, "v")}::text from public.voice_sessions v where v.{HERE} and v.struck_on is null
order by v.held_on desc, v.id desc limit {MOST}
"""  # noqa: S608  our own constants
IMPACTS: Final = f"""
select {shown(Impact, "a")}::text from public.impact_assessments a where a.{HERE} and a.struck_on is null
order by a.changed_on desc, a.id desc limit {MOST}
"""  # noqa: S608  our own constants
IMPACT: Final = f"""
select {shown(Impact, "a")}::text from public.impact_assessments a
where a.{HERE} and a.id = $1 and a.struck_on is null
"""  # noqa: S608  our own constants
_KEPT_LEVEL: Final = "(d.fields::json -> 'level' ->> 0)::int"
_KEPT_AT: Final = "((d.fields::json -> 'judged_at' ->> 0)::json #>> '{}')::timestamptz"
"""Of every version of a judgement: one that was changed since was true until then, in the same review as well."""
LEVELS: Final = f"""
select (select {_KEPT_LEVEL} from public.ratings t
        join public.reviews r on r.organisation_id = t.organisation_id and r.id = t.review_id
        join audit.documents d on d.organisation_id = t.organisation_id and d.kind = 'rating' and d.id = t.id
        where t.organisation_id = (select sec.current_organisation()) and r.framework = $1 and t.control = $2
            and {_KEPT_LEVEL} is not null and {day_of(_KEPT_AT)} <= $3
        order by {_KEPT_AT} desc, d.version desc limit 1) as before,
       (select t.level from public.ratings t
        join public.reviews r on r.organisation_id = t.organisation_id and r.id = t.review_id
        where t.organisation_id = (select sec.current_organisation()) and r.framework = $1 and t.control = $2
            and t.level is not null and {day_of("t.judged_at")} > $3
        order by t.judged_at desc, t.id desc limit 1) as now
"""  # noqa: S608  our own constants


async def record_session(work: Work, profile: Profile, new: NewSession) -> Session:
    """Record what children said, and keep it as evidence; raises `Invalid`."""
    work.require(Permission.REGISTER_KEEP)
    held_on = _checked(new)
    evidence = feeding.Shown(
        kind="survey", title=new.title, kept_at="Registers, Voices", dated_on=held_on,
        renew_on=feeding.a_year_on(held_on), description=new.done and f"What was done: {new.done}"[:5_000],
    )  # fmt: skip
    session = Session(
        id=clock.new_id(), way=new.way, title=new.title, held_on=held_on, asked=new.asked, voices=new.voices,
        said=new.said, done=new.done, item_id=await feeding.feed(work, profile, evidence, feeding.VOICE),
        recorded_at=work.now(), recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD, session)
    work.record("voice.recorded", session.id, document=document("voice", session, session.id))
    return session


async def begin_impact(work: Work, profile: Profile, framework: Framework, control: Control, new: NewImpact) -> Impact:
    """Say what was changed, and what is to be looked at; raises `Invalid`."""
    work.require(Permission.REGISTER_KEEP)
    changed_on = _checked_impact(profile, framework, new)
    evidence = feeding.Shown(
        kind="document", title=f"Impact: {new.title}", kept_at="Registers, Impact", dated_on=changed_on,
        renew_on=feeding.a_year_on(changed_on), description=new.expected[:5_000],
    )  # fmt: skip
    impact = Impact(
        id=clock.new_id(), kind=new.kind, title=new.title, changed_on=changed_on, framework=framework.code,
        control=control.code, measure=new.measure, months=new.months or SPANS[0], expected=new.expected,
        item_id=await feeding.feed(work, profile, evidence, feeding.IMPACT), recorded_at=work.now(),
        recorded_by_name=work.actor.name,
    )  # fmt: skip
    await add(work, ADD_IMPACT, impact)
    work.record("impact.begun", impact.id, document=document("impact", impact, impact.id))
    return impact


async def judge_impact(work: Work, impact_id: UUID, verdict: str, words: str, seen: int) -> Impact:
    """Say whether it helped, and why one thinks so."""
    work.require(Permission.REGISTER_KEEP)
    before = await get_impact(work, impact_id)
    errors = [] if verdict in VERDICTS else [FieldError("verdict", "Choose what you think.")]
    if not words:
        errors.append(FieldError("words", "Say why you think so: figures alone do not say what caused them."))
    if errors:
        raise Invalid(*errors)
    if await work.driver.execute(JUDGE, impact_id, seen, verdict, words, work.now()) != "UPDATE 1":
        raise Conflict(
            "Somebody else changed this while you had it open. What you typed is kept: look at theirs first."
        )
    after = msgspec.structs.replace(before, verdict=verdict, words=words, judged_at=work.now(), version=seen + 1)
    work.record("impact.judged", impact_id, document=document("impact", after, impact_id, after.version))
    return after


async def effect_of(work: Work, impact: Impact, today: date) -> Effect:
    """Its effect as far as it can be computed today, and as far as whoever asks may know."""
    levels = await work.driver.fetchrow(LEVELS, impact.framework, impact.control, impact.changed_on)
    begun = impact.changed_on.replace(day=1)
    first, last = _month(months_on(begun, -impact.months)), _month(months_on(begun, -1))
    over = min(max((today.year - begun.year) * 12 + today.month - begun.month - 1, 0), impact.months)
    first_after, last_after = _month(months_on(begun, 1)), _month(months_on(begun, max(over, 1)))
    count = bound()
    return Effect(
        levels[0] if levels else None, levels[1] if levels else None,
        await count(work, first, last, impact.measure),
        await count(work, first_after, last_after, impact.measure) if over else 0,
        first, last, first_after, last_after, over, impact.months,
    )  # fmt: skip


async def list_sessions(work: Work) -> tuple[Session, ...]:
    """What children said, the latest first."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Session, SESSIONS)


async def list_impacts(work: Work) -> tuple[Impact, ...]:
    """What was changed, the latest first."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Impact, IMPACTS)


async def get_impact(work: Work, impact_id: UUID) -> Impact:
    """One change; raises `NotFound`."""
    work.require(Permission.REGISTER_READ)
    return await get(work, Impact, IMPACT, impact_id)


def measures(profile: Profile, framework: Framework | None) -> tuple[tuple[str, str], ...]:
    """What can be counted: all incidents, those of an issue, those whose lessons name a control."""
    found = [("total", "All incidents")]
    found += [(f"issue:{code}", issue.name) for code, issue in profile.issues.items()]
    if framework:
        found += [(f"control:{one.code}", f"Lessons that name: {one.name}") for one in framework.controls]
    return tuple(found)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _checked(new: NewSession) -> date:
    errors: list[FieldError] = []
    if new.way not in WAYS:
        errors.append(FieldError("way", "Choose how they were asked."))
    if not new.title:
        errors.append(FieldError("title", "Say what it was about."))
    if new.held_on is None:
        errors.append(FieldError("held_on", "Say when it was."))
    if not new.said:
        errors.append(FieldError("said", "Say what they told you."))
    if errors:
        raise Invalid(*errors)
    return new.held_on or date.max


def _checked_impact(profile: Profile, framework: Framework, new: NewImpact) -> date:
    errors: list[FieldError] = []
    if new.kind not in KINDS:
        errors.append(FieldError("kind", "Choose what was changed."))
    if not new.title:
        errors.append(FieldError("title", "Say what was changed."))
    if new.changed_on is None:
        errors.append(FieldError("changed_on", "Say from which day."))
    if new.measure not in dict(measures(profile, framework)):
        errors.append(FieldError("measure", "Choose which incidents to look at."))
    if new.months not in SPANS:
        errors.append(FieldError("months", "Choose how many months to compare."))
    if not new.expected:
        errors.append(FieldError("expected", "Say what you expect of it, before you see the figures."))
    if errors:
        raise Invalid(*errors)
    return new.changed_on or date.max
