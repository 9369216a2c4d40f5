"""Passkeys that lie: of another site, answered twice, without their owner, copied, somebody else's, and noise."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard.access.roles import Role
from safeguard.errors import DomainError, Invalid
from safeguard.identity import by_passkey
from safeguard.identity.factors import enrolling, passkeys
from safeguard.identity.factors.passkeys import Question
from safeguard.web import surroundings
from safeguard.web.surroundings import Surroundings
from safeguard.work import begin, enter_session
from tests.identity.conftest import Account, AsOwner, MakeAccount, some_browser
from tests.identity.factors.authenticator import PRESENT, Authenticator

pytestmark = pytest.mark.anyio

SESSION = b"a session's hash"
REFUSED = "select count(*) from audit.leaves where log = 'platform' and entry like '%%session.refused%%'"


@pytest.fixture(autouse=True)
def here() -> None:
    surroundings.use(Surroundings(public_url="https://safeguard.test"))


async def enrolled(account: Account, device: Authenticator | None = None) -> Authenticator:
    """A passkey of this person."""
    device = device or Authenticator()
    question = passkeys.ask_for_new(account.user_id, account.email, account.actor.name, SESSION)
    async with begin(account.actor) as work:
        await enrolling.add_passkey(work, device.make(question.options), question.sealed, "", SESSION)
    return device


async def come_in(device: Authenticator, question: Question | None = None) -> Account | object:
    asked = question or passkeys.ask()
    return await by_passkey.sign_in(device.answer(asked.options), asked.sealed, some_browser())


async def test_a_passkey_alone_is_two_factors_and_needs_no_name(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    asked = passkeys.ask()
    device = await enrolled(lead)
    person, signed_in = await by_passkey.sign_in(device.answer(asked.options), asked.sealed, some_browser())
    assert (person.user_id, signed_in.is_whole) == (lead.user_id, True)
    async with enter_session(signed_in.session.hash) as (work, _):
        assert work.actor.assured


async def test_an_answer_to_another_origin_opens_nothing(account: MakeAccount) -> None:
    device = await enrolled(await account(Role.LEAD))
    for origin in (
        "https://safeguard.test.evil.example",
        "http://safeguard.test",
        "https://safeguard.test:8443",
        "null",
    ):
        with pytest.raises(Invalid):
            await come_in(replace(device, origin=origin))


async def test_an_answer_for_another_host_opens_nothing(account: MakeAccount) -> None:
    device = await enrolled(await account(Role.LEAD))
    with pytest.raises(Invalid):
        await come_in(replace(device, host="evil.example"))


async def test_noise_fills_no_log_and_a_wrong_answer_of_somebodys_passkey_is_an_entry(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    device = await enrolled(await account(Role.LEAD))
    stranger = replace(device, id=bytes(16))
    entries = []
    for sent in (device, stranger, replace(device, origin="null")):
        if sent is not device:
            with pytest.raises(Invalid):
                await come_in(sent)
        entries.append((await as_owner(REFUSED))[0][0])
    assert [after - entries[0] for after in entries] == [0, 0, 1]


async def test_the_same_answer_opens_once(account: MakeAccount) -> None:
    device = await enrolled(await account(Role.LEAD))
    asked = passkeys.ask()
    answer = device.answer(asked.options)
    await by_passkey.sign_in(answer, asked.sealed, some_browser())
    with pytest.raises(Invalid):
        await by_passkey.sign_in(answer, asked.sealed, some_browser())


async def test_an_owner_who_showed_neither_finger_nor_pin_is_not_let_in(account: MakeAccount) -> None:
    device = await enrolled(await account(Role.LEAD))
    with pytest.raises(Invalid):
        await come_in(replace(device, flags=PRESENT))


async def test_a_copy_whose_counter_stands_still_is_refused(account: MakeAccount) -> None:
    device = await enrolled(await account(Role.LEAD), Authenticator(count=5))
    await come_in(replace(device, count=9))
    for count in (9, 8, 0):
        with pytest.raises(Invalid):
            await come_in(replace(device, count=count))


async def test_another_key_under_a_known_name_is_refused(account: MakeAccount) -> None:
    device = await enrolled(await account(Role.LEAD))
    with pytest.raises(Invalid):
        await come_in(replace(Authenticator(), id=device.id, handle=device.handle))


async def test_a_passkey_that_names_somebody_else_is_refused(account: MakeAccount) -> None:
    device, other = await enrolled(await account(Role.LEAD)), await account(Role.LEAD)
    with pytest.raises(Invalid):
        await come_in(replace(device, handle=other.user_id.bytes))


async def test_the_question_of_one_page_is_not_taken_in_another(account: MakeAccount) -> None:
    device = await enrolled(await account(Role.LEAD))
    with pytest.raises(Invalid):
        await come_in(device, passkeys.ask(b"another session"))


async def test_one_passkey_belongs_to_one_person(account: MakeAccount) -> None:
    one, other = await account(Role.LEAD), await account(Role.LEAD)
    device = await enrolled(one)
    with pytest.raises(Invalid):
        await enrolled(other, device)


async def test_somebody_who_left_every_organisation_is_told_so(account: MakeAccount, as_owner: object) -> None:
    lead = await account(Role.LEAD)
    device = await enrolled(lead)
    await as_owner("update memberships set state = 'ended' where user_id = %s", lead.user_id)
    with pytest.raises(DomainError, match="no organisation"):
        await come_in(device)


@given(st.text(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "authenticatorData", "signature"]), inner,
        max_size=5,
    ), max_leaves=12,
).map(str))  # fmt: skip
def test_noise_in_place_of_an_answer_is_no_answer(noise: str) -> None:
    known = passkeys.Known(*([None] * 3), b"\xa0", 0, ())
    asked = passkeys.ask()
    assert passkeys.check(known, noise, asked.sealed) is None
    assert passkeys.check(known, Authenticator().answer(asked.options), noise) is None
