"""Two shelves that leads do not see: concerns about staff, and a helpline's cases."""

from collections.abc import Awaitable, Callable
from datetime import date
from uuid import UUID

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.concerns import handling, naming
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Forbidden, Invalid, NotFound
from safeguard.helpline.moving import move_case
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses
from safeguard.identity import acts, approving
from safeguard.records import holding
from safeguard.records.holding import About
from safeguard.records.kinds import acting, asking, leaving, queue
from safeguard.records.kinds.registry import DESK, LEADS, VAULT, get_kind
from safeguard.records.queries import get_disposal, list_disposals, list_holds
from safeguard.work import begin
from tests.helpline.conftest import CALL, taken
from tests.records.kinds.making import FAR
from tests.records.kinds.test_disposing_others import tables_with

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def bound_too() -> None:
    acts.bind(*acting.ACTS)


async def closed_concern(reporter: Actor, head: Actor, about: str, word: str) -> UUID:
    """Low-level, and closed."""
    async with begin(reporter, purpose="session") as work:
        concern = await raise_concern(work, NewConcern(subject_name=about, narrative=f"It was about {word}."))
    async with begin(head, purpose="session") as work:
        facts = await handling.decide(work, concern.id, 1, "low_level", f"Because of {word}.")
        await handling.close(work, concern.id, facts.version, "low_level_kept", f"So said {word}.", f"Spoke of {word}.")
    return concern.id


async def test_a_concern_goes_by_the_vaults_own_people_and_nobody_else_hears_of_it(
    someone: Someone, addresses: Addresses
) -> None:
    head = await someone(Role.HEAD)
    here = head.organisation_id
    lead, subject, reporter, chair = [
        await someone(role, organisation=here) for role in (Role.LEAD, Role.LEAD, Role.REPORTER, Role.ADMINISTRATOR)
    ]
    concern, kind = await closed_concern(reporter, head, subject.name, "Laburnum"), get_kind("concern")
    async with begin(head, purpose="session") as work:
        await naming.name(work, chair.user_id, "The chair of governors.")
        assert await queue.list_waiting(work, VAULT, FAR) == (), "nobody has said that they left"
        with pytest.raises(Invalid):
            await leaving.say_left(work, concern, date(2026, 12, 1), TODAY)
        await leaving.say_left(work, concern, date(2026, 7, 20), TODAY)
    async with begin(head, purpose="session") as work:
        (waiting,) = await queue.list_waiting(work, VAULT, TODAY)
        assert [line.id for line in waiting.lines] == [concern]
        hold = await holding.place_hold(work, About("concern", concern), "inquiry", "Laburnum again.")
        assert [each.id for each in await list_holds(work, VAULT)] == [hold]
        await holding.lift_hold(work, hold, "Over.")
    async with begin(head, purpose="session") as work:
        proposal = await asking.ask(work, kind, [concern], "period", TODAY)
    for other in (lead, subject, reporter):
        async with begin(other, purpose="session") as work:
            assert await work.driver.fetch("select id from disposals") == []
            assert await work.driver.fetch("select id from record_holds") == []
            assert await work.driver.fetch("select id from proposals") == []
        with pytest.raises(NotFound):
            async with begin(other, purpose="session") as work:
                await approving.approve(work, proposal.id)
        with pytest.raises((NotFound, Forbidden)):
            async with begin(other, purpose="session") as work:
                await holding.place_hold(work, About("concern", concern), "police", "Asked.")
    async with begin(chair, purpose="session") as work:
        await approving.approve(work, proposal.id)
    assert tables_with(addresses, here, "laburnum") == set()
    async with begin(head, purpose="session") as work:
        done = await get_disposal(work, proposal.subject_id, VAULT)
        assert (done.state, done.erased["concerns"], done.is_restricted) == ("done", 1, True)
        with pytest.raises((NotFound, Forbidden)):
            await get_disposal(work, proposal.subject_id, LEADS)
    async with begin(lead, purpose="session") as work:
        assert await list_disposals(work) == ()
        heard = "select count(*) from audit.leaves where log = 'general' and entry like '%record.%'"
        assert await work.driver.fetchval(heard) == 0


async def test_cases_of_a_helpline_go_by_its_supervisors_with_the_addresses_that_no_other_case_has(
    someone: Someone, addresses: Addresses
) -> None:
    boss = await someone(Role.SUPERVISOR, kind="helpline")
    here, kind = boss.organisation_id, get_kind("helpline_case")
    other = await someone(Role.SUPERVISOR, organisation=here)
    lead = await someone(Role.LEAD, organisation=here)
    async with begin(boss) as work:
        old, young = await taken(work), await taken(work, CALL)
        await list_addresses(work, old, "https://wistful.example/only https://shared.example/both", "")
        await list_addresses(work, young, "https://shared.example/both", "")
    async with begin(boss) as work:
        version = await work.driver.fetchval("select version from helpline_cases where id = $1", old.id)
        await move_case(work, old, State.WITHDRAWN, "Wistful ending.", int(version or 1))
    async with begin(boss) as work:
        (waiting,) = await queue.list_waiting(work, DESK, FAR)
        assert [line.reference for line in waiting.lines] == [old.reference]
        proposal = await asking.ask(work, kind, [old.id], "period", FAR)
    with pytest.raises((NotFound, Forbidden)):
        async with begin(lead) as work:
            await approving.approve(work, proposal.id)
    async with begin(lead) as work:
        assert await list_disposals(work) == ()
    async with begin(other) as work:
        await approving.approve(work, proposal.id)
    assert tables_with(addresses, here, "wistful") == set()
    assert "public.helpline_urls" in tables_with(addresses, here, "shared.example")
    async with begin(boss) as work:
        done = await get_disposal(work, proposal.subject_id, DESK)
        assert (done.reference, done.erased["cases"], done.erased["addresses"]) == (old.reference, 1, 1)
        assert [line.id for line in await queue.list_lines(work, kind, [young.id, old.id])] == [young.id]
