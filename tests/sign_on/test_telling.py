"""When the provider becomes the only way in, whoever has not linked an account there is told in time."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.identity import parting, removing
from safeguard.sign_on import connecting, linking, worst_day
from safeguard.work import begin
from tests.factories.charges import in_hand
from tests.notifications.test_telling import told
from tests.post.conftest import Mailbox, mailbox  # noqa: F401
from tests.post.working import work_off
from tests.sign_on.test_going import administrator, lead, link, opened, provider  # noqa: F401

pytestmark = pytest.mark.anyio


async def require(administrator: Actor, connection_id: UUID) -> None:  # noqa: F811
    async with begin(administrator) as work:
        assert administrator.user_id
        await connecting.exempt(work, administrator.user_id, "For when it is down.")
        await connecting.require(work, connection_id, required=True)


def days_pass(addresses: Addresses, organisation: UUID, days: int) -> None:
    """As if it had become the rule, and everybody had joined, so many days earlier."""
    with psycopg.connect(addresses.owner) as owner:
        for table, column in (("sign_on_connections", "required_from"), ("memberships", "created_at")):
            owner.execute(
                f"update {table} set {column} = {column} - %s * interval '1 day' where organisation_id = %s",
                (days, organisation),
            )


@pytest.fixture
def bound() -> Iterator[None]:
    """As the application binds it."""
    with in_hand(worst_day.IN_HAND):
        yield


@pytest.mark.usefixtures("bound")
async def test_when_the_last_leaves_who_gets_in_without_the_provider_it_was_said_and_those_who_name_another_are_told(
    someone,
    administrator: Actor,  # noqa: F811
    lead: Actor,  # noqa: F811
    mailbox: Mailbox,  # noqa: F811
) -> None:
    here = lead.organisation_id
    reporter, other = [await someone(Role.REPORTER, organisation=here) for _ in range(2)]
    connection_id = await opened(administrator, lead)
    assert reporter.user_id and other.user_id
    async with begin(administrator) as work:
        await connecting.exempt(work, reporter.user_id, "For when it is down.")
        assert await parting.say_what_is_in_hand(work, reporter.user_id) == ()
        await connecting.require(work, connection_id, required=True)
        assert "only way in when the provider is down" in (await parting.say_what_is_in_hand(work, reporter.user_id))[0]
        assert await parting.say_what_is_in_hand(work, other.user_id) == ()
    await work_off(here, mailbox.url)
    async with begin(administrator) as work:
        await removing.remove(work, reporter.user_id, "left")
    await work_off(here, mailbox.url)
    for person in (administrator, lead):
        assert "sign_on.alone" in await told(person)
    assert "sign_on.alone" not in await told(other)


async def test_only_who_has_an_account_still_to_link_is_told_that_it_is_required_and_again_near_the_end(
    someone,
    administrator: Actor,  # noqa: F811
    lead: Actor,  # noqa: F811
    mailbox: Mailbox,  # noqa: F811
    addresses: Addresses,
) -> None:
    here = lead.organisation_id
    unlinked, late = [await someone(Role.REPORTER, organisation=here) for _ in range(2)]
    connection_id = await opened(administrator, lead)
    await link(lead, connection_id, "of-the-lead")
    await work_off(here, mailbox.url)
    before = {person: await told(person) for person in (administrator, lead)}
    await require(administrator, connection_id)
    await work_off(here, mailbox.url)
    assert await told(unlinked) == await told(late) == ["sign_on.required"]
    assert {person: await told(person) for person in (administrator, lead)} == before
    await link(late, connection_id, "of-somebody-late")
    days_pass(addresses, here, 12)
    await work_off(here, mailbox.url, ahead=True)
    assert sorted(await told(unlinked)) == ["sign_on.ending", "sign_on.required"]
    assert sorted(await told(late)) == ["sign_on.linked", "sign_on.required"]


async def test_whoever_links_an_account_or_takes_it_back_reads_that_it_was_done(
    administrator: Actor,  # noqa: F811
    lead: Actor,  # noqa: F811
    mailbox: Mailbox,  # noqa: F811
) -> None:
    connection_id = await opened(administrator, lead)
    await link(lead, connection_id, "of-the-lead")
    async with begin(lead) as work:
        await linking.unlink(work, connection_id)
    await work_off(lead.organisation_id, mailbox.url)
    assert {"sign_on.linked", "sign_on.unlinked"} <= set(await told(lead))
    assert not {"sign_on.linked", "sign_on.unlinked"} & set(await told(administrator))
