"""What an organisation put into the library itself, read: the library, a control and an incident show it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.standards.resources import Library, Resource, library_of
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

_HERE: Final = "organisation_id = (select sec.current_organisation())"
_COLUMNS: Final = """r.id, r.kind, r.title, r.summary, r.links, r.controls, r.risk_areas, r.issues, r.version,
    r.added_at, r.added_by_name, r.withdrawn_at, r.withdrawn_reason"""
SHOWN: Final = f"""
select {_COLUMNS} from public.own_resources r
where r.{_HERE} and r.withdrawn_at is null order by lower(r.title), r.id
"""  # noqa: S608  our own constants
OF_CONTROL: Final = f"""
select {_COLUMNS} from public.own_resources r
where r.{_HERE} and r.withdrawn_at is null and $1 = any (r.controls) order by lower(r.title), r.id
"""  # noqa: S608  our own constants
OF_INCIDENT: Final = f"""
select {_COLUMNS} from public.own_resources r
where r.{_HERE} and r.withdrawn_at is null and (r.issues && $1::text[] or r.risk_areas && $2::text[])
order by lower(r.title), r.id
"""  # noqa: S608  our own constants
WITHDRAWN: Final = f"""
select {_COLUMNS} from public.own_resources r
where r.{_HERE} and r.withdrawn_at is not null order by r.withdrawn_at desc, r.id limit 100
"""  # noqa: S608  our own constants
ONE: Final = f"select {_COLUMNS} from public.own_resources r where r.{_HERE} and r.id = $1"  # noqa: S608  our own

BESIDE_INCIDENT: Final = 8
"""How many stand beside an incident: what its issues name first; the library has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnResource(Resource):
    """A resource that the organisation added, at its latest version."""

    id: UUID
    version: int
    added_at: datetime
    added_by_name: str
    withdrawn_at: datetime | None = None
    withdrawn_reason: str = ""

    @property
    def own(self) -> bool:
        """Always: that is what sets it apart."""
        return True


async def read_library(work: Work, profile: Profile) -> Library:
    """The whole library of this organisation, in its words."""
    work.require(Permission.RESOURCES_READ)
    return library_of(profile).with_own(_all(await work.driver.fetch(SHOWN)))


async def list_withdrawn(work: Work) -> tuple[OwnResource, ...]:
    """Those of its own that it shows no more, the last withdrawn first; nothing for those who do not keep them."""
    if not work.may(Permission.RESOURCES_KEEP):
        return ()
    return tuple(_read(row) for row in await work.driver.fetch(WITHDRAWN))


async def helping_control(work: Work, profile: Profile, control: str) -> tuple[Resource, ...]:
    """What helps with a control of the built-in framework."""
    own = _all(await work.driver.fetch(OF_CONTROL, control))
    return library_of(profile).with_own(own).of_control(control)


async def helping_incident(
    work: Work, profile: Profile, issues: Collection[str], risk_areas: Collection[str]
) -> tuple[Resource, ...]:
    """What helps with an incident of these kinds; nothing, and no look, while nobody has said its kind."""
    if not (issues or risk_areas) or not work.may(Permission.RESOURCES_READ):
        return ()
    own = _all(await work.driver.fetch(OF_INCIDENT, list(issues), list(risk_areas)))
    return library_of(profile).with_own(own).of_incident(issues, risk_areas)[:BESIDE_INCIDENT]


async def get_own(work: Work, resource_id: UUID) -> OwnResource:
    """One that the organisation added, withdrawn or not; raises `NotFound`."""
    work.require(Permission.RESOURCES_KEEP)
    row = await work.driver.fetchrow(ONE, resource_id)
    if row is None:
        raise NotFound
    return _read(row)


def _all(rows: list[Any]) -> tuple[Resource, ...]:
    return tuple(_read(row) for row in rows)


def _read(row: Any) -> OwnResource:
    said: dict[str, Any] = dict(row)
    said.update({name: tuple(said[name]) for name in ("links", "controls", "risk_areas", "issues")})
    return OwnResource(code=f"own-{said['id']}", **said)
