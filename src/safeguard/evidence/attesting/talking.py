"""What is asked of the process that has others attest, and what it answers: nothing that needs its libraries."""

import msgspec

from safeguard.evidence.attesting.faults import Fault


class Stamp(msgspec.Struct, frozen=True, tag="stamp"):
    """A timestamp over a SHA-256 (base64)."""

    url: str
    roots: str
    digest: str


class Sign(msgspec.Struct, frozen=True, tag="sign"):
    """A report's signature; with an address, its time is attested as well."""

    report: str
    certificate: str
    url: str = ""
    roots: str = ""


class Answer(msgspec.Struct, frozen=True):
    """The seal and whose it is, or the fault."""

    seal: bytes | None = None
    told: str = ""
    fault: Fault | None = None
