"""Keys of the channel: each organisation signs with Ed25519 and is sealed to with X25519.

They are made when they are first needed. The private halves lie sealed with the organisation's own key, the public
halves are there for everybody whom the service lets write. A new version signs and is sealed to from then on; older
ones go on opening what was sealed to them while the key was exchanged.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from safeguard import clock
from safeguard.strongbox import sealing
from safeguard.work import Work

SIZE: Final = 32

NEWEST: Final = """
select k.version, k.secret from public.channel_keys k
where k.organisation_id = (select sec.current_organisation()) order by k.version desc limit 1
"""
OF_VERSION: Final = """
select k.version, k.secret from public.channel_keys k
where k.organisation_id = (select sec.current_organisation()) and k.version = $1
"""
ADD: Final = """
insert into public.channel_keys (organisation_id, version, signing, sealing, secret, made_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, sec.clock()) on conflict do nothing returning version
"""
OF_OTHER: Final = "select version, signing, sealing from public.read_channel_keys($1)"


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """One version of this organisation's keys, to sign and to open with."""

    organisation_id: UUID
    version: int
    signing: Ed25519PrivateKey
    sealing: X25519PrivateKey

    @property
    def id(self) -> str:
        """What a signature names it by."""
        return key_id(self.organisation_id, self.version)


@dataclass(frozen=True, slots=True)
class OthersKeys:
    """One version of another's, to seal to and to verify with."""

    version: int
    signing: bytes
    sealing: bytes


def key_id(organisation_id: UUID, version: int) -> str:
    """`<organisation>/<version>`."""
    return f"{organisation_id}/{version}"


async def own_keys(work: Work) -> OwnKeys:
    """The newest of this organisation's keys, made when there are none."""
    row = await work.driver.fetchrow(NEWEST)
    if row is None:
        await _add(work, 1)
        row = await work.driver.fetchrow(NEWEST)
    if row is None:
        raise RuntimeError("keys of the channel were neither found nor made")
    return await _opened(work, row["version"], row["secret"])


async def own_keys_of(work: Work, version: int) -> OwnKeys | None:
    """An earlier version, for what was sealed to it."""
    row = await work.driver.fetchrow(OF_VERSION, version)
    return None if row is None else await _opened(work, row["version"], row["secret"])


async def rotate(work: Work) -> int:
    """Make the next version; which it is."""
    version = (await own_keys(work)).version + 1
    await _add(work, version)
    return version


async def others_keys(work: Work, other_id: UUID) -> tuple[OthersKeys, ...]:
    """The public halves of another organisation's keys, the newest first; none when it never needed any."""
    rows = await work.driver.fetch(OF_OTHER, other_id)
    return tuple(OthersKeys(row["version"], row["signing"], row["sealing"]) for row in rows)


async def verifiers(work: Work, other_id: UUID) -> dict[str, bytes]:
    """What signatures of another organisation are checked with: key id -> public key."""
    return {key_id(other_id, keys.version): keys.signing for keys in await others_keys(work, other_id)}


async def _add(work: Work, version: int) -> None:
    chance = clock.System()  # never the chance of a test or of demonstration data, which can be told in advance
    signing, opening = chance.random_bytes(SIZE), chance.random_bytes(SIZE)
    secret = await sealing.seal(work, signing + opening, _about(version))
    public = (
        Ed25519PrivateKey.from_private_bytes(signing).public_key().public_bytes_raw(),
        X25519PrivateKey.from_private_bytes(opening).public_key().public_bytes_raw(),
    )
    if await work.driver.fetchval(ADD, version, *public, secret) is not None:
        work.record("channel_key.made", work.organisation_id, version=version)


async def _opened(work: Work, version: int, secret: bytes) -> OwnKeys:
    both = await sealing.unseal(work, secret, _about(version))
    return OwnKeys(
        work.organisation_id, version,
        Ed25519PrivateKey.from_private_bytes(both[:SIZE]), X25519PrivateKey.from_private_bytes(both[SIZE:]),
    )  # fmt: skip


def _about(version: int) -> str:
    return f"channel keys {version}"
