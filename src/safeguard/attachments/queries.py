"""Files beside an incident as they are read, and what an incident says of whether it takes any."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import asyncpg
import msgspec

from safeguard.access.policy import Permission
from safeguard.attachments.kinds import BY_TYPE, file_name_for
from safeguard.errors import NotFound
from safeguard.work import LogName, Work

COLUMNS: Final = (
    "a.id, a.name, a.note, a.media_type, a.size, encode(a.sha256, 'hex') as sha256, a.state, a.finding,"
    " a.attached_at, a.attached_by_name, a.scanned_at, a.locked_at, a.locked_why, a.version"
)
FILES_JSON: Final = f"""coalesce((select json_agg(f order by f.attached_at, f.id) from (
    select {COLUMNS} from public.attachments a
    where a.organisation_id = i.organisation_id and a.incident_id = i.id) f), '[]'::json)"""  # noqa: S608  our own constants
"""For the one statement that reads an incident, where `i` is its row."""

LIST: Final = f"""
select {COLUMNS} from public.attachments a
where a.organisation_id = (select sec.current_organisation()) and a.incident_id = $1 order by a.attached_at, a.id
"""  # noqa: S608  our own constants
ONE: Final = f"""
select {COLUMNS} from public.attachments a
where a.organisation_id = (select sec.current_organisation()) and a.incident_id = $1 and a.id = $2
"""  # noqa: S608  our own constants
PLACE: Final = """
select i.id, i.reference, i.state, i.issue_types, i.blocks_attachments, i.id = any (sec.only_read_incidents()),
    sec.log_of_incident(i.id),
    (select count(*) from public.attachments a where a.organisation_id = i.organisation_id and a.incident_id = i.id)
from public.incidents i
where i.organisation_id = (select sec.current_organisation()) and i.id = $1
"""
WHERE: Final = """
select a.object_name, a.wrapped_key from public.attachments a
where a.organisation_id = (select sec.current_organisation()) and a.id = $1
"""


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file, and how far its check is."""

    id: UUID
    name: str
    note: str = ""
    media_type: str
    size: int
    sha256: str
    state: Literal["waiting", "clean", "infected"] = "waiting"
    finding: str = ""
    attached_at: datetime
    attached_by_name: str
    scanned_at: datetime | None = None
    locked_at: datetime | None = None
    locked_why: str | None = None
    version: int = 1

    @property
    def opens(self) -> bool:
        """Whether somebody may open it now."""
        return self.state == "clean" and self.locked_at is None

    @property
    def says(self) -> str:
        """What kind of file it is, in words."""
        return BY_TYPE[self.media_type].says

    @property
    def copy_name(self) -> str:
        """What a copy of it is called."""
        return file_name_for(self.name, self.media_type)


class Place(msgspec.Struct, frozen=True):
    """The incident that a file is for, without anything that is told in it."""

    id: UUID
    reference: str
    state: str
    issue_types: tuple[str, ...]
    blocks: bool
    only_read: bool
    """Whether whoever looks sees it in an emergency alone: then they attach nothing."""
    log: LogName
    files: int


def _require(work: Work) -> None:
    """Whoever opens records; of programs also one that is for files alone, and reads nothing else of the incident."""
    if not (work.may(Permission.ATTACHMENT_READ) or work.may(Permission.ATTACHMENT_ADD)):
        work.require(Permission.INCIDENT_READ)


async def get_place(work: Work, incident_id: UUID) -> Place:
    """The incident; raises `NotFound`."""
    _require(work)
    row = await work.driver.fetchrow(PLACE, incident_id)
    if row is None:
        raise NotFound
    return Place(row[0], row[1], row[2], tuple(row[3]), *row[4:])


async def list_files(work: Work, incident_id: UUID) -> tuple[File, ...]:
    """The files of an incident, oldest first; raises `NotFound`."""
    await get_place(work, incident_id)
    return tuple(_file(row) for row in await work.driver.fetch(LIST, incident_id))


async def get_file(work: Work, incident_id: UUID, file_id: UUID) -> File:
    """One file of an incident; raises `NotFound`."""
    _require(work)
    row = await work.driver.fetchrow(ONE, incident_id, file_id)
    if row is None:
        raise NotFound
    return _file(row)


def _file(row: asyncpg.Record) -> File:
    return msgspec.convert(dict(row), File)
