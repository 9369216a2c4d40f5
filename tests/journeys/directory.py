"""A directory that brings people and groups to the school of the browser tests."""

from uuid import UUID

from scim2_models import Reference

from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.provisioning import connecting
from safeguard.provisioning.directory import grouping, joining
from safeguard.provisioning.directory.resources import Email, Group, Member, User
from safeguard.work import begin

PEOPLE = ("Ana Brook", "Benedict Featherstonehaugh-Cholmondeley of the Upper Valley", "Cy")
GROUPS = (
    ("Board of the school", Role.GOVERNOR),
    ("SG-SAFEGUARDING-DEPUTIES-ALL-SITES-2026", Role.DEPUTY),
    ("New", None),
)


async def connect_directory(lead: Actor) -> UUID:
    """Three people, three groups; one of each kind of role is stood for."""
    async with begin(lead) as work:
        made = await connecting.connect(work, "Alder School directory", None)
        service = await work.driver.fetchval("select user_id from provisioning_connections where id = $1", made.id)
    roles = frozenset({Role.ADMINISTRATOR})
    directory = Actor(ActorKind.PROVISIONER, lead.organisation_id, service, roles, "Alder School directory")
    async with begin(directory, purpose="scim") as work:
        held = [await joining.join(work, _user(number, name)) for number, name in enumerate(PEOPLE)]
        everybody = [Member(value=str(one.id), ref=Reference[User]("https://x.example"), type="User") for one in held]
        kept = [await grouping.add_group(work, Group(display_name=name, members=everybody)) for name, _ in GROUPS]
    for group, (_, role) in zip(kept, GROUPS, strict=True):
        async with begin(lead) as work:
            await connecting.stand_for(work, made.id, group.id, role)
    return made.id


def _user(number: int, name: str) -> User:
    address = f"person-{number}@alder.example"
    return User(user_name=address, display_name=name, emails=[Email(value=address, primary=True)])
