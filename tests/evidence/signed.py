"""A signer with a memory of its own, and what somebody who commands the database may do behind its back."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import LiteralString
from uuid import UUID

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.merkle import extend
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.signing.memory import FileMemory
from safeguard.work import begin

OrganisationMaker = Callable[..., Awaitable[UUID]]
HOST = "safeguard.example"


@pytest.fixture
def memory(tmp_path: Path) -> FileMemory:
    return FileMemory(tmp_path / "signer" / "state.sqlite")


@pytest.fixture
def signer(addresses: Addresses, memory: FileMemory) -> FileKeySigner:
    return FileKeySigner(bytes(range(32)), HOST, addresses.signer, memory)


async def grow(organisation_id: UUID, number: int = 1) -> None:
    for _ in range(number):
        async with begin(system(organisation_id)) as work:
            work.record("settings.changed", clock.new_id())


def tamper(addresses: Addresses, statement: LiteralString, *values: object) -> None:
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(statement, values)


def alarms_of(addresses: Addresses, organisation_id: UUID) -> list[str]:
    with psycopg.connect(addresses.owner) as owner:
        asked = "select kind from audit.alarms where organisation_id = %s and ended_at is null order by kind"
        return [kind for (kind,) in owner.execute(asked, (organisation_id,)).fetchall()]


async def rewind(addresses: Addresses, organisation_id: UUID, size: int) -> None:
    """A restored backup: the log as it was at `size`, with its frontier, and no checkpoint above it."""
    with psycopg.connect(addresses.owner) as owner:
        hashes = owner.execute(
            "select hash from audit.leaves"
            " where organisation_id = %s and log = 'general' and index < %s order by index",
            (organisation_id, size),
        ).fetchall()
        frontier, _ = extend([], 0, [bytes(each) for (each,) in hashes])
        for statement in (
            "delete from audit.leaves where organisation_id = %s and log = 'general' and index >= %s",
            "delete from audit.checkpoints where organisation_id = %s and log = 'general' and size > %s",
        ):
            owner.execute(statement, (organisation_id, size))
        owner.execute(
            "update audit.logs set size = %s, frontier = %s where organisation_id = %s and log = 'general'",
            (size, frontier, organisation_id),
        )
