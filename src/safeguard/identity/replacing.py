"""Another lead in the place of one who answers for the records, without that one: dismissed, dead, away, or alleged.

A lead gives the lead; so where there is only one, nobody else could ever take it from them. So somebody else asks -
an administrator, a deputy, the head - and the head agrees, or the outside second person where there is no head, or
the head asked, or is that lead (SECURITY: two-person acts never deadlock a tiny organisation). The lead in question
neither sees it nor decides it, and reads of it when it has happened: told before, somebody who is alleged could still
change what they read. Whoever takes over decides nothing either, and nobody decides what they asked for.

A lead whom the directory switches off is out at once even when nobody else answers (`take_out`): that they see
nothing from the next request on is a promise, and that somebody answers is mended by two people here within the hour.
The road not taken was to refuse the directory: then a dismissed lead read on until somebody found the answer 409 in a
log.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.access.policy import ALLOWED, Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity import approving, belonging, granting, managing
from safeguard.identity.acts import Act, Proposal, Shown
from safeguard.identity.managing import ALWAYS
from safeguard.post.posting import post_mail_to
from safeguard.work import Work

REPLACE: Final = "lead.replace"
LEADS: Final = """
select user_id, name from memberships where state = 'active' and kind = 'person' and roles && $1 order by name, user_id
"""
ADDRESS: Final = "select email from memberships where user_id = $1"
NEEDED: Final = "notice.lead_needed"
THEMSELVES: Final = "Choose somebody else: they are the one who is replaced."
ONESELF: Final = "You cannot ask for the lead yourself: somebody else asks for you."
GONE: Final = "One of the people whom this is about does not belong here any more. Decline it, and ask again."
IS_LEAD: Final = "They answer for the records already. Choose somebody else."
VISITING: Final = frozenset({Role.INSPECTOR})
VISITS: Final = "They are here to inspect, until a day. Choose somebody who works here."
NO_LEAD: Final = "They do not answer for the records any more. Open this page again."
WHOM: Final = "Choose who is replaced."
VISITORS: Final = """
select user_id from memberships where state = 'active' and kind = 'person' and roles <@ $1
"""


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who answers for the records."""

    user_id: UUID
    name: str


async def list_leads(work: Work) -> tuple[Lead, ...]:
    """Who answers for the records here, but for whoever asks: nobody replaces themselves here."""
    work.require(Permission.LEAD_REPLACE)
    rows = await work.driver.fetch(LEADS, sorted(granting.ANSWERS))
    return tuple(Lead(**row) for row in rows if row["user_id"] != work.actor.user_id)


async def list_visitors(work: Work) -> list[UUID]:
    """Who is here for a visit alone, and can be no lead."""
    return [row["user_id"] for row in await work.driver.fetch(VISITORS, sorted(VISITING))]


async def ask(
    work: Work,
    leaving: UUID | None,
    taking: UUID,
    reason: str,
    *,
    stays: bool = False,
    called: Callable[[Iterable[Role]], str] = managing.called_plainly,
) -> Proposal:
    """Ask that `taking` becomes lead in the place of `leaving`, who is out at once, or stays without the lead.

    Without `leaving` nobody is replaced: for an organisation that has no lead. Raises `Invalid`, `NotFound`.
    """
    work.require(Permission.LEAD_REPLACE)
    if taking == leaving:
        raise Invalid(FieldError("taking", THEMSELVES))
    if taking == work.actor.user_id:
        raise Invalid(FieldError("taking", ONESELF))
    new = await managing.get_held(work, taking)
    if new.roles & granting.ANSWERS:
        raise Invalid(FieldError("taking", IS_LEAD))
    if new.roles <= VISITING:
        raise Invalid(FieldError("taking", VISITS))
    role = Role.LEAD
    told = f"Give {new.name} the role: "
    if leaving is None:
        if await granting.count_answering(work):
            raise Invalid(FieldError("leaving", WHOM))
        told += called([role])
    else:
        old = await managing.get_held(work, leaving)
        role = next(iter(sorted(old.roles & granting.ANSWERS)), None) or _refuse()
        told += f"{called([role])}, in the place of {old.name}, who "
        told += "stays without it" if stays else "leaves at once"
    details = {"from": str(leaving) if leaving else None, "role": role.value, "stays": stays}
    return await approving.propose(work, REPLACE, taking, reason, told=told, details=details)


def _refuse() -> Role:
    raise Invalid(FieldError("leaving", NO_LEAD))


async def take_out(work: Work, user_id: UUID) -> None:
    """Take somebody out even when nobody answers for the records then: whoever could see to that is told at once."""
    held = await managing.get_held(work, user_id)
    last = held.roles & granting.ANSWERS and not await granting.count_answering(work, besides=user_id)
    await belonging.end(work, user_id)
    if last:
        work.ask(NEEDED, user_id)


async def _replace(work: Work, proposal: Proposal) -> None:
    role, before = Role(proposal.details["role"]), _from(proposal)
    try:
        new = await managing.get_held(work, proposal.subject_id)
        old = await managing.get_held(work, before) if before else None
    except NotFound as gone:
        raise Conflict(GONE) from gone
    await managing.set_roles(work, proposal.subject_id, new.roles | {role}, new.period)
    if before is None or old is None:
        return
    if proposal.details["stays"]:
        left = (old.roles - granting.ANSWERS) or frozenset({Role.REPORTER})
        await managing.set_roles(work, before, left, old.period if Role.DEPUTY in left else ALWAYS)
    address: str | None = await work.driver.fetchval(ADDRESS, before)
    if not proposal.details["stays"]:
        await belonging.end(work, before, proposal.subject_id)
    if address:
        await post_mail_to(work, address, "lead_replaced", key=f"replaced {proposal.id}", about_id=proposal.id)


async def _shown(_work: Work, proposal: Proposal) -> tuple[Shown, ...]:
    if _from(proposal) is None:
        return ()
    return (Shown("Whoever is replaced", "Neither sees this nor decides it, and is told when it has happened."),)


async def _whom_it_concerns(_work: Work, proposal: Proposal) -> frozenset[UUID]:
    before = _from(proposal)
    return frozenset({proposal.subject_id, before}) if before else frozenset({proposal.subject_id})


def _from(proposal: Proposal) -> UUID | None:
    said = proposal.details["from"]
    return UUID(said) if said else None


ACT: Final = Act(
    REPLACE,
    "Give somebody the lead in another's place",
    proposers=ALLOWED[Permission.LEAD_REPLACE],
    approvers=frozenset({Role.HEAD}),
    perform=_replace,
    kept_from=_whom_it_concerns,
    shown=_shown,
)
