"""The process that lays a mark under every page of a report: the mark's length, mark, report in; the copy out.

A process of its own, because its library is large, and because a report that it stumbles over must end nothing else.
"""

import sys
from io import BytesIO
from typing import Final

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

LENGTH: Final = 8
NAME: Final = "/SafeguardMark"
UNDER: Final = b"/Artifact <</Type /Pagination /Subtype /Watermark>> BDC q " + NAME.encode() + b" Do Q EMC\n"
"""To readers aloud it is no content of the page (PDF/UA-1, 7.1)."""


def laid_under(report: bytes, mark: bytes) -> bytes:
    """The report with the mark's first page under each of its own."""
    writer = IncrementalPdfFileWriter(BytesIO(report))
    form = writer.import_page_as_xobject(PdfFileReader(BytesIO(mark)))
    stream = writer.add_object(generic.StreamObject(stream_data=UNDER))
    names = generic.DictionaryObject({generic.pdf_name(NAME): form})
    resources = generic.DictionaryObject({generic.pdf_name("/XObject"): names})
    for number in range(int(writer.prev.root["/Pages"]["/Count"])):
        writer.add_stream_to_page(number, stream, resources, prepend=True)
    copy = BytesIO()
    writer.write(copy)
    return copy.getvalue()


def main() -> None:
    """One report, one copy."""
    given = sys.stdin.buffer.read()
    begins = LENGTH + int.from_bytes(given[:LENGTH], "big")
    sys.stdout.buffer.write(laid_under(given[begins:], given[LENGTH:begins]))


if __name__ == "__main__":
    main()
