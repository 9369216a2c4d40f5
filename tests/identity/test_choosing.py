"""Choosing somebody who works here: nobody is out of reach because of where they stand in the alphabet."""

from collections.abc import Awaitable, Callable
from random import Random

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.identity.choosing import AT_ONCE, find_staff
from safeguard.work import begin
from tests.factories.staff import make_staff

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]


async def test_everybody_of_six_hundred_is_found_by_a_part_of_their_name_and_nobody_else_is(someone: Someone) -> None:
    lead, stranger = await someone(Role.LEAD), await someone(Role.LEAD)
    names = [f"Zoë {'ABCDEFGH'[n % 8]}. Quill-{n:03}" for n in range(600)]
    ids = await make_staff(lead.organisation_id, names)
    await make_staff(stranger.organisation_id, ["Zoë Quill-599 Elsewhere"])
    async with begin(lead) as work:
        nothing_typed = await find_staff(work, "  ")
        assert (nothing_typed.offered, nothing_typed.more) == ((), True)
        for number in Random(7).sample(range(600), 25):
            found = await find_staff(work, f"  quill-{number:03}   ZOË ")
            assert [one.user_id for one in found.offered] == [ids[number]]
            assert not found.more
        many = await find_staff(work, "quill")
        assert len(many.offered) == AT_ONCE
        assert many.more
        assert (await find_staff(work, "%")).offered == (await find_staff(work, "_")).offered == ()
        assert (await find_staff(work, "quill-007", but=[ids[7]])).offered == ()


async def test_in_a_small_place_everybody_is_offered_and_whoever_was_chosen_stays(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    few = await make_staff(lead.organisation_id, ["Ana Brook", "Ben Coil"])
    async with begin(lead) as work:
        small = await find_staff(work, "")
        assert [one.user_id for one in small.offered if one.user_id != lead.user_id] == few
        assert not small.searches
    await make_staff(lead.organisation_id, [f"Someone {n}" for n in range(AT_ONCE)])
    async with begin(lead) as work:
        kept = await find_staff(work, "someone", chosen=few[0])
        assert kept.offered[0].user_id == few[0]
        assert few[0] not in {one.user_id for one in (await find_staff(work, "", but=few, chosen=few[0])).offered}
