"""Asking for a pack, of whatever kind. A job makes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.evidence.bodies import load_bodies
from safeguard.evidence.packs.chapters import Chapter, Part, Scope
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.packs.kinds import KINDS
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.saying import day
from safeguard.evidence.sampling import Drawing, Sample, pick
from safeguard.work import LogName, Work

LONGEST: Final = timedelta(days=3 * 366)
EARLIEST: Final = date(2000, 1, 1)
ALL: Final = Scope()
"""Narrowed by nothing."""

ASK: Final = """
insert into public.packs (organisation_id, id, kind, incident_id, from_on, until_on, title, disclosure, requested_at,
                          requested_by, requested_by_name, files, log, redacted, person_id, review_id, body, drawn,
                          seed, drawn_from, sampled)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, sec.clock(), $8, $9, $10, $11, $12, $13, $14,
        $15, $16, $17, $18, $19)
"""
IN_GENERAL: Final = """
select 1 from audit.leaves l
join audit.objects o on o.organisation_id = l.organisation_id and o.handle = l.object
where l.organisation_id = (select sec.current_organisation()) and l.log = 'general' and o.kind = 'incident'
    and o.id = $1 and split_part(l.entry, E'\\n', 8) <> '-' limit 1
"""
RESTRICTED: Final = (
    "This incident is kept from somebody, so its entries are in the restricted log. A pack of that log shows how far"
    " it reaches: only whoever may read the vault of concerns, and handles this incident, can ask for one. The head can"
    " let you in. Its page can be printed."
)
NONE_SIGNED: Final = "No review is signed off here yet. Sign one off first, or say which one you mean."
NOT_HERE: Final = "This kind of pack cannot be made here."
TITLES: Final = {
    "person": "A person's file",
    "review": "Review with its evidence",
    "registers": "Registers",
    "referrals": "Referrals",
    "disposals": "Disposals",
}
"""Ours, and no words of a record: a person's name stands on the page that leads to their file."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A pack as its row is written."""

    kind: str
    title: str
    disclosure: Disclosure
    files: bool = False
    log: LogName = "general"
    redacted: bool = False
    scope: Scope = ALL
    days: tuple[date, date] | None = None
    body: str | None = None
    sample: Sample | None = None


async def request_incident_pack(
    work: Work,
    chapter: Chapter,
    incident_id: UUID,
    disclosure: Disclosure = Disclosure.MINIMAL,
    *,
    files: bool = True,
    redacted: bool = False,
) -> UUID:
    """Ask for a pack of one incident, with its attached files unless these are to stay; raises `NotFound`.

    Of a restricted incident there are two, one of each log: the id is that of the restricted one. Raises `Conflict`
    for those who handle it and may not know how far that log reaches.
    """
    work.require(Permission.EVIDENCE_EXPORT)
    title = await chapter.title(work, incident_id)
    wanted = _Wanted("incident", title, disclosure, files, redacted=redacted, scope=Scope(incident_id))
    if await work.driver.fetchval("select sec.log_of_incident($1)", incident_id) != "restricted":
        return await _ask(work, wanted)
    if not await work.driver.fetchval("select sec.reads_vault()"):
        raise Conflict(RESTRICTED)
    work.restrict()
    if await work.driver.fetchval(IN_GENERAL, incident_id):
        await _ask(work, replace(wanted, title=f"{title}, before it was restricted"))
    await chapter.vouch(work, incident_id)
    titled = replace(wanted, title=f"{title}, restricted", log="restricted", disclosure=Disclosure.MINIMAL)
    return await _ask(work, titled)


async def request_period_pack(
    work: Work,
    first: date | None,
    last: date | None,
    disclosure: Disclosure = Disclosure.COMPLETE,
    *,
    files: bool = False,
    redacted: bool = False,
) -> UUID:
    """Ask for a pack of the incidents recorded from `first` to `last`, both included; raises `Invalid`.

    Their attached files are left out unless asked for: they are many, and the records name their digests.
    """
    work.require(Permission.EVIDENCE_EXPORT)
    days = await _days(work, first, last)
    title = f"Incidents, {_said(*days)}"
    return await _ask(work, _Wanted("period", title, disclosure, files, redacted=redacted, days=days))


