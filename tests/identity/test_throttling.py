"""Slowing whoever guesses. Hashing is left out, and the database's clock stands still but where a test moves it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.errors import TooManyRequests
from safeguard.identity import passwords, signing_in, throttling
from tests.identity.conftest import PASSWORD, AsOwner, Later, MakeAccount, sign_in, some_browser

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def still(later: Later) -> AsyncIterator[None]:
    await later("0 seconds")
    yield


@pytest.fixture(autouse=True)
def no_hashing(monkeypatch: pytest.MonkeyPatch, stored_hash: str) -> None:
    monkeypatch.setattr(passwords, "_verify", lambda stored, password: stored == stored_hash and password == PASSWORD)


async def test_an_attacker_is_slowed_and_the_victim_still_gets_in(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    own = await sign_in(lead)
    tried = 0
    for _ in range(60):  # from as many places
        try:
            await signing_in.authenticate(lead.email, "guess after guess", some_browser())
            tried += 1
        except TooManyRequests:
            pass
    assert tried == 30
    with pytest.raises(TooManyRequests):
        await signing_in.authenticate(lead.email, PASSWORD, some_browser())
    assert await sign_in(lead, device=own.device.text)


TEN_THOUSAND = """
select count(*) filter (where wait = 0) from generate_series(1, 10000) place,
    lateral identity.admit_attempt(sha256(convert_to('pair ' || place || $4, 'UTF8')), $1,
                                   sha256(convert_to('address ' || place || $4, 'UTF8')), $2, $3) wait
"""


async def test_ten_thousand_wrong_passwords_from_as_many_places_leave_the_usual_device_alone(
    account: MakeAccount,
) -> None:
    lead = await account(Role.LEAD)
    own = await sign_in(lead)
    theirs = throttling.attempt_of(lead.email, "2001:db8::1", None)
    async with pool.current().connection() as connection:
        admitted = await connection.fetchval(TEN_THOUSAND, theirs.account, theirs.organisation, None, lead.user_id.hex)
        await connection.execute(pool.COMMIT)
    assert admitted == 30
    assert await sign_in(lead, device=own.device.text if own.device else None)
    with pytest.raises(TooManyRequests):
        await signing_in.authenticate(lead.email, PASSWORD, some_browser())


async def test_one_place_waits_longer_after_each_wrong_password(account: MakeAccount, later: Later) -> None:
    lead = await account(Role.LEAD)
    client = some_browser().client
    for _ in range(5):
        assert await signing_in.authenticate(lead.email, "guess after guess", some_browser(client)) is None
    with pytest.raises(TooManyRequests) as refusal:
        await signing_in.authenticate(lead.email, PASSWORD, some_browser(client))
    assert refusal.value.retry_after == 1
    waits = []
    for seconds in (2, 5, 10, 20, 40):
        await later(f"{seconds} seconds")
        await signing_in.authenticate(lead.email, "guess after guess", some_browser(client))
        with pytest.raises(TooManyRequests) as refusal:
            await signing_in.authenticate(lead.email, PASSWORD, some_browser(client))
        waits.append(refusal.value.retry_after)
    assert waits == [2, 4, 8, 16, 32]


async def test_an_unknown_address_is_slowed_as_a_known_one_is(database: object) -> None:
    client, email = some_browser().client, f"{clock.new_id().hex}@example.net"
    for _ in range(5):
        assert await signing_in.authenticate(email, "guess after guess", some_browser(client)) is None
    with pytest.raises(TooManyRequests) as refusal:
        await signing_in.authenticate(email, PASSWORD, some_browser(client))
    assert refusal.value.retry_after == 1


async def test_one_place_cannot_try_one_password_on_everybody(database: object) -> None:
    client = some_browser().client
    tried = 0
    for number in range(70):
        email = f"{number}@{clock.new_id().hex}.example"
        try:
            await signing_in.authenticate(email, "guess after guess", some_browser(client))
            tried += 1
        except TooManyRequests:
            pass
    assert tried == 60


async def test_an_organisation_under_attack_allows_fewer_tries_from_unknown_devices(database: object) -> None:
    domain = f"{clock.new_id().hex}.example"
    for number in range(102):
        await signing_in.authenticate(f"{number}@{domain}", "guess after guess", some_browser())
    client = some_browser().client
    for _ in range(2):
        await signing_in.authenticate(f"lead@{domain}", "guess after guess", some_browser(client))
    with pytest.raises(TooManyRequests):
        await signing_in.authenticate(f"lead@{domain}", "guess after guess", some_browser(client))


async def test_a_known_device_has_a_limit_of_its_own(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    device = (await sign_in(lead)).device.text
    for _ in range(10):
        assert not await signing_in.authenticate(lead.email, "guess after guess", some_browser("192.0.2.1", device))
    with pytest.raises(TooManyRequests):
        await signing_in.authenticate(lead.email, PASSWORD, some_browser("192.0.2.1", device))


async def test_a_device_is_known_for_its_own_person_only(account: MakeAccount) -> None:
    lead, victim = await account(Role.LEAD), await account(Role.LEAD)
    device = (await sign_in(lead)).device.text
    for _ in range(5):
        await signing_in.authenticate(victim.email, "guess after guess", some_browser("192.0.2.2", device))
    with pytest.raises(TooManyRequests):
        await signing_in.authenticate(victim.email, "guess after guess", some_browser("192.0.2.2", device))


async def test_right_passwords_use_nothing_up(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    client = some_browser().client
    for _ in range(12):
        assert await signing_in.authenticate(lead.email, PASSWORD, some_browser(client))


async def test_the_throttle_keeps_nobodys_address(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    await signing_in.authenticate(lead.email, "guess after guess", some_browser("192.0.2.3"))
    rows = await as_owner("select t::text from throttles t")
    assert not [row for row in rows if lead.email in row[0] or "192.0.2.3" in row[0]]


async def test_a_hundred_tries_at_once_are_counted_one_by_one(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    client = some_browser().client

    async def guess() -> bool:
        try:
            return await signing_in.authenticate(lead.email, "guess after guess", some_browser(client)) is None
        except TooManyRequests:
            return False

    assert sum(await asyncio.gather(*(guess() for _ in range(40)))) == 5
