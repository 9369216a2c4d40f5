"""Roots and proofs of RFC 9162, against each other and against the definition."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from safeguard.evidence import merkle
from safeguard.evidence.verifying.merkle import Tree

LEAVES = [merkle.leaf_hash(bytes([number])) for number in range(70)]


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH as RFC 9162 §2.1.1 writes it down."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return merkle.node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


def test_producer_verifier_and_definition_agree_on_every_root() -> None:
    tree = Tree()
    assert tree.root() == by_definition([])
    for size in range(1, len(LEAVES) + 1):
        tree.add(LEAVES[size - 1])
        assert tree.root() == merkle.tree_head(LEAVES[:size]) == by_definition(LEAVES[:size])


@given(st.integers(0, 70), st.integers(0, 70))
def test_a_frontier_goes_on_from_anywhere(first: int, second: int) -> None:
    frontier, size = merkle.extend([], 0, LEAVES[:first])
    frontier, size = merkle.extend(frontier, size, LEAVES[first:second])
    assert merkle.root_of(frontier) == by_definition(LEAVES[: max(first, second)])
    assert len(frontier) == size.bit_count()


def test_every_inclusion_proof_holds_and_holds_for_its_own_place_only() -> None:
    for size in range(1, 40):
        root = merkle.tree_head(LEAVES[:size])
        for index in range(size):
            proof = merkle.inclusion_proof(index, LEAVES[:size])
            assert merkle.includes(LEAVES[index], index, size, proof, root)
            assert not merkle.includes(LEAVES[index], (index + 1) % size, size, proof, root) or size == 1
            assert not merkle.includes(LEAVES[index + 1], index, size, proof, root)
            assert not merkle.includes(LEAVES[index], index, size, [*proof, root], root)


def test_every_consistency_proof_holds_and_no_other_history_does() -> None:
    other = [merkle.leaf_hash(b"other"), *LEAVES[1:]]
    for second in range(1, 40):
        root = merkle.tree_head(LEAVES[:second])
        for first in range(1, second + 1):
            proof = merkle.consistency_proof(first, LEAVES[:second])
            before, altered = merkle.tree_head(LEAVES[:first]), merkle.tree_head(other[:first])
            assert merkle.continues(first, before, second, root, proof)
            assert not merkle.continues(first, altered, second, root, proof)


def test_nothing_is_shown_from_size_nought() -> None:
    assert not merkle.continues(0, merkle.EMPTY_ROOT, 3, merkle.tree_head(LEAVES[:3]), [])
