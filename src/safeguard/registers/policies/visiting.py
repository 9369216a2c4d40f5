"""Signing without an account: what an address tells whoever holds it, and what they can do there.

The visitor is shown the agreement and whose it is, and nothing else; in their context no signature can be read.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from safeguard.access.actors import Actor, ActorKind
from safeguard.database import pool
from safeguard.errors import Conflict, FieldError, Gone, Invalid, NotFound
from safeguard.registers.policies.filing import about
from safeguard.registers.policies.policy import AGREEMENT, FAMILY
from safeguard.registers.policies.queries import get_policy
from safeguard.registers.policies.signing import FOR_WHOM, Who, sign
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import open_carried_key
from safeguard.work import begin

FIND: Final = "select * from public.find_agreement_link($1)"
FILE: Final = "select * from public.find_agreement_file($1)"
SEAL: Final = "select public.find_agreement_seal($1)"
USE: Final = "select public.use_agreement_link($1)"
LASTING: Final = "select public.is_agreement_lasting($1)"
COUNT: Final = "select public.count_agreement_link($1)"
PURPOSE: Final = "public"
UNOPENED: Final = (
    "Part of this is a file that cannot be opened yet, so it cannot be signed. Nothing was recorded: come back later."
)


@dataclass(frozen=True, slots=True)
class Offered:
    """What an address tells."""

    organisation_id: UUID
    organisation_name: str
    kind: str
    nation: str
    time_zone: str
    token_hash: bytes
    link_id: UUID
    policy_id: UUID
    many: bool
    party: str
    name: str
    state: Literal["open", "used", "expired", "ended"]
    title: str
    edition: int
    summary: str
    words: str
    kept_at: str
    lasts_months: int | None
    lasting: bool
    """Whether many sign here for weeks, each on a device of their own."""

    @property
    def way(self) -> str:
        """How whoever signs here has signed."""
        if self.lasting:
            return "lasting"
        return "device" if self.many else "link"


async def find_offered(token_hash: bytes) -> Offered:
    """What is to be signed at an address; raises `NotFound` for one that nobody made."""
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FIND, token_hash)
        lasting = await connection.fetchval(LASTING, token_hash)
    if row is None:
        raise NotFound("There is no such address. Check that the whole of it was copied.")
    facts: dict[str, Any] = {**row, "token_hash": token_hash, "lasting": lasting}
    return Offered(**facts)


async def sign_there(offered: Offered, who: Who, edition: int, request_id: UUID, nonce: bytes) -> None:
    """Agree to the edition that was shown.

    Raises `Gone` when the address is used up, `Conflict` for a newer edition and while its file cannot be opened,
    `Invalid` when a family does not say for whom it signs.

    Whoever is refused signs it later at the same address, which is not used up by that.

    `nonce` is of the rendering of the form that was sent: sent twice, it is signed once.
    """
    if offered.party == FAMILY and not who.for_name:
        raise Invalid(FieldError("for_name", FOR_WHOM))
    actor = Actor(ActorKind.PUBLIC, offered.organisation_id, None, frozenset(), who.name)
    async with begin(actor, purpose=PURPOSE, request_id=request_id) as work:
        policy = await get_policy(work, offered.policy_id)
        used: bool = await work.driver.fetchval(USE, offered.token_hash) or False
        if policy.kind != AGREEMENT or policy.withdrawn_at or not used:
            raise Gone("This address was used before or is over. Ask for a new one.")
        if policy.edition != edition:
            raise Conflict("A newer edition was published while you read. Read this one, then sign it here.")
        if await work.driver.fetchval(SEAL, offered.token_hash):
            raise Conflict(UNOPENED)
        today = work.now().astimezone(ZoneInfo(offered.time_zone)).date()
        once = UUID(bytes=sha256(b"signature" + offered.link_id.bytes + nonce).digest()[:16], version=4)
        signed = await sign(
            work, policy, (who,), offered.party, offered.way, today, link_id=offered.link_id, once=once
        )  # fmt: skip
        if signed and offered.lasting:
            await work.driver.execute(COUNT, offered.token_hash)


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """The file of what is to be signed at an address, and what opens it."""

    organisation_id: UUID
    file_id: UUID
    edition: int
    size: int
    object_name: str
    wrapped_key: bytes
    organisation_key: bytes


async def find_offered_file(token_hash: bytes) -> OfferedFile | None:
    """The checked file of what can be signed at an address now; None where there is none."""
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(FILE, token_hash)
    return OfferedFile(**row) if row else None


async def is_sealed(token_hash: bytes) -> bool:
    """Whether what is to be signed at an address has a file that nobody can open: then nobody can sign it."""
    async with pool.current().connection() as connection:
        return bool(await connection.fetchval(SEAL, token_hash))


async def open_offered_file(token_hash: bytes, request_id: UUID) -> tuple[OfferedFile, AsyncIterator[bytes]]:
    """The file, told to the log before its first byte leaves; raises `NotFound` whatever the reason, and `Gone`."""
    found = await find_offered_file(token_hash)
    if found is None:
        raise NotFound
    key = open_carried_key(found.organisation_id, found.organisation_key, found.wrapped_key, about(found.file_id))
    pieces = await objects.read(objects.current(), found.object_name, key)
    actor = Actor(ActorKind.PUBLIC, found.organisation_id, None, frozenset(), "")
    async with begin(actor, purpose=PURPOSE, request_id=request_id) as work:
        work.record("policy.opened", found.file_id)
    return found, pieces
