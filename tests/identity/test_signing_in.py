import pytest
from argon2 import PasswordHasher

from safeguard.access.roles import Role
from safeguard.errors import Forbidden, SignInRequired
from safeguard.identity import passwords, signing_in
from safeguard.identity.secret import hash_of
from safeguard.work import enter_session
from tests.identity.conftest import PASSWORD, AsOwner, MakeAccount, sign_in, some_browser

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
    assert await signing_in.authenticate(f"  {lead.email.upper()} ", PASSWORD, some_browser())


async def test_a_wrong_password_and_an_unknown_address_are_the_same_work(
    account: MakeAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead = await account(Role.LEAD)
    done: list[str] = []
    verify = passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda stored, password: done.append(stored) or verify(stored, password))
    assert await signing_in.authenticate(lead.email, "not this one at all", some_browser()) is None
    assert len(done) == 1
    assert await signing_in.authenticate("nobody@example.org", PASSWORD, some_browser()) is None
    assert len(done) == 2
    settings = {stored.rsplit("$", 2)[0] for stored in done}
    assert len(settings) == 1


async def test_a_refusal_is_told_to_the_platform_without_a_name(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    count = "select count(*) from audit.leaves where log = 'platform' and entry like '%%session.refused%%'"
    before = (await as_owner(count))[0][0]
    await signing_in.authenticate(lead.email, "not this one at all", some_browser())
    await signing_in.authenticate("nobody@example.org", "not this one at all", some_browser())
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
    assert await signing_in.authenticate(lead.email, PASSWORD, some_browser()) is None


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
