"""There and back: bound to one browser, used once, and nobody comes in whom no link names."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg
import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Conflict, DomainError, Forbidden, Invalid
from safeguard.identity import acts, approving, managing, removing
from safeguard.identity.signing_in import Browser, Person, start_session
from safeguard.sign_on import connecting, going, linking
from safeguard.sign_on.connecting import Wish
from safeguard.sign_on.forms import ConnectionForm
from safeguard.sign_on.going import Answer, Attempt, Departure, Door
from safeguard.sign_on.providers import Provider
from safeguard.sign_on.tokens import Claims, NotBelieved
from safeguard.work import begin
from tests.factories.organisations import make_person

pytestmark = pytest.mark.anyio
ISSUER = "https://login.example/tenant"
BACK = "https://safeguard.example/sign-in/return"
WISH = Wish("Alder account", ISSUER, "the-client", "the secret", "oid", "amr", "mfa")
PROVIDER = Provider(ISSUER, f"{ISSUER}/auth", f"{ISSUER}/token", f"{ISSUER}/keys", "client_secret_basic", True)
PROVISIONED = "update users set email = $1::text || '@provisioned.invalid' where id = $1::text::uuid"
PASSKEY = """
insert into second_factors (user_id, id, kind, label, created_at, credential_id, public_key, sign_count, transports)
values (%s, %s, 'passkey', 'Key', now(), 'a key', 'its half', 0, '{}')
"""
EXPECT = "select identity.expect_sign_on($1, $2, $3)"


@pytest.fixture(autouse=True)
def provider(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider whose metadata is known."""

    async def known(_issuer: str, *, afresh: bool = False) -> Provider:
        return PROVIDER

    monkeypatch.setattr(going, "find_provider", known)
    acts.bind(*connecting.ACTS)


def browser() -> Browser:
    return Browser("192.0.2.1", "Test", None, None, clock.new_request_id())


def state_of(departure: Departure) -> str:
    return departure.address.partition("state=")[2].partition("&")[0]


async def drafted(administrator: Actor, wish: Wish = WISH) -> UUID:
    async with begin(administrator) as work:
        connection_id = await connecting.add(work, wish)
        await connecting.note_tried(work, connection_id, well=True)
    return connection_id


async def opened(administrator: Actor, lead: Actor) -> UUID:
    """A connection that two people agreed to."""
    connection_id = await drafted(administrator)
    async with begin(administrator) as work:
        proposal = await connecting.ask_to_open(work, connection_id, "One account.")
    async with begin(lead) as work:
        await approving.approve(work, proposal.id)
    return connection_id


@pytest.fixture
async def lead(someone) -> Actor:
    return await someone(Role.LEAD)


@pytest.fixture
async def administrator(someone, lead: Actor) -> Actor:
    return await someone(Role.ADMINISTRATOR, organisation=lead.organisation_id)


async def leave(person: Actor, connection_id: UUID) -> tuple[Door, Departure]:
    async with begin(person) as work:
        (door,) = [door for door in await going.list_own_doors(work) if door.id == connection_id]
    return door, await going.leave_to_enter(door, BACK, "/incidents")


async def link(person: Actor, connection_id: UUID, subject: str) -> None:
    async with begin(person) as work:
        (door,) = await going.list_own_doors(work)
        departure = await going.leave_from_within(work, door, "link", BACK)
    attempt = await going.take(state_of(departure), departure.secret.text)
    await going.link(attempt, Claims(subject, {}))


async def came_back(person: Actor, connection_id: UUID) -> Attempt:
    _, departure = await leave(person, connection_id)
    return await going.take(state_of(departure), departure.secret.text)


async def test_what_leaves_asks_for_nothing_but_who_it_is(administrator: Actor, lead: Actor) -> None:
    _, departure = await leave(lead, await opened(administrator, lead))
    for part in ("scope=openid&", "code_challenge_method=S256", "response_type=code", "client_id=the-client", "nonce="):
        assert part in departure.address + "&"
    assert departure.secret.text not in departure.address


