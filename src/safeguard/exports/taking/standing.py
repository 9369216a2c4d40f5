"""What there is to take along, and what of it was made: read for whoever asks, naming nothing that is kept from them.

A period leaves restricted incidents out, so each of those has a pack of its own, in the log that its readers may know
of. Whoever must not know of one finds neither it nor a pack of it here: the policies of the database decide that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.evidence.queries import get_organisation
from safeguard.exports.taking.spans import Span, spans
from safeguard.people.twins import ROOTS
from safeguard.work import Work

MOST: Final = 200
"""Reviews, and restricted incidents, that the page names."""

FIRST: Final = """
select min(i.recorded_at) from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is null
"""
FIRST_REFERRAL: Final = """
select min(r.sent_at) from public.referrals r where r.organisation_id = (select sec.current_organisation())
"""
MADE: Final = """
select distinct on (p.kind, p.incident_id, p.review_id, p.from_on) p.id, p.kind, p.incident_id, p.review_id, p.from_on,
    p.until_on, p.requested_at, p.ready_at, coalesce(j.state = 'parked', false) as stopped
from public.packs p
left join jobs.job j on j.organisation_id = p.organisation_id and j.kind = 'pack.make' and j.key = p.id::text
where p.organisation_id = (select sec.current_organisation()) and not p.redacted and p.locked_at is null
    and p.disposed_at is null and (p.kind in ('registers', 'review', 'referrals', 'disposals')
        or p.kind = 'period' and p.files or p.kind = 'incident' and p.files and p.log = 'restricted')
order by p.kind, p.incident_id, p.review_id, p.from_on, p.requested_at desc, p.id desc
"""
REVIEWS: Final = """
select r.id, r.framework, r.signed_at from public.reviews r
where r.organisation_id = (select sec.current_organisation()) and r.state = 'signed'
order by r.signed_at desc, r.id desc limit $1
"""
RESTRICTED: Final = """
select i.id, i.reference, i.recorded_at from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.restricted_at is not null
order by i.recorded_at, i.id limit $1
"""
WITH_FILES: Final = """
from public.people p
where p.organisation_id = (select sec.current_organisation()) and p.merged_into_id is null and exists (
    select from public.incident_people n
    join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
    where n.organisation_id = p.organisation_id and n.removed_at is null and i.restricted_at is null
        and (n.person_id = p.id or n.person_id in (select r.id from roots r where r.root = p.id)))
"""
PACKED: Final = """
exists (select from public.packs k where k.organisation_id = p.organisation_id and k.person_id = p.id
    and k.kind = 'person' and not k.redacted and k.locked_at is null and k.disposed_at is null)
"""
PEOPLE: Final = f"{ROOTS}select count(*) as whole, count(*) filter (where {PACKED}) as made {WITH_FILES}"
NOT_PACKED: Final = f"{ROOTS}select p.id {WITH_FILES} and not {PACKED} order by p.id limit $1"

Kind = Literal["period", "referrals", "registers", "disposals", "review", "incident"]


class Made(msgspec.Struct, frozen=True):
    """The latest pack of something."""

    id: UUID
    kind: str
    incident_id: UUID | None
    review_id: UUID | None
    from_on: date | None
    until_on: date | None
    requested_at: datetime
    ready_at: datetime | None
    stopped: bool

    @property
    def is_coming(self) -> bool:
        """Whether it was asked for and is not there yet."""
        return not self.ready_at and not self.stopped


@dataclass(frozen=True, slots=True)
class Thing:
    """Something of which a pack is made."""

    kind: Kind
    made: Made | None
    span: Span | None = None
    id: UUID | None = None
    named: str = ""
    """A reference, or the code of a standard."""
    at: datetime | None = None
    """When an incident was recorded, or a review signed."""

    @property
    def is_missing(self) -> bool:
        """Whether no pack of it was made or is coming, or one only of a part of its days."""
        if self.made is None or self.made.stopped:
            return True
        return bool(self.span and self.made.until_on and self.made.until_on < self.span.last)


@dataclass(frozen=True, slots=True)
class Files:
    """How many people have a part in an incident, and of how many of them a pack was asked for."""

    whole: int
    made: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything to take along, for one reader."""

    things: tuple[Thing, ...]
    restricted: tuple[Thing, ...]
    files: Files
    opens_restricted: bool
    """Whether packs of restricted incidents are for this reader: those show how far the restricted log reaches."""

    @property
    def missing(self) -> tuple[Thing, ...]:
        """What everybody who makes packs can still make."""
        return tuple(thing for thing in self.things if thing.is_missing)

    @property
    def restricted_missing(self) -> tuple[Thing, ...]:
        """The same of restricted incidents."""
        return tuple(thing for thing in self.restricted if thing.is_missing)


