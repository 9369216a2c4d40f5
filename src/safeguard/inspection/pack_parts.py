"""What packs are made of beside stories, from every room that has something to show: bound by `app` and the worker."""

from collections.abc import Mapping
from typing import Final

from safeguard.evidence.packs.chapters import Part
from safeguard.people.chapter import PersonPart
from safeguard.records.disposed import DisposedPart
from safeguard.referrals.part import ReferralPart
from safeguard.registers import chapter as registers
from safeguard.standards.chapter import ReviewPart
from safeguard.transfers.part import TransferPart

PARTS: Final[Mapping[str, Part]] = {
    "person": PersonPart(),
    "review": ReviewPart(),
    **registers.PARTS,
    "referrals": ReferralPart(),
    "disposals": DisposedPart(),
    "transfers": TransferPart(),
}
