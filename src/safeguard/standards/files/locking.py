"""Locking packs that were made before: a file of evidence that nobody may open any more is not to be had from a copy.

Which packs hold it is asked widely: those with files of a review against a standard that the evidence supports, or once
supported, asked for until now. One too many costs asking for it again; one too few leaves what nobody may look at.
"""

from typing import Final
from uuid import UUID

from safeguard.work import Work

LOCK_PACKS: Final = """
update public.packs p set locked_at = $2
from public.reviews r
where p.organisation_id = (select sec.current_organisation()) and p.locked_at is null and p.files
    and r.organisation_id = p.organisation_id and r.id = p.review_id and (
        exists (
            select from public.evidence_controls c
            where c.organisation_id = p.organisation_id and c.item_id = $1 and c.framework = r.framework)
        or exists (
            select from audit.documents d
            where d.organisation_id = p.organisation_id and d.kind = 'proof' and d.id = $1
                and (d.fields::jsonb -> 'supports' ->> 0)::jsonb @> jsonb_build_array(jsonb_build_array(r.framework))))
returning p.id, p.log
"""
"""Versions of the evidence as they were committed tell what it once supported."""


async def lock_packs(work: Work, item_id: UUID) -> None:
    """Lock every pack that may hold a copy of a file of this evidence, on record."""
    for row in await work.driver.fetch(LOCK_PACKS, item_id, work.now()):
        work.record("pack.locked", row["id"], log=row["log"])
