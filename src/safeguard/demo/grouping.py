"""An invented group: a partnership with its own people and no records, whom three of the organisations tell figures."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.demo.cast import GROWN, LAST, MARK, House, Member
from safeguard.insights.sharing import tell_group
from safeguard.tenancy.details import NewOrganisation
from safeguard.work import begin

SLUG: Final = "vale-partnership"
MEMBERS: Final = frozenset({"alder-vale", "harrowmere-juniors", "the-lanterns"})
"""Those that belong to it, by their slugs: a school, a club and a children's home, as in a local authority."""
STAFF: Final = (Role.GROUP_LEAD, Role.LEAD, Role.HEAD, Role.GOVERNOR, Role.ADMINISTRATOR)


def group(seed: int) -> House:
    """The group with everybody in it, the same for the same seed."""
    random = Random(f"{seed} {SLUG} cast")  # noqa: S311  invented people, not secrets
    new = NewOrganisation(
        name=f"Vale Partnership {MARK}", kind="group", slug=SLUG, second_person_email=f"outside@{SLUG}.example",
        second_person_name=f"{random.choice(GROWN)} {random.choice(LAST)}",
    )  # fmt: skip
    boxes = (str(role).replace("_", "-") for role in STAFF)
    members = tuple(
        Member(f"{box}@{SLUG}.example", f"{random.choice(GROWN)} {random.choice(LAST)}", (role,), "plain")
        for box, role in zip(boxes, STAFF, strict=True)
    )
    return House(new, members, (), 0)


def joined(house: House) -> House:
    """The same organisation, in the group if it belongs there."""
    return replace(house, new=replace(house.new, group=SLUG)) if house.new.slug in MEMBERS else house


async def tell(organisations: Iterable[UUID], until: datetime) -> None:
    """Each of these tells the group its figures, as a job does every day: now, and as it did a year and two before."""
    for organisation in organisations:
        for years in (2, 1, 0):
            async with begin(system(organisation), dated=until - timedelta(days=365 * years)) as work:
                await tell_group(work)
