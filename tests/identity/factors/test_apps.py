from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from pyotp import TOTP

from safeguard.access.roles import Role
from safeguard.errors import Invalid, TooManyRequests
from safeguard.identity.factors import apps, codes, enrolling, looking, proving, sealing
from safeguard.identity.factors.proving import Before
from safeguard.identity.secret import hash_of
from safeguard.keys.wrapping import CannotOpen
from safeguard.work import enter_session
from tests.identity.conftest import Account, AsOwner, Later, MakeAccount, some_browser, spare
from tests.identity.conftest import sign_in as by_password

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def attempt(account: Account, code: str, *, before: Before | None = None, remember: bool = False) -> bytes:
    """A fresh sign-in whose second step is this code; gives the hash of the session afterwards."""
    signed_in = await by_password(account)
    place = before or Before(signed_in.session.hash, some_browser().client, hash_of("nobody's"))
    place = Before(signed_in.session.hash, place.client, place.device_hash)
    async with enter_session(signed_in.session.hash) as (work, _):
        return (await proving.by_code(work, place, code, remember=remember)).hash


async def test_a_code_makes_the_session_whole_under_a_fresh_id(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    signed_in = await by_password(lead)
    async with enter_session(signed_in.session.hash) as (work, row):
        assert (work.actor.assured, row.factors, row.enrolled) == (False, ["password"], ["totp"])
    fresh = await attempt(lead, TOTP(lead.secret).now())
    async with enter_session(fresh) as (work, row):
        assert (work.actor.assured, row.factors) == (True, ["password", "totp"])


async def test_the_same_code_opens_once(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    with time_machine.travel(now := datetime.now(UTC), tick=False):
        code = TOTP(lead.secret).at(now)
        await attempt(lead, code)
        with pytest.raises(Invalid) as refused:
            await attempt(lead, code)
        assert [error.message for error in refused.value.errors] == [proving.WRONG_CODE]


async def test_a_code_from_before_the_last_one_opens_nothing(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    with time_machine.travel(now := datetime.now(UTC), tick=False):
        await attempt(lead, TOTP(lead.secret).at(now + timedelta(seconds=30)))
        with pytest.raises(Invalid):
            await attempt(lead, TOTP(lead.secret).at(now))


@pytest.mark.parametrize(("seconds", "is_taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_telephones_clock_may_be_half_a_minute_off(seconds: int, is_taken: bool) -> None:
    secret = apps.new_secret()
    with time_machine.travel(NOON, tick=False):
        code = TOTP(secret).at(NOON + timedelta(seconds=seconds))
        assert (apps.step_of(secret, code) is not None) == is_taken


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "٠١٢٣٤٥", "12 34", "' or 1=1", "1" * 60])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert apps.step_of(apps.new_secret(), typed) is None


async def test_guesses_at_the_second_step_run_out(account: MakeAccount, later: Later) -> None:
    """Whoever knows the password has five guesses at a million codes, then ever longer waits."""
    await later("0 seconds")
    lead, place = await account(Role.LEAD), Before(b"", some_browser().client, hash_of("nobody's"))
    refused = 0
    for number in range(7):
        try:
            await attempt(lead, f"{number:06d}", before=place)
        except TooManyRequests:
            refused += 1
        except Invalid:
            pass
    assert refused == 2


async def test_a_recovery_code_opens_once_however_it_is_typed(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    typed = f"  {spare(lead.user_id, 3)[:4]}-{spare(lead.user_id, 3)[4:]} "
    await attempt(lead, typed.upper())
    with pytest.raises(Invalid) as refused:
        await attempt(lead, typed)
    assert [error.message for error in refused.value.errors] == [proving.WRONG_RECOVERY]


async def test_new_codes_replace_the_former(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    fresh = await attempt(lead, spare(lead.user_id, 1))
    async with enter_session(fresh) as (work, _):
        made = await enrolling.make_codes(work)
    assert len(set(made)) == codes.MANY
    with pytest.raises(Invalid):
        await attempt(lead, spare(lead.user_id, 2))
    await attempt(lead, made[0])


async def test_nothing_that_opens_is_kept_readably(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    kept = await as_owner("select sealed from second_factors where user_id = %s", lead.user_id)
    assert lead.secret.encode() not in bytes(kept[0][0])
    with pytest.raises(CannotOpen):
        sealing.current().open(bytes(kept[0][0]), lead.user_id, lead.user_id)
    hashes = await as_owner("select code_hash from recovery_codes where user_id = %s", lead.user_id)
    assert all(len(bytes(row[0])) == 32 for row in hashes)


async def test_a_remembered_browser_asks_for_no_code_until_it_is_forgotten(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    signed_in = await by_password(lead)
    assert signed_in.device
    place = Before(signed_in.session.hash, some_browser().client, signed_in.device.hash)
    async with enter_session(signed_in.session.hash) as (work, _):
        fresh = await proving.by_code(work, place, spare(lead.user_id, 1), remember=True)
    again = await by_password(lead, device=signed_in.device.text)
    assert again.is_whole
    async with enter_session(fresh.hash) as (work, _):
        await enrolling.forget_browsers(work)
    assert not (await by_password(lead, device=signed_in.device.text)).is_whole


async def test_five_browsers_are_remembered_at_most(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    for number in range(6):
        signed_in = await by_password(lead)
        assert signed_in.device
        place = Before(signed_in.session.hash, some_browser().client, signed_in.device.hash)
        async with enter_session(signed_in.session.hash) as (work, _):
            fresh = await proving.by_code(work, place, spare(lead.user_id, number), remember=True)
    async with enter_session(fresh.hash) as (work, _):
        assert len(await looking.list_browsers(work)) == 5


async def test_a_secret_moves_to_the_newest_key_when_it_is_used(
    account: MakeAccount, as_owner: AsOwner, tmp_path: Path
) -> None:
    lead = await account(Role.LEAD)
    old = sealing.current()
    (tmp_path / "factors-before").write_bytes(old.current.secret)
    fresh = sealing.Ring(tmp_path)
    sealing.use(fresh)
    await attempt(lead, TOTP(lead.secret).now())
    kept = await as_owner("select sealed from second_factors where user_id = %s", lead.user_id)
    assert not fresh.is_outdated(bytes(kept[0][0]))


def test_the_picture_scales_and_holds_the_key() -> None:
    drawn = str(apps.picture_of(apps.address_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "lead@alder.example")))
    assert drawn.startswith("<svg") and "viewBox" in drawn and "style" not in drawn and "script" not in drawn
    assert "secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" in apps.address_of(
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "lead@alder.example"
    )
