"""The acts of two people by which a concern or a helpline's cases go: who asks, who agrees, who never hears of it."""

from typing import Final
from uuid import UUID

from safeguard.access.policy import ALLOWED, Permission
from safeguard.access.roles import Role
from safeguard.concerns.admitting import WHO_NOT
from safeguard.identity.acts import Act, Proposal
from safeguard.records.disposing import dropped, perform, shown
from safeguard.records.kinds.registry import DESK, VAULT
from safeguard.records.wording import TOLD
from safeguard.work import Work


async def _kept_from(work: Work, proposal: Proposal) -> frozenset[UUID]:
    """Everybody who could not take care of the concern themselves."""
    return frozenset(row["user_id"] for row in await work.driver.fetch(WHO_NOT, proposal.concern_id))


ACTS: Final = (
    Act(
        VAULT.act,
        TOLD,
        # Whoever reads the vault asks, and of those whoever has the page of approvals agrees: no role opens it alone.
        proposers=frozenset(Role),
        approvers=ALLOWED[Permission.APPROVALS_READ],
        perform=perform,
        dropped=dropped,
        kept_from=_kept_from,
        shown=shown,
    ),
    Act(
        DESK.act,
        TOLD,
        proposers=frozenset({Role.SUPERVISOR}),
        approvers=frozenset({Role.SUPERVISOR, Role.HEAD}),
        perform=perform,
        dropped=dropped,
        shown=shown,
    ),
)
