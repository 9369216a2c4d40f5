"""`python -m tests.promises`: write the tables into docs/security.md anew."""

from tests.promises.writing import DOCUMENT, rewritten

DOCUMENT.write_text(rewritten(DOCUMENT.read_text("utf-8")), "utf-8")
