"""What grounds and obstacles are called on pages and on certificates."""

from datetime import date
from typing import Final

from safeguard.records.kinds.registry import KINDS as OTHERS

HOLD_GROUNDS: Final = {
    "police": "The police ask for it",
    "court": "A court case, or one that may come",
    "inquiry": "An inquiry or a case review",
    "request": "Somebody asked for what is kept about them",
    "complaint": "A complaint",
    "other": "Something else",
}
GROUNDS: Final = {
    "period": "Its period of retention is over",
    "mistake": "It was recorded by mistake, or twice",
    "erasure": "The person asked for it to be erased, and that was granted",
    "police": "The police advised that locked files may go",
    "transferred": "The file is with the next place, which has signed for it, and no copy is kept",
}
OBSTACLES: Final = {
    "held": "A hold stands: nothing is disposed of while it does.",
    "open": "The incident is not closed. Close it first.",
    "referred": "A referral of it is still open. Close or withdraw that first.",
    "locked": "A file of it is locked for the police. It can go only when they have said so: then choose that ground.",
    "affected": "There are incidents in which this person is the one affected. Their entry goes after those.",
    "early": "Its period of retention is not over. Choose another ground, or wait.",
    "used": "Something else here still rests on it, such as a register. That goes first.",
    "changed": "It was changed after its disposal was asked for, so nobody has looked at what would go. Decline this, "
    "look at it, and ask again.",
    "not_sent": "No other place has signed for it, or a copy is to be kept. Send the file first, and wait for "
    "the receipt.",
    "not_locked": "No file of it is locked for the police. Choose another ground.",
    "gone": "It is not here any more.",
    "asked": "Its disposal was asked for already, and waits for approval.",
}
KINDS: Final = {"incident": "Incident", "person": "Entry in the list of people"} | {
    code: kind.name for code, kind in OTHERS.items()
}
TOLD: Final = "Dispose of a record for good"
"""All that the outside second person reads of it."""
PERIOD: Final = "period"
"""The one ground that says by itself that a record was kept for as long as it had to be."""


def has_run(ground: str, due_on: date | None, done_on: date) -> bool:
    """Whether the period of retention was over when a record went: on other grounds it may go long before."""
    return ground == PERIOD or (due_on is not None and due_on <= done_on)
