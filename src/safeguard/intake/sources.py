"""Sources of alerts: the products that send them, each with a secret that is shown once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import asyncpg

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.incidents.reports import tidy
from safeguard.strongbox.sealing import seal, unseal
from safeguard.work import Work

LONGEST_NAME: Final = 100
MOST: Final = 50
PREFIX: Final = "sgs_"

ADD: Final = """
insert into public.alert_sources (organisation_id, id, name, sealed_secret, made_at, made_by, made_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
"""
LIST: Final = """
select s.id, s.name, s.made_at, s.made_by_name from public.alert_sources s
where s.organisation_id = (select sec.current_organisation()) and s.ended_at is null order by lower(s.name)
"""
FIND: Final = """
select s.name, s.sealed_secret from public.alert_sources s
where s.organisation_id = (select sec.current_organisation()) and s.id = $1 and s.ended_at is null
"""
END: Final = """
update public.alert_sources set ended_at = $2
where organisation_id = (select sec.current_organisation()) and id = $1 and ended_at is null
"""


@dataclass(frozen=True, slots=True)
class Source:
    """A product that sends alerts."""

    id: UUID
    name: str
    made_at: datetime
    made_by_name: str


class Made(NamedTuple):
    """A source that was just made, with its secret, shown this once."""

    id: UUID
    secret: str


async def list_sources(work: Work) -> list[Source]:
    """The sources in use, by name."""
    work.require(Permission.INCIDENT_TRIAGE)
    return [Source(*row) for row in await work.driver.fetch(LIST)]


async def make_source(work: Work, name: str) -> Made:
    """A new source; raises `Invalid` for a name that is missing, too long or in use."""
    work.require(Permission.INCIDENT_TRIAGE)
    name = tidy(name)
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(FieldError("name", f"Give the product's name, in up to {LONGEST_NAME} characters."))
    known = await list_sources(work)
    if any(source.name.lower() == name.lower() for source in known):
        raise Invalid(FieldError("name", "There is a source of this name already."))
    if len(known) >= MOST:
        raise Invalid(FieldError("name", f"There are {MOST} sources, which is the most. End one that is not used."))
    made = Made(clock.new_id(), PREFIX + clock.new_token(32))
    sealed = await seal(work, made.secret.encode(), _about(made.id))
    try:
        await work.driver.execute(ADD, made.id, name, sealed, work.now(), work.actor.user_id, work.actor.name)
    except asyncpg.UniqueViolationError:
        raise Conflict("Somebody has just made a source of this name.") from None
    work.record("alert_source.made", made.id)
    return made


async def end_source(work: Work, source_id: UUID) -> None:
    """Refuse what the source signs from now on; raises `NotFound`."""
    work.require(Permission.INCIDENT_TRIAGE)
    if await work.driver.execute(END, source_id, work.now()) != "UPDATE 1":
        raise NotFound
    work.record("alert_source.ended", source_id)


async def find_secret(work: Work, source_id: UUID) -> tuple[str, bytes] | None:
    """The name and the secret of a source in use."""
    row = await work.driver.fetchrow(FIND, source_id)
    return (row["name"], await unseal(work, row["sealed_secret"], _about(source_id))) if row else None


def _about(source_id: UUID) -> str:
    return f"alert source {source_id}"
