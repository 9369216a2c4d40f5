"""Timestamps and signatures by others: checked when honest, refused when they lie, and never waited for long."""

import shutil
import zipfile
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.evidence.attesting import outside
from safeguard.evidence.attesting.certificates import Unusable, parse
from safeguard.evidence.attesting.certificates import file_of as certificate_of
from safeguard.evidence.attesting.faults import Fault
from safeguard.evidence.attesting.outside import Outside
from safeguard.evidence.attesting.program import answer
from safeguard.evidence.attesting.talking import Answer, Stamp
from safeguard.evidence.making import Workshop
from safeguard.evidence.queries import AskedPack
from safeguard.evidence.verifying.telling import tell
from safeguard.evidence.verifying.timestamps import read_token
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.work import begin
from tests.evidence.authorities import DER, Clockwork, Issuer, new_key, pem_of, pem_of_key, running, write_roots
from tests.evidence.test_making import ask, check, file_of, make, remake, tell_a_story

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
UNMADE = "update packs set ready_at = null, size = null, sha256 = null, records = null, shown = null where id = $1"
DIGEST = sha256(b"a checkpoint").digest()


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer("Root for Tests")


@pytest.fixture
def clockwork(issuer: Issuer) -> Iterator[Clockwork]:
    with running(Clockwork(issuer)) as found:
        yield found


def stamped(clockwork: Clockwork, roots: Path) -> Answer:
    return answer(Stamp(clockwork.url, str(roots), b64encode(DIGEST).decode()))


def test_an_honest_authority_is_believed(clockwork: Clockwork, issuer: Issuer, tmp_path: Path) -> None:
    found = stamped(clockwork, write_roots(tmp_path, issuer))
    assert found.fault is None
    assert found.seal is not None
    time = read_token(found.seal, DIGEST)
    assert found.told == f"Time for Tests, {time}"
    with pytest.raises(ValueError, match="something else"):
        read_token(found.seal, sha256(b"another").digest())


LIES = {
    "other nonce": Fault.UNFIT, "other imprint": Fault.UNFIT, "other signature": Fault.UNFIT, "cut": Fault.UNFIT,
    "nonsense": Fault.UNFIT, "endless": Fault.UNFIT, "refusing": Fault.UNFIT, "broken": Fault.AWAY,
    "other purpose": Fault.UNTRUSTED,
}  # fmt: skip


@pytest.mark.parametrize("way", LIES)
def test_an_authority_that_lies_is_not_believed(clockwork: Clockwork, issuer: Issuer, tmp_path: Path, way: str) -> None:
    clockwork.way = way
    assert stamped(clockwork, write_roots(tmp_path, issuer)) == Answer(fault=LIES[way])


def test_an_authority_of_another_root_or_without_one_is_not_believed(clockwork: Clockwork, tmp_path: Path) -> None:
    assert stamped(clockwork, write_roots(tmp_path, Issuer("Another root"))).fault is Fault.UNTRUSTED
    assert stamped(clockwork, tmp_path / "missing.pem").fault is Fault.UNUSABLE
    clockwork.url = "http://127.0.0.1:1/"
    assert stamped(clockwork, tmp_path / "missing.pem").fault is Fault.AWAY


def outsiders(folder: Path, issuer: Issuer, clockwork: Clockwork | None, lead: Actor | None) -> Outside:
    """An authority where there is one, and a certificate for the lead's organisation where there is a lead."""
    certificates = folder / "certificates"
    certificates.mkdir(exist_ok=True)
    if lead:
        key = new_key()
        own = issuer.issue("Alder School", key)
        certificate_of(certificates, lead.organisation_id).write_bytes(pem_of_key(key) + pem_of(own))
    return Outside(certificates, clockwork.url if clockwork else "", write_roots(folder, issuer))


async def made(lead: Actor, shop: Workshop, tmp_path: Path) -> tuple[AskedPack, Path]:
    pack = await make(lead, await ask(lead, await tell_a_story(lead)), shop)
    return pack, await file_of(lead, pack.id, tmp_path)


async def test_a_pack_carries_the_logs_time_and_a_report_that_readers_can_check(
    someone: Someone, shop: Workshop, clockwork: Clockwork, issuer: Issuer, tmp_path: Path
) -> None:
    lead = await someone(Role.LEAD)
    shop = replace(shop, outside=outsiders(tmp_path, issuer, clockwork, lead))
    pack, file = await made(lead, shop, tmp_path)
    report = check(pack, file, shop)
    assert report.verdict is Verdict.VALID, report
    assert "Timestamp" in tell(report, "pack.zip")
    with zipfile.ZipFile(file) as archive:
        signed, readme = archive.read("report.pdf"), archive.read("README.txt").decode()
        assert read_token(archive.read("tsa/checkpoint.tsr"), sha256(archive.read("checkpoint.note")).digest())
    status = await signature_of(signed, issuer)
    assert (status.bottom_line, status.timestamp_validity.trusted) == (True, True)
    assert "certificate of Alder School, by Root for Tests" in " ".join(readme.split())
    asked = clockwork.asked
    await crashed(lead, pack)
    assert (await remake(lead, pack.id, shop)).sha256 == pack.sha256
    assert clockwork.asked == asked, "what was attested once is kept"


