"""Files of evidence in packs: those that were checked, are not locked, and whose evidence still stands."""

from typing import Final

from safeguard.access.policy import Permission
from safeguard.attachments.enclosing import Source
from safeguard.evidence.packs.contents import RecordContent
from safeguard.standards.files.opening import bytes_of

STATES: Final = """
select a.id, a.state, a.locked_at is not null as locked, a.version, 'general' as log,
    case when e.withdrawn_at is not null then 'the evidence that it belongs to was withdrawn' else '' end as why
from public.evidence_files a
join public.evidence_items e on e.organisation_id = a.organisation_id and e.id = a.item_id
where a.organisation_id = (select sec.current_organisation()) and a.id = any ($1)
"""


def is_file(record: RecordContent) -> bool:
    """Items of evidence and their files bear one name in the log: a file alone has a type."""
    return record.kind == "proof" and bool(record.versions) and "media_type" in record.versions[0].fields


PROOFS: Final = Source(is_file, STATES, Permission.STANDARDS_READ, bytes_of, "proof.enclosed")
