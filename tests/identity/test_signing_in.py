import pytest
from argon2 import PasswordHasher

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Forbidden, SignInRequired, TooManyRequests
from safeguard.identity import passwords, signing_in
from safeguard.identity.secret import hash_of
from safeguard.work import enter_session
from tests.identity.conftest import PASSWORD, AsOwner, MakeAccount, sign_in, some_address

pytestmark = pytest.mark.anyio


async def test_the_right_password_begins_a_session(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    signed_in = await sign_in(lead)
    async with enter_session(signed_in.session.hash) as (work, row):
        assert work.actor.user_id == lead.user_id
        assert work.actor.roles == {Role.LEAD}
        assert row.email == lead.email
        assert row.organisation_state == "active"


async def test_the_address_may_be_typed_in_capitals_and_with_blanks(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    assert await signing_in.authenticate(f"  {lead.email.upper()} ", PASSWORD, client=some_address(), device=None)


async def test_a_wrong_password_and_an_unknown_address_are_the_same_work(
    account: MakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await account(Role.LEAD)
    done: list[str] = []
    verify = passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda stored, password: done.append(stored) or verify(stored, password))
    assert await signing_in.authenticate(lead.email, "not this one at all", client=some_address(), device=None) is None
    assert len(done) == 1
    assert await signing_in.authenticate("nobody@example.org", PASSWORD, client=some_address(), device=None) is None
    assert len(done) == 2
    settings = {stored.rsplit("$", 2)[0] for stored in done}
    assert len(settings) == 1


async def test_a_refusal_is_told_to_the_platform_without_a_name(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    count = "select count(*) from audit.leaves where log = 'platform' and entry like '%%session.refused%%'"
    before = (await as_owner(count))[0][0]
    await signing_in.authenticate(lead.email, "not this one at all", client=some_address(), device=None)
    await signing_in.authenticate("nobody@example.org", "not this one at all", client=some_address(), device=None)
    assert (await as_owner(count))[0][0] == before + 2


async def test_weaker_hashes_are_made_stronger_at_sign_in(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    weak = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    await as_owner("update users set password_hash = %s where id = %s", weak, lead.user_id)
    await sign_in(lead)
    stored = (await as_owner("select password_hash from users where id = %s", lead.user_id))[0][0]
    assert stored != weak
    assert await passwords.verify(stored, PASSWORD)


async def test_a_disabled_person_cannot_sign_in(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    await as_owner("update users set disabled_at = now() where id = %s", lead.user_id)
    assert await signing_in.authenticate(lead.email, PASSWORD, client=some_address(), device=None) is None


async def test_nobody_signs_in_to_a_suspended_organisation(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    signed_in = await sign_in(lead)
    await as_owner("update organisations set state = 'suspended' where id = %s", lead.organisation_id)
    with pytest.raises(SignInRequired):
        async with enter_session(signed_in.session.hash):
            pass
    with pytest.raises(Forbidden, match="no organisation"):
        await sign_in(lead)


async def test_each_sign_in_gets_an_id_of_its_own(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    first, second = await sign_in(lead), await sign_in(lead)
    assert first.session.text != second.session.text
    assert len(first.session.text) >= 43


async def test_the_database_keeps_no_session_token(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    signed_in = await sign_in(lead)
    rows = await as_owner("select token_hash from sessions where user_id = %s", lead.user_id)
    assert [bytes(row[0]) for row in rows] == [hash_of(signed_in.session.text)]


async def test_an_attacker_is_slowed_and_the_victim_still_gets_in(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    own = await sign_in(lead)
    tried = 0
    for _ in range(60):  # from as many places
        try:
            await signing_in.authenticate(lead.email, "guess after guess", client=some_address(), device=None)
            tried += 1
        except TooManyRequests:
            pass
    assert tried == 30
    with pytest.raises(TooManyRequests):
        await signing_in.authenticate(lead.email, PASSWORD, client=some_address(), device=None)
    assert await sign_in(lead, device=own.device.text)


async def test_one_place_waits_longer_after_each_wrong_password(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    client = some_address()
    for _ in range(5):
        assert await signing_in.authenticate(lead.email, "guess after guess", client=client, device=None) is None
    with pytest.raises(TooManyRequests) as refusal:
        await signing_in.authenticate(lead.email, PASSWORD, client=client, device=None)
    assert refusal.value.retry_after == 1


async def test_an_unknown_address_is_slowed_as_a_known_one_is(database: object) -> None:
    client, email = some_address(), f"{clock.new_id().hex}@example.net"
    for _ in range(5):
        assert await signing_in.authenticate(email, "guess after guess", client=client, device=None) is None
    with pytest.raises(TooManyRequests) as refusal:
        await signing_in.authenticate(email, PASSWORD, client=client, device=None)
    assert refusal.value.retry_after == 1


async def test_one_place_cannot_try_one_password_on_everybody(database: object) -> None:
    client = some_address()
    tried = 0
    for number in range(70):
        email = f"{number}@{clock.new_id().hex}.example"
        try:
            await signing_in.authenticate(email, "guess after guess", client=client, device=None)
            tried += 1
        except TooManyRequests:
            pass
    assert tried == 60


async def test_an_organisation_under_attack_allows_fewer_tries_from_unknown_devices(database: object) -> None:
    domain = f"{clock.new_id().hex}.example"
    for number in range(102):
        await signing_in.authenticate(f"{number}@{domain}", "guess after guess", client=some_address(), device=None)
    client = some_address()
    for _ in range(2):
        await signing_in.authenticate(f"lead@{domain}", "guess after guess", client=client, device=None)
    with pytest.raises(TooManyRequests):
        await signing_in.authenticate(f"lead@{domain}", "guess after guess", client=client, device=None)


async def test_a_known_device_has_a_limit_of_its_own(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    device = (await sign_in(lead)).device.text
    for _ in range(10):
        assert not await signing_in.authenticate(lead.email, "guess after guess", client="192.0.2.1", device=device)
    with pytest.raises(TooManyRequests):
        await signing_in.authenticate(lead.email, PASSWORD, client="192.0.2.1", device=device)


async def test_a_device_is_known_for_its_own_person_only(account: MakeAccount) -> None:
    lead, victim = await account(Role.LEAD), await account(Role.LEAD)
    device = (await sign_in(lead)).device.text
    for _ in range(5):
        await signing_in.authenticate(victim.email, "guess after guess", client="192.0.2.2", device=device)
    with pytest.raises(TooManyRequests):
        await signing_in.authenticate(victim.email, "guess after guess", client="192.0.2.2", device=device)


async def test_right_passwords_use_nothing_up(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    client = some_address()
    for _ in range(12):
        assert await signing_in.authenticate(lead.email, PASSWORD, client=client, device=None)


async def test_the_throttle_keeps_nobodys_address(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    await signing_in.authenticate(lead.email, "guess after guess", client="192.0.2.3", device=None)
    rows = await as_owner("select t::text from throttles t")
    assert not [row for row in rows if lead.email in row[0] or "192.0.2.3" in row[0]]
