"""A referral, for tests that need one to be there."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from safeguard.access.actors import Actor
from safeguard.channel.bodies import Basis, File, Opened
from safeguard.referrals.enclosing import ATTESTED
from safeguard.referrals.referring import refer
from safeguard.work import begin
from tests.factories.organisations import make_organisation

OPENED = Opened(
    referral=UUID(int=0), reference="", organisation="Sample School", organisation_kind="school", nation="england",
    contact_name="Sam Lead", contact_role="Designated safeguarding lead", asked=("mediation",), urgency="soon",
    question="Please have the account taken down.", account="An account pretends to be Adult A.",
    basis=Basis(lawful_basis="public_task", condition="safeguarding", reason="The account harms a member of staff."),
)  # fmt: skip


async def make_referral(
    lead: Actor, incident_id: UUID, opened: Opened = OPENED, files: Sequence[UUID] = (), to: UUID | None = None
) -> UUID:
    """A referral to a helpline of its own unless one is named, with these files of the incident; nobody carries it."""
    helpline = to or await make_organisation("helpline")
    goes = tuple(
        File(id=file, name=f"Document {number}.pdf", media_type="application/pdf", size=48_200, sha256="ab" * 32,
             attested=ATTESTED)
        for number, file in enumerate(files, start=1)
    )  # fmt: skip
    told = msgspec.structs.replace(opened, files=goes) if goes else opened
    async with begin(lead) as work:
        return (await refer(work, incident_id, told, helpline, (), files)).id
