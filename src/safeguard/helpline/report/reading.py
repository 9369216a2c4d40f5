"""Published reports, as anybody reads them: asked before anything is entered, by the functions that are for this."""

from datetime import date, datetime
from typing import Final

import msgspec

from safeguard.database import pool
from safeguard.errors import NotFound
from safeguard.helpline.report.paper import Paper

LIST: Final = "select * from public.list_published_reports($1)"
READ: Final = "select * from public.read_published_report($1, $2, $3)"
LONGEST: Final = 40
_paper = msgspec.json.Decoder(Paper).decode


class Published(msgspec.Struct, frozen=True):
    """One report in the list."""

    code: str
    title: str
    first_day: date
    last_day: date
    published_at: datetime


async def list_published(slug: str) -> tuple[Published, ...]:
    """What a helpline has published, the latest first."""
    async with pool.current().connection() as connection:
        rows = await connection.fetch(LIST, slug)
        await connection.execute(pool.COMMIT)
    return tuple(Published(*row) for row in rows)


async def read_published(slug: str, code: str) -> Paper:
    """What one says; raises `NotFound` for one that is not, or no longer, published."""
    return _paper((await _read(slug, code, pdf=False))[0])


async def read_pdf(slug: str, code: str) -> bytes:
    """The same as PDF."""
    return (await _read(slug, code, pdf=True))[1]


async def _read(slug: str, code: str, *, pdf: bool) -> tuple[str, bytes]:
    if not code.isascii() or len(code) > LONGEST or "\0" in code:
        raise NotFound
    async with pool.current().connection() as connection:
        row = await connection.fetchrow(READ, slug, code, pdf)
        await connection.execute(pool.COMMIT)
    if row is None:
        raise NotFound
    return row["body"], row["pdf"]
