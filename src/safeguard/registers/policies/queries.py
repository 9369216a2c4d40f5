"""Reading policies and agreements: what I must read, who has read, who has signed. One statement for each page."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.registers.policies.asked import ASKED, DONE, DUE, HELD, PERSON, READ, SEALED
from safeguard.registers.policies.asked import EDITION as _JOINED
from safeguard.registers.policies.policy import Edition, Link, Listed, Policy, Signature
from safeguard.registers.rows import HERE, fetch, find, get, shown
from safeguard.work import Work

MOST: Final = 1_000
"""The most people, policies or signatures that one page shows."""

_NAME: Final = "lower(btrim({0}.name))"
_CHILD: Final = "lower(btrim({0}.for_name))"
_STANDING: Final = f"""
select distinct on (k.party, k.person, k.child) k.party, k.person, k.edition, k.expires_on
from (select s.*, {_CHILD.format("s")} as child, coalesce(s.user_id::text,
        min(s.user_id::text) over (partition by s.party, {_NAME.format("s")}, {_CHILD.format("s")}),
        {_NAME.format("s")}) as person
    from public.agreement_signatures s
    where s.{HERE} and s.policy_id = {{policy}} and s.ended_at is null) k
order by k.party, k.person, k.child, k.edition desc, k.signed_on desc, k.recorded_at desc, k.id desc
"""  # noqa: S608  our own constants
"""The last signature of each person, for each child that they signed for.

Somebody is an account, or a name where there is none: what was signed on paper or by an address is the same person's
as what an account of that name and party signed.
"""
_REPLACED: Final = f"""exists (select from public.agreement_signatures t
    where t.organisation_id = s.organisation_id and t.policy_id = s.policy_id and t.party = s.party
        and t.ended_at is null and s.ended_at is null
        and (t.edition, t.signed_on, t.recorded_at, t.id) > (s.edition, s.signed_on, s.recorded_at, s.id)
        and {_CHILD.format("t")} = {_CHILD.format("s")} and (t.user_id = s.user_id
            or (t.user_id is null or s.user_id is null) and {_NAME.format("t")} = {_NAME.format("s")}))"""

POLICY: Final = f"select {shown(Policy, 'p')}::text from public.policies p where p.{HERE} and p.id = $1"  # noqa: S608  our own constants
EDITIONS: Final = f"""
select {shown(Edition, "e")}::text from public.policy_editions e
where e.{HERE} and e.policy_id = $1 order by e.number desc limit 200
"""  # noqa: S608  our own constants
EDITION: Final = f"""
select {shown(Edition, "e")}::text from public.policy_editions e where e.{HERE} and e.policy_id = $1 and e.number = $2
"""  # noqa: S608  our own constants
MINE: Final = f"""
select json_build_object('id', p.id, 'kind', p.kind, 'title', p.title, 'edition', p.edition, 'summary', e.summary,
    'due_on', {DUE}, 'done_on', {DONE}, 'sealed', {SEALED})::text
from public.policies p {_JOINED}
join public.memberships m on m.organisation_id = p.organisation_id and m.user_id = $2 and {PERSON}
where p.{HERE} and p.withdrawn_at is null and {ASKED}
order by p.title, p.id limit 200
"""  # noqa: S608  our own constants
READERS: Final = f"""
select json_build_object('user_id', m.user_id, 'name', m.name, 'due_on', {DUE}, 'read_on', {READ})::text
from public.policies p {_JOINED}
join public.memberships m on m.organisation_id = p.organisation_id and {PERSON} and p.readers && {HELD}
where p.{HERE} and p.id = $2 order by m.name, m.user_id limit {MOST}
"""  # noqa: S608  our own constants
LIST: Final = f"""
select json_build_object('policy', {shown(Policy, "p")}, 'effective_on', e.effective_on, 'renew_on', e.renew_on,
    'people', coalesce(q.people, 0), 'read', coalesce(q.read, 0), 'late', coalesce(q.late, 0),
    'signed', (select count(distinct (h.party, h.person)) from ({_STANDING.format(policy="p.id")}) h
        where h.edition = p.edition and (h.expires_on is null or h.expires_on >= $1)))::text
from public.policies p {_JOINED}
left join lateral (
    select count(*) as people, count(d.read_on) as read,
        count(*) filter (where d.read_on is null and d.due_on < $1 and not {SEALED}) as late
    from (select {DONE} as read_on, {DUE} as due_on from public.memberships m
          where m.organisation_id = p.organisation_id and {PERSON} and {ASKED}) d
) q on true
where p.{HERE} and (p.withdrawn_at is not null) = $2
order by p.kind desc, p.title, p.id limit {MOST}
"""  # noqa: S608  our own constants
_AT: Final = f"""(select {shown(Link, "l")} from public.agreement_links l
    where l.organisation_id = s.organisation_id and l.id = s.link_id and l.many)"""  # noqa: S608  our own constants
SIGNATURES: Final = f"""
select {shown(Listed, "s", replaced=_REPLACED, link=_AT)}::text from public.agreement_signatures s
where s.{HERE} and s.policy_id = $1 and ($2 = '' or s.party = $2)
    and ($3 = '' or s.name ilike '%' || $3 || '%' or s.for_name ilike '%' || $3 || '%')
    and (s.recorded_at, s.id) < ($4, $5) and ($7::uuid is null or s.link_id = $7)
order by s.recorded_at desc, s.id desc limit $6
"""  # noqa: S608  our own constants
TALLY: Final = f"""
select h.party,
    count(distinct h.person) filter (where h.edition = $3 and (h.expires_on is null or h.expires_on >= $2)) as holding,
    count(distinct h.person) filter (where h.edition = $3 and h.expires_on between $2 and $2::date + 60) as soon,
    count(distinct h.person) filter (where h.edition <> $3 or h.expires_on < $2) as past