async def read_standing(work: Work) -> Standing:
    """What there is and what was made, as far as the actor may know."""
    work.require(Permission.EVIDENCE_EXPORT)
    work.require(Permission.INCIDENT_READ)
    made = [Made(*row) for row in await work.driver.fetch(MADE)]
    rows = await work.driver.fetch(RESTRICTED, MOST)
    restricted = tuple(_restricted(row["id"], row["reference"], row["recorded_at"], made) for row in rows)
    whole, packed = (await work.driver.fetch(PEOPLE))[0]
    opens = bool(await work.driver.fetchval("select sec.reads_vault()"))
    return Standing(await _things(work, made), restricted, Files(whole, packed), opens)


async def list_without_file(work: Work, most: int) -> list[UUID]:
    """People with a part in an incident of whose file no pack was asked for, up to `most`."""
    work.require(Permission.PERSON_READ)
    return [row["id"] for row in await work.driver.fetch(NOT_PACKED, most)]


async def _things(work: Work, made: Sequence[Made]) -> tuple[Thing, ...]:
    reviews = await work.driver.fetch(REVIEWS, MOST)
    return (
        *await _dated(work, "period", FIRST, made),
        *await _dated(work, "referrals", FIRST_REFERRAL, made),
        Thing("registers", _latest(each for each in made if each.kind == "registers")),
        Thing("disposals", _latest(each for each in made if each.kind == "disposals")),
        *(_review(row["id"], row["framework"], row["signed_at"], made) for row in reviews),
    )


async def _dated(work: Work, kind: Kind, first: str, made: Iterable[Made]) -> list[Thing]:
    began: datetime | None = await work.driver.fetchval(first)
    if began is None:
        return []
    zone = (await get_organisation(work)).zone
    own = [each for each in made if each.kind == kind]
    days = spans(began.astimezone(zone).date(), work.now().astimezone(zone).date())
    return [Thing(kind, _latest(each for each in own if _begins(each, span)), span) for span in days]


def _begins(made: Made, span: Span) -> bool:
    """Whether a pack reaches from the first day of the span, or before it, into it."""
    return bool(made.from_on and made.until_on and made.from_on <= span.first <= made.until_on)


def _review(review_id: UUID, framework: str, signed_at: datetime, made: Iterable[Made]) -> Thing:
    return Thing(
        "review", _latest(each for each in made if each.review_id == review_id and each.kind == "review"),
        id=review_id, named=framework, at=signed_at,
    )  # fmt: skip


def _restricted(incident_id: UUID, reference: str, at: datetime, made: Iterable[Made]) -> Thing:
    own = _latest(each for each in made if each.incident_id == incident_id)
    return Thing("incident", own, id=incident_id, named=reference, at=at)


def _latest(made: Iterable[Made]) -> Made | None:
    """The one that reaches furthest, and of these the one that was asked for last; one that stopped counts least."""
    return max(made, key=_reach, default=None)


def _reach(made: Made) -> tuple[bool, date, datetime]:
    return not made.stopped, made.until_on or date.min, made.requested_at
