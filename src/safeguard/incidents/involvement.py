"""A person's chronology: every incident in which they have a part, with that part and nothing of the others'.

A record and the duplicates merged into it are one person. What the reader may not know of is not here: row security
leaves it out, and nothing is counted besides.
"""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.incidents.phrases import named
from safeguard.incidents.presenting import Presenter
from safeguard.incidents.story import FACTS_JSON, Facts, PersonRole
from safeguard.incidents.untied import list_named_like
from safeguard.people.involving import Mention, Part
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.web.viewing import Organisation
from safeguard.work import Work

MOST: Final = 10_000
"""More than anybody has a part in. If somebody did, the earliest would be missing, never the newest."""
LONG_AFTER: Final = datetime(9000, 1, 1, tzinfo=UTC)
"""Seen from here no day is "today": every date is said in full."""
SAME: Final = """
with recursive up as (
    select p.id, p.merged_into_id from public.people p
    where p.organisation_id = (select sec.current_organisation()) and p.id = $1
    union
    select p.id, p.merged_into_id from up u
    join public.people p on p.organisation_id = (select sec.current_organisation()) and p.id = u.merged_into_id
), same as (
    select u.id from up u where u.merged_into_id is null
    union
    select p.id from same s
    join public.people p on p.organisation_id = (select sec.current_organisation()) and p.merged_into_id = s.id
)
select array(select id from same)
"""
"""A person and whoever was merged into them."""

PARTS: Final = f"""
select x.said from (
select json_build_object('facts', {FACTS_JSON}, 'role', n.role, 'name', n.name, 'notes', n.notes,
    'result', o.result, 'words', o.words)::text as said,
    coalesce(i.happened_from, i.recorded_at) as at, i.id, n.position
from public.incident_people n
join public.incidents i on i.organisation_id = n.organisation_id and i.id = n.incident_id
left join lateral (
    select e.result, e.words from public.entries e
    where e.organisation_id = n.organisation_id and e.incident_id = n.incident_id and e.person_id = n.id
        and e.kind = 'person_outcome' and not exists (
            select from public.entries s where s.organisation_id = e.organisation_id and s.supersedes_id = e.id)
    order by e.written_at desc, e.id desc limit 1) o on true
where n.organisation_id = (select sec.current_organisation()) and n.person_id = any ($1::uuid[])
    and n.removed_at is null
order by at desc, i.id desc, n.position desc
limit {MOST}) x
order by x.at, x.id, x.position
"""  # noqa: S608  our own constants


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    facts: Facts
    role: PersonRole
    name: str
    notes: str = ""
    result: str | None = None
    words: str | None = None


_decode: Final = msgspec.json.Decoder(_Read).decode


class IncidentParts:
    """Tells the list of people what somebody was part of."""

    async def of(self, work: Work, person_id: UUID, organisation: Organisation) -> tuple[Part, ...]:
        """Everything that the reader may know of, the earliest first."""
        work.require(Permission.INCIDENT_READ)
        same = await work.driver.fetchval(SAME, person_id)
        rows = [_decode(row[0]) for row in await work.driver.fetch(PARTS, same)]
        profile = profile_of(organisation.kind, organisation.nation)
        presenter = Presenter(profile, ZoneInfo(organisation.time_zone), clock.now())
        return tuple(_part(row, profile, presenter) for row in rows)

    async def mentions(self, work: Work, person_id: UUID) -> tuple[Mention, ...]:
        """Where somebody of their name stands, tied to nobody, as far as the reader may know."""
        return await list_named_like(work, await work.driver.fetchval(SAME, person_id) or [])


def _part(read: _Read, profile: Profile, presenter: Presenter) -> Part:
    facts = read.facts
    kinds = [named(profile.issues, code) for code in facts.issue_types] or [
        named(profile.areas, code) for code in facts.four_c
    ]
    return Part(
        incident_id=facts.id, reference=facts.reference, state=facts.state, risk=facts.risk,
        recorded_at=facts.recorded_at, when=presenter.when(facts),
        dated=Presenter(profile, presenter.zone, LONG_AFTER).when(facts), role=profile.person_roles[read.role].name,
        role_code=read.role, name=read.name, notes=read.notes, kinds=tuple(kinds), beginning=facts.narrative[:160],
        outcome=named(profile.person_outcomes, read.result) if read.result else "", outcome_words=read.words or "",
    )  # fmt: skip
