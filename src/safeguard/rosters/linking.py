"""Whom a system means by its numbers, kept from file to file."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.rosters.entry import Subject
from safeguard.work import Work

_HERE: Final = "l.organisation_id = (select sec.current_organisation())"
LIST: Final = f"""
select l.id, l.source_id, l.person_id, l.email, l.said, l.is_here, l.left_on from public.roster_links l
where {_HERE} and l.subject = $1 and l.source = $2
"""  # noqa: S608  our own constants
ADD: Final = """
insert into public.roster_links (organisation_id, id, subject, source, source_id, person_id, email, said)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
on conflict (organisation_id, subject, source, source_id) do nothing
"""
"""A number that stands already, for somebody whom the reader may not know of, stays as it is."""
SET: Final = f"""
update public.roster_links l set person_id = $2, email = $3, said = $4, is_here = $5, left_on = $6
where {_HERE} and l.id = $1
"""  # noqa: S608  our own constants
REMOVE: Final = f"delete from public.roster_links l where {_HERE} and l.id = any ($1)"  # noqa: S608  our own constants


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Whom one number means."""

    id: UUID
    source_id: str
    person_id: UUID | None = None
    email: str | None = None
    said: Mapping[str, str] = {}
    """Field -> digest of what the file said last."""
    is_here: bool = True
    left_on: date | None = None


async def links_of(work: Work, subject: Subject, source: str) -> dict[str, Link]:
    """Every number of one system."""
    return {row["source_id"]: _link(row) for row in await work.driver.fetch(LIST, subject, source)}


async def add_links(work: Work, subject: Subject, source: str, links: list[Link]) -> None:
    """Numbers that were not known yet."""
    await work.driver.executemany(ADD, [
        (one.id, subject, source, one.source_id, one.person_id, one.email, said_of(one)) for one in links
    ])  # fmt: skip


async def set_links(work: Work, links: list[Link]) -> None:
    """Numbers that are known, and mean or say something else now."""
    await work.driver.executemany(SET, [
        (one.id, one.person_id, one.email, said_of(one), one.is_here, one.left_on) for one in links
    ])  # fmt: skip


async def remove_links(work: Work, ids: list[UUID]) -> None:
    """Numbers that are known no more."""
    await work.driver.execute(REMOVE, ids)


def said_of(link: Link) -> str:
    """The digests as they are kept."""
    return msgspec.json.encode(dict(link.said)).decode()


def _link(row: Any) -> Link:
    return Link(
        id=row["id"], source_id=row["source_id"], person_id=row["person_id"], email=row["email"],
        said=msgspec.json.decode(row["said"], type=dict[str, str]), is_here=row["is_here"], left_on=row["left_on"],
    )  # fmt: skip
