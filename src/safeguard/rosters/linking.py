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
select (select sec.current_organisation()), n.id, $1, $2, n.source_id, n.person_id, n.email, n.said
from unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[]) n (id, source_id, person_id, email, said)
on conflict (organisation_id, subject, source, source_id) do nothing
"""
"""A number that stands already, for somebody whom the reader may not know of, stays as it is."""
SET: Final = f"""
update public.roster_links l set person_id = n.person_id, email = n.email, said = n.said, is_here = n.is_here,
    left_on = n.left_on
from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::boolean[], $6::date[])
    n (id, person_id, email, said, is_here, left_on)
where {_HERE} and l.id = n.id
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
    await work.driver.execute(
        ADD, subject, source, [one.id for one in links], [one.source_id for one in links],
        [one.person_id for one in links], [one.email for one in links], [said_of(one) for one in links],
    )  # fmt: skip


async def set_links(work: Work, links: list[Link]) -> None:
    """Numbers that are known, and mean or say something else now."""
    await work.driver.execute(
        SET, [one.id for one in links], [one.person_id for one in links], [one.email for one in links],
        [said_of(one) for one in links], [one.is_here for one in links], [one.left_on for one in links],
    )  # fmt: skip


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
