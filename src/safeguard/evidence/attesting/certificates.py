"""An organisation's certificate for signing reports: one PEM file, the private key first, then the chain from its own.

One that the organisation issued to itself would only make readers say "validity unknown", and damage trust: it is
refused, and so is one that is for something else or that is over. `safeguard certificate add` writes the file.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

SHORTEST_RSA: Final = 2048
PrivateKey: TypeAlias = RSAPrivateKey | EllipticCurvePrivateKey


class Unusable(ValueError):
    """The file does not hold what can sign, said so that whoever has it can mend it."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A key with the certificate that names its holder, and the certificates above that."""

    key: PrivateKey = field(repr=False)
    own: x509.Certificate
    chain: tuple[x509.Certificate, ...] = ()

    @property
    def holder(self) -> str:
        """Whom it names."""
        return name_of(self.own.subject)

    @property
    def issuer(self) -> str:
        """Who says so."""
        return name_of(self.own.issuer)

    def holds_at(self, moment: datetime) -> bool:
        """Whether it is valid then."""
        return self.own.not_valid_before_utc <= moment <= self.own.not_valid_after_utc

    def as_pem(self) -> bytes:
        """Key and chain, not encrypted: the file's mode protects it, as it does the log's key."""
        plain = serialization.NoEncryption()
        key = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        return key + b"".join(each.public_bytes(serialization.Encoding.PEM) for each in (self.own, *self.chain))


def file_of(folder: Path, organisation_id: UUID) -> Path:
    """Where an organisation's certificate lies."""
    return folder / f"{organisation_id}.pem"


def read(file: Path) -> Certificate:
    """The certificate in our own file; raises `Unusable`."""
    try:
        return parse(file.read_bytes())
    except OSError as fault:
        raise Unusable("The certificate's file cannot be read.") from fault


def parse(content: bytes, passphrase: bytes | None = None) -> Certificate:
    """A certificate with its key from PKCS #12 (`.p12`, `.pfx`) or PEM; raises `Unusable`."""
    try:
        key, certificates = _pem(content, passphrase) if b"-----BEGIN" in content else _pkcs12(content, passphrase)
    except (ValueError, TypeError) as fault:
        raise Unusable("The file or its passphrase is wrong: it holds no key and certificate that open.") from fault
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise Unusable("The key is of a kind with which readers cannot check a signature. Take RSA or a NIST curve.")
    own = next((each for each in certificates if each.public_key() == key.public_key()), None)
    if own is None:
        raise Unusable("None of the certificates in the file belongs to its key.")
    _check(key, own)
    return Certificate(key, own, tuple(each for each in certificates if each != own))


def _pem(content: bytes, passphrase: bytes | None) -> tuple[object, list[x509.Certificate]]:
    return serialization.load_pem_private_key(content, passphrase), x509.load_pem_x509_certificates(content)


def _pkcs12(content: bytes, passphrase: bytes | None) -> tuple[object, list[x509.Certificate]]:
    key, own, others = pkcs12.load_key_and_certificates(content, passphrase)
    return key, [each for each in (own, *others) if each]


def _check(key: PrivateKey, own: x509.Certificate) -> None:
    if isinstance(key, RSAPrivateKey) and key.key_size < SHORTEST_RSA:
        raise Unusable(f"The key is too short: {key.key_size} bits, where readers want {SHORTEST_RSA}.")
    if own.subject == own.issuer:
        raise Unusable("The certificate was issued by its own holder. Readers trust none of these: leave it away.")
    try:
        usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not usage.digital_signature and not usage.content_commitment:
        raise Unusable("The certificate is not for signing documents.")


def name_of(name: x509.Name) -> str:
    """What a certificate calls somebody: the common name, else the organisation, else all of it."""
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(kind):
            return str(found[0].value)
    return name.rfc4514_string()
