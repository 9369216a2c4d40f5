"""Proofs from what is remembered of a log are those that its leaves give."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.evidence import merkle
from safeguard.evidence.tiles import WIDTH, Tiles, Tree, wanted

LEAVES = [sha256(number.to_bytes(4)).digest() for number in range(5 * WIDTH + 77)]


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_proof_is_the_one_that_all_leaves_give_however_the_log_was_read(data):
    size = data.draw(st.integers(1, len(LEAVES)))
    tiles, read = Tiles(), 0
    while read < size:
        read = min(read + data.draw(st.integers(1, 4)) * WIDTH, size)
        tiles.grow(tiles.leaves, LEAVES[tiles.leaves : read])
    indices = data.draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=5))
    runs = {start: LEAVES[start : min(start + WIDTH, size)] for start in wanted(indices, size)}
    tree = Tree(size, tiles, runs)
    for index in indices:
        assert tree.inclusion_proof(index) == merkle.inclusion_proof(index, LEAVES[:size])


def test_what_is_read_twice_is_taken_once_and_a_gap_is_refused():
    tiles = Tiles()
    tiles.grow(0, LEAVES[: 2 * WIDTH])
    tiles.grow(0, LEAVES[: 3 * WIDTH])
    assert tiles.leaves == 3 * WIDTH
    with pytest.raises(ValueError, match="missing"):
        tiles.grow(4 * WIDTH, LEAVES[4 * WIDTH :])
