"""Reading the people and groups that a directory keeps here, as it wrote them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from scim2_models import Meta, Reference, Resource

from safeguard.errors import NotFound
from safeguard.provisioning.directory.addresses import BASE
from safeguard.provisioning.directory.resources import POLICY, Group, Member, Membership, User
from safeguard.web import surroundings
from safeguard.work import Work

T = TypeVar("T", bound=Resource[Any], covariant=True)

_PERSON: Final = """
select p.user_id as id, p.document, p.version, p.added_at, p.changed_at, m.state = 'active' as is_active,
       p.user_name, p.external_id, m.name,
       coalesce((select json_agg(json_build_object('value', g.id, 'display', g.display_name) order by g.display_name)
                 from provisioned_group_members x
                 join provisioned_groups g on g.organisation_id = x.organisation_id and g.id = x.group_id
                 where x.organisation_id = p.organisation_id and x.user_id = p.user_id), '[]')::text as groups
from provisioned_people p
join memberships m on m.organisation_id = p.organisation_id and m.user_id = p.user_id
where p.deleted_at is null
"""
PEOPLE: Final = _PERSON + " order by p.added_at, p.user_id limit $1 offset $2"
PERSON: Final = _PERSON + " and p.user_id = $1"
PERSON_FOR_UPDATE: Final = _PERSON + " and p.user_id = $1 for update of p"
BY_NAME: Final = _PERSON + " and lower(p.user_name) = lower($1)"
BY_EXTERNAL: Final = _PERSON + " and p.external_id = $1 order by p.added_at, p.user_id limit 200"
COUNT_PEOPLE: Final = "select count(*) from provisioned_people where deleted_at is null"
_GROUP: Final = """
select g.id, g.display_name, g.external_id, g.role, g.version, g.added_at, g.changed_at,
       coalesce((select json_agg(x.user_id order by x.user_id) from provisioned_group_members x
                 where x.organisation_id = g.organisation_id and x.group_id = g.id), '[]')::text as members
from provisioned_groups g where g.deleted_at is null
"""
GROUPS: Final = _GROUP + " order by g.added_at, g.id limit $1 offset $2"
GROUP: Final = _GROUP + " and g.id = $1"
GROUP_FOR_UPDATE: Final = _GROUP + " and g.id = $1 for update of g"
GROUPS_BY_NAME: Final = _GROUP + " and lower(g.display_name) = lower($1)"

GONE: Final = "There is no such resource here."


@dataclass(frozen=True, slots=True)
class HeldPerson:
    """Somebody as they stand here, and as the directory reads them."""

    id: UUID
    version: int
    is_active: bool
    external_id: str | None
    resource: User
    was_switched_off: bool
    """Whether the directory itself said that they are out, and nobody here did."""


@dataclass(frozen=True, slots=True)
class HeldGroup:
    """A group as it stands here, and as the directory reads it."""

    id: UUID
    version: int
    role: str | None
    members: frozenset[UUID]
    resource: Group


class Held(Protocol[T]):
    """What people and groups share: which version it is, and what the directory reads."""

    @property
    def version(self) -> int:
        """Counts changes."""
        ...

    @property
    def resource(self) -> T:
        """As the directory reads it."""
        ...


async def get_person(work: Work, text: str, *, to_change: bool = False) -> HeldPerson:
    """One person; raises `NotFound`."""
    row = await work.driver.fetchrow(PERSON_FOR_UPDATE if to_change else PERSON, id_of(text))
    if row is None:
        raise NotFound(GONE)
    return person_of(row)


async def get_group(work: Work, text: str, *, to_change: bool = False) -> HeldGroup:
    """One group; raises `NotFound`."""
    row = await work.driver.fetchrow(GROUP_FOR_UPDATE if to_change else GROUP, id_of(text))
    if row is None:
        raise NotFound(GONE)
    return group_of(row)


def person_of(row: Any) -> HeldPerson:
    """Somebody from a row of `_PERSON`."""
    said: dict[str, Any] = json.loads(row["document"])
    switched_off = said.get("active") is False
    if not row["is_active"]:
        said["active"] = False
    elif said.get("active") is False:
        said["active"] = True
    user = User.model_validate(said, scim_policy=POLICY)
    user.user_name, user.external_id, user.id = row["user_name"], row["external_id"], str(row["id"])
    user.groups = [Membership(**group) for group in json.loads(row["groups"])] or None
    user.meta = _meta("User", row["id"], row["version"], row["added_at"], row["changed_at"])
    return HeldPerson(row["id"], row["version"], row["is_active"], row["external_id"], user, switched_off)


def group_of(row: Any) -> HeldGroup:
    """A group from a row of `_GROUP`."""
    members: list[str] = json.loads(row["members"])
    group = Group(
        id=str(row["id"]),
        external_id=row["external_id"],
        display_name=row["display_name"],
        members=[_member(member) for member in members] or None,
        meta=_meta("Group", row["id"], row["version"], row["added_at"], row["changed_at"]),
    )
    return HeldGroup(row["id"], row["version"], row["role"], frozenset(map(UUID, members)), group)


def id_of(text: str) -> UUID:
    """An id of ours; raises `NotFound` for what can be none."""
    try:
        return UUID(text)
    except ValueError as fault:
        raise NotFound(GONE) from fault


def tag_of(version: int) -> str:
    """The entity tag of a version (RFC 7644 §3.14)."""
    return f'W/"{version}"'


def address_of(kind: str, which: object) -> str:
    """Where a resource is."""
    return f"{surroundings.current().public_url.rstrip('/')}{BASE}/{kind}/{which}"


def _member(member: str) -> Member:
    return Member(value=member, ref=Reference[User](address_of("Users", member)), type="User")


def _meta(kind: str, which: UUID, version: int, added: datetime, changed: datetime) -> Meta:
    return Meta(
        resource_type=kind, created=added, last_modified=changed, version=tag_of(version),
        location=address_of(f"{kind}s", which),
    )  # fmt: skip
