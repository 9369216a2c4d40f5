"""An alert goes from a supervisor to those whom it is for, and to nobody else."""

from uuid import UUID

import asyncpg
import msgspec
import psycopg
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.helpline.alerts import spreading
from safeguard.helpline.alerts.receiving import (
    attach_signal,
    dismiss_signal,
    get_received,
    list_received,
    present_signals,
)
from safeguard.helpline.alerts.signalling import end_signal, get_signal, publish_signal
from safeguard.helpline.alerts.spreading import COPIES, READERS, TO_JOIN, NotAllReached, list_to_join, spread_signal
from safeguard.standards.queries import get_item
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.web import announced

pytestmark = pytest.mark.anyio
HELPLINE = profile_of("helpline")
SIGNAL = msgspec.structs.replace(announced.SIGNAL, kinds=("childrens_home",))
"""For a kind of which no other test spoils the log: a copy goes to everybody there is."""


async def spread(sender, signal_id) -> None:
    async with begin(system(sender.organisation_id)) as work:
        await spread_signal(work, signal_id)


@pytest.fixture
async def supervisor(someone):
    return await someone(Role.SUPERVISOR, kind="helpline")


async def activate(addresses, *organisations) -> None:
    async with await psycopg.AsyncConnection.connect(addresses.owner, autocommit=True) as owner:
        for organisation in organisations:
            await owner.execute("update organisations set state = 'active' where id = %s", (organisation,))


async def test_an_alert_reaches_its_kinds_once_and_its_end_reaches_every_copy(supervisor, someone, addresses):
    lead, coach = await someone(Role.LEAD, kind="childrens_home"), await someone(Role.LEAD, kind="club")
    await activate(addresses, lead.organisation_id, coach.organisation_id)
    async with begin(supervisor) as work:
        signal = await publish_signal(work, HELPLINE, SIGNAL)
    await spread(supervisor, signal.id)
    await spread(supervisor, signal.id)
    async with begin(lead) as work:
        (copy,) = [each for each in await present_signals(work) if each.title == SIGNAL.title]
        assert (copy.to_do, copy.ended_at) == (SIGNAL.to_do, None)
    async with begin(coach) as work:
        assert await list_received(work) == ()
        with pytest.raises(NotFound):
            await get_received(work, copy.id)
    async with begin(supervisor) as work:
        found = await get_signal(work, signal.id)
        assert found.reached >= 1
        await end_signal(work, signal.id, found.version)
    await spread(supervisor, signal.id)
    async with begin(lead) as work:
        assert copy.id not in {each.id for each in await present_signals(work)}
        assert (await get_received(work, copy.id)).ended_at
    async with begin(supervisor) as work:
        with pytest.raises(Conflict):
            await end_signal(work, signal.id, found.version)


async def test_an_alert_reaches_the_kinds_and_the_nations_that_it_names_and_no_other(supervisor, someone, addresses):
    there = {
        (kind, nation): await someone(Role.LEAD, kind=kind)
        for kind in ("childrens_home", "club") for nation in ("england", "wales")
    }  # fmt: skip
    await activate(addresses, *(lead.organisation_id for lead in there.values()))
    async with await psycopg.AsyncConnection.connect(addresses.owner, autocommit=True) as owner:
        for (_kind, nation), lead in there.items():
            await owner.execute("update organisations set nation = %s where id = %s", (nation, lead.organisation_id))
    async with begin(supervisor) as work:
        new = msgspec.structs.replace(SIGNAL, title="Homes in Wales", nations=("wales",))
        signal = await publish_signal(work, HELPLINE, new)
    await spread(supervisor, signal.id)
    got = set()
    for where, lead in there.items():
        async with begin(lead) as work:
            got |= {where for each in await list_received(work) if each.title == "Homes in Wales"}
    assert got == {("childrens_home", "wales")}


async def test_a_lead_dismisses_it_for_everybody_and_attaches_it_to_a_control(supervisor, someone, addresses):
    lead = await someone(Role.LEAD, kind="childrens_home")
    teacher = await someone(Role.REPORTER, organisation=lead.organisation_id)
    await activate(addresses, lead.organisation_id)
    async with begin(supervisor) as work:
        signal = await publish_signal(work, HELPLINE, msgspec.structs.replace(SIGNAL, title="Look at this one"))
    await spread(supervisor, signal.id)
    async with begin(teacher) as work:
        (copy,) = [each for each in await list_received(work) if each.title == "Look at this one"]
        for act in (dismiss_signal(work, copy.id), attach_signal(work, copy.id, (("pies", "M5"),), "")):
            with pytest.raises(Forbidden):
                await act
    async with begin(lead) as work:
        item = await attach_signal(work, copy.id, (("pies", "M5"),), "We told all staff on Monday.")
        kept = await get_item(work, item.id)
        assert (kept.title, kept.supports) == ("Look at this one", (("pies", "M5"),))
        assert "We told all staff" in kept.description
        with pytest.raises(Conflict):
            await attach_signal(work, copy.id, (("pies", "M6"),), "")
        await dismiss_signal(work, copy.id)
        await dismiss_signal(work, copy.id)
    async with begin(teacher) as work:
        assert copy.id not in {each.id for each in await present_signals(work)}
        assert (await get_received(work, copy.id)).dismissed_by_name == lead.name


