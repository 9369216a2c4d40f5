"""What this room puts into packs by itself: every referral of a period, with the receipts of what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from safeguard.access.policy import Permission
from safeguard.channel import bodies
from safeguard.channel.bodies import Opened
from safeguard.evidence.packs.chapters import ObjectRef, PartTelling, Scope, Told, require_to_ask
from safeguard.evidence.queries import get_organisation
from safeguard.evidence.report.model import Section, Sheet
from safeguard.evidence.report.saying import minute
from safeguard.referrals.chapter import receipt_of, what_of
from safeguard.referrals.wording import STATES
from safeguard.work import Work

OBJECTS: Final = """
select r.id, array(
    select s.outbox_id from public.referral_steps s
    where s.organisation_id = r.organisation_id and s.referral_id = r.id and s.outbox_id is not null
    order by s.at, s.id) as envelopes
from public.referrals r
join public.incidents i on i.organisation_id = r.organisation_id and i.id = r.incident_id and i.restricted_at is null
where r.organisation_id = (select sec.current_organisation()) and r.sent_at >= $1 and r.sent_at < $2
order by r.sent_at, r.id
"""
SAYS: Final = (
    "Every referral that was sent in these days. A receipt is signed by the helpline over the hash of the envelope that"
    " reached it; both stand in the records of this pack."
)


@dataclass(frozen=True, slots=True)
class ReferralPart:
    """Referrals as a part of packs; those of restricted incidents stand in the restricted log."""

    async def settle(self, work: Work, scope: Scope) -> Scope:
        """Nothing is chosen but the days."""
        require_to_ask(work, Permission.REFERRAL_READ)
        return scope

    async def gather(self, work: Work, scope: Scope) -> Sequence[ObjectRef]:
        """Each referral, then its envelopes."""
        work.require(Permission.REFERRAL_READ)
        rows = await work.driver.fetch(OBJECTS, scope.since, scope.until)
        return [
            ref
            for row in rows
            for ref in (ObjectRef("referral", row["id"]), *(ObjectRef("envelope", each) for each in row["envelopes"]))
        ]

    async def telling(self, work: Work) -> PartTelling:
        """In the organisation's time."""
        return _Telling((await get_organisation(work)).zone)


@dataclass(frozen=True, slots=True)
class _Telling:
    zone: ZoneInfo

    def tell(self, told: Mapping[ObjectRef, Sequence[Told]]) -> Sequence[Section]:
        referrals = {ref: versions for ref, versions in told.items() if ref.kind == "referral"}
        sheets = [self._sheet(number, versions, told) for number, versions in enumerate(referrals.values(), start=1)]
        empty = Sheet("", ("",), (), "Nothing was referred in these days.")
        return (Section("referrals", "Referrals, with their receipts", SAYS, sheets=tuple(sheets) or (empty,)),)

    def _sheet(self, number: int, versions: Sequence[Told], told: Mapping[ObjectRef, Sequence[Told]]) -> Sheet:
        state = STATES[versions[-1].values["state"]][0]
        rows = tuple(self._row(step, told) for step in versions)
        head = ("When", "What", "By", "Receipt")
        return Sheet(f"{_name(number, versions)}: {state.lower()}", head, rows, wide=(1, 3))

    def _row(self, step: Told, told: Mapping[ObjectRef, Sequence[Told]]) -> tuple[str, ...]:
        envelope = step.values.get("envelope")
        receipt = receipt_of(told, str(envelope)).words if envelope else ""
        return (minute(step.at, self.zone), what_of(step), str(step.values.get("author") or step.author), receipt)


def _name(number: int, versions: Sequence[Told]) -> str:
    """Its reference, as it was sent; its number in this pack where the words are withheld."""
    for step in versions:
        if "body" in step.values and isinstance(body := bodies.decode(str(step.values["body"]).encode()), Opened):
            return body.reference
    return f"Referral {number}"
