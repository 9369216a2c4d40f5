"""Setting up a provider: drafted and tried by whoever looks after accounts, opened by two people.

Whoever runs a provider can come in as anybody who linked their account there, so two agree to it: one asks, somebody
who answers for records approves - or the second person named outside, where nobody else here can. While it is open
nothing of it changes but the rule that it is required; to change more, turn it off. Another issuer is another
connection, and links nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.identity import approving, granting
from safeguard.identity.acts import Act, Proposal
from safeguard.post.reaching import Unreachable
from safeguard.sign_on.providers import check_issuer
from safeguard.strongbox import sealing
from safeguard.work import Work

OPEN: Final = "sign_on.open"
MOST: Final = 10
"""Connections of one organisation."""

ADD: Final = """
insert into sign_on_connections
    (organisation_id, id, label, issuer, client_id, client_secret, subject_claim, two_claim, two_value, made_at,
     made_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
CHANGE: Final = """
update sign_on_connections set label = $2, client_id = $3, client_secret = coalesce($4, client_secret),
    subject_claim = $5, two_claim = $6, two_value = $7, version = version + 1, tried_at = null, tried_well = null
where id = $1 and version = $8 and state <> 'open' returning version
"""
COUNT: Final = "select count(*) from sign_on_connections"
LIST: Final = """
select id, label, issuer, client_id, subject_claim, two_claim, two_value, state, version, required_from, tried_at,
       tried_well,
       (select count(*) from sign_on_accounts a where a.connection_id = c.id and a.subject is not null) as linked
from sign_on_connections c order by made_at, id
"""
GET: Final = LIST.replace("order by made_at, id", "where id = $1")
SECRET: Final = "select client_secret from sign_on_connections where id = $1"  # noqa: S105  a statement
SET_STATE: Final = """
update sign_on_connections set state = $2, required_from = null, version = version + 1 where id = $1 and state = any($3)
returning version
"""
REQUIRE: Final = """
update sign_on_connections set required_from = $2, version = version + 1
where id = $1 and state = 'open' returning version
"""
NOTE_TRIED: Final = """
update sign_on_connections set tried_at = $2, tried_well = $3 where id = $1
"""
EXEMPT: Final = """
insert into sign_on_exemptions (organisation_id, user_id, reason, made_at, made_by)
select organisation_id, user_id, $2, $3, $4 from memberships where user_id = $1 and state = 'active' and kind = 'person'
on conflict do nothing returning user_id
"""
ENTERS: Final = "select identity.enters_alone($1)"
END_EXEMPTION: Final = "delete from sign_on_exemptions where user_id = $1 returning user_id"
EXEMPTIONS: Final = """
select e.user_id, m.name, e.reason, e.made_at, identity.enters_alone(e.user_id) as enters from sign_on_exemptions e
join memberships m on m.user_id = e.user_id and m.state = 'active' order by m.name, e.user_id
"""
HOLD_REQUIRED: Final = "select id from sign_on_connections where required_from is not null for update"
"""Held, so that two people cannot end the last two exemptions at once."""

NO_WAY_IN: Final = (
    "They get in by the provider alone: their account has neither a password nor a passkey. Name somebody else, or have"
    " them add a passkey first."
)

State = Literal["draft", "open", "off"]


@dataclass(frozen=True, slots=True)
class Connection:
    """A provider at which members sign in."""

    id: UUID
    label: str
    issuer: str
    client_id: str
    subject_claim: str
    two_claim: str
    two_value: str
    state: State
    version: int
    required_from: datetime | None
    tried_at: datetime | None
    tried_well: bool | None
    linked: int
    """Members who have linked their account there."""


@dataclass(frozen=True, slots=True)
class Exemption:
    """Somebody who keeps the way in by password."""

    user_id: UUID
    name: str
    reason: str
    made_at: datetime
    enters: bool
    """Whether they have a password or a passkey, and are not shut out."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A provider as an administrator describes it."""

    label: str
    issuer: str
    client_id: str
    client_secret: str
    """Empty leaves the one that there is."""
    subject_claim: str
    two_claim: str
    two_value: str


async def list_connections(work: Work) -> tuple[Connection, ...]:
    """Every connection, the oldest first."""
    work.require(Permission.USERS_MANAGE)
    return tuple(Connection(**row) for row in await work.driver.fetch(LIST))


async def get_connection(work: Work, connection_id: UUID) -> Connection:
    """One connection; raises `NotFound`."""
    work.require(Permission.USERS_MANAGE)
    row = await work.driver.fetchrow(GET, connection_id)
    if row is None:
        raise NotFound
    return Connection(**row)


async def add(work: Work, wish: Wish) -> UUID:
    """Draft a connection; nobody comes in by it yet."""
    work.require(Permission.USERS_MANAGE)
    _check(wish)
    if not wish.client_secret:
        raise Invalid(FieldError("client_secret", "Enter the secret that the provider gave you for this client."))
    if (await work.driver.fetchval(COUNT) or 0) >= MOST:
        raise Conflict(f"There are {MOST} connections already. Change one that is off.")
    connection_id = clock.new_id()
    sealed = await _seal(work, connection_id, wish.client_secret)
    await work.driver.execute(
        ADD, work.organisation_id, connection_id, wish.label, wish.issuer, wish.client_id, sealed, wish.subject_claim,
        wish.two_claim, wish.two_value, work.now(), work.actor.user_id,
    )  # fmt: skip
    work.record("sign_on.drafted", connection_id)
    return connection_id


async def change(work: Work, connection_id: UUID, wish: Wish, seen: int) -> None:
    """Change a draft, or one that is off; its issuer stays."""
    held = await get_connection(work, connection_id)
    _check(wish)
    if wish.issuer != held.issuer:
        raise Invalid(FieldError("issuer", "Another issuer is another connection. Add one, and turn this one off."))
    sealed = await _seal(work, connection_id, wish.client_secret) if wish.client_secret else None
    changed = await work.driver.fetchval(
        CHANGE, connection_id, wish.label, wish.client_id, sealed, wish.subject_claim, wish.two_claim, wish.two_value,
        seen,
    )  # fmt: skip
    if changed is None:
        raise Conflict("Somebody changed or opened this meanwhile. Look at it again; turn it off to change it.")
    work.record("sign_on.changed", connection_id, version=changed)


async def ask_to_open(work: Work, connection_id: UUID, reason: str) -> Proposal:
    """Ask that members may come in by it; raises `Conflict` before a trial went well."""
    held = await get_connection(work, connection_id)
    if not held.tried_well:
        raise Conflict("Try it first: nobody should agree to a connection that does not work.")
    told = f"Let members sign in with their accounts at {held.issuer}"
    return await approving.propose(work, OPEN, connection_id, reason, told=told, details={"version": held.version})


async def turn_off(work: Work, connection_id: UUID) -> None:
    """Nobody comes in by it any more; who is in stays until their session ends, and links stay for another day."""
    await get_connection(work, connection_id)
    version = await work.driver.fetchval(SET_STATE, connection_id, "off", ["open", "draft"])
    if version is None:
        raise Conflict("This connection is off already.")
    work.record("sign_on.closed", connection_id, version=version)


async def require(work: Work, connection_id: UUID, *, required: bool) -> None:
    """Make it the only way in, for all who are not exempt; raises `Conflict` while nobody is."""
    await get_connection(work, connection_id)
    if required and not await _anybody_enters(work):
        raise Conflict("First name somebody who keeps a password: they get in when the provider is down.")
    version = await work.driver.fetchval(REQUIRE, connection_id, work.now() if required else None)
    if version is None:
        raise Conflict("This connection is not open.")
    work.record("sign_on.required" if required else "sign_on.offered", connection_id, version=version)


async def note_tried(work: Work, connection_id: UUID, *, well: bool) -> None:
    """Keep how the last trial went."""
    work.require(Permission.USERS_MANAGE)
    await work.driver.execute(NOTE_TRIED, connection_id, work.now(), well)
    work.record("sign_on.tried", connection_id)


async def secret_of(work: Work, connection_id: UUID, sealed: bytes) -> str:
    """The client's secret, for one exchange with the provider."""
    return (await sealing.unseal(work, sealed, f"sign-on {connection_id}")).decode()


async def exempt(work: Work, user_id: UUID, reason: str) -> None:
    """Let somebody keep their password for when the provider is down; raises `Invalid` for who has none."""
    work.require(Permission.USERS_MANAGE)
    if not reason.strip():
        raise Invalid(FieldError("reason", "Say why they keep a password."))
    if not await work.driver.fetchval(ENTERS, user_id):
        raise Invalid(FieldError("user_id", NO_WAY_IN))
    found = await work.driver.fetchval(EXEMPT, user_id, reason.strip(), work.now(), work.actor.user_id)
    if found is None:
        raise Conflict("This person is named already, or does not belong here.")
    work.record("sign_on.exempted", user_id, kind="membership")


async def end_exemption(work: Work, user_id: UUID) -> None:
    """No password for the worst day any more; raises `Conflict` where a connection is required and no other has one."""
    work.require(Permission.USERS_MANAGE)
    is_required = await work.driver.fetch(HOLD_REQUIRED)
    if await work.driver.fetchval(END_EXEMPTION, user_id) is None:
        raise NotFound
    if is_required and not await _anybody_enters(work):
        raise Conflict("Nobody would get in when the provider is down. First name somebody else, or stop requiring it.")
    work.record("sign_on.exemption_ended", user_id, kind="membership")


async def list_exemptions(work: Work) -> tuple[Exemption, ...]:
    """Who keeps a password, by name."""
    work.require(Permission.USERS_MANAGE)
    return tuple(Exemption(**row) for row in await work.driver.fetch(EXEMPTIONS))


async def _anybody_enters(work: Work) -> bool:
    return any(one.enters for one in await list_exemptions(work))


async def _perform(work: Work, proposal: Proposal) -> None:
    row = await work.driver.fetchrow(GET, proposal.subject_id)
    if row is None or row["version"] != proposal.details["version"]:
        raise Conflict("The connection was changed since it was asked for. Decline this, and have it asked for again.")
    version = await work.driver.fetchval(SET_STATE, proposal.subject_id, "open", ["draft", "off"])
    if version is None:
        raise Conflict("The connection is open already.")
    work.record("sign_on.opened", proposal.subject_id, version=version)


def _check(wish: Wish) -> None:
    problems = [
        FieldError(name, words)
        for name, value, words in (
            ("label", wish.label, "Say what your people call this account, for example “Alder School account”."),
            ("client_id", wish.client_id, "Enter the client id that the provider gave you."),
        )
        if not value.strip()
    ]
    try:
        check_issuer(wish.issuer)
    except Unreachable as refusal:
        problems.append(FieldError("issuer", refusal.detail))
    if bool(wish.two_claim) != bool(wish.two_value):
        problems.append(FieldError("two_value", "Say in which claim, and which value, tells of a second factor."))
    if problems:
        raise Invalid(*problems)


async def _seal(work: Work, connection_id: UUID, secret: str) -> bytes:
    return await sealing.seal(work, secret.encode(), f"sign-on {connection_id}")


ACTS: Final = (
    Act(
        OPEN,
        "Let members sign in at another provider",
        proposers=granting.ANSWERS | {Role.ADMINISTRATOR},
        approvers=granting.ANSWERS | {Role.HEAD},
        perform=_perform,
    ),
)
