"""The signer's keys: one takes over from another, and what the former signed stays known."""

from pathlib import Path

import pytest

from safeguard import clock
from safeguard.database.bootstrap import Addresses
from safeguard.errors import Conflict
from safeguard.evidence.packs.manifest import keys_note
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.signing import ring
from safeguard.evidence.signing.memory import FileMemory
from safeguard.evidence.verifying.notes import parse_key, parse_note
from tests.evidence.signed import HOST, OrganisationMaker, grow, memory

__all__ = ["memory"]

pytestmark = pytest.mark.anyio


async def test_both_keys_sign_while_one_takes_over(
    addresses: Addresses, memory: FileMemory, organisation: OrganisationMaker, tmp_path: Path
) -> None:
    file, one = tmp_path / "log", await organisation()

    def opened() -> FileKeySigner:
        return FileKeySigner(ring.load_ring(file), HOST, addresses.signer, memory)

    before = await opened().seal(one)
    old = parse_key(opened().signer_of(before.origin).vkey)
    ring.rotate(file)
    with pytest.raises(Conflict):
        ring.rotate(file)
    await grow(one)
    both = await opened().seal(one)
    new = parse_key(opened().signer_of(before.origin).vkey)
    assert new != old
    assert parse_note(both.note.encode(), "note").signers((old, new), "note") == (new, old)
    listed = parse_note(keys_note(opened().signer_of(before.origin)).encode(), "keys").text.split("\n")[1:-1]
    assert [parse_key(line) for line in listed] == [new, old]
    memory.retire(old.public, clock.now())
    ring.retire(file)
    await grow(one)
    after = await opened().seal(one)
    assert parse_note(after.note.encode(), "note").signers((old, new), "note") == (new,)
    with pytest.raises(Conflict):
        ring.retire(file)
