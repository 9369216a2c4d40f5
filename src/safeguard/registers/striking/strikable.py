"""What can be struck out of the registers: each kind of row, where it stands and what it is called.

Duties that come round again have a way of their own (`duties.doing.strike`): there the whole record stays to be read.
Here it does not, for what is wrong with minutes may be that a child is named in them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.registers.rows import HERE

BASE: Final = "/standards/registers"
MOST: Final = 100
"""Of those that were struck out, on a page."""


class Struck(msgspec.Struct, frozen=True, kw_only=True):
    """A row that can be struck out, or was: then it no longer says what it was."""

    id: UUID
    day: date
    what: str
    """What tells it from others; empty once it is struck out."""
    item_id: UUID | None = None
    struck_on: date | None = None
    struck_reason: str = ""
    struck_by_name: str = ""
    recorded_at: datetime
    recorded_by_name: str


@dataclass(frozen=True, slots=True)
class Strikable:
    """One kind of row; its names are constants of ours."""

    table: str
    day: str
    """The column that says of which day it is."""
    what: str
    """SQL for what tells it from others."""
    kind: str
    """The kind of its documents in the log."""
    event: str
    page: str
    """Where it is recorded anew."""
    item: bool = True
    """Whether it is kept as an item of evidence."""
    reads: Permission = Permission.REGISTER_READ

    @property
    def fields(self) -> str:
        """SQL for a `Struck` as JSON."""
        item = "t.item_id" if self.item else "null"
        return (
            f"json_build_object('id', t.id, 'day', t.{self.day}, 'what', case when t.struck_on is null "
            f"then {self.what} else '' end, 'item_id', {item}, 'struck_on', t.struck_on, "
            "'struck_reason', t.struck_reason, 'struck_by_name', t.struck_by_name, 'recorded_at', t.recorded_at, "
            "'recorded_by_name', t.recorded_by_name)::text"
        )

    @property
    def reading(self) -> str:
        """SQL for one row."""
        return f"select {self.fields} from public.{self.table} t where t.{HERE} and t.id = $1"  # noqa: S608  our own names

    @property
    def listing(self) -> str:
        """SQL for those that were struck out, the latest first."""
        return (
            f"select {self.fields} from public.{self.table} t where t.{HERE} and t.struck_on is not null "  # noqa: S608  our own names
            f"order by t.struck_on desc, t.id desc limit {MOST}"
        )

    @property
    def striking(self) -> str:
        """SQL that strikes one out, once: its id, the day, the reason, by whom."""
        return (
            f"update public.{self.table} t set struck_on = $2, struck_reason = $3, struck_by_name = $4 "  # noqa: S608  our own names
            f"where t.{HERE} and t.id = $1 and t.struck_on is null"
        )


KINDS: Final[Mapping[str, Strikable]] = MappingProxyType({
    "meetings": Strikable("committee_meetings", "held_on", "t.present", "meeting", "meeting.struck", "/committee"),
    "members": Strikable(
        "committee_members", "joined_on", "t.name", "seat", "seat.struck", "/committee#members", item=False
    ),
    "training": Strikable("learning_events", "held_on", "t.title", "learning", "learning.struck", "/training"),
    "checks": Strikable(
        "filtering_checks", "checked_on", "t.tested", "check", "check.struck", "/filtering/checks", item=False,
        reads=Permission.FILTERING_READ,
    ),
    "reviews": Strikable(
        "filtering_reviews", "reviewed_on", "t.found", "filter_review", "filter_review.struck", "/filtering",
        reads=Permission.FILTERING_READ,
    ),
    "blocks": Strikable(
        "filtering_blocks", "since", "t.what", "block", "block.struck", "/filtering#blocked", item=False,
        reads=Permission.FILTERING_READ,
    ),
    "voice": Strikable("voice_sessions", "held_on", "t.title", "voice", "voice.struck", "/voice"),
    "impact": Strikable("impact_assessments", "changed_on", "t.title", "impact", "impact.struck", "/impact"),
})  # fmt: skip
"""By the word in the address of the page."""


def get_kind(register: str) -> Strikable:
    """One of them; raises `NotFound`."""
    found = KINDS.get(register)
    if found is None:
        raise NotFound
    return found