async def test_an_answer_is_taken_once_and_by_the_browser_that_began(administrator: Actor, lead: Actor) -> None:
    _, departure = await leave(lead, await opened(administrator, lead))
    for state, secret in ((state_of(departure), "another"), ("another", departure.secret.text), ("", "")):
        with pytest.raises(NotBelieved):
            await going.take(state, secret)
    attempt = await going.take(state_of(departure), departure.secret.text)
    assert (attempt.kind, attempt.next, attempt.issuer) == ("enter", "/incidents", ISSUER)
    with pytest.raises(NotBelieved):
        await going.take(state_of(departure), departure.secret.text)


@pytest.mark.parametrize(
    "answer",
    [
        Answer("", "s", ISSUER, "access_denied"),
        Answer("code", "s", "https://login.example/other", ""),
        Answer("code", "s", "", ""),
        Answer("", "s", ISSUER, ""),
    ],
    ids=["refused", "mixed up", "says not from whom", "no code"],
)
async def test_an_answer_that_is_none_lets_nobody_in(administrator: Actor, lead: Actor, answer: Answer) -> None:
    attempt = await came_back(lead, await opened(administrator, lead))
    with pytest.raises(NotBelieved):
        await going.hear(attempt, answer, BACK)


async def test_whoever_linked_their_account_comes_in_and_nobody_else(administrator: Actor, lead: Actor) -> None:
    connection_id = await opened(administrator, lead)
    await link(lead, connection_id, "of-the-lead")
    attempt = await came_back(lead, connection_id)
    assert (await going.enter(attempt, Claims("of-the-lead", {"amr": ["mfa"]}), browser())).is_whole
    assert not (await going.enter(attempt, Claims("of-the-lead", {"amr": ["pwd"]}), browser())).is_whole
    for stranger in ("of-the-lead ", "OF-THE-LEAD", "of-nobody"):
        with pytest.raises(NotBelieved):
            await going.enter(attempt, Claims(stranger, {"email": "lead@example.org"}), browser())
    async with begin(lead) as work:
        await linking.unlink(work, connection_id)
    with pytest.raises(NotBelieved):
        await going.enter(attempt, Claims("of-the-lead", {}), browser())


async def test_an_account_is_linked_to_one_person(administrator: Actor, lead: Actor) -> None:
    connection_id = await opened(administrator, lead)
    await link(lead, connection_id, "of-the-lead")
    with pytest.raises(NotBelieved):
        await link(administrator, connection_id, "of-the-lead")


async def test_a_provisioned_id_counts_once_and_never_for_who_opens_records(
    someone, administrator: Actor, lead: Actor
) -> None:
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    connection_id = await opened(administrator, lead)
    async with begin(administrator) as work:
        assert await work.driver.fetchval(EXPECT, connection_id, reporter.user_id, "oid-of-reporter")
        assert await work.driver.fetchval(EXPECT, connection_id, lead.user_id, "oid-of-lead")
        assert not await work.driver.fetchval(EXPECT, connection_id, lead.user_id, "oid-of-reporter")
    attempt = await came_back(lead, connection_id)
    await going.enter(attempt, Claims("sub-r", {"oid": "oid-of-reporter"}), browser())
    await going.enter(attempt, Claims("sub-r", {}), browser())  # by its subject from now on
    with pytest.raises(NotBelieved):
        await going.enter(attempt, Claims("sub-other", {"oid": "oid-of-reporter"}), browser())
    with pytest.raises(NotBelieved):
        await going.enter(attempt, Claims("sub-l", {"oid": "oid-of-lead"}), browser())


