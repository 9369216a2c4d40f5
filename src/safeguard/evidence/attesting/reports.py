"""Signing a report with the organisation's certificate: PAdES (ETSI EN 319 142-1), B-T with a timestamp, else B-B.

The signature is one update at the end of the file, and nothing before it changes. It is a certification that allows no
change afterwards. Its field has no place on a page: a box of no size, far outside, is what PDF/A and PDF/UA both allow
for one that nobody sees; its name is given for those who hear the document. The update is handed back alone, so that
the same report with the same update is the same file again.
"""

from io import BytesIO
from typing import Final

from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from safeguard.evidence.attesting.authority import Stamping
from safeguard.evidence.attesting.certificates import Certificate

ROOM: Final = 32_768
"""Bytes for signature, chain and timestamp: their sizes are not known before they are there."""
FIELD: Final = "Seal"
HEARD: Final = "Signature of the organisation that made this report"


def sign_report(report: bytes, certificate: Certificate, stamping: Stamping | None) -> bytes:
    """The update that signs the report, to be put behind it; raises `Unattested` of the timestamp."""
    writer = IncrementalPdfFileWriter(BytesIO(report))
    outside = fields.InvisSigSettings(box_out_of_bounds=True)
    place = fields.SigFieldSpec(FIELD, invis_sig_settings=outside, readable_field_name=HEARD)
    signer = signers.PdfSigner(_about(), _signer(certificate), timestamper=stamping, new_field_spec=place)
    signed = signer.sign_pdf(writer, bytes_reserved=ROOM)
    whole: bytes = signed.getvalue()
    if not whole.startswith(report):
        raise ValueError("the signature changed what it signs")
    return whole[len(report) :]


def _about() -> signers.PdfSignatureMetadata:
    return signers.PdfSignatureMetadata(
        field_name=FIELD,
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason="To show that this report is the organisation's and was not changed",
    )


def _signer(certificate: Certificate) -> signers.SimpleSigner:
    der, plain = serialization.Encoding.DER, serialization.NoEncryption()
    key = keys.PrivateKeyInfo.load(certificate.key.private_bytes(der, serialization.PrivateFormat.PKCS8, plain))
    chain = SimpleCertificateStore()
    own, *above = [x509.Certificate.load(each.public_bytes(der)) for each in (certificate.own, *certificate.chain)]
    chain.register_multiple(above)
    return signers.SimpleSigner(own, key, chain)
