"""The root of a log from its leaf hashes, one at a time (RFC 9162 §2.1.1)."""

from hashlib import sha256


def leaf_hash(entry: bytes) -> bytes:
    """H(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


class Tree:
    """Takes leaf hashes in order and holds one perfect subtree per bit of the size: memory grows with its logarithm."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[tuple[int, bytes]] = []

    def add(self, leaf: bytes) -> None:
        """Put the next leaf hash at the right-hand end."""
        height, node = 0, leaf
        while self._subtrees and self._subtrees[-1][0] == height:
            node = sha256(b"\x01" + self._subtrees.pop()[1] + node).digest()
            height += 1
        self._subtrees.append((height, node))
        self.size += 1

    def root(self) -> bytes:
        """The root of what was added; of nothing, H("")."""
        if not self._subtrees:
            return sha256(b"").digest()
        node = self._subtrees[-1][1]
        for _, left in reversed(self._subtrees[:-1]):
            node = sha256(b"\x01" + left + node).digest()
        return node
