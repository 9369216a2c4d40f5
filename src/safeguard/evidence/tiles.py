"""Proofs from a long log without reading all of it: whole subtrees are remembered, the few leaves below are read.

A log only grows, so a perfect subtree whose leaves all stand has the same root for good. A process keeps the roots of
every 256 leaves and of what stands above them (1/128 of the leaves' own weight), and reads for a proof the leaves
beside the entry and those after the last whole subtree. Nothing here is believed: whoever hands a proof on tries it
first (`merkle.includes`), and forgets what is remembered of a log that does not fit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from safeguard.evidence import merkle

LEVEL: Final = 8
WIDTH: Final = 1 << LEVEL
"""Leaves below the lowest root that is remembered."""


@dataclass(slots=True)
class Tiles:
    """The roots of the perfect subtrees of one log: `levels[k][i]` has 2^(8+k) leaves, the i-th of its kind."""

    levels: list[list[bytes]] = field(default_factory=lambda: [[]])

    @property
    def leaves(self) -> int:
        """How many leaves are covered; the next one that is wanted has this index."""
        return len(self.levels[0]) * WIDTH

    def grow(self, start: int, hashes: Sequence[bytes]) -> None:
        """Take the leaves from `start` on; those that fill no subtree are left, and so is what is known already."""
        for place in range(self.leaves - start, len(hashes) - WIDTH + 1, WIDTH):
            if place < 0:
                raise ValueError("leaves are missing between what is remembered and these")
            self._add(merkle.tree_head(hashes[place : place + WIDTH]))

    def _add(self, root: bytes) -> None:
        level = 0
        self.levels[0].append(root)
        while len(row := self.levels[level]) % 2 == 0:
            level += 1
            if level == len(self.levels):
                self.levels.append([])
            self.levels[level].append(merkle.node_hash(row[-2], row[-1]))


def wanted(indices: Sequence[int], size: int) -> list[int]:
    """Which runs of 256 leaves have to be read for proofs of these entries in a log of `size`: where each begins."""
    starts = {index // WIDTH * WIDTH for index in indices}
    if size % WIDTH:
        starts.add(size // WIDTH * WIDTH)
    return sorted(starts)


@dataclass(frozen=True, slots=True)
class Tree:
    """A log of `size` leaves as far as it is known: what is remembered, and runs of leaves by where they begin."""

    size: int
    tiles: Tiles
    runs: Mapping[int, Sequence[bytes]]
    _roots: dict[tuple[int, int], bytes] = field(default_factory=dict[tuple[int, int], bytes])

    def inclusion_proof(self, index: int) -> list[bytes]:
        """PATH(m, D_n) of RFC 9162 §2.1.3.1; raises `KeyError` for an entry whose run was not brought."""
        if not 0 <= index < self.size:
            raise ValueError("there is no such leaf")
        level, last, path = 0, self.size - 1, list[bytes]()
        while last:
            sibling = index ^ 1
            if sibling <= last:
                path.append(self._root(level, sibling))
            level, index, last = level + 1, index >> 1, last >> 1
        return path

    def _root(self, level: int, place: int) -> bytes:
        """The root above the leaves [place * 2^level, (place + 1) * 2^level), or above those of them that there are."""
        if (level, place) not in self._roots:
            self._roots[level, place] = self._compute(level, place)
        return self._roots[level, place]

    def _compute(self, level: int, place: int) -> bytes:
        if level == 0:
            return self.runs[place // WIDTH * WIDTH][place % WIDTH]
        if level >= LEVEL and (place + 1) << level <= self.size:
            return self.tiles.levels[level - LEVEL][place]
        left = self._root(level - 1, place * 2)
        if (place * 2 + 1) << (level - 1) >= self.size:
            return left
        return merkle.node_hash(left, self._root(level - 1, place * 2 + 1))
