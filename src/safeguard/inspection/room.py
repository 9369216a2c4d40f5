"""The reading room's door: one's own inspection, while it lasts, and a line of the log for everything opened.

What is opened is told to the log at once, as "an inspector opened something": which thing, the organisation reads when
the access has run out, and the database keeps it from them until then.
"""

from typing import Final, Literal, TypeAlias
from uuid import UUID

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Gone, NotFound
from safeguard.inspection.queries import Given, Inspection, list_given, list_theirs
from safeguard.work import Work

What: TypeAlias = Literal["room", "pack", "record", "report", "download", "search"]

OVER: Final = "Your access to this organisation's evidence has ended. Ask the safeguarding lead if you still need it."
TELL: Final = """
insert into public.inspection_openings
    (organisation_id, id, inspection_id, user_id, what, pack_id, record, opened_at, until)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8)
"""


async def enter(work: Work, inspection_id: UUID) -> Inspection:
    """One's own inspection; raises `NotFound`, and `Gone` once it is over."""
    work.require(Permission.INSPECTION_READ)
    found = await list_theirs(work, inspection_id)
    if not found:
        raise NotFound
    if not found[0].is_open:
        raise Gone(OVER)
    return found[0]


async def given_pack(work: Work, inspection: Inspection, pack_id: UUID) -> Given:
    """A pack that was given to this inspector; raises `NotFound`."""
    for given in await list_given(work, inspection.id):
        if given.pack_id == pack_id:
            return given
    raise NotFound


async def tell(
    work: Work, inspection: Inspection, what: What, pack_id: UUID | None = None, record: str | None = None
) -> None:
    """Write down that this was opened."""
    opening, now = clock.new_id(), work.now()
    values = (inspection.id, work.actor.user_id, what, pack_id, record, now, inspection.expires_at)
    await work.driver.execute(TELL, opening, *values)
    fields = {"what": what, "pack": str(pack_id) if pack_id else None, "record": record}
    document = Document("inspection_opening", opening, 1, fields)
    work.record("inspection_opening.made", opening, document=document)
