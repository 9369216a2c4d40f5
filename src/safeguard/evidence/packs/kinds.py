"""The kinds of packs: what each one holds, and what is asked of whoever wants one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from safeguard.evidence.packs.contents import Disclosure

REGISTERS: Final = (
    "policies", "training", "filtering", "committee", "voice", "duties", "regulation_40", "regulation_44",
    "regulation_45",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PackKind:
    """One kind of pack."""

    code: str
    caption: str
    """What the cover calls it."""
    stories: bool
    """Whether incidents are told in it."""
    parts: tuple[str, ...] = ()
    """Codes of the parts that rooms bind, in the order in which the report tells them."""
    gone: tuple[str, ...] = ()
    """Codes of parts that are told only where they have something: what the days of the pack held and it cannot, and
    where a person's file went."""
    dated: bool = False
    """Whether it is of the days from one to another."""
    usual: Disclosure = Disclosure.COMPLETE
    figures: bool = False
    """Whether its report counts the whole log as well."""

    @property
    def template(self) -> str:
        """The report's template: an incident and a period have pages of their own."""
        return self.code if self.code in {"incident", "period"} else "dossier"


KINDS: Final[Mapping[str, PackKind]] = {
    kind.code: kind
    for kind in (
        PackKind("incident", "one incident", stories=True, usual=Disclosure.MINIMAL),
        PackKind("period", "a period", stories=True, gone=("disposals",), dated=True),
        PackKind(
            "person", "a person's file", stories=True, parts=("person",), gone=("transfers",), usual=Disclosure.MINIMAL
        ),
        PackKind("review", "a review against a standard", stories=False, parts=("review",), usual=Disclosure.MINIMAL),
        PackKind("registers", "registers", stories=False, parts=REGISTERS, usual=Disclosure.MINIMAL),
        PackKind(
            "referrals",
            "referrals with their receipts",
            stories=False,
            parts=("referrals",),
            dated=True,
            usual=Disclosure.MINIMAL,
        ),
        PackKind("disposals", "what was disposed of", stories=False, parts=("disposals",)),
        PackKind(
            "inspection",
            "for an inspection",
            stories=True,
            parts=("review", *REGISTERS, "referrals", "disposals"),
            dated=True,
            figures=True,
        ),
    )
}
