"""Who of the organisation's own people can decide something that takes two.

The link of the outside second person stands in for them and counts only where there is nobody: not while it is made,
and not when it is used. Else whoever asks could pass by the colleague who is there to look, by asking outside.
"""

from typing import Final

from safeguard.errors import Conflict
from safeguard.identity.acts import Act, Proposal
from safeguard.work import Work

MOST: Final = 20
"""Names that a page shows."""
# Of what is about a record, whoever must not know of the record neither decides nor stands in anybody's way.
AGREEING: Final = f"""
select m.name from memberships m
where m.state = 'active' and m.kind = 'person' and m.user_id is distinct from $2 and m.user_id <> all ($3)
    and sec.roles_held(m.roles, m.deputy_from, m.deputy_until) && $1
    and ($4::uuid is null or m.user_id = any (sec.who_may_know($4, array[m.user_id])))
    and ($5::uuid is null or m.user_id = any (sec.handlers_of_concern($5)))
order by m.name, m.user_id limit {MOST}
"""  # noqa: S608  our own constants
HERE: Final = "Somebody here can decide this. Ask them: the link is for when nobody here can."
HERE_BY_NOW: Final = (
    "Somebody in the organisation can decide this by now, so it is theirs to decide and not yours. Nothing was changed."
)


async def list_deciders(work: Work, act: Act, proposal: Proposal) -> tuple[str, ...]:
    """The names of members other than whoever asked, and whom it is kept from, who may decide it; the first twenty."""
    kept = await act.kept_from(work, proposal)
    rows = await work.driver.fetch(
        AGREEING, sorted(act.approvers), proposal.proposed_by, list(kept), proposal.incident_id, proposal.concern_id
    )
    return tuple(row["name"] for row in rows)


async def check_nobody_here(work: Work, act: Act, proposal: Proposal, words: str = HERE) -> None:
    """Raise `Conflict` while somebody of the organisation can decide it."""
    if await list_deciders(work, act, proposal):
        raise Conflict(words)
