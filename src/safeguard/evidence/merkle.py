"""The Merkle tree of a log: roots, frontiers and proofs, with the names of RFC 9162 §2.1.

A frontier (also: compact range) is the list of roots of the perfect subtrees that a tree of n leaves consists of,
largest first, one for each bit of n. It is all that is needed to go on appending.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """H(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """H(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def extend(frontier: Sequence[bytes], size: int, leaves: Iterable[bytes]) -> tuple[list[bytes], int]:
    """Frontier and size after appending leaf hashes to a tree of `size` leaves."""
    if len(frontier) != size.bit_count():
        raise ValueError("this is not the frontier of a tree of that size")
    nodes = list(frontier)
    for node in leaves:
        merges = (size + 1 & -(size + 1)).bit_length() - 1
        for _ in range(merges):
            node = node_hash(nodes.pop(), node)
        nodes.append(node)
        size += 1
    return nodes, size


def root_of(frontier: Sequence[bytes]) -> bytes:
    """The root of the tree whose frontier this is."""
    if not frontier:
        return EMPTY_ROOT
    node = frontier[-1]
    for left in reversed(frontier[:-1]):
        node = node_hash(left, node)
    return node


def tree_head(leaves: Sequence[bytes]) -> bytes:
    """MTH(D_n) of leaf hashes."""
    return root_of(extend([], 0, leaves)[0])


def _split(size: int) -> int:
    """k, the largest power of two smaller than `size`."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D_n), RFC 9162 §2.1.3.1: what leads from the leaf at `index` to the root."""
    if not 0 <= index < len(leaves):
        raise ValueError("there is no such leaf")
    if len(leaves) == 1:
        return []
    k = _split(len(leaves))
    if index < k:
        return [*inclusion_proof(index, leaves[:k]), tree_head(leaves[k:])]
    return [*inclusion_proof(index - k, leaves[k:]), tree_head(leaves[:k])]


def consistency_proof(first: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D_n), RFC 9162 §2.1.4.1: that the tree of `first` leaves is the beginning of this one."""
    if not 0 < first <= len(leaves):
        raise ValueError("a proof starts at a size above 0 and not above the tree's")
    return _subproof(first, leaves, True)


def _subproof(first: int, leaves: Sequence[bytes], is_whole: bool) -> list[bytes]:
    """SUBPROOF(m, D_n, b)."""
    if first == len(leaves):
        return [] if is_whole else [tree_head(leaves)]
    k = _split(len(leaves))
    if first <= k:
        return [*_subproof(first, leaves[:k], is_whole), tree_head(leaves[k:])]
    return [*_subproof(first - k, leaves[k:], False), tree_head(leaves[:k])]


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` shows that `leaf` stands at `index` under `root` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    node, fn, sn = leaf, index, size - 1
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            node = node_hash(sibling, node)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = node_hash(node, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and node == root


def continues(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `first` leaves is the beginning of that of `second` (RFC 9162 §2.1.4.2).

    From size 0 nothing can be shown, so that is always False, whatever the proof.
    """
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    return bool(path) and _roots(first, second, path) == (first_root, second_root)


def _roots(first: int, second: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The two roots that a consistency path leads to; None for a path of the wrong length."""
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for node in path[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            old, new = node_hash(node, old), node_hash(node, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, node)
        fn, sn = fn >> 1, sn >> 1
    return (old, new) if sn == 0 else None
