"""Signed envelopes as DSSE writes them (Dead Simple Signing Envelope, v1.0.2): the type is signed with the payload.

What is verified are the bytes that came, never a re-encoding of what was understood.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LARGEST: Final = 8 << 20
"""Bytes of one envelope. Whatever is larger is not even parsed."""


class Refused(ValueError):
    """An envelope or receipt that is not what it should be. `code` is kept; it tells nothing of what is inside."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Signature(msgspec.Struct, frozen=True):
    keyid: str
    sig: str


class _Signed(msgspec.Struct, frozen=True, rename="camel"):
    payload_type: str
    payload: str
    signatures: tuple[_Signature, ...]


_decode = msgspec.json.Decoder(_Signed).decode


def encoded_for_signing(payload_type: str, payload: bytes) -> bytes:
    """PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign(payload_type: str, payload: bytes, key: Ed25519PrivateKey, key_id: str) -> bytes:
    """The payload with one signature, as JSON."""
    signature = key.sign(encoded_for_signing(payload_type, payload))
    return msgspec.json.encode(
        _Signed(payload_type, b64encode(payload).decode(), (_Signature(key_id, b64encode(signature).decode()),))
    )


def read(data: bytes, payload_type: str) -> bytes:
    """The payload, whoever signed it: to learn whose key it has to be verified with. Raises `Refused`."""
    return _parsed(data, payload_type)[1]


def verify(data: bytes, payload_type: str, keys: Mapping[str, bytes]) -> bytes:
    """The payload, once one of these public keys signed it; raises `Refused`."""
    signed, payload = _parsed(data, payload_type)
    message = encoded_for_signing(payload_type, payload)
    for signature in signed.signatures:
        if signature.keyid in keys and _is_signed(keys[signature.keyid], signature.sig, message):
            return payload
    raise Refused("signature")


def _parsed(data: bytes, payload_type: str) -> tuple[_Signed, bytes]:
    if len(data) > LARGEST:
        raise Refused("too_large")
    try:
        signed = _decode(data)
        payload = b64decode(signed.payload, validate=True)
    except ValueError:
        raise Refused("unreadable") from None
    if signed.payload_type != payload_type:
        raise Refused("unreadable")
    return signed, payload


def _is_signed(public: bytes, signature: str, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True
