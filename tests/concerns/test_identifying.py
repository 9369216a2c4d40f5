"""Whom a concern is about becomes known later, or somebody is kept from it by hand: from then on they see nothing."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import psycopg
import pytest

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.concerns import admitting, handling, identifying, naming, reading
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database.bootstrap import Addresses
from safeguard.database.context import ContextKey
from safeguard.database.migrating import migrate
from safeguard.errors import Conflict, Invalid, NotFound
from safeguard.identity import acts
from safeguard.incidents.queries import read_incident
from safeguard.incidents.recording import record_incident
from safeguard.notifications.deciding import tell_of_concern
from safeguard.work import begin
from tests.factories.incidents import SCHOOL, SHORT
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]


async def two_readers(someone: Someone) -> tuple[Actor, Actor]:
    """A head, and a chair whom the head let into the vault."""
    head = await someone(Role.HEAD)
    chair = await someone(Role.GOVERNOR, organisation=head.organisation_id)
    async with begin(head, purpose="session") as work:
        await naming.name(work, chair.user_id, "If it were about me.")
    return head, chair


async def raised(actor: Actor, name: str = "the PE teacher", incident_id: UUID | None = None) -> UUID:
    async with begin(actor, purpose="session") as work:
        new = NewConcern(subject_name=name, narrative="Was alone with a pupil.", incident_id=incident_id)
        return (await raise_concern(work, new)).id


async def knows(actor: Actor, concern_id: UUID) -> bool:
    async with begin(actor, purpose="session") as work:
        return await reading.still_reads(work, concern_id)


async def identified(actor: Actor, concern_id: UUID, name: str, user_id: UUID | None = None, version: int = 1) -> None:
    async with begin(actor, purpose="session") as work:
        await identifying.identify(work, concern_id, version, name, "Teacher", user_id, "The child said so.")


@pytest.mark.parametrize("by_account", [True, False])
async def test_once_it_is_said_whom_it_is_about_they_see_nothing_of_it_and_the_story_says_who_said_so(
    someone: Someone, by_account: bool
) -> None:
    head, chair = await two_readers(someone)
    concern_id = await raised(head)
    assert await knows(chair, concern_id)
    await identified(head, concern_id, "Pat" if by_account else chair.name, chair.user_id if by_account else None)
    assert not await knows(chair, concern_id)
    async with begin(head, purpose="session") as work:
        record = await reading.read_concern(work, concern_id)
        assert (record.facts.version, record.facts.subject_work) == (2, "Teacher")
        assert record.entries[-1].words.startswith("Whom it is about: the PE teacher → ")
        await handling.decide(work, concern_id, 2, "low_level", "Not in line with the code.")
    with pytest.raises(Conflict, match="Nothing is different"):
        await identified(head, concern_id, record.facts.subject_name, record.facts.subject_user_id, 3)


async def test_where_only_the_account_becomes_known_the_story_says_the_name_once(someone: Someone) -> None:
    head, chair = await two_readers(someone)
    async with begin(head, purpose="session") as work:
        new = NewConcern(subject_name="the cook", subject_work="Teacher", narrative="Shouts.")
        concern_id = (await raise_concern(work, new)).id
    await identified(head, concern_id, "the cook", chair.user_id)
    async with begin(head, purpose="session") as work:
        (entry,) = (await reading.read_concern(work, concern_id)).entries
    assert "→" not in entry.words
    assert chair.name in entry.words


async def test_whoever_names_themselves_loses_sight_of_it(sign_in: SignIn, someone: Someone) -> None:
    head, chair = await two_readers(someone)
    concern_id = await raised(head)
    browser = await sign_in(actor=chair)
    said = {"subject_name": chair.name, "reason": "It was me.", "version": "1"}
    answer = await browser.send(f"/concerns/{concern_id}/about", said, page=f"/concerns/{concern_id}/about")
    assert (answer.status_code, answer.headers["location"]) == (303, "/concerns")
    assert (await knows(chair, concern_id), await knows(head, concern_id)) == (False, True)


async def test_whoever_was_chosen_by_a_slip_is_the_subject_no_more_and_can_be_let_in_again(
    sign_in: SignIn, someone: Someone
) -> None:
    head, chair = await two_readers(someone)
    concern_id = await raised(head)
    await identified(head, concern_id, "Walter Wombat", chair.user_id)
    browser = await sign_in(actor=head)
    at = f"/concerns/{concern_id}/about"
    page = (await browser.get(f"/concerns/{concern_id}")).text
    assert f'<dt>Their account</dt><dd><span class="sg-name">{chair.name}</span></dd>' in page
    said = {"subject_name": "Walter Wombat", "subject_work": "Teacher", "reason": "A slip.", "version": "2"}
    assert (await browser.send(at, said | {"no_account": "yes"}, page=at)).status_code == 303
    async with begin(head, purpose="session") as work:
        record = await reading.read_concern(work, concern_id)
    assert record.facts.subject_user_id is None
    accounts = [entry.words.partition("Their account: ")[2] for entry in record.entries]
    assert accounts == [chair.name, "none"], "who was tied, and taken back"
    page = (await browser.get(f"/concerns/{concern_id}/admit/{chair.user_id}")).text
    assert "was kept from this because somebody chose them here" in page
    assert f"/concerns/{concern_id}/admit/{chair.user_id}" in (await browser.get(f"/concerns/{concern_id}")).text


async def test_what_is_missing_is_asked_for_and_what_was_typed_stays(sign_in: SignIn, someone: Someone) -> None:
    head, _ = await two_readers(someone)
    concern_id = await raised(head)
    browser = await sign_in(actor=head)
    at = f"/concerns/{concern_id}/about"
    assert 'value="the PE teacher"' in (await browser.get(at)).text
    answer = await browser.send(at, {"subject_name": "Zebedee Z", "reason": "", "version": "1"}, page=at)
    assert answer.status_code == 422
    assert "Say how you know whom it is about." in answer.text
    assert "Zebedee Z" in answer.text
    await identified(head, concern_id, "Somebody Else")
    stale = await browser.send(at, {"subject_name": "Zebedee Z", "reason": "Saw it.", "version": "1"}, page=at)
    assert (stale.status_code, "Zebedee Z" in stale.text) == (409, True)


async def test_somebody_is_kept_from_it_by_hand_and_nobody_keeps_it_from_themselves(
    sign_in: SignIn, someone: Someone
) -> None:
    head, chair = await two_readers(someone)
    concern_id = await raised(head)
    async with begin(head, purpose="session") as work:
        with pytest.raises(Invalid):
            await identifying.keep_from(work, concern_id, head.user_id, "Me.")
    browser = await sign_in(actor=head)
    at = f"/concerns/{concern_id}/keep-out"
    said = {"person": str(chair.user_id), "reason": "They are friends."}
    assert (await browser.send(at, said, page=at)).status_code == 303
    assert not await knows(chair, concern_id)
    page = (await browser.get(f"/concerns/{concern_id}")).text
    assert f"Kept from it from now on: {chair.name}" in page
    assert "Let them know again" in page
    acts.bind(*admitting.ACTS)
    async with begin(head, purpose="session") as work:
        proposal = await admitting.ask(work, concern_id, chair.user_id, "No friends any more.")
        lines = await acts.get(proposal.act).shown(work, proposal)
    assert lines[-1].value == "Somebody here chose to keep them from it, and that is taken back"
    again = await browser.send(at, said, page=at)
    assert (again.status_code, "They are kept from it already." in again.text) == (409, True)


async def test_the_count_of_notices_says_nothing_of_a_concern_that_one_is_kept_from(
    sign_in: SignIn, someone: Someone
) -> None:
    head, chair = await two_readers(someone)
    concern_id = await raised(await someone(Role.REPORTER, organisation=head.organisation_id))
    async with begin(system(head.organisation_id)) as work:
        await tell_of_concern(work, concern_id)
    theirs = await sign_in(actor=chair)
    assert "sg-bell--new" in (await theirs.get("/notices")).text
    async with begin(head, purpose="session") as work:
        await identifying.keep_from(work, concern_id, chair.user_id, "They are friends.")
    assert "sg-bell--new" not in (await theirs.get("/notices")).text


async def test_of_one_incident_each_who_is_alleged_has_a_concern_and_is_kept_from_the_incident_too(
    someone: Someone,
) -> None:
    head = await someone(Role.HEAD)
    here = head.organisation_id
    first, second, lead = [await someone(Role.LEAD, organisation=here) for _ in range(3)]
    async with begin(lead, purpose="session") as work:
        incident_id = (await record_incident(work, SHORT, SCHOOL)).facts.id
    concern_id = await raised(head, first.name, incident_id)
    assert concern_id != await raised(head, second.name, incident_id)
    friend = await someone(Role.DEPUTY, organisation=here)
    async with begin(head, purpose="session") as work:
        await identifying.keep_from(work, concern_id, friend.user_id, "They are friends.")
    for actor, reads in ((first, False), (second, False), (friend, False), (lead, True)):
        async with begin(actor, purpose="session") as work:
            if reads:
                await read_incident(work, incident_id)
            else:
                with pytest.raises(NotFound):
                    await read_incident(work, incident_id)


async def test_an_upgrade_keeps_whoever_a_concern_names_from_the_incident_it_came_from(
    someone: Someone, addresses: Addresses, key: ContextKey
) -> None:
    head = await someone(Role.HEAD)
    lead = await someone(Role.LEAD, organisation=head.organisation_id)
    async with begin(lead, purpose="session") as work:
        incident_id = (await record_incident(work, SHORT, SCHOOL)).facts.id
    await raised(head, lead.name, incident_id)
    with psycopg.connect(addresses.owner) as owner:  # as an earlier release left it
        owner.execute("set local role safeguard_definer")
        owner.execute("delete from public.exclusions where incident_id = %s", (incident_id,))
    async with begin(lead, purpose="session") as work:
        assert (await read_incident(work, incident_id)).facts.id == incident_id
    for _ in range(2):
        migrate(addresses.owner, key)
        async with begin(lead, purpose="session") as work:
            with pytest.raises(NotFound):
                await read_incident(work, incident_id)
