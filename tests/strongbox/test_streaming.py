"""A sealed stream gives back every byte as it was, or none of a chunk that was touched."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguard.keys.wrapping import CannotOpen, Key
from safeguard.strongbox.streaming import CHUNK, MAGIC, TAG, opened, sealed, sealed_size

pytestmark = pytest.mark.anyio

KEY, OTHER = Key(b"\x01" * 32), Key(b"\x02" * 32)
EDGES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 7]


async def pieces(whole: bytes, size: int = 50_000) -> AsyncIterator[bytes]:
    for start in range(0, len(whole), size):
        yield whole[start : start + size]


async def seal(whole: bytes, size: int = 50_000) -> bytes:
    return b"".join([piece async for piece in sealed(KEY, pieces(whole, size))])


async def unseal(whole: bytes, key: Key = KEY, size: int = 70_000) -> bytes:
    return b"".join([piece async for piece in opened(key, pieces(whole, size))])


def body(size: int) -> bytes:
    return bytes(number * 31 % 251 for number in range(size))


@pytest.mark.parametrize("size", EDGES)
async def test_what_was_sealed_comes_back(size: int) -> None:
    kept = await seal(body(size))
    assert len(kept) == sealed_size(size)
    assert await unseal(kept) == body(size)


@given(st.binary(max_size=300), st.integers(1, 90), st.integers(1, 90))
@settings(deadline=None, max_examples=60)
async def test_how_it_is_cut_into_pieces_makes_no_difference(whole: bytes, there: int, back: int) -> None:
    assert await unseal(await seal(whole, there), size=back) == whole


@pytest.mark.parametrize("size", EDGES)
async def test_another_key_opens_nothing(size: int) -> None:
    with pytest.raises(CannotOpen):
        await unseal(await seal(body(size)), OTHER)


@pytest.mark.parametrize("lost", [1, TAG, CHUNK + TAG, 2 * (CHUNK + TAG)])
async def test_what_was_cut_short_does_not_end_well(lost: int) -> None:
    kept = await seal(body(3 * CHUNK))
    with pytest.raises(CannotOpen):
        await unseal(kept[:-lost])


async def test_chunks_that_changed_places_do_not_open() -> None:
    kept = await seal(body(3 * CHUNK))
    first, second = (slice(len(MAGIC) + n * (CHUNK + TAG), len(MAGIC) + (n + 1) * (CHUNK + TAG)) for n in (0, 1))
    swapped = kept[: len(MAGIC)] + kept[second] + kept[first] + kept[second.stop :]
    with pytest.raises(CannotOpen):
        await unseal(swapped)


@given(st.integers(0, 2 * CHUNK + len(MAGIC) + 3 * TAG - 1), st.integers(0, 7))
@settings(deadline=None, max_examples=40)
async def test_a_single_bit_that_was_turned_is_noticed(place: int, bit: int) -> None:
    kept = bytearray(await seal(body(2 * CHUNK)))
    place %= len(kept)
    kept[place] ^= 1 << bit
    with pytest.raises(CannotOpen):
        await unseal(bytes(kept))


@pytest.mark.parametrize("nothing", [b"", MAGIC[:5], MAGIC])
async def test_nothing_at_all_is_not_an_empty_file(nothing: bytes) -> None:
    with pytest.raises(CannotOpen):
        await unseal(nothing)
