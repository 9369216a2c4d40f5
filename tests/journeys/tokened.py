"""Programs that the school of the browser tests let in: for little, for much, and one that was replaced."""

from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.identity import issuing
from safeguard.work import begin

NEWEST = "select id from tokens where revoked_at is null order by created_at desc, id desc limit 1"
LONG = "Dashboard of the Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh trust, its forty schools"


async def let_programs_in(lead: Actor) -> None:
    """A form on the school's site that reports, the trust's dashboard, and a backup whose token was replaced."""
    async with begin(lead) as work:
        await issuing.issue(work, "Form on our website", Role.REPORTER, frozenset({Scope.INCIDENTS_RECORD}))
        await issuing.issue(work, LONG, Role.LEAD, frozenset({Scope.INCIDENTS_READ, Scope.EVIDENCE_EXPORT}), days=366)
        await issuing.issue(work, "Nightly copy", Role.LEAD, None, days=1)
    async with begin(lead) as work:
        newest: UUID | None = await work.driver.fetchval(NEWEST)
        assert newest
        await issuing.rotate(work, newest)
