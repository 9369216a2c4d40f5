"""Counting wrong passwords. The rules and their reasons stand in `migrations/sql/54_identity_throttling.sql`.

This side makes the keys: HMACs, so that the table holds nobody's address and cannot be searched for one.
"""

from dataclasses import astuple, dataclass
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from safeguard.database import pool
from safeguard.errors import TooManyRequests
from safeguard.identity import addresses
from safeguard.web import keys

ADMIT = "select identity.admit_attempt($1, $2, $3, $4, $5)"
FORGIVE = "select identity.forgive_attempt($1, $2, $3, $4, $5)"


@dataclass(frozen=True, slots=True)
class Attempt:
    """The buckets that one try at a password falls into."""

    pair: bytes
    account: bytes
    address: bytes
    organisation: bytes
    device: bytes | None
    """None on a device where this person has not signed in before."""


def attempt_of(email: str, client: str, device_hash: bytes | None) -> Attempt:
    """The buckets for a try at the account `email` from the network address `client`."""
    network = _network(client)
    return Attempt(
        pair=_key("pair", f"{email} {network}"),
        account=_key("account", email),
        address=_key("address", network),
        organisation=_key("organisation", addresses.domain(email)),
        device=_key("device", f"{email} {device_hash.hex()}") if device_hash else None,
    )


def attempt_at_reset(email: str, client: str) -> Attempt:
    """The buckets for asking after a lost password: beside those of signing in, so that neither uses up the other."""
    network = _network(client)
    return Attempt(
        pair=_key("reset pair", f"{email} {network}"),
        account=_key("reset account", email),
        address=_key("reset address", network),
        organisation=_key("reset organisation", addresses.domain(email)),
        device=None,
    )


def attempt_at_second(user_id: UUID, client: str, proven_device: bytes | None) -> Attempt:
    """The buckets for a try at somebody's second step: their own, whatever the address.

    A browser on which they showed a second factor before is counted apart, so that whoever knows their password and
    guesses at the rest uses up the budget of strangers.
    """
    own, network = str(user_id), _network(client)
    return Attempt(
        pair=_key("second pair", f"{own} {network}"),
        account=_key("second account", own),
        address=_key("second address", network),
        organisation=_key("second organisation", own),
        device=_key("second device", f"{own} {proven_device.hex()}") if proven_device else None,
    )


def attempt_at_own(user_id: UUID) -> Attempt:
    """The bucket for a try, by whoever sits before an open session, at the password of the account."""
    own = _key("own", str(user_id))
    return Attempt(own, own, own, own, own)


async def admit(connection: pool.Connection, attempt: Attempt) -> None:
    """Count the attempt as wrong, and commit that; raises `TooManyRequests`, uncounted, when there were too many."""
    wait = int(await connection.fetchval(ADMIT, *astuple(attempt)) or 0)
    await connection.execute(pool.COMMIT)
    if wait:
        raise TooManyRequests(_too_many(wait), retry_after=wait)


async def admit_alone(attempt: Attempt) -> None:
    """As `admit`, on a connection of its own: an attempt stays counted whatever becomes of the caller's work."""
    async with pool.current().connection() as connection:
        await admit(connection, attempt)


async def forgive(attempt: Attempt) -> None:
    """The password was right: take the attempt back."""
    async with pool.current().connection() as connection:
        await connection.fetchval(FORGIVE, *astuple(attempt))
        await connection.execute(pool.COMMIT)


def _too_many(seconds: int) -> str:
    wait = f"{round(seconds / 60)} minutes" if seconds >= 90 else "1 second" if seconds == 1 else f"{seconds} seconds"
    return (
        f"There have been too many tries. Wait {wait} and try again, "
        "or use a device on which you have signed in before."
    )


def _key(bucket: str, text: str) -> bytes:
    return keys.current().tag(f"throttle {bucket}", text.encode("utf-8", "surrogatepass"))


def _network(client: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 customer has; whatever else, as it is."""
    try:
        address = ip_address(client)
    except ValueError:
        return client
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)