from ({_STANDING.format(policy="$1")}) h group by h.party
"""  # noqa: S608  our own constants
SIGNATURE: Final = f"""
select {shown(Signature, "s")}::text from public.agreement_signatures s
where s.{HERE} and s.policy_id = $1 and s.id = $2
"""  # noqa: S608  our own constants
LINKS: Final = f"""
select {shown(Link, "l")}::text from public.agreement_links l
where l.{HERE} and l.policy_id = $1 and l.ended_at is null and l.expires_at > $2 and (l.many or l.used_at is null)
order by l.recorded_at desc, l.id limit 100
"""  # noqa: S608  our own constants
LINK: Final = f"""
select {shown(Link, "l")}::text from public.agreement_links l where l.{HERE} and l.policy_id = $1 and l.id = $2
"""  # noqa: S608  our own constants
OVER: Final = f"""
select {shown(Link, "l")}::text from public.agreement_links l
where l.{HERE} and l.policy_id = $1 and l.many and (l.ended_at is not null or l.expires_at <= $2) and l.id in (
    select s.link_id from public.agreement_signatures s where s.{HERE} and s.policy_id = $1 and s.ended_at is null)
order by l.recorded_at desc, l.id limit 100
"""  # noqa: S608  our own constants


class Mine(msgspec.Struct, frozen=True):
    """One thing that I am asked to read or to sign."""

    id: UUID
    kind: str
    title: str
    edition: int
    summary: str
    due_on: date
    done_on: date | None
    sealed: bool = False
    """Whether nobody can open its file: then it cannot be read, and nobody is late."""

    def late(self, today: date) -> bool:
        """Whether its day is over, and it could have been done."""
        return self.due_on < today and not self.sealed


class Reader(msgspec.Struct, frozen=True):
    """Somebody who must read, and whether they have."""

    user_id: UUID
    name: str
    due_on: date
    read_on: date | None


class Line(msgspec.Struct, frozen=True):
    """One policy or agreement in the register, with how far it is."""

    policy: Policy
    effective_on: date
    renew_on: date
    people: int
    read: int
    late: int
    signed: int


class Tally(msgspec.Struct, frozen=True):
    """People of one party by what they signed last: it holds, it is about to expire, it does not hold any more."""

    party: str
    holding: int
    soon: int
    past: int


async def get_policy(work: Work, policy_id: UUID) -> Policy:
    """One policy; raises `NotFound`."""
    return await get(work, Policy, POLICY, policy_id)


async def get_edition(work: Work, policy_id: UUID, number: int) -> Edition:
    """One edition of it; raises `NotFound`."""
    return await get(work, Edition, EDITION, policy_id, number)


async def list_editions(work: Work, policy_id: UUID) -> tuple[Edition, ...]:
    """Every edition, the latest first."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Edition, EDITIONS, policy_id)


async def list_mine(work: Work, today: date) -> tuple[Mine, ...]:
    """What I am asked to read or to sign, done or not; nothing for a program."""
    if not work.may(Permission.POLICY_READ) or work.actor.user_id is None:
        return ()
    return await fetch(work, Mine, MINE, today, work.actor.user_id)


async def list_policies(work: Work, today: date, *, withdrawn: bool = False) -> tuple[Line, ...]:
    """The register: policies first, then agreements, each with how far it is."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Line, LIST, today, withdrawn)


async def list_readers(work: Work, policy_id: UUID, today: date) -> tuple[Reader, ...]:
    """Everybody who must read it, by name, with the day on which they read what holds today."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Reader, READERS, today, policy_id)


async def list_signatures(
    work: Work, policy_id: UUID, after: tuple[datetime, UUID], limit: int, *, party: str = "", text: str = "",
    link_id: UUID | None = None,
) -> tuple[Listed, ...]:  # fmt: skip
    """Who signed, the latest first; of one party, by some of a name, at one address."""
    work.require(Permission.REGISTER_READ)
    found = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return await fetch(work, Listed, SIGNATURES, policy_id, party, found, *after, limit, link_id)


async def get_signature(work: Work, policy_id: UUID, signature_id: UUID) -> Signature:
    """One signature; raises `NotFound`."""
    work.require(Permission.REGISTER_READ)
    return await get(work, Signature, SIGNATURE, policy_id, signature_id)


async def tally(work: Work, policy: Policy, today: date) -> dict[str, Tally]:
    """For how many people of each party what they signed last holds."""
    work.require(Permission.REGISTER_READ)
    return {row[0]: Tally(*row) for row in await work.driver.fetch(TALLY, policy.id, today, policy.edition)}


async def list_links(work: Work, policy_id: UUID) -> tuple[Link, ...]:
    """Addresses at which it can be signed now."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Link, LINKS, policy_id, work.now())


async def get_link(work: Work, policy_id: UUID, link_id: UUID) -> Link:
    """One address, whether it works or is over; raises `NotFound`, for one of another agreement too."""
    work.require(Permission.REGISTER_READ)
    return await get(work, Link, LINK, policy_id, link_id)


async def find_link(work: Work, policy_id: UUID, link_id: str) -> Link | None:
    """The address for many of an id as it stands in the URL of a page; None for anything else."""
    work.require(Permission.REGISTER_READ)
    try:
        found = await find(work, Link, LINK, policy_id, UUID(link_id))
    except ValueError:
        return None
    return found if found and found.many else None


async def list_links_over(work: Work, policy_id: UUID) -> tuple[Link, ...]:
    """Addresses for many that work no longer, and through which somebody signed what was not ended."""
    work.require(Permission.REGISTER_READ)
    return await fetch(work, Link, OVER, policy_id, work.now())
