"""What a form or a program asked for, as the request that makes it."""

from uuid import UUID

from safeguard.errors import FieldError, Invalid, NotFound
from safeguard.evidence.forms import PackForm
from safeguard.evidence.packs import chapters
from safeguard.evidence.packs.chapters import Scope
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.packs.kinds import KINDS
from safeguard.evidence.requesting import (
    request_incident_pack,
    request_inspection_pack,
    request_parts_pack,
    request_period_pack,
)
from safeguard.evidence.sampling import WAYS, Drawing
from safeguard.work import Work


def kind_of(asked: PackForm) -> str:
    """Which kind of pack the form asks for: a page of long ago names none."""
    return asked.kind if asked.kind in KINDS else "incident" if asked.incident else "period"


async def ask(work: Work, asked: PackForm) -> UUID:
    """Ask for the pack; raises `Invalid`, `NotFound`, `Conflict`."""
    disclosure, kind, parts = Disclosure(asked.disclosure), kind_of(asked), chapters.bound_parts()
    match kind:
        case "incident":
            return await request_incident_pack(
                work,
                chapters.bound(),
                identifier(asked.incident),
                disclosure,
                files=asked.files,
                redacted=asked.redacted,
            )
        case "period":
            return await request_period_pack(
                work, asked.first, asked.last, disclosure, files=asked.files, redacted=asked.redacted
            )
        case "inspection":
            days = (asked.first, asked.last)
            return await request_inspection_pack(
                work, parts, asked.body, days, _drawing(asked), redacted=asked.redacted, files=asked.files,
                review_id=identifier(asked.review) if asked.review else None,
            )  # fmt: skip
        case _:
            scope = Scope(
                person_id=identifier(asked.person) if kind == "person" else None,
                review_id=identifier(asked.review) if asked.review else None,
            )
            days = (asked.first, asked.last)
            return await request_parts_pack(work, parts, kind, scope, days, disclosure, redacted=asked.redacted)


def _drawing(asked: PackForm) -> Drawing:
    for way in WAYS:
        if way == asked.drawn:
            return Drawing(way, asked.references, asked.seed, int(asked.many or 5))
    raise Invalid(FieldError("drawn", "Choose who picks the cases."))


def identifier(text: str) -> UUID:
    """The id of a record; raises `NotFound`."""
    try:
        return UUID(text)
    except ValueError as fault:
        raise NotFound from fault
