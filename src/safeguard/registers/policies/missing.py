"""Who has not signed an agreement: people with an account by name, everybody else by what is known of them.

Of children and their families the list of people is what there is to compare with: whoever stands on it as belonging
here, did not leave, and has no signature under their name; who share a name have signed when there are as many
signatures. How many people there should be can be said besides, because that list may hold some of them only. Of
visitors nothing is known but that. Names of children are for whoever may read people; anybody else who keeps or reads
the registers has the same as numbers.
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.registers.policies.asked import ASKED, DONE, DUE, EDITION, NAME, PERSON
from safeguard.registers.policies.policy import FAMILY, Policy
from safeguard.registers.policies.queries import MOST, tally
from safeguard.registers.rows import HERE, fetch
from safeguard.work import Work

LISTED: Final = ("pupil", "family")
"""Parties of whom the list of people says who they are."""
ACCOUNTS: Final = f"""
select json_build_object('user_id', m.user_id, 'name', m.name, 'due_on', {DUE}, 'edition', l.edition,
    'expires_on', l.expires_on)::text
from public.policies p {EDITION}
join public.memberships m on m.organisation_id = p.organisation_id and {PERSON}
left join lateral (
    select s.edition, s.expires_on from public.agreement_signatures s
    where s.organisation_id = p.organisation_id and s.policy_id = p.id and s.user_id = m.user_id and s.ended_at is null
    order by s.edition desc, s.signed_on desc limit 1) l on true
where p.{HERE} and p.id = $2 and p.withdrawn_at is null and {ASKED} and {DONE} is null
order by m.name, m.user_id limit {MOST}
"""  # noqa: S608  our own constants
_ASKED: Final = f"select count(*) from public.policies p {EDITION} join public.memberships m"  # noqa: S608  our own
ASKED_IN_ALL: Final = f"""
{_ASKED} on m.organisation_id = p.organisation_id and {PERSON} where p.{HERE} and p.id = $1 and {ASKED}
"""
_NAMED: Final = "case $2 when 'family' then s.for_name else s.name end"
_CHILDREN: Final = f"""
with held as (
    select {NAME.format(_NAMED)} as name, count(*) as signatures
    from public.agreement_signatures s
    where s.{HERE} and s.policy_id = $1 and s.party = $2 and s.edition = $4 and s.ended_at is null
        and (s.expires_on is null or s.expires_on >= $3)
    group by 1
), listed as (
    select c.id, c.group_name, c.sort_key,
        coalesce(nullif(btrim(c.given_name || ' ' || c.family_name), ''), c.known_as) as shown,
        {NAME.format("c.given_name || ' ' || c.family_name")} as name,
        {NAME.format("c.known_as || ' ' || c.family_name")} as also
    from public.people c
    where c.{HERE} and c.merged_into_id is null and c.withdrawn_at is null and c.connection = 'pupil'
        and not exists (select from public.record_dates d where d.organisation_id = c.organisation_id
            and d.person_id = c.id and (d.left_on <= $3 or d.died_on is not null))
), here as (
    select c.*, count(*) over (partition by c.name) as namesakes from listed c
), children as (
    select c.*, exists (select from held h where h.name in (c.name, c.also) and h.signatures >= c.namesakes) as signed
    from here c
)
"""  # noqa: S608  our own constants
GROUPS: Final = f"""{_CHILDREN}
select c.group_name, count(*), count(*) filter (where c.signed) from children c group by c.group_name
"""  # noqa: S608  our own constants
CHILDREN: Final = f"""{_CHILDREN}
select c.group_name, c.shown from children c where not c.signed and ($5::text is null or c.group_name = $5)
order by c.sort_key, c.id limit {MOST}
"""  # noqa: S608  our own constants
NAMELESS: Final = f"{_CHILDREN}\nselect coalesce(sum(h.signatures), 0) from held h where h.name = ''"
UNKNOWN: Final = f"""{_CHILDREN}
select count(*) from held h where h.name <> '' and not exists (select from here c where h.name in (c.name, c.also))
"""  # noqa: S608  our own constants
STRANGERS: Final = f"""{_CHILDREN}
, strangers as (
    select h.name from held h where h.name <> '' and not exists (select from here c where h.name in (c.name, c.also))
)
select s.id, {_NAMED} as shown from public.agreement_signatures s
where s.{HERE} and s.policy_id = $1 and s.party = $2 and s.edition = $4 and s.ended_at is null
    and (s.expires_on is null or s.expires_on >= $3) and {NAME.format(_NAMED)} in (select name from strangers)
    and ($5::uuid is null or s.link_id = $5)
