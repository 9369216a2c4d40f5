"""Agreements that are signed: on paper, by an account, by a link; how long that holds and for which edition."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Gone, Invalid, NotFound
from safeguard.identity.secret import new_secret
from safeguard.registers.here import months_on
from safeguard.registers.policies.addressing import make_link
from safeguard.registers.policies.publishing import publish, publish_edition
from safeguard.registers.policies.queries import (
    list_mine,
    list_policies,
    list_readers,
    list_signatures,
    tally,
)
from safeguard.registers.policies.reading import acknowledge
from safeguard.registers.policies.signing import Who, end_signature, record_paper
from safeguard.registers.policies.visiting import find_offered, sign_there
from safeguard.standards.queries import LATEST_ITEM
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.owning import owning
from tests.registers.editions import AGREEMENT, NEW, TODAY

pytestmark = pytest.mark.anyio


async def test_names_from_paper_hold_until_their_day_and_for_their_edition(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        people = (Who("Noor Sample", "Casey Sample"), Who("Mary Sample", "Robin Sample"))
        assert await record_paper(work, policy.id, "family", people, TODAY) == 2
        rows = await list_signatures(work, policy.id, LATEST_ITEM, 10)
        assert {row.for_name for row in rows} == {"Casey Sample", "Robin Sample"}
        assert all(row.holds(TODAY, 1) and not row.holds(TODAY, 2) for row in rows)
        assert not rows[0].holds(months_on(TODAY, 13), 1)
        assert (await tally(work, policy, TODAY))["family"].holding == 2
        assert await list_signatures(work, policy.id, LATEST_ITEM, 10, text="mar%") == ()
        assert [row.name for row in await list_signatures(work, policy.id, LATEST_ITEM, 10, text="mary")] == [
            "Mary Sample"
        ]
    async with begin(lead) as work:
        await end_signature(work, policy.id, rows[0].id, "Moved away.")
        with pytest.raises(Conflict):
            await end_signature(work, policy.id, rows[0].id, "Moved away.")
        assert (await tally(work, policy, TODAY))["family"].holding == 1


async def test_a_member_of_staff_signs_with_their_account(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
    async with begin(lead) as work:
        await acknowledge(work, policy.id, 1)
        (mine,) = await list_mine(work, TODAY)
        assert mine.done_on
        (row,) = await list_signatures(work, policy.id, LATEST_ITEM, 10)
        assert (row.way, row.party, row.user_id) == ("account", "staff", lead.user_id)
        (later,) = await list_mine(work, months_on(TODAY, 13))
        assert later.done_on is None


async def test_an_account_signs_and_reads_on_the_day_that_it_is_where_the_organisation_is(someone, school, addresses):
    """East of everybody or west of everybody: at any hour it is another day in one of these than in London."""
    lead = await someone(Role.LEAD)
    here = {zone: clock.now().astimezone(ZoneInfo(zone)).date() for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago")}
    zone, day = next((zone, day) for zone, day in here.items() if day != clock.now().date())
    async with owning(addresses.owner) as owner:
        await owner.execute("update organisations set time_zone = %s where id = %s", (zone, lead.organisation_id))
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await acknowledge(work, policy.id, 1)
        read = await publish(work, school, "policy", NEW)
        await acknowledge(work, read.id, 1)
    async with begin(lead) as work:
        (row,) = await list_signatures(work, policy.id, LATEST_ITEM, 10)
        assert (row.signed_on, row.expires_on) == (day, months_on(day, 12))
        assert {one.done_on for one in await list_mine(work, day)} == {day}
        (reader,) = [one for one in await list_readers(work, read.id, day) if one.user_id == lead.user_id]
        assert (reader.read_on, reader.due_on) == (day, max(TODAY + timedelta(days=20), day + timedelta(days=14)))


async def test_somebody_is_tallied_once_and_what_they_sign_later_takes_the_place_of_what_they_signed_before(
    someone, school
):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await acknowledge(work, policy.id, 1)
        twice = (
            Who("Olu Sample", "Kim"),
            Who("olu sample ", "kim"),
            Who("Ann Sample", "Robin"),
            Who("Ann Sample", "Casey"),
        )
        await record_paper(work, policy.id, "family", twice, TODAY)
        await record_paper(work, policy.id, "pupil", (Who("Robin Sample"), Who("Casey Sample")), TODAY)
    async with begin(lead) as work:
        counts = await tally(work, policy, TODAY)
        assert {party: one.holding for party, one in counts.items()} == {"staff": 1, "family": 2, "pupil": 2}
        assert [line.signed for line in await list_policies(work, TODAY)] == [5]
    async with begin(lead) as work:
        policy = await publish_edition(work, school, policy.id, AGREEMENT, 1)
        await acknowledge(work, policy.id, 2)
        await record_paper(work, policy.id, "pupil", (Who("Casey Sample"),), TODAY)
    async with begin(lead) as work:
        counts = await tally(work, policy, TODAY)
        assert {party: (one.holding, one.past) for party, one in counts.items()} == {
            "staff": (1, 0), "family": (0, 2), "pupil": (1, 1),
        }  # fmt: skip
        rows = await list_signatures(work, policy.id, LATEST_ITEM, 20)
        assert {row.replaced for row in rows if row.party == "staff" and row.edition == 1} == {True}
        assert [row.name for row in rows if row.party == "pupil" and row.replaced] == ["Casey Sample"]
        assert not any(row.replaced for row in rows if row.edition == 2)
        newest = next(row for row in rows if row.party == "pupil" and row.edition == 2)
        await end_signature(work, policy.id, newest.id, "Recorded by mistake.")
    async with begin(lead) as work:
        pupils = (await tally(work, policy, TODAY))["pupil"]
        assert (pupils.holding, pupils.past) == (0, 2)


async def test_an_address_for_one_person_works_once(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        made = await make_link(work, policy.id, "pupil", "Robin", many=False)
    offered = await find_offered(made.secret.hash)
    assert (offered.title, offered.state, offered.name) == ("Acceptable use", "open", "Robin")
    await sign_there(offered, Who("Robin"), 1, clock.new_request_id(), clock.random_bytes(16))
    assert (await find_offered(made.secret.hash)).state == "used"
    with pytest.raises(Gone):
        await sign_there(offered, Who("Robin"), 1, clock.new_request_id(), clock.random_bytes(16))
    async with begin(lead) as work:
        (row,) = await list_signatures(work, policy.id, LATEST_ITEM, 10)
        assert (row.name, row.way, row.recorded_by_name) == ("Robin", "link", "Robin")


async def test_a_shared_device_takes_one_after_another_and_only_the_edition_that_was_shown(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        made = await make_link(work, policy.id, "pupil", "", many=True)
    offered = await find_offered(made.secret.hash)
    for name in ("Robin", "Casey"):
        await sign_there(offered, Who(name), 1, clock.new_request_id(), clock.random_bytes(16))
    async with begin(lead) as work:
        await publish_edition(work, school, policy.id, AGREEMENT, 1)
    with pytest.raises(Conflict, match="Read this one, then sign it here"):
        await sign_there(offered, Who("Alex"), 1, clock.new_request_id(), clock.random_bytes(16))
    await sign_there(
        await find_offered(made.secret.hash), Who("Alex"), 2, clock.new_request_id(), clock.random_bytes(16)
    )
    async with begin(lead) as work:
        assert len(await list_signatures(work, policy.id, LATEST_ITEM, 10)) == 3


async def test_a_family_says_for_whom_it_signs_on_paper_and_at_an_address(someone, sign_in, stranger, school):
    lead = (await sign_in(Role.LEAD)).actor
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        made = await make_link(work, policy.id, "family", "", many=True)
        with pytest.raises(Invalid) as wrong:
            await record_paper(work, policy.id, "family", (Who("Mo Sample", "Robin"), Who("Ana Sample")), TODAY)
        assert [(one.field, one.message.rpartition(": ")[2]) for one in wrong.value.errors] == [("names", "Ana Sample")]
    address, typed = f"{made.path}?lang=cy", {"name": "Ana Sample", "edition": "1", "agreed": "yes"}
    refused = await stranger.send(address, {**typed, "agreed": ""})
    assert refused.status_code == 422 and refused.text.count("Ticiwch i ddweud") == 2
    assert 'value="Ana Sample"' in refused.text and "Ysgrifennwch ar ran pwy" in refused.text
    assert (await stranger.send(address, {**typed, "for_name": "Robin Sample"})).status_code == 303
    async with begin(lead) as work:
        assert [row.for_name for row in await list_signatures(work, policy.id, LATEST_ITEM, 10)] == ["Robin Sample"]


async def test_a_form_that_is_sent_twice_is_signed_once(sign_in, stranger):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        policy = await publish(work, profile_of("school"), "agreement", AGREEMENT)
        made = await make_link(work, policy.id, "pupil", "", many=True)
    address = made.path
    token, typed = await stranger.token(address), {"name": "Robin", "edition": "1", "agreed": "yes"}
    for _ in range(2):
        assert (await stranger.send(address, typed, token=token)).status_code == 303
    assert (await stranger.send(address, typed)).status_code == 303
    async with begin(lead.actor) as work:
        assert len(await list_signatures(work, policy.id, LATEST_ITEM, 10)) == 2


async def test_a_secret_that_nobody_made_opens_nothing(database):
    with pytest.raises(NotFound):
        await find_offered(new_secret().hash)
