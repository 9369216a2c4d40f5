"""Members' roles: they hold from the next request of whoever they concern."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.identity import approving, granting, parting
from safeguard.identity.acts import Proposal
from safeguard.work import Work

LOCK_ANSWERING = """
select user_id from memberships where state = 'active' and kind = 'person' and roles && $1 order by user_id for update
"""
MEMBER = """
select roles, name, deputy_from, deputy_until from memberships
where user_id = $1 and state = 'active' and kind = 'person' for update
"""
SET_ROLES = "update memberships set roles = $2, deputy_from = $3, deputy_until = $4 where user_id = $1"
VOUCH = "select identity.vouch_for_sign_on($1)"
GRANT = "role.grant"


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when somebody is a deputy; both open: without a limit."""

    start: datetime | None = None
    end: datetime | None = None

    @property
    def is_limited(self) -> bool:
        """Whether it begins later, or ends."""
        return self.start is not None


@dataclass(frozen=True, slots=True)
class Held:
    """What a member was given, with their days as a deputy."""

    name: str
    roles: frozenset[Role]
    period: Period

    def lasting(self, now: datetime) -> "Held":
        """The same without what is over: somebody whose days as a deputy are past is none."""
        if Role.DEPUTY not in self.roles or self.period.end is None or self.period.end > now:
            return self
        return Held(self.name, self.roles - {Role.DEPUTY} or frozenset({Role.REPORTER}), ALWAYS)


ALWAYS = Period()


async def change_roles(
    work: Work,
    user_id: UUID,
    roles: Collection[Role],
    *,
    reason: str = "",
    period: Period = ALWAYS,
    called: str = "",
    lasting: str = "",
) -> Proposal | None:
    """Give a member these roles instead of those that they have.

    What somebody else has to agree to is asked for, with `reason`, and the proposal is given back: until it is decided
    the member keeps what they had. `called` names those roles in the organisation's words, `lasting` a deputy's days in
    the organisation's calendar.
    """
    work.require(Permission.USERS_MANAGE)
    if not roles:
        raise Invalid(FieldError("roles", "Choose at least one role, or remove the person."))
    held = await get_held(work, user_id)
    added, dropped = frozenset(roles) - held.roles, held.roles - frozenset(roles)
    if Role.DEPUTY in roles and (reaches_further(period, held) or puts_off(period, held, work.now())):
        added |= {Role.DEPUTY}
    await granting.check(work, added, to_self=user_id == work.actor.user_id)
    waiting = await granting.waiting(work, added)
    # Who decides with others is no more for one person to take away than to give; one's own role one may lay down.
    taken = frozenset[Role]() if user_id == work.actor.user_id else await granting.waiting(work, dropped)
    if not waiting and not taken:
        await set_roles(work, user_id, frozenset(roles), period if Role.DEPUTY in roles else ALWAYS)
        return None
    if added - waiting:
        await set_roles(work, user_id, held.roles | (added - waiting), held.period)
    days = f", {lasting}" if lasting and Role.DEPUTY in waiting else ""
    giving = f"Give {held.name} the role: {called or called_plainly(waiting)}{days}" if waiting else ""
    taking = f"Take from {held.name} the role: {called_plainly(taken)}" if taken else ""
    told = ". ".join(part for part in (giving, taking) if part)
    return await approving.propose(work, GRANT, user_id, reason, told=told, details=details(waiting, dropped, period))


async def set_roles(
    work: Work, user_id: UUID, roles: frozenset[Role], period: Period, *, even_last: bool = False
) -> None:
    """Write the roles, unless nobody would answer for the cases then. Whoever calls this has asked who may.

    With `even_last` also of the last who answers: whoever calls this then sees to it that somebody hears of it.

    The days as a deputy are always said: left out, somebody for a week would be one for good.
    """
    held = await get_held(work, user_id)
    if not even_last and held.roles & granting.ANSWERS and granting.ANSWERS.isdisjoint(roles):
        await granting.keep_one(work, user_id)
    if (held.roles, held.period) != (roles, period):
        await work.driver.execute(SET_ROLES, user_id, sorted(roles), period.start, period.end)
        if not granting.OPENS_CASES.isdisjoint(roles - held.roles):
            await work.driver.execute(VOUCH, user_id)
        work.record("membership.changed", user_id)
        await parting.lay_down(work, user_id, held.roles, roles)


async def get_held(work: Work, user_id: UUID) -> Held:
    """The member's roles; locks everybody who answers, so that two leads cannot remove each other at once."""
    await work.driver.fetch(LOCK_ANSWERING, sorted(granting.ANSWERS))
    row = await work.driver.fetchrow(MEMBER, user_id)
    if row is None:
        raise NotFound("This person does not belong to your organisation, or no longer does.")
    return Held(row["name"], frozenset(map(Role, row["roles"])), Period(row["deputy_from"], row["deputy_until"]))


def details(granted: Collection[Role], dropped: Collection[Role], period: Period) -> dict[str, object]:
    """What a proposal remembers of a grant."""
    return {
        "grant": sorted(granted), "drop": sorted(dropped),
        "from": period.start.isoformat() if period.start else None,
        "until": period.end.isoformat() if period.end else None,
    }  # fmt: skip


def reaches_further(period: Period, held: Held) -> bool:
    """Whether a deputy would be one for longer than now: that is another grant, and shortening is none."""
    if Role.DEPUTY not in held.roles or not held.period.is_limited:
        return False
    if not period.is_limited:
        return True
    assert period.start is not None and held.period.start is not None  # noqa: S101  both are limited
    later = held.period.end is not None and (period.end is None or period.end > held.period.end)
    return later or period.start < held.period.start


def puts_off(period: Period, held: Held, now: datetime) -> bool:
    """Whether somebody who is a deputy at this moment would be none, by days that begin later."""
    stands = Role.DEPUTY in held.lasting(now).roles and (held.period.start is None or held.period.start <= now)
    return stands and period.start is not None and period.start > now


def called_plainly(roles: Iterable[Role]) -> str:
    """Roles in words, where nobody says them in the organisation's."""
    return ", ".join(role.value.replace("_", " ") for role in sorted(roles))
