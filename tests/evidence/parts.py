"""Packs of one part of what is kept, of the last thirty days: asking for one, and what its report says."""

import zipfile
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

from pypdf import PdfReader

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.evidence.packs.chapters import Scope
from safeguard.evidence.requesting import request_parts_pack
from safeguard.inspection.pack_parts import PARTS
from safeguard.work import begin


async def ask_for(lead: Actor, kind: str, review: UUID) -> UUID:
    """A pack of this kind; of a review, that is this one."""
    today = clock.now().date()
    scope = Scope(review_id=review if kind == "review" else None)
    async with begin(lead) as work:
        return await request_parts_pack(work, PARTS, kind, scope, (today - timedelta(days=30), today))


def said_in(file: Path) -> str:
    """The words of the report."""
    with zipfile.ZipFile(file) as archive:
        pages = PdfReader(BytesIO(archive.read("report.pdf"))).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