async def test_whoever_a_directory_made_comes_in_with_the_account_that_stood_there_when_they_were_given_a_role(
    administrator: Actor, lead: Actor, addresses: Addresses
) -> None:
    connection_id = await opened(administrator, lead)
    owner = await asyncpg.connect(addresses.owner)
    people = [(await make_person(lead.organisation_id, [Role.REPORTER]))[0] for _ in range(3)]
    try:
        for person in people:
            await owner.execute(
                "update users set email = $1::text || '@provisioned.invalid' where id = $1::uuid", person
            )
    finally:
        await owner.close()
    agreed, exchanged, later = people
    async with begin(administrator) as work:
        for person in (agreed, exchanged):
            assert await work.driver.fetchval(EXPECT, connection_id, person, f"oid-{person}")
    async with begin(lead) as work:
        for person in people:
            await managing.change_roles(work, person, [Role.PASTORAL])
    async with begin(administrator) as work:  # whoever looks after accounts names one of their own
        assert await work.driver.fetchval(EXPECT, connection_id, exchanged, "oid-of-administrator")
        assert await work.driver.fetchval(EXPECT, connection_id, later, f"oid-{later}")
    attempt = await came_back(lead, connection_id)
    await going.enter(attempt, Claims("sub-agreed", {"oid": f"oid-{agreed}"}), browser())
    await going.enter(attempt, Claims("sub-agreed", {}), browser())
    for oid in ("oid-of-administrator", f"oid-{exchanged}", f"oid-{later}"):
        with pytest.raises(NotBelieved):
            await going.enter(attempt, Claims("sub-wrong", {"oid": oid}), browser())


async def test_an_administrator_alone_opens_nothing(administrator: Actor, lead: Actor) -> None:
    connection_id = await drafted(administrator)
    async with begin(lead) as work:
        assert await going.list_own_doors(work) == ()
    async with begin(administrator) as work:
        proposal = await connecting.ask_to_open(work, connection_id, "One account.")
    async with begin(administrator) as work:
        with pytest.raises(DomainError):
            await approving.approve(work, proposal.id)


async def test_what_was_agreed_to_is_what_opens(administrator: Actor, lead: Actor) -> None:
    connection_id = await drafted(administrator)
    async with begin(administrator) as work:
        proposal = await connecting.ask_to_open(work, connection_id, "One account.")
        await connecting.change(work, connection_id, WISH, 1)
    async with begin(lead) as work:
        with pytest.raises(Conflict):
            await approving.approve(work, proposal.id)


async def test_an_open_connection_is_not_changed_and_an_issuer_never(administrator: Actor, lead: Actor) -> None:
    connection_id = await opened(administrator, lead)
    async with begin(administrator) as work:
        with pytest.raises(Conflict):
            await connecting.change(work, connection_id, WISH, 2)
        await connecting.turn_off(work, connection_id)
        other = Wish("A", "https://other.example", "c", "", "sub", "", "")
        with pytest.raises(Invalid):
            await connecting.change(work, connection_id, other, 3)


@pytest.mark.parametrize(
    "issuer",
    ["https://login.microsoftonline.com/common/v2.0",
     "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0", "http://login.example",
     "login.example", "https://a@b.example", "https://login.example?x=1", "javascript:alert(1)", "https://",
     "https://intranet", "https://login.example:0", "https://login.local", "https://login..example", "https://127.1"],
)  # fmt: skip
async def test_an_issuer_that_is_none_is_told_beside_its_field(administrator: Actor, issuer: str) -> None:
    async with begin(administrator) as work:
        with pytest.raises(Invalid) as refusal:
            await connecting.add(work, Wish("A", issuer, "c", "s", "sub", "", ""))
    assert [error.field for error in refusal.value.errors] == ["issuer"]


async def test_where_it_is_required_a_password_opens_nothing_but_for_who_is_exempt(
    administrator: Actor, lead: Actor
) -> None:
    connection_id = await opened(administrator, lead)
    await link(lead, connection_id, "of-the-lead")
    async with begin(administrator) as work:
        with pytest.raises(Conflict):
            await connecting.require(work, connection_id, required=True)
        await connecting.exempt(work, administrator.user_id, "For when it is down.")
        await connecting.require(work, connection_id, required=True)
    assert lead.user_id
    assert administrator.user_id
    by_password = Person(lead.user_id, lead.name, (lead.organisation_id,))
    with pytest.raises(Forbidden):
        await start_session(by_password, browser())
    await start_session(Person(administrator.user_id, "A", (lead.organisation_id,)), browser())
    attempt = await came_back(lead, connection_id)
    await going.enter(attempt, Claims("of-the-lead", {}), browser())


