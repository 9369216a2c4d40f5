"""The paper of an agreement of an invented organisation: one page, written here, so that no scanner is needed."""

from hashlib import sha256
from typing import Final

from safeguard import clock
from safeguard.attachments.clamd import Verdict
from safeguard.keys.wrapping import Key
from safeguard.registers.policies.checking import keep_verdict
from safeguard.registers.policies.filing import add_file, find_file
from safeguard.registers.policies.policy import Policy
from safeguard.strongbox import objects
from safeguard.web.uploading import Upload
from safeguard.work import Work

WRITTEN_HERE: Final = Verdict(clean=True, finding="", scanner="no scanner: this program wrote the file itself")
NAME: Final = "Acceptable use.pdf"


async def file_paper(work: Work, agreement: Policy, lines: tuple[str, ...]) -> None:
    """Keep the agreement as a PDF that whoever signs without an account can open."""
    whole = page_of(lines)
    key, name = Key(clock.System().random_bytes(32)), f"files/{clock.System().random_bytes(16).hex()}"
    await objects.put(objects.current(), name, key, objects.once(whole))
    await add_file(
        work, agreement.id, Upload(NAME, "", "application/pdf", len(whole), sha256(whole).digest(), name, key)
    )
    kept = await find_file(work, agreement.id, agreement.edition)
    if kept:
        await keep_verdict(work, kept.id, WRITTEN_HERE)


def page_of(lines: tuple[str, ...]) -> bytes:
    """One page of text as PDF (ISO 32000-2, 7.5): a catalogue, a page, a font of every reader, the words, the table."""
    shown = " ".join(f"({line.translate(_ESCAPED)}) '" for line in lines)
    words = f"BT /F 12 Tf 18 TL 60 780 Td {shown} ET".encode("latin-1")
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R"
        b" /Resources << /Font << /F 4 0 R >> >> >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(words), words),
    )
    whole, places = b"%PDF-1.7\n", list[int]()
    for number, part in enumerate(parts, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(whole))
    return whole + b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1) + table + end


_ESCAPED: Final = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})
