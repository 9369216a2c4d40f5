"""The kinds of records that have a schedule of their own, and who looks after each.

A kind is a code that certificates carry for decades. Who may see to it is its shelf: leads to most; to concerns about
staff only those who read the vault, and never whom one is about; to a helpline's cases its supervisors, because a lead
of a helpline does not read what callers say in confidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Shelf:
    """Records that the same people see to, and the address where they do."""

    path: str
    permission: Permission
    act: str
    """The code of the act of two people by which they go."""
    in_vault: bool = False


LEADS: Final = Shelf("/records/kinds", Permission.RECORDS_MANAGE, "record.dispose")
VAULT: Final = Shelf("/concerns/keeping", Permission.CONCERN_RAISE, "concern.dispose", in_vault=True)
DESK: Final = Shelf("/helpline/keeping", Permission.HELPLINE_SUPERVISE, "case.dispose")
SHELVES: Final = (LEADS, VAULT, DESK)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record."""

    code: str
    name: str
    several: str
    rule: str
    """The code of its retention rule (tenants/*.toml)."""
    shelf: Shelf
    open: str
    """Why one that is not settled stays."""


KINDS: Final[Mapping[str, Kind]] = {
    kind.code: kind
    for kind in (
        Kind("public_report", "Public report that was set aside", "Public reports that were set aside", "public_report",
             LEADS, "It has become an incident, or waits to be looked at."),
        Kind("alert", "Alert that led to nothing", "Alerts that led to nothing", "alert", LEADS,
             "It is not closed. Settle it first."),
        Kind("import", "List of what was imported", "Lists of what was imported", "import", LEADS,
             "The import is not finished."),
        Kind("evidence_item", "Item of evidence", "Items of evidence", "evidence_item", LEADS, ""),
        Kind("training_event", "Training with who attended", "Training with who attended", "training_record", LEADS,
             ""),
        Kind("inspection", "Inspector's visit", "Inspectors' visits", "inspection", LEADS,
             "The inspector's access has not ended."),
        Kind("complaint", "Complaint", "Complaints", "complaint", LEADS, "It is not answered."),
        Kind("breach", "Breach of personal data", "Breaches of personal data", "breach", LEADS,
             "It is neither reported, nor is it written down why not."),
        Kind("access_request", "Request for what is kept", "Requests for what is kept", "access_request", LEADS,
             "It is not answered."),
        Kind("policy", "Policy that was withdrawn", "Policies that were withdrawn", "policy", LEADS, "It holds."),
        Kind("signature", "Signatures of one edition", "Signatures of editions that do not hold any more", "signature",
             LEADS, "The edition holds."),
        Kind("minutes", "Minutes of a meeting, or a visit", "Minutes of meetings, and visits", "minutes", LEADS, ""),
        Kind("voice", "What children, or others, said together", "What children, or others, said together", "voice",
             LEADS, ""),
        Kind("impact", "Change, looked at again", "Changes, looked at again", "impact", LEADS,
             "Nobody has said yet whether it helped."),
        Kind("filtering", "Check or review of filtering and monitoring",
             "Checks and reviews of filtering and monitoring", "filtering", LEADS, ""),
        Kind("review", "Review against a standard", "Reviews against standards", "review", LEADS,
             "It is not signed off."),
        Kind("improvement", "Improvement that is over", "Improvements that are over", "improvement", LEADS,
             "It is neither done nor dropped."),
        Kind("roster", "List of people that was brought in", "Lists of people that were brought in", "roster", LEADS,
             "It is being read or taken over."),
        Kind("transfer", "File that was sent on, or came", "Files that were sent on, or came", "transfer", LEADS,
             "It is on its way, or nobody has taken it in."),
        Kind("pack", "Evidence pack in our store", "Evidence packs in our store", "evidence_pack", LEADS,
             "It is being made."),
        Kind("former_account", "Account of somebody who left", "Accounts of people who left", "former_account", LEADS,
             "The account is in use."),
        Kind("concern", "Low-level concern", "Low-level concerns", "low_level_concern", VAULT,
             "It is not closed. Close it first."),
        Kind("allegation", "Allegation", "Allegations", "staff_allegation", VAULT, "It is not closed. Close it first."),
        Kind("helpline_case", "Helpline case", "Helpline cases", "incident_record", DESK, "The case is not ended."),
    )
}  # fmt: skip
GROUNDS_HERE: Final = ("period", "mistake", "erasure", "police")
"""Grounds of these: files that moved on are of incidents and people."""
LOCKABLE: Final = frozenset({"evidence_item", "helpline_case"})
"""Kinds with files that may be locked for the police."""


def grounds_of(kind: Kind) -> tuple[str, ...]:
    """Grounds on which it may go."""
    return tuple(code for code in GROUNDS_HERE if code != "police" or kind.code in LOCKABLE)


KEEPS_VAULT: Final = "select sec.reads_vault() and not sec.only_reads_vault()"
"""How long records are kept is no business of whoever reads them in an emergency."""


def kinds_of(shelf: Shelf) -> tuple[Kind, ...]:
    """What lies on this shelf."""
    return tuple(kind for kind in KINDS.values() if kind.shelf is shelf)


def codes_of(shelf: Shelf) -> list[str]:
    """Their codes; for leads incidents and people too."""
    return [*(("incident", "person") if shelf is LEADS else ()), *(kind.code for kind in kinds_of(shelf))]


def get_kind(code: str, shelf: Shelf | None = None) -> Kind:
    """The kind of that code, on that shelf; raises `NotFound`."""
    kind = KINDS.get(code)
    if kind is None or (shelf and kind.shelf is not shelf):
        raise NotFound
    return kind


async def require_shelf(work: Work, shelf: Shelf) -> None:
    """Let only those go on who see to what lies there; for others the vault is not there at all: `NotFound`."""
    work.require(shelf.permission)
    if shelf.in_vault and not await work.driver.fetchval(KEEPS_VAULT):
        raise NotFound


async def require_kind(work: Work, code: str) -> None:
    """The same, by the code of a kind; incidents and people are the leads'."""
    await require_shelf(work, KINDS[code].shelf if code in KINDS else LEADS)
