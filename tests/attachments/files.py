"""Files for tests, made in memory: each small, each of one kind, none showing anybody."""

import io
import zipfile
from collections.abc import Mapping

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LOCKED_PDF = PDF.replace(b"/Root", b"/Encrypt 5 0 R/Root")
LOCKED_BY_NUMBERS = PDF.replace(b"/Root", b"/#45ncr#79#70t 5 0 R/Root")
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\x02\0\0\0" + b"\0" * 40
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + b"\0" * 60 + b"\xff\xd9"
LETTER = "Dear Morgan, thank you for your call of Monday. Wrth gwrs, byddwn mewn cysylltiad. – Ana\n".encode()
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
HTML = b"<!doctype html><html><body onload=alert(1)>hello</body></html>"
PROGRAM = b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff" + b"\0" * 100
OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
LOCKED_WORD = OLD_WORD + "EncryptedPackage".encode("utf-16-le")

WORD_PARTS = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<R/>", "word/document.xml": b"<w>A letter</w>"}


def package(parts: Mapping[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return whole.getvalue()


def broken(level: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A letter whose list of contents is whole, and whose words cannot be unpacked."""
    whole = package(WORD_PARTS, level)
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        part = archive.getinfo("word/document.xml")
    start = part.header_offset + 30 + len(part.filename)
    return whole[:start] + b"\xff" * part.compress_size + whole[start + part.compress_size :]


WORD = package(WORD_PARTS)
SHEET = package({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"})
ARCHIVE = package({"letter.txt": LETTER})
BOMB = package(WORD_PARTS | {"word/media/image1.png": b"\0" * 30_000_000})
WITH_MACROS = package(WORD_PARTS | {"word/vbaProject.bin": b"Sub"})
NESTED = package(WORD_PARTS | {"word/embeddings/more.zip": ARCHIVE})
LOCKED_PART = WORD.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
OPEN_PARTS = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "content.xml": b"<office>A letter</office>",
    "META-INF/manifest.xml": b"<manifest:manifest><manifest:file-entry full-path='content.xml'/></manifest:manifest>",
}
LOCKED_MANIFEST = OPEN_PARTS["META-INF/manifest.xml"].replace(
    b"/>", b"><manifest:encryption-data/></manifest:file-entry>"
)


def open_document(parts: Mapping[str, bytes]) -> bytes:
    """An OpenDocument file: its kind first and as it is, the rest pressed, in this order."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            stored = name == "mimetype" or content[:1] == b"\x9c" or name.startswith("Pictures/")
            archive.writestr(name, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return whole.getvalue()


SCRAMBLED = b"\x9c\x01\xfe" * 300
PICTURES = {f"Pictures/{number}.jpg": bytes([number]) + JPEG * 8_000 for number in range(4)}
"""More than what is kept of the end of a file."""
OPEN_DOCUMENT = open_document(OPEN_PARTS)
OPEN_WITH_PICTURES = open_document(OPEN_PARTS | PICTURES)
LOCKED_OPEN = open_document(OPEN_PARTS | {"content.xml": SCRAMBLED, "META-INF/manifest.xml": LOCKED_MANIFEST})
LOCKED_WIDE = open_document(
    OPEN_PARTS | {"content.xml": SCRAMBLED, "META-INF/manifest.xml": LOCKED_MANIFEST.decode().encode("utf-16")}
)
LOCKED_WHOLLY = open_document(OPEN_PARTS | {"encrypted-package": SCRAMBLED})
LOCKED_LONG = open_document(
    OPEN_PARTS | {"content.xml": SCRAMBLED, "META-INF/manifest.xml": LOCKED_MANIFEST} | PICTURES
)
POLYGLOT = PNG + ARCHIVE
FAR_BEHIND = b"\n" * 200_000
"""Farther than a program that opens archives has to look for their end, and not farther than some do."""