async def signature_of(report: bytes, issuer: Issuer) -> Any:
    """What a reader that trusts this root says of the report's only signature."""
    trusted = ValidationContext(
        trust_roots=[asn1.Certificate.load(issuer.root.public_bytes(DER))], allow_fetching=False
    )
    (found,) = PdfFileReader(BytesIO(report)).embedded_regular_signatures
    return await async_validate_pdf_signature(found, trusted, trusted)


async def crashed(lead: Actor, pack: AskedPack) -> None:
    """As before the last commit: the log is frozen, and nothing is ready."""
    async with begin(system(lead.organisation_id)) as work:
        await work.driver.execute(UNMADE, pack.id)
        await work.driver.execute("update jobs.job set state = 'queued' where key = $1", str(pack.id))


async def test_nobody_outside_keeps_a_pack_from_being_made(
    someone: Someone, shop: Workshop, clockwork: Clockwork, issuer: Issuer, tmp_path: Path
) -> None:
    """The authority never answers; the certificate ran out last year."""
    lead = await someone(Role.LEAD)
    clockwork.way = "hanging"
    attested = replace(outsiders(tmp_path, issuer, clockwork, lead), patience=15)
    key = new_key()
    over = pem_of_key(key) + pem_of(issuer.issue("Alder School", key, days=-30))
    certificate_of(attested.certificates, lead.organisation_id).write_bytes(over)
    shop = replace(shop, outside=attested)
    pack, file = await made(lead, shop, tmp_path)
    report = check(pack, file, shop)
    assert (report.verdict, report.findings.stamped) == (Verdict.VALID, "")
    with zipfile.ZipFile(file) as archive:
        readme = " ".join(archive.read("README.txt").decode().split())
        assert "tsa/checkpoint.tsr" not in archive.namelist()
        assert PdfFileReader(BytesIO(archive.read("report.pdf"))).embedded_signatures == []
    assert "the authority that is set was asked, and it took too long to answer" in readme
    assert "not signed with the organisation's certificate: the organisation's certificate was not valid" in readme


def test_a_process_that_fails_is_a_fault_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    question = Stamp("http://127.0.0.1:1/", "nowhere", "AAAA")
    for program in (("false",), ("echo", "no answer")):
        monkeypatch.setattr(outside, "PROGRAM", (str(shutil.which(program[0])), *program[1:]))
        assert outside.ask(question, 20).fault is Fault.UNFIT


def test_a_certificate_is_read_from_what_authorities_hand_out(issuer: Issuer) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    own = issuer.issue("Alder School", key)
    bundle = pkcs12.serialize_key_and_certificates(None, key, own, [issuer.root], BestAvailableEncryption(b"open"))
    found = parse(bundle, b"open")
    assert (found.holder, found.issuer, len(found.chain)) == ("Alder School", "Root for Tests", 1)
    assert parse(found.as_pem()).as_pem() == found.as_pem()
    with pytest.raises(Unusable, match="passphrase"):
        parse(bundle, b"wrong")


def unusable(issuer: Issuer) -> Iterator[tuple[str, bytes]]:
    """Files that hold no certificate to sign with, and what is said of each."""
    key, short = new_key(), new_key(1024)
    other = ed25519.Ed25519PrivateKey.generate()
    yield "holds no key", pem_of(issuer.root)
    yield "holds no key", b"nothing of the kind"
    yield "issued by its own holder", pem_of_key(issuer.key) + pem_of(issuer.root)
    yield "belongs to its key", pem_of_key(new_key()) + pem_of(issuer.issue("x", key))
    yield "too short", pem_of_key(short) + pem_of(issuer.issue("x", short))
    yield "cannot check", pem_of_key(other) + pem_of(issuer.issue("x", key))
    yield "not for signing", pem_of_key(key) + pem_of(issuer.issue("x", key, signs=False))


def test_what_cannot_sign_is_refused_with_its_reason(issuer: Issuer) -> None:
    for sentence, content in unusable(issuer):
        with pytest.raises(Unusable, match=sentence):
            parse(content)
