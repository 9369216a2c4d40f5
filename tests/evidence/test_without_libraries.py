"""What the verifier does itself where no library is installed is what the libraries do."""

import json
from typing import Any

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from safeguard.evidence.verifying import curve
from safeguard.evidence.verifying.arithmetic import ORDER, verifies
from safeguard.evidence.verifying.text import LARGEST_NUMBER, canonical

SEEDS = st.binary(min_size=32, max_size=32)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**54), 2**54) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def by_the_library(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@given(SEEDS, st.binary(max_size=80), st.integers(0, 95), st.integers(1, 255))
def test_a_signature_verifies_by_the_book_where_it_does_by_the_library(
    seed: bytes, message: bytes, place: int, change: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert verifies(public, signature, message)
    assert not verifies(public, signature, message + b"!")
    whole = bytearray(public + signature)
    whole[place] ^= change
    public, signature = bytes(whole[:32]), bytes(whole[32:])
    if curve.is_acceptable_point(public) and int.from_bytes(signature[32:], "little") < ORDER:
        assert verifies(public, signature, message) == by_the_library(public, signature, message)


def test_without_the_library_the_same_signatures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signature = key.public_key().public_bytes_raw(), key.sign(b"words")
    monkeypatch.setattr(curve, "Ed25519PublicKey", None)
    assert curve.is_signed(public, signature, b"words")
    assert not curve.is_signed(public, signature, b"other words")
    larger = (int.from_bytes(signature[32:], "little") + ORDER).to_bytes(32, "little")
    assert not curve.is_signed(public, signature[:32] + larger, b"words")
    assert not curve.is_signed((1).to_bytes(32, "little"), signature, b"words")


@given(VALUES)
def test_a_value_has_the_one_spelling_of_the_standard(value: Any) -> None:
    try:
        spelt = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError):
        loose = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
        with pytest.raises(ValueError, match="not"):
            canonical(loose)
        return
    assert canonical(spelt) == value
    for other in (json.dumps(value).encode(), json.dumps(value, ensure_ascii=False, indent=1).encode()):
        if other != spelt:
            with pytest.raises(ValueError, match="not"):
                canonical(other)


@pytest.mark.parametrize("number", [LARGEST_NUMBER + 1, -LARGEST_NUMBER - 1])
def test_a_number_that_not_every_reader_can_hold_is_refused(number: int) -> None:
    assert canonical(str(LARGEST_NUMBER).encode()) == LARGEST_NUMBER
    with pytest.raises(ValueError, match="not JSON"):
        canonical(str(number).encode())
