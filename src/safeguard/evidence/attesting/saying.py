"""Seals and faults as sentences for a pack's README: what each proves, how to check it, or why it is not there."""

from collections.abc import Mapping
from typing import Final

from safeguard.evidence.attesting.faults import Fault
from safeguard.evidence.attesting.seals import Seal

WHY: Final[Mapping[Fault, str]] = {
    Fault.LATE: "it took too long to answer",
    Fault.AWAY: "it could not be reached, or refused",
    Fault.UNFIT: "its answer was not one to what was asked",
    Fault.UNTRUSTED: "its answer was signed by nobody who is trusted for it",
    Fault.EXPIRED: "the organisation's certificate was not valid on that day",
    Fault.UNUSABLE: "its certificate could not be used",
}
TIME: Final = (
    "tsa/checkpoint.tsr is a timestamp (RFC 3161) over checkpoint.note: {told}. It shows that the log was as it is here"
    " by then. Check it: openssl ts -verify -in tsa/checkpoint.tsr -data checkpoint.note -CAfile ROOTS, with the"
    " authority's own certificates."
)
NO_TIME: Final = "There is no timestamp: the authority that is set was asked, and {why}."
SIGNED: Final = "{member} is signed (PAdES) with the certificate of {told}. Readers of PDF show whether they trust it."
NOT_SIGNED: Final = "{member} is not signed with the organisation's certificate: {why}."


def say(seal: Seal) -> str:
    """One sentence or two."""
    sentence = (TIME if seal.fault is None else NO_TIME) if seal.is_timestamp else _report(seal)
    return sentence.format(member=seal.member, told=seal.told, why=WHY[seal.fault] if seal.fault else "")


def _report(seal: Seal) -> str:
    return SIGNED if seal.fault is None else NOT_SIGNED
