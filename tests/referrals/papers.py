"""PDFs for tests, written object by object, so that each holds exactly what its test is about."""

import zlib
from typing import Final

WORDS: Final = b"BT /F1 12 Tf 72 700 Td (Thank you for your call of Monday.) Tj ET"
PICTURE: Final = b"q BI /W 1 /H 1 /BPC 8 /CS /G ID x EI Q "


def paper(objects: list[bytes], trailer: bytes = b"", padding: int = 0) -> bytes:
    """A document of these objects, the first of which is its catalogue."""
    whole, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + b"%" * padding + b"\n"), []
    for number, each in enumerate(objects, start=1):
        places.append(len(whole))
        whole += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    at = len(whole)
    whole += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    whole += b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"<</Size %d/Root 1 0 R%b>>" % (len(objects) + 1, trailer)
    return bytes(whole) + b"trailer\n%b\nstartxref\n%d\n%%%%EOF\n" % (head, at)


def stream(data: bytes, about: bytes = b"", *, packed: bool = False) -> bytes:
    """A stream, as it is or packed."""
    if packed:
        data, about = zlib.compress(data), about + b"/Filter/FlateDecode"
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), about, data)


def letter(
    content: bytes = WORDS, *more: bytes, catalogue: bytes = b"", resources: bytes = b"", trailer: bytes = b"",
    padding: int = 0, packed: bool = False,
) -> bytes:  # fmt: skip
    """A document of one page with this content; what is added begins at object 6."""
    return paper(
        [
            b"<</Type/Catalog/Pages 2 0 R%b>>" % catalogue,
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
            b"/Resources<</Font<</F1 5 0 R>>%b>>>>" % resources,
            stream(content, packed=packed),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            *more,
        ],
        trailer, padding,
    )  # fmt: skip


LETTER: Final = letter()
SCAN: Final = letter(
    b"q 595 0 0 842 0 0 cm /Im1 Do Q",
    stream(b"\xff\xd8\xff\xe0", b"/Type/XObject/Subtype/Image/Width 1/Height 1/Filter/DCTDecode"),
    resources=b"/XObject<</Im1 6 0 R>>",
)
"""A letter that somebody put on a scanner."""
