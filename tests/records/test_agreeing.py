"""Agreeing to a disposal on its page: what stands in the way is read there, before and after the button is pressed."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.identity import acts
from safeguard.people.recording import record_person
from safeguard.records import holding, proposing
from safeguard.records.holding import About
from safeguard.records.kinds import acting, asking
from safeguard.records.kinds.registry import get_kind
from safeguard.records.wording import OBSTACLES
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.factories.people import called
from tests.records.kinds.kept import what_went_and_came
from tests.records.kinds.making import FAR
from tests.records.making import TODAY, recorded
from tests.records.test_asked_about_oneself import built, service
from tests.web.conftest import SignIn, sign_in, surrounded

__all__ = ["built", "service", "sign_in", "surrounded"]

pytestmark = pytest.mark.anyio

Ask = Callable[[Actor], Awaitable[tuple[About, UUID]]]


async def an_incident(lead: Actor) -> tuple[About, UUID]:
    about = About("incident", (await recorded(lead, "vesper"))[0])
    async with begin(lead) as work:
        return about, (await proposing.ask(work, about, "mistake", TODAY)).id


async def a_person(lead: Actor) -> tuple[About, UUID]:
    async with begin(lead) as work:
        about = About("person", (await record_person(work, called("Ana", "Brook"), SCHOOL)).id)
    async with begin(lead) as work:
        return about, (await proposing.ask(work, about, "mistake", TODAY)).id


async def a_list(lead: Actor) -> tuple[About, UUID]:
    about = About("roster", (await what_went_and_came(lead, "Birch"))["roster"])
    async with begin(lead) as work:
        return about, (await asking.ask(work, get_kind("roster"), [about.id], "period", FAR)).id


@pytest.mark.parametrize("ask", [an_incident, a_person, a_list])
async def test_whoever_agrees_reads_of_a_hold_before_and_after_they_press(sign_in: SignIn, ask: Ask) -> None:
    acts.bind(*acting.ACTS)
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    head = await sign_in(Role.HEAD, organisation=lead.actor.organisation_id)
    about, proposal = await ask(lead.actor)
    place = f"/approvals/{proposal}"
    assert "Cannot go now" not in (await head.get(place)).text
    async with begin(lead.actor) as work:
        hold = await holding.place_hold(work, about, "complaint", "The family rang.")
    shown = (await head.get(place)).text
    assert ("Cannot go now" in shown, OBSTACLES["held"] in shown) == (True, True)
    refused = await head.send(place, {"do": "approve", "reason": "Seen it."})
    assert (refused.status_code, refused.text.count(OBSTACLES["held"]), "Seen it." in refused.text) == (409, 3, True)
    async with begin(lead.actor) as work:
        assert await work.driver.fetchval("select state from proposals where id = $1", proposal) == "open"
        await holding.lift_hold(work, hold, "It is over.")
    assert (await head.send(place, {"do": "approve"})).headers["location"] == "/approvals?done=approved"
