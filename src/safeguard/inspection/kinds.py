"""What the records of a pack are called, and the part of the pack that each belongs to.

The parts are those of `evidence.packs.kinds`, by the codes under which `tenants/inspectors.toml` names them.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from safeguard.registers.home.following import REVIEW, VISIT

CASES: Final = "cases"
OTHER: Final = "other"
KINDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType({
    CASES: {
        "incident": "Incident", "entry": "Entry", "attachment": "File", "disagreement": "Disagreement with a record",
        "objection": "What is held against an incident",
    },
    "person": {"person": "Person", "transfer": "File sent on"},
    "review": {
        "review": "Review", "rating": "Judgement", "proof": "Evidence", "improvement": "Improvement",
    },
    "policies": {"policy": "Policy", "policy_reading": "Read receipt", "signature": "Signed agreement"},
    "training": {"learning": "Training", "attendance": "Attendance"},
    "filtering": {
        "filter": "System", "block": "What is blocked", "check": "Check", "filter_duty": "Who answers for it",
        "filter_review": "Yearly review",
    },
    "committee": {"committee": "Group", "seat": "Member", "meeting": "Meeting"},
    "voice": {"voice": "What they say", "impact": "Change, looked at again"},
    "duties": {"duty": "Duty", "duty_report": "Report sent on"},
    "referrals": {"referral": "Referral", "envelope": "Message of a referral"},
    "disposals": {"record": "Certificate of disposal"},
})  # fmt: skip
"""By the part of a pack, the kinds of records in it and what one of each is called."""
PARTS: Final[Mapping[str, str]] = MappingProxyType({
    CASES: "Cases",
    "person": "What is known of the person",
    "review": "The review, its evidence and its plan",
    "policies": "Policies, and who has read them",
    "training": "Training",
    "filtering": "Filtering and monitoring",
    "committee": "Who leads, and the committee",
    "voice": "What they say themselves",
    "duties": "What recurs, and when it was done",
    "regulation_40": "What was notified, and what was not and why",
    "regulation_44": "Visits and their reports",
    "regulation_45": "Reviews and their reports",
    "referrals": "Referrals, with their receipts",
    "disposals": "What was disposed of",
    OTHER: "Other records",
})  # fmt: skip
"""What each part is called, in the order in which a pack tells them."""
IN_REPORT: Final[Mapping[str, str]] = MappingProxyType({
    "timeliness": "How soon it was answered", "figures": "The figures", "audit": "What the log counts",
})  # fmt: skip
"""Parts that are counted, so that they have no records: they stand in the report alone."""
DUTIES: Final[Mapping[str, str]] = MappingProxyType({VISIT: "regulation_44", REVIEW: "regulation_45"})
"""Duties that are a part of their own."""

_PART_OF: Final = {kind: part for part, kinds in KINDS.items() for kind in kinds}
_ORDER: Final = {kind: place for place, kind in enumerate(_PART_OF)}
_NAMES: Final = {kind: name for kinds in KINDS.values() for kind, name in kinds.items()}


def kind_name(kind: str) -> str:
    """What one of these is called."""
    return _NAMES.get(kind) or kind.replace("_", " ").capitalize()


def order_of(kind: str) -> int:
    """Where records of this kind stand within their part."""
    return _ORDER.get(kind, len(_ORDER))


def part_of(kind: str) -> str:
    """The part that a record of this kind belongs to."""
    return _PART_OF.get(kind, OTHER)
