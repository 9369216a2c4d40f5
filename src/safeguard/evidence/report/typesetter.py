"""The process that sets one document: TEMPLATE FONTS TARGET SECONDS, and the data on standard input.

It imports nothing of ours, so that it starts fast and holds nothing but the document.
"""

import sys
from pathlib import Path

import typst

OUT = "-"
"""In place of a target: the document goes to standard output."""


def main(template: str, folder: str, target: str, seconds: str) -> None:
    """Set the template with the data; images and links to anything outside its own folder are refused by the root."""
    data = sys.stdin.buffer.read().decode("utf-8")
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    pages = typst.compile(
        template,
        output=None if target == OUT else target,
        root=str(Path(template).parent),
        font_paths=fonts,
        sys_inputs={"data": data},
        pdf_standards=["a-3b", "ua-1"],
        timestamp=int(seconds),
    )
    if isinstance(pages, bytes):
        sys.stdout.buffer.write(pages)


if __name__ == "__main__":
    main(*sys.argv[1:])
