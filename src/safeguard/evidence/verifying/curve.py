"""Refusing what Ed25519 libraries disagree about, before one of them sees it.

RFC 8032 leaves room: encodings of a coordinate that is not reduced, a scalar that is not below the group order, and
points of small order are taken by some libraries and refused by others. A pack must not be valid in one verifier and
invalid in the next, so all of these are refused here.
"""

from safeguard.evidence.verifying.arithmetic import verifies

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:  # on a machine with Python and nothing else
    InvalidSignature = Ed25519PublicKey = None

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_EIGHT = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD83D3D706A17C7
SMALL = frozenset({0, 1, FIELD - 1, _EIGHT, FIELD - _EIGHT})
"""The y coordinates of the eight points whose order divides eight."""


def is_acceptable_point(encoded: bytes) -> bool:
    """Whether 32 bytes encode a reduced coordinate that is not of a point of small order."""
    y = int.from_bytes(encoded, "little") & (2**255 - 1)
    return len(encoded) == 32 and y < FIELD and y not in SMALL


def is_signed(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether `signature` is one that every implementation agrees to be of `message` by `public`."""
    if len(signature) != 64 or not is_acceptable_point(public) or not is_acceptable_point(signature[:32]):
        return False
    if int.from_bytes(signature[32:], "little") >= ORDER:
        return False
    if Ed25519PublicKey is None or InvalidSignature is None:
        return verifies(public, signature, message)
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
