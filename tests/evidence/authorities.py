"""An authority of certificates and one of timestamps, made for a test: the second on this machine, honest or not."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast

from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

DER = serialization.Encoding.DER
DAY = timedelta(days=1)


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@dataclass
class Issuer:
    """A root and what it issues."""

    name: str
    key: rsa.RSAPrivateKey = field(default_factory=new_key)

    @property
    def root(self) -> x509.Certificate:
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        made = self._begun(named(self.name), self.key, 365).add_extension(constraints, critical=True)
        return made.add_extension(usage(signs_certificates=True), critical=True).sign(self.key, hashes.SHA256())

    def issue(
        self, name: str, key: Any, *, days: int = 30, times: bool = False, signs: bool = True
    ) -> x509.Certificate:
        made = self._begun(named(name), key, days).add_extension(usage(signs=signs), critical=True)
        if times:
            only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            made = made.add_extension(only, critical=True)
        return made.sign(self.key, hashes.SHA256())

    def _begun(self, subject: x509.Name, key: Any, days: int) -> x509.CertificateBuilder:
        """Valid until `days` from now; in the past when they are negative."""
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(named(self.name))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 400 * DAY)
            .not_valid_after(now + days * DAY)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )


def usage(*, signs: bool = False, signs_certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs, content_commitment=signs, key_encipherment=not signs and not signs_certificates,
        data_encipherment=False, key_agreement=False, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def pem_of(*certificates: x509.Certificate) -> bytes:
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)


def pem_of_key(key: CertificateIssuerPrivateKeyTypes) -> bytes:
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)


@dataclass
class Clockwork:
    """A timestamp authority on this machine. `way` says how it answers."""

    issuer: Issuer
    way: str = "honest"
    released: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    asked: int = 0
    _stamper: DummyTimeStamper | None = None

    @property
    def stamper(self) -> DummyTimeStamper:
        if self._stamper is None:
            key = new_key()
            own = self.issuer.issue("Time for Tests", key, times=self.way != "other purpose")
            der = key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            self._stamper = DummyTimeStamper(
                asn1.Certificate.load(own.public_bytes(DER)), keys.PrivateKeyInfo.load(der)
            )
        return self._stamper

    def answer(self, asked: bytes) -> bytes:
        self.asked += 1
        request = tsp.TimeStampReq.load(asked)
        if self.way == "other nonce":
            request["nonce"] = int(cast("int", request["nonce"].native)) + 1
        if self.way == "other imprint":
            request["message_imprint"]["hashed_message"] = bytes(32)
        found = self.stamper.request_tsa_response(request).dump()
        match self.way:
            case "cut":
                return found[:-9]
            case "nonsense":
                return b"<html>Sign in to continue</html>"
            case "endless":
                return b"x" * 1_000_000
            case "other signature":
                return found[:-1] + bytes([found[-1] ^ 1])
            case "refusing":
                return tsp.TimeStampResp({"status": {"status": "rejection"}}).dump()
            case _:
                return found


@contextmanager
def running(clockwork: Clockwork) -> Iterator[Clockwork]:
    """Until the block ends; whoever still waits for an answer is let go."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if clockwork.way == "hanging":
                clockwork.released.wait(60)
                return
            self.send_response(500 if clockwork.way == "broken" else 200)
            self.end_headers()
            self.wfile.write(clockwork.answer(body))

        def log_message(self, format: str, *args: object) -> None:
            """Tests read what they assert, not a server's log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    clockwork.url = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        yield clockwork
    finally:
        clockwork.released.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def write_roots(folder: Path, issuer: Issuer) -> Path:
    file = folder / f"{issuer.name}.pem"
    file.write_bytes(pem_of(issuer.root))
    return file