order by lower({_NAMED}), s.id limit $6
"""  # noqa: S608  our own constants


class Unsigned(msgspec.Struct, frozen=True):
    """Somebody with an account whom it asks and who has not signed, and what they signed last."""

    user_id: UUID
    name: str
    due_on: date
    edition: int | None
    """The edition that they signed last; None where they never signed."""
    expires_on: date | None


class Group(msgspec.Struct, frozen=True):
    """A year group, team or unit on the list of people: how many belong to it, for how many there is a signature."""

    name: str
    people: int
    signed: int

    @property
    def missing(self) -> int:
        """For how many there is none."""
        return self.people - self.signed


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """One of those who sign: how far they are."""

    code: str
    holding: int
    """People for whom what they signed holds."""
    expected: int | None = None
    """How many there should be, where somebody said it."""
    accounts: tuple[Unsigned, ...] = ()
    asked: int = 0
    """People with an account whom it asks."""
    groups: tuple[Group, ...] = ()
    unknown: int = 0
    """Names among the signatures that stand for nobody on the list."""
    nameless: int = 0
    """Signatures of families that do not say for whom: they count for nobody."""
    past: int = 0
    """People who signed, and what they signed holds no longer: it ran out, or there is another edition."""

    @property
    def people(self) -> int | None:
        """How many should sign; None where nobody knows."""
        if self.code == "staff":
            return self.asked
        return self.expected if self.expected is not None else sum(one.people for one in self.groups) or None

    @property
    def missing(self) -> int | None:
        """How many have not; None where nobody knows how many should."""
        if self.code == "staff":
            return len(self.accounts)
        if self.expected is not None:
            return max(0, self.expected - self.holding)
        return sum(one.missing for one in self.groups) if self.groups else None


async def read_parties(work: Work, policy: Policy, today: date) -> tuple[Party, ...]:
    """Everybody whom the agreement asks, by party, with how many have not signed."""
    work.require(Permission.REGISTER_READ)
    counts = await tally(work, policy, today)
    found: list[Party] = []
    for code in policy.parties:
        holding = counts[code].holding if code in counts else 0
        if code == "staff":
            waiting = tuple(sorted(await fetch(work, Unsigned, ACCOUNTS, today, policy.id), key=_first_due))
            asked: int = await work.driver.fetchval(ASKED_IN_ALL, policy.id) or 0
            past = sum(one.edition is not None for one in waiting)
            found.append(Party(code=code, holding=asked - len(waiting), accounts=waiting, asked=asked, past=past))
        else:
            groups = await _groups(work, policy, code, today) if code in LISTED else ()
            unknown = await work.driver.fetchval(UNKNOWN, *_of(policy, code, today)) if groups else 0
            nameless = await work.driver.fetchval(NAMELESS, *_of(policy, code, today)) if code == FAMILY else 0
            found.append(Party(
                code=code, holding=holding, expected=policy.expected.get(code), groups=groups, unknown=unknown or 0,
                nameless=int(nameless or 0), past=counts[code].past if code in counts else 0,
            ))  # fmt: skip
    return tuple(found)


async def list_children(
    work: Work, policy: Policy, party: str, today: date, group: str | None = None
) -> tuple[tuple[str, str], ...]:
    """(group, name) of each child without a signature, of one group or of all; for whoever may read people."""
    work.require(Permission.PERSON_READ)
    rows = await work.driver.fetch(CHILDREN, *_of(policy, party, today), group)
    return tuple((row[0], row[1]) for row in rows)


async def list_strangers(
    work: Work, policy: Policy, party: str, today: date, *, link_id: UUID | None = None, most: int = MOST
) -> tuple[tuple[UUID, str], ...]:
    """(id, name) of each signature for a name that is not on the list of people; for whoever may read people.

    With `link_id`, of those alone that were given at one address.
    """
    work.require(Permission.PERSON_READ)
    rows = await work.driver.fetch(STRANGERS, *_of(policy, party, today), link_id, most)
    return tuple((row[0], row[1]) for row in rows)


async def _groups(work: Work, policy: Policy, party: str, today: date) -> tuple[Group, ...]:
    rows = await work.driver.fetch(GROUPS, *_of(policy, party, today))
    return tuple(sorted((Group(*row) for row in rows), key=_in_order))


def _first_due(one: Unsigned) -> tuple[date, str]:
    return one.due_on, one.name.casefold()


def _of(policy: Policy, party: str, today: date) -> Iterable[object]:
    return policy.id, party, today, policy.edition


def _in_order(group: Group) -> tuple[bool, list[tuple[int, str]]]:
    """Year 7 before year 10; those without a group last."""
    parts = re.split(r"(\d+)", group.name.casefold())
    return not group.name, [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