async def request_parts_pack(
    work: Work,
    parts: Mapping[str, Part],
    kind: str,
    scope: Scope = ALL,
    days: tuple[date | None, date | None] = (None, None),
    disclosure: Disclosure | None = None,
    *,
    redacted: bool = False,
) -> UUID:
    """Ask for a person's file, a review, the registers, referrals or disposals; raises `NotFound`, `Invalid`, and
    `Conflict` for the review signed last where none is.

    The files of a review's evidence go with it; a redacted pack names their digests.
    """
    work.require(Permission.EVIDENCE_EXPORT)
    within = await _days(work, *days) if KINDS[kind].dated else None
    settled = await _settled(work, parts, kind, scope)
    if kind == "review" and settled.review_id is None:
        raise Conflict(NONE_SIGNED)
    title = f"{TITLES[kind]}, {_said(*within) if within else day(await _today(work))}"
    how = disclosure or KINDS[kind].usual
    files = kind == "review" and not redacted  # of its evidence; of a redacted one nobody knows what is in a file
    return await _ask(work, _Wanted(kind, title, how, files, redacted=redacted, scope=settled, days=within))


async def request_inspection_pack(
    work: Work,
    parts: Mapping[str, Part],
    body: str,
    days: tuple[date | None, date | None],
    drawing: Drawing,
    *,
    redacted: bool = True,
    files: bool = False,
    review_id: UUID | None = None,
) -> UUID:
    """Ask for what an inspector of `body` asks: a sample of cases, review, registers, figures; raises `Invalid`.

    The review is the one that is named, else the one signed last of a standard that this body's headings are about;
    where there is none, the report says so. Raises `NotFound` for one that is not here.
    """
    work.require(Permission.EVIDENCE_EXPORT)
    if body not in load_bodies():
        raise Invalid(FieldError("body", "Choose whose inspector it is."))
    within = await _days(work, *days)
    zone = (await get_organisation(work)).zone
    sample = await pick(work, drawing, _midnight(within[0], zone), _midnight(within[1] + timedelta(days=1), zone))
    wished = Scope(review_id=review_id, frameworks=load_bodies()[body].frameworks)
    settled = await _settled(work, parts, "inspection", wished)
    title = f"Inspection, {load_bodies()[body].name}, {_said(*within)}"
    wanted = _Wanted("inspection", title, Disclosure.COMPLETE, files, redacted=redacted, scope=settled, days=within)
    return await _ask(work, replace(wanted, body=body, sample=sample))


async def _settled(work: Work, parts: Mapping[str, Part], kind: str, scope: Scope) -> Scope:
    for code in KINDS[kind].parts:
        if code not in parts:
            raise Conflict(NOT_HERE)
        scope = await parts[code].settle(work, scope)
    return scope


async def _days(work: Work, first: date | None, last: date | None) -> tuple[date, date]:
    if first is None or last is None:
        raise Invalid(*_missing(first, last))
    if errors := _wrong(first, last, await _today(work)):
        raise Invalid(*errors)
    return first, last


async def _today(work: Work) -> date:
    """Which day it is where the organisation is."""
    return work.now().astimezone((await get_organisation(work)).zone).date()


def _missing(first: date | None, last: date | None) -> list[FieldError]:
    asked = (("from", first, "Give the first day of the period."), ("to", last, "Give the last day of the period."))
    return [FieldError(name, sentence) for name, given, sentence in asked if given is None]


def _wrong(first: date, last: date, today: date) -> list[FieldError]:
    if last < first:
        return [FieldError("to", "The last day is before the first. Which days do you mean?")]
    if first < EARLIEST:
        return [FieldError("from", "Nothing was recorded here that long ago. From which day?")]
    if first > today:
        return [FieldError("from", "The first day is after today. From which day?")]
    if last - first > LONGEST:
        return [FieldError("to", "That is more than three years. Ask for a shorter period, and for another one.")]
    return []


def _said(first: date, last: date) -> str:
    return day(first) if first == last else f"{day(first)} to {day(last)}"


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), zone).astimezone(UTC)


async def _ask(work: Work, wanted: _Wanted) -> UUID:
    pack_id, actor, scope, sample = clock.new_id(), work.actor, wanted.scope, wanted.sample
    first, last = wanted.days or (None, None)
    drawn = (sample.way, sample.seed, sample.drawn_from, list(sample.ids)) if sample else (None, None, None, None)
    await work.driver.execute(
        ASK, pack_id, wanted.kind, scope.incident_id, first, last, wanted.title, wanted.disclosure.value,
        actor.user_id, actor.name, wanted.files, wanted.log, wanted.redacted, scope.person_id, scope.review_id,
        wanted.body, *drawn,
    )  # fmt: skip
    work.record("pack.requested", pack_id)
    work.ask("pack.make", pack_id, key=str(pack_id))
    return pack_id