async def test_whoever_has_not_linked_an_account_has_two_weeks(
    someone, administrator: Actor, lead: Actor, addresses: Addresses
) -> None:
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    connection_id = await opened(administrator, lead)
    async with begin(administrator) as work:
        await connecting.exempt(work, administrator.user_id, "For when it is down.")
        await connecting.require(work, connection_id, required=True)
        assert reporter.user_id
    await start_session(Person(reporter.user_id, "R", (lead.organisation_id,)), browser())
    later = "update sign_on_connections set required_from = required_from - interval '15 days' where id = $1"
    joined = "update memberships set created_at = created_at - interval '15 days' where user_id = %s"
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(joined, (reporter.user_id,))
    async with begin(administrator) as work:
        await work.driver.execute(later, connection_id)
    with pytest.raises(Forbidden):
        await start_session(Person(reporter.user_id, "R", (lead.organisation_id,)), browser())


async def test_whom_the_directory_made_is_no_way_in_before_they_have_a_passkey(
    administrator: Actor, lead: Actor, addresses: Addresses
) -> None:
    connection_id = await opened(administrator, lead)
    made, _ = await make_person(administrator.organisation_id, [Role.ADMINISTRATOR])
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(PROVISIONED.replace("$1", "%(who)s"), {"who": str(made)})
    with pytest.raises(Invalid) as refusal:
        async with begin(administrator) as work:
            await connecting.exempt(work, made, "For when it is down.")
    assert [error.field for error in refusal.value.errors] == ["user_id"]
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(PASSKEY, (made, clock.new_id()))
    async with begin(administrator) as work:
        await connecting.exempt(work, made, "For when it is down.")
        await connecting.require(work, connection_id, required=True)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update users set disabled_at = now() where id = %s", (made,))
    async with begin(administrator) as work:
        assert [one.enters for one in await connecting.list_exemptions(work)] == [False]
        with pytest.raises(Conflict, match="keeps a password"):
            await connecting.require(work, connection_id, required=True)


async def test_while_it_is_required_the_last_way_in_for_the_worst_day_stays(
    administrator: Actor, lead: Actor, addresses: Addresses
) -> None:
    connection_id = await opened(administrator, lead)
    assert administrator.user_id and lead.user_id
    async with begin(administrator) as work:
        for person in (administrator.user_id, lead.user_id):
            await connecting.exempt(work, person, "For when it is down.")
        await connecting.require(work, connection_id, required=True)
        await connecting.end_exemption(work, lead.user_id)
    with pytest.raises(Conflict, match="name somebody else"):
        async with begin(administrator) as work:
            await connecting.end_exemption(work, administrator.user_id)
    gone, _ = await make_person(administrator.organisation_id, [Role.REPORTER])
    async with begin(administrator) as work:
        await connecting.exempt(work, gone, "For when it is down.")
        await removing.remove(work, gone, "left")
    with pytest.raises(Conflict, match="name somebody else"):  # who has left lets nobody in
        async with begin(administrator) as work:
            await connecting.end_exemption(work, administrator.user_id)
    async with begin(administrator) as work:
        await connecting.require(work, connection_id, required=False)
        await connecting.end_exemption(work, administrator.user_id)
        assert await connecting.list_exemptions(work) == ()


async def test_whoever_has_not_linked_an_account_reads_until_when_a_password_does(
    someone, administrator: Actor, lead: Actor
) -> None:
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    connection_id = await opened(administrator, lead)

    async def until(actor: Actor) -> datetime | None:
        async with begin(actor) as work:
            return (await linking.list_own(work))[0].password_until

    assert await until(reporter) is None
    async with begin(administrator) as work:
        await connecting.exempt(work, administrator.user_id, "For when it is down.")
        await connecting.require(work, connection_id, required=True)
        required = (await connecting.get_connection(work, connection_id)).required_from
    assert required
    assert await until(reporter) == required + timedelta(days=14)
    assert await until(administrator) is None


@pytest.mark.parametrize(
    ("copied", "issuer"),
    [
        (f"{ISSUER}/.well-known/openid-configuration", ISSUER),
        (f"{ISSUER}/.well-known/openid-configuration/", ISSUER),
        (ISSUER, ISSUER),
        (f"{ISSUER}/", f"{ISSUER}/"),
    ],
)
def test_the_address_of_the_metadata_stands_for_its_issuer(copied: str, issuer: str) -> None:
    form = ConnectionForm("Alder account", copied, "c", "s", "sub", "", "", "")
    assert form.wish().issuer == issuer
