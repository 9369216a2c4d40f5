"""Which helpline an address names. Asked before anything is entered, so the database answers only with who it is."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from safeguard.database import pool
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of

FIND: Final = "select * from public.find_desk($1)"


@dataclass(frozen=True, slots=True)
class DeskDoor:
    """A helpline as somebody outside knows it."""

    slug: str
    organisation_id: UUID
    name: str
    nation: str
    time_zone: str

    @property
    def profile(self) -> Profile:
        """Its words and lists."""
        return profile_of("helpline", self.nation)


async def find_desk(slug: str) -> DeskDoor | None:
    """The helpline of that name, if there is one."""
    if not slug.isascii() or len(slug) > 100:
        return None
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FIND, slug)
        await connection.execute(pool.COMMIT)
    return DeskDoor(slug, *row) if row else None
