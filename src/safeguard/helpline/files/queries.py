"""Files of a case as they are read."""

from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.attachments.kinds import BY_TYPE, file_name_for
from safeguard.errors import NotFound
from safeguard.work import Work

COLUMNS: Final = (
    "f.id, f.sent_id, f.name, f.media_type, f.size, encode(f.sha256, 'hex') as sha256, f.attested, f.state, f.fault,"
    " f.finding, f.announced_at, f.arrived_at, f.scanned_at, f.locked_at, f.locked_why, f.version"
)
_HERE: Final = "f.organisation_id = (select sec.current_organisation())"
LIST: Final = f"""
select {COLUMNS} from public.helpline_files f where {_HERE} and f.case_id = $1 order by f.announced_at, f.name, f.id
"""  # noqa: S608  our own constants
ONE: Final = f"select {COLUMNS} from public.helpline_files f where {_HERE} and f.case_id = $1 and f.id = $2"  # noqa: S608  our own
FileState = Literal["expected", "arriving", "waiting", "clean", "infected", "refused", "dropped"]


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file, and how far it is."""

    id: UUID
    sent_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    attested: str = ""
    state: FileState = "expected"
    fault: str = ""
    finding: str = ""
    announced_at: datetime
    arrived_at: datetime | None = None
    scanned_at: datetime | None = None
    locked_at: datetime | None = None
    locked_why: str | None = None
    version: int = 1

    @property
    def opens(self) -> bool:
        """Whether somebody may open it now."""
        return self.state == "clean" and self.locked_at is None

    @property
    def coming(self) -> bool:
        """Whether it is on its way."""
        return self.state in {"expected", "arriving"} and self.locked_at is None

    @property
    def says(self) -> str:
        """What kind of file it is, in words."""
        return BY_TYPE[self.media_type].says if self.media_type in BY_TYPE else self.media_type

    @property
    def copy_name(self) -> str:
        """What a copy of it is called."""
        return file_name_for(self.name, self.media_type)


async def list_files(work: Work, case_id: UUID) -> tuple[CaseFile, ...]:
    """The files of a case, in the order in which they were announced."""
    work.require(Permission.HELPLINE_WORK)
    return tuple(_file(row) for row in await work.driver.fetch(LIST, case_id))


async def get_file(work: Work, case_id: UUID, file_id: UUID) -> CaseFile:
    """One file of a case; raises `NotFound`."""
    work.require(Permission.HELPLINE_WORK)
    row = await work.driver.fetchrow(ONE, case_id, file_id)
    if row is None:
        raise NotFound
    return _file(row)


def _file(row: Any) -> CaseFile:
    return msgspec.convert(dict(row), CaseFile)
