"""The report against checkers that are not ours: PDF/UA-1 by pdfua, damage by qpdf, and what PDF/A-3b asks by its text.

No registry offers veraPDF, the reference checker. So PDF/UA is judged by pdfua (what a machine can check of the
Matterhorn protocol), and of ISO 19005-3 every clause that structure can show is looked up here in the file itself.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdfua import validate
from pdfua.rules import structure

from safeguard.evidence.attesting.certificates import parse
from safeguard.evidence.attesting.reports import sign_report
from tests.evidence.authorities import Issuer, new_key, pem_of, pem_of_key
from tests.evidence.test_report import DOCUMENT, set_it


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return set_it(DOCUMENT, tmp_path_factory.mktemp("report"))


@pytest.fixture(scope="module")
def signed(plain: bytes) -> bytes:
    issuer, key = Issuer("Root for Tests"), new_key()
    content = pem_of_key(key) + pem_of(issuer.issue("Alder School", key), issuer.root)
    return plain + sign_report(plain, parse(content), None)


@pytest.fixture(params=["plain", "signed"])
def pdf(request: pytest.FixtureRequest) -> bytes:
    return request.getfixturevalue(request.param)


def as_integer(value: object) -> int | None:
    """What pdfua's own does, which asks every object whether it is a number: of a list pikepdf now raises instead."""
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else None


def test_a_checker_of_pdf_ua_finds_nothing(pdf: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure, "as_integer", as_integer)
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf)
    report = validate(str(file))
    assert [(each.rule_id, each.skipped_reason) for each in report.outcomes if each.skipped_reason] == []
    assert [str(finding) for each in report.outcomes for finding in each.findings] == []
    assert len(report.outcomes) >= 12


