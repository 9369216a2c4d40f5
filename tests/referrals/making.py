"""A referral, for tests that need one to be there."""

from uuid import UUID

from safeguard.access.actors import Actor
from safeguard.channel.bodies import Basis, Opened
from safeguard.referrals.referring import refer
from safeguard.work import begin
from tests.factories.organisations import make_organisation

OPENED = Opened(
    referral=UUID(int=0), reference="", organisation="Sample School", organisation_kind="school", nation="england",
    contact_name="Sam Lead", contact_role="Designated safeguarding lead", asked=("mediation",), urgency="soon",
    question="Please have the account taken down.", account="An account pretends to be Adult A.",
    basis=Basis(lawful_basis="public_task", condition="safeguarding", reason="The account harms a member of staff."),
)  # fmt: skip


async def make_referral(lead: Actor, incident_id: UUID, opened: Opened = OPENED) -> UUID:
    """A referral to a helpline of its own; nobody carries it."""
    helpline = await make_organisation("helpline")
    async with begin(lead) as work:
        return (await refer(work, incident_id, opened, helpline, ())).id
