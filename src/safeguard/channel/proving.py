"""Proving that entries stand in this organisation's log, without reading all of it each time.

What is remembered between two readings is this process's and nobody's truth: every proof is tried against the signed
root before it leaves, and a log that does not fit what is remembered is read again from its beginning.
"""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from safeguard.evidence import merkle
from safeguard.evidence.sealing import Sealed
from safeguard.evidence.tiles import WIDTH, Tiles, Tree, wanted
from safeguard.work import Work

HASHES: Final = """
select hash from audit.leaves
where organisation_id = (select sec.current_organisation()) and log = $1 and index >= $2 and index < $3 order by index
"""
AT_ONCE: Final = 16 * WIDTH
REMEMBERED: Final = 200
"""Logs; of a log with a million entries that is a quarter of a megabyte."""


class NotProven(RuntimeError):
    """The log does not hold what its signed checkpoint says. The receipt is not made; the signer raises the alarm."""


_remembered: OrderedDict[str, Tiles] = OrderedDict()


async def prove(work: Work, log: str, sealed: Sealed, entries: Mapping[int, str]) -> dict[int, list[bytes]]:
    """What leads from each entry (by its index) to the root that was sealed; raises `NotProven`."""
    for known in (_remembered.get(sealed.origin, Tiles()), Tiles()):
        proofs = await _prove(work, log, sealed, entries, known)
        if _hold(sealed, entries, proofs):
            _remember(sealed.origin, known)
            return proofs
        _remembered.pop(sealed.origin, None)
    raise NotProven


async def _prove(
    work: Work, log: str, sealed: Sealed, entries: Mapping[int, str], known: Tiles
) -> dict[int, list[bytes]]:
    while sealed.size - known.leaves >= WIDTH:
        start = known.leaves
        known.grow(start, await _hashes(work, log, start, min(start + AT_ONCE, sealed.size)))
    runs: dict[int, list[bytes]] = {}
    for start in wanted(list(entries), sealed.size):
        runs[start] = await _hashes(work, log, start, min(start + WIDTH, sealed.size))
    tree = Tree(sealed.size, known, runs)
    return {index: tree.inclusion_proof(index) for index in entries}


async def _hashes(work: Work, log: str, start: int, end: int) -> list[bytes]:
    hashes = [row["hash"] for row in await work.driver.fetch(HASHES, log, start, end)]
    if len(hashes) != end - start:
        raise NotProven
    return hashes


def _hold(sealed: Sealed, entries: Mapping[int, str], proofs: Mapping[int, list[bytes]]) -> bool:
    return all(
        merkle.includes(merkle.leaf_hash(entry.encode()), index, sealed.size, proofs[index], sealed.root)
        for index, entry in entries.items()
    )


def _remember(origin: str, known: Tiles) -> None:
    _remembered[origin] = known
    _remembered.move_to_end(origin)
    if len(_remembered) > REMEMBERED:
        _remembered.popitem(last=False)