def test_qpdf_finds_no_damage(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert opened.check_pdf_syntax() == []


def test_what_pdf_a_asks_of_a_file_is_there(pdf: bytes) -> None:
    """ISO 19005-3, by clause; a test of the whole, so that what fails is named and all of it is seen."""
    with pikepdf.open(BytesIO(pdf)) as opened:
        broken = [clause for clause, holds in CLAUSES.items() if not holds(opened, pdf)]
    assert broken == []


def test_the_signature_is_where_nobody_sees_it_and_readers_find_it(signed: bytes) -> None:
    with pikepdf.open(BytesIO(signed)) as opened:
        form = opened.Root.AcroForm
        (field,) = form.Fields
        assert (str(field.FT), int(form.SigFlags), str(field.V.SubFilter)) == ("/Sig", 3, "/ETSI.CAdES.detached")
        assert str(field.TU) == "Signature of the organisation that made this report"
        assert [float(each) for each in field.Rect] == [-9999] * 4
        first, length, second, rest = (int(each) for each in field.V.ByteRange)
    assert (first, second + rest) == (0, len(signed)), "nothing of the file is left out of it but itself"
    assert length < second


def fonts(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/FontDescriptor":
            yield each


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for each in pdf.objects:
        if isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            yield each


def metadata(pdf: pikepdf.Pdf) -> str:
    return pdf.Root.Metadata.read_bytes().decode()


def filters(pdf: pikepdf.Pdf) -> set[str]:
    found: set[str] = set()
    for each in dictionaries(pdf):
        if isinstance(each, pikepdf.Stream) and "/Filter" in each:
            value = each.get("/Filter")
            found |= {str(one) for one in (value if isinstance(value, pikepdf.Array) else [value])}
    return found


def annotations(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for page in pdf.pages:
        yield from page.get("/Annots", [])


def outlines_named(pdf: pikepdf.Pdf) -> bool:
    """Every intent names a profile that is embedded, for one condition alone."""
    intents = [each for each in pdf.Root.get("/OutputIntents", []) if each.get("/S") == "/GTS_PDFA1"]
    return len(intents) == 1 and intents[0].DestOutputProfile.read_bytes()[36:40] == b"acsp"


ACTIONS = {"/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/SetOCGState", "/Rendition", "/Trans",
           "/GoTo3DView", "/JavaScript"}  # fmt: skip
CLAUSES: dict[str, Callable[[pikepdf.Pdf, bytes], bool]] = {
    "6.1.2 the header, and a comment of bytes above 127 behind it": lambda _, raw: (
        raw.startswith(b"%PDF-1.") and raw[9:10] == b"%" and all(each > 127 for each in raw[10:14])
    ),
    "6.1.3 an identifier, and no encryption": lambda pdf, _: "/ID" in pdf.trailer and "/Encrypt" not in pdf.trailer,
    "6.1.3 nothing behind the last end of file": lambda _, raw: raw.rstrip(b"\r\n").endswith(b"%%EOF"),
    "6.1.7 no LZW, and no stream elsewhere": lambda pdf, _: (
        "/LZWDecode" not in filters(pdf)
        and not any("/FFilter" in each for each in dictionaries(pdf) if isinstance(each, pikepdf.Stream))
    ),
    "6.1.12 permissions only of a signature": lambda pdf, _: (
        set(pdf.Root.get("/Perms", {}).keys()) <= {"/DocMDP", "/UR3"}
    ),
    "6.2.3 one output intent, with its profile": lambda pdf, _: outlines_named(pdf),
    "6.2.8 no alternate images, no smoothing": lambda pdf, _: not any(
        "/Alternates" in each or "/OPI" in each or each.get("/Interpolate") is True
        for each in dictionaries(pdf) if each.get("/Subtype") == "/Image"
    ),
    "6.2.9 no reference to another file, no PostScript": lambda pdf, _: not any(
        "/Ref" in each or "/PS" in each or each.get("/Subtype2") == "/PS"
        for each in dictionaries(pdf) if each.get("/Subtype") == "/Form"
    ),
    "6.2.5 no transfer function, no halftone name": lambda pdf, _: not any(
        "/TR" in each or "/HTP" in each for each in dictionaries(pdf) if each.get("/Type") == "/ExtGState"
    ),
    "6.2.11.4.1 every font is embedded": lambda pdf, _: bool([*fonts(pdf)]) and all(
        "/FontFile2" in each or "/FontFile3" in each or "/FontFile" in each for each in fonts(pdf)
    ),
    "6.2.11.7 every font says which characters it shows": lambda pdf, _: all(
        "/ToUnicode" in each for each in dictionaries(pdf)
        if each.get("/Type") == "/Font" and each.get("/Subtype") in ("/Type0", "/Type3")
    ),
    "6.3.1 no sound, film or three dimensions": lambda pdf, _: not any(
        each.get("/Subtype") in ("/3D", "/Sound", "/Screen", "/Movie", "/RichMedia") for each in annotations(pdf)
    ),
    "6.3.2 every annotation is printed and none hidden": lambda pdf, _: all(
        int(each.get("/F", 0)) & 0b100 and not int(each.get("/F", 0)) & 0b100011 for each in annotations(pdf)
    ),
    "6.4.1 no field acts, none needs its picture made": lambda pdf, _: (
        "/NeedAppearances" not in pdf.Root.get("/AcroForm", {}) and "/XFA" not in pdf.Root.get("/AcroForm", {})
        and not any("/A" in each or "/AA" in each for each in annotations(pdf) if each.get("/Subtype") == "/Widget")
    ),
    "6.5 no script and no other act than going somewhere": lambda pdf, _: (
        "/AA" not in pdf.Root and not any("/AA" in page for page in pdf.pages)
        and not any(each.get("/S") in ACTIONS for each in dictionaries(pdf))
    ),
    "6.6.2 metadata that is not compressed": lambda pdf, _: "/Filter" not in pdf.Root.Metadata,
    "6.6.4 it says which part and level it is": lambda pdf, _: (
        "<pdfaid:part>3</pdfaid:part>" in metadata(pdf) or 'pdfaid:part="3"' in metadata(pdf)
    ) and ("conformance>B<" in metadata(pdf) or 'conformance="B"' in metadata(pdf)),
    "6.6.2.3.1 and PDF/UA beside it": lambda pdf, _: "pdfuaid:part" in metadata(pdf),
    "6.8 every file within says what it is to this one": lambda pdf, _: all(
        "/AFRelationship" in each and "/UF" in each for each in dictionaries(pdf) if each.get("/Type") == "/Filespec"
    ),
    "6.9 no optional content without a name": lambda pdf, _: "/OCProperties" not in pdf.Root,
    "6.10 no other presentation of its pages": lambda pdf, _: (
        "/AlternatePresentations" not in pdf.Root.get("/Names", {})
        and not any("/PresSteps" in page for page in pdf.pages)
    ),
    "6.11 nothing that is required of a reader": lambda pdf, _: "/Requirements" not in pdf.Root,
}  # fmt: skip
