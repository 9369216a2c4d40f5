"""Asking a timestamp authority (RFC 3161), and believing nothing of its answer before it was checked.

The answer has to be of our very request (nonce, §2.4.2), over our very bytes (imprint), of a kind that verifiers read,
and signed under a root that the deployment trusts for time. Whatever differs is a fault with a name, never a token.
"""

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import httpx2
from asn1crypto import algos, cms, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificates
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from safeguard.evidence.attesting.faults import Fault, Unattested
from safeguard.evidence.verifying.timestamps import read_token

PATIENCE: Final = 10.0
"""Seconds for each step of the conversation; whoever started this process bounds the whole."""
LARGEST: Final = 65_536
HEADERS: Final = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


@dataclass(frozen=True, slots=True)
class Token:
    """A checked answer: its bytes as they came, the time that it states and whose it is."""

    response: bytes
    time: str
    authority: str


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked, and the roots under which their answers count."""

    url: str
    roots: Path

    async def stamp(self, digest: bytes) -> Token:
        """A timestamp over a SHA-256; raises `Unattested`."""
        nonce = secrets.randbits(63) | 1 << 62
        answer = await self._ask(_request(digest, nonce).dump())
        try:
            found = tsp.TimeStampResp.load(answer, strict=True)
            signed = found["time_stamp_token"]["content"]
            same = signed["encap_content_info"]["content"].parsed["nonce"].native == nonce
            time = read_token(answer, digest)
        except (ValueError, TypeError, KeyError, AttributeError) as fault:
            raise Unattested(Fault.UNFIT) from fault
        if not same:
            raise Unattested(Fault.UNFIT)
        return Token(answer, time, await self._checked(cast("cms.SignedData", signed), digest))

    async def _ask(self, request: bytes) -> bytes:
        try:
            async with (
                httpx2.AsyncClient(timeout=PATIENCE, follow_redirects=False, trust_env=False) as client,
                client.stream("POST", self.url, content=request, headers=HEADERS) as response,
            ):
                return await _whole(response)
        except httpx2.TimeoutException as fault:
            raise Unattested(Fault.LATE) from fault
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as fault:
            raise Unattested(Fault.AWAY) from fault

    async def _checked(self, signed: cms.SignedData, digest: bytes) -> str:
        """Who signed it, once that is somebody of whom a trusted root says that they tell the time."""
        trusted = ValidationContext(trust_roots=_roots(self.roots), allow_fetching=False)
        try:
            found: dict[str, Any] = await validate_tst_signed_data(signed, trusted, lambda _: digest)
        except Exception as fault:  # whatever its parser stumbles over
            raise Unattested(Fault.UNFIT) from fault
        if not (found["intact"] and found["valid"]):
            raise Unattested(Fault.UNFIT)
        if found.get("trust_problem_indic") is not None:
            raise Unattested(Fault.UNTRUSTED)
        return _name_of(found["signing_cert"])


class Stamping(TimeStamper):
    """The same authority for a signature in a report (PAdES B-T)."""

    def __init__(self, authority: Authority) -> None:
        super().__init__()
        self._authority = authority

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """The token alone, as a signature takes it; raises `Unattested`."""
        if md_algorithm != "sha256":
            raise Unattested(Fault.UNFIT)
        token = await self._authority.stamp(message_digest)
        return tsp.TimeStampResp.load(token.response)["time_stamp_token"]


def _request(digest: bytes, nonce: int) -> tsp.TimeStampReq:
    imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}), "hashed_message": digest}
    return tsp.TimeStampReq(
        {"version": 1, "message_imprint": tsp.MessageImprint(imprint), "nonce": nonce, "cert_req": True}
    )


async def _whole(response: httpx2.Response) -> bytes:
    if response.status_code != 200:
        raise Unattested(Fault.AWAY)
    body = b""
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > LARGEST:
            raise Unattested(Fault.UNFIT)
    return body


def _roots(file: Path) -> list[x509.Certificate]:
    try:
        found = load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as fault:
        raise Unattested(Fault.UNUSABLE) from fault
    return [x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in found]


def _name_of(certificate: x509.Certificate) -> str:
    named = cast("dict[str, Any]", certificate.subject.native)
    return str(named.get("common_name") or named.get("organization_name") or certificate.subject.human_friendly)


def stamp_now(authority: Authority, digest: bytes) -> Token:
    """`Authority.stamp` for a process that does nothing else."""
    return asyncio.run(authority.stamp(digest))
