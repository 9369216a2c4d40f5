"""What shows that an action was done: a file of the same incident, or an item of the organisation's evidence.

The entry keeps its name as it was then, so that the story, a pack and a report can tell what it was after the file was
locked or the item went. A file that still waits for its check may be named: who opens it waits for the check.
"""

from typing import Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.story import Story
from safeguard.standards.queries import LATEST_ITEM, list_items
from safeguard.web.languages import gettext
from safeguard.work import Work

MOST: Final = 50
"""Items of evidence that are offered, the latest first: older ones are named by the API."""
LONGEST: Final = 200
FILE: Final = """
select a.name from public.attachments a
where a.organisation_id = (select sec.current_organisation()) and a.incident_id = $1 and a.id = $2
    and a.locked_at is null and a.state <> 'infected'
"""
ITEM: Final = """
select t.title from public.evidence_items t
where t.organisation_id = (select sec.current_organisation()) and t.id = $1 and t.withdrawn_at is null
"""
NO_FILE: Final = "This file is not of this incident, or nobody can open it. Choose another, or say it in words."
NO_ITEM: Final = "This item of evidence is not here any more. Choose another, or say it in words."
ONE: Final = "Name a file or an item of evidence, not both."


class Offered(msgspec.Struct, frozen=True):
    """Something that an action may be shown by; `code` is what a form sends: file or item, a colon, its id."""

    code: str
    says: str


async def find_proof(work: Work, incident_id: UUID, new: NewEntry) -> dict[str, object]:
    """What a completion keeps of what shows it; raises `Invalid` for what cannot be found or opened."""
    file_id, item_id = new.proof_file_id, new.proof_item_id
    if file_id and item_id:
        raise Invalid(FieldError("proof_item_id", ONE))
    if file_id:
        name = await work.driver.fetchval(FILE, incident_id, file_id) if work.may(Permission.ATTACHMENT_READ) else None
        return {"proof_file_id": file_id, "proof_name": _named("proof_file_id", name, NO_FILE)}
    if item_id:
        name = await work.driver.fetchval(ITEM, item_id) if work.may(Permission.STANDARDS_READ) else None
        return {"proof_item_id": item_id, "proof_name": _named("proof_item_id", name, NO_ITEM)}
    return {}


async def list_offered(work: Work, story: Story) -> tuple[Offered, ...]:
    """The files of the incident that can be opened or are being checked, then the latest items of evidence."""
    files = [
        Offered(f"file:{file.id}", gettext("File: %(name)s") % {"name": file.name})
        for file in reversed(story.files)
        if file.locked_at is None and file.state != "infected" and work.may(Permission.ATTACHMENT_READ)
    ]
    items = await list_items(work, LATEST_ITEM, MOST) if work.may(Permission.STANDARDS_READ) else ()
    titles = [
        Offered(f"item:{item.id}", gettext("Evidence: %(name)s") % {"name": item.title})
        for item in items
        if item.withdrawn_at is None
    ]
    return (*files, *titles)


def _named(field: str, name: str | None, refusal: str) -> str:
    if name is None:
        raise Invalid(FieldError(field, refusal))
    return name[:LONGEST]
