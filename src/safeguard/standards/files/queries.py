"""The files of an item of evidence as they are read."""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.attachments.queries import COLUMNS, File
from safeguard.errors import NotFound
from safeguard.work import Work

_HERE: Final = "a.organisation_id = (select sec.current_organisation())"
LIST: Final = f"""
select {COLUMNS} from public.evidence_files a where {_HERE} and a.item_id = $1 order by a.attached_at desc, a.id desc
"""  # noqa: S608  our own constants
ONE: Final = f"select {COLUMNS} from public.evidence_files a where {_HERE} and a.item_id = $1 and a.id = $2"  # noqa: S608  our own
WHERE: Final = f"select a.object_name, a.wrapped_key from public.evidence_files a where {_HERE} and a.id = $1"  # noqa: S608  our own


def about(file_id: UUID) -> str:
    """What the file's wrapped key is bound to."""
    return f"evidence file {file_id}"


async def list_files(work: Work, item_id: UUID) -> tuple[File, ...]:
    """The files of an item, the latest first: what was renewed stands above what it replaced."""
    work.require(Permission.STANDARDS_READ)
    return tuple(msgspec.convert(dict(row), File) for row in await work.driver.fetch(LIST, item_id))


async def get_file(work: Work, item_id: UUID, file_id: UUID) -> File:
    """One file of an item; raises `NotFound`."""
    work.require(Permission.STANDARDS_READ)
    row = await work.driver.fetchrow(ONE, item_id, file_id)
    if row is None:
        raise NotFound
    return msgspec.convert(dict(row), File)
