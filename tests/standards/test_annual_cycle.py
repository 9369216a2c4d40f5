"""A year with 360 degree safe: commitment, progress, readiness for the mark, sign-off; then the next year beside it."""

import re
from uuid import UUID

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.standards.framework import Control
from safeguard.standards.frameworks import framework_of
from safeguard.standards.queries import get_review
from safeguard.standards.reviewing import judge
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio
CODE = "360-degree-safe"


async def judged(
    lead: Actor, review: str, controls: list[Control], level: int, why: str = "The minutes show it."
) -> None:
    for control in controls:
        async with begin(lead) as work:
            found = await get_review(work, UUID(review))
            before = found.rating(control.code)
            await judge(work, found, control, level, why, before.version if before else 0)


async def test_a_year_of_360_degree_safe_and_the_next_one(sign_in):
    lead = await sign_in(Role.LEAD)
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    framework = framework_of(CODE, profile_of("school"))
    assert framework
    assert (len(framework.controls), len(framework.objectives)) == (21, 4)

    async def steps(review: str) -> list[str]:
        page = (await lead.get(f"{review}/readiness")).text
        return re.findall(r"(Ready|Not yet)</", page.partition("sg-quadrants")[2].partition("</ul>")[0])

    async def start() -> str:
        return (await lead.send("/standards/reviews", {"framework": CODE, "scope": "full"}, page="/standards")).headers[
            "location"
        ]

    first = await start()
    assert await steps(first) == ["Ready", "Not yet", "Not yet"]  # commitment comes with beginning
    again = await lead.send("/standards/reviews", {"framework": CODE, "scope": "full"}, page="/standards")
    assert again.status_code == 409

    inside = [[*framework.under(objective.code)] for objective in framework.objectives]
    policy, technology, education, outcomes = inside
    await judged(lead.actor, first[-36:], policy, 3)
    assert await steps(first) == ["Ready", "Not yet", "Not yet"]
    await judged(lead.actor, first[-36:], technology, 3)
    assert await steps(first) == ["Ready", "Ready", "Not yet"]  # two of four elements are whole
    sign = f"{first}/sign"
    early = await head.send(sign, {"statement": "Agreed.", "seen": "1"})
    assert early.status_code == 422
    assert "have no level yet" in early.text

    await judged(lead.actor, first[-36:], education, 2)
    await judged(lead.actor, first[-36:], outcomes, 2, why="")
    shown = (await lead.get(f"{first}/readiness")).text
    assert f"{len(policy + technology + outcomes)} controls are still short of it." in shown
    assert "How you know" in shown  # at the benchmark, and nobody said why
    await judged(lead.actor, first[-36:], [*policy, *technology, *outcomes], 2)
    assert await steps(first) == ["Ready", "Ready", "Ready"]

    seen = re.search(r'name="seen" value="(\d+)"', (await head.get(sign)).text)
    assert seen
    signed = await head.send(sign, {"statement": "Agreed in the autumn meeting.", "seen": seen[1]})
    assert signed.status_code == 303
    late = await lead.send(f"{first}/controls/{policy[0].code}", {
        "level": "1", "commentary": "Better.", "seen": "2", "do": "save"}, page="/standards")  # fmt: skip
    assert late.status_code == 409

    second = await start()
    assert second != first
    await judged(lead.actor, second[-36:], policy[:2], 1)
    await judged(lead.actor, second[-36:], policy[2:3], 4)
    beside = (await lead.get(f"/standards/frameworks/{CODE}/reviews")).text
    assert "2 controls rose, 1 fell, of 3 judged both times." in beside
    assert "1 step up" in (await lead.get(second)).text
    last_time = (await lead.get(f"{second}/controls/{policy[0].code}")).text.partition("Last time")[2]
    assert "The minutes show it." in last_time
    assert await steps(second) == ["Ready", "Not yet", "Not yet"]
    assert await steps(first) == ["Ready", "Ready", "Ready"]
    kept = (await lead.get(first)).text
    assert "Agreed in the autumn meeting." in kept