async def test_one_organisation_that_cannot_be_written_to_keeps_nobody_else_from_being_warned(
    supervisor, someone, addresses, monkeypatch
):
    first, broken, last = [await someone(Role.LEAD, kind="care") for _ in range(3)]
    await activate(addresses, *(each.organisation_id for each in (first, broken, last)))
    title = f"Heard of by all but one {broken.organisation_id}"
    told = msgspec.structs.replace(SIGNAL, title=title, kinds=("care",))
    async with begin(supervisor) as work:
        signal = await publish_signal(work, HELPLINE, told)
    leave = spreading._leave

    async def fails_once(organisation_id, *others):
        if organisation_id == broken.organisation_id:
            raise asyncpg.UniqueViolationError
        await leave(organisation_id, *others)

    with monkeypatch.context() as patched:
        patched.setattr(spreading, "_leave", fails_once)
        with pytest.raises(NotAllReached):
            await spread(supervisor, signal.id)
    for lead, there in ((first, True), (broken, False), (last, True)):
        async with begin(lead) as work:
            assert (title in {each.title for each in await present_signals(work)}) is there


async def test_an_alert_says_to_whom_and_only_supervisors_publish(supervisor, someone):
    async with begin(supervisor) as work:
        wrong = msgspec.structs.replace(SIGNAL, kinds=(), nations=("atlantis",), platform="no such")
        with pytest.raises(Invalid) as refused:
            await publish_signal(work, HELPLINE, wrong)
        assert {error.field for error in refused.value.errors} == {"kinds", "nations", "platform"}
    async with begin(await someone(Role.PRACTITIONER, organisation=supervisor.organisation_id)) as work:
        with pytest.raises(Forbidden):
            await publish_signal(work, HELPLINE, SIGNAL)


async def test_whoever_joins_while_an_alert_is_in_force_gets_it_and_a_joiner_after_its_end_does_not(
    supervisor, someone, addresses
):
    told = msgspec.structs.replace(SIGNAL, title=f"In force {supervisor.organisation_id}", kinds=("group",))
    async with begin(supervisor) as work:
        signal = await publish_signal(work, HELPLINE, told)
    await spread(supervisor, signal.id)
    joined = await someone(Role.LEAD, kind="group")
    await activate(addresses, joined.organisation_id, supervisor.organisation_id)
    assert signal.id in await lacking(supervisor)
    await spread(supervisor, signal.id)
    assert signal.id not in await lacking(supervisor)
    async with begin(joined) as work:
        assert told.title in {each.title for each in await present_signals(work)}
    async with begin(supervisor) as work:
        await end_signal(work, signal.id, (await get_signal(work, signal.id)).version)
    await spread(supervisor, signal.id)
    late = await someone(Role.LEAD, kind="group")
    await activate(addresses, late.organisation_id)
    assert signal.id not in await lacking(supervisor)
    await spread(supervisor, signal.id)
    async with begin(late) as work:
        assert told.title not in {each.title for each in await list_received(work)}
    async with begin(joined) as work:
        assert told.title not in {each.title for each in await present_signals(work)}


async def lacking(supervisor) -> set:
    async with begin(system(supervisor.organisation_id)) as work:
        return {each.signal_id for each in await list_to_join(work)}


async def test_nobody_but_the_helpline_whose_alert_it_is_learns_who_there_is(supervisor, someone):
    async with begin(supervisor) as work:
        signal = await publish_signal(work, HELPLINE, SIGNAL)
    values = (signal.id, UUID(int=0), 10)
    lead = await someone(Role.LEAD)
    for actor in (lead, system(lead.organisation_id), await someone(Role.SUPERVISOR, kind="helpline")):
        for statement, given in ((READERS, values), (COPIES, (signal.id,))):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="only a helpline"):
                async with begin(actor) as work:
                    await work.driver.fetch(statement, *given)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="herald"):
        async with begin(lead) as work:
            await work.driver.fetch(TO_JOIN)
