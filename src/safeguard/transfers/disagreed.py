"""What somebody holds against the record: it leaves with their file, and stands beside it where that arrives."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.audit.documents import Document, JSONValue
from safeguard.transfers.file import Disagreement, PersonFile
from safeguard.work import Work

READ: Final = """
select d.by_name, d.words, d.answer, d.written_at, d.written_by_name from public.disagreements d
where d.organisation_id = (select sec.current_organisation()) and d.person_id = any ($1) order by d.written_at, d.id
"""
ADD: Final = """
insert into public.disagreements (organisation_id, id, person_id, by_name, words, answer, written_at, written_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7)
"""


async def read_disagreements(work: Work, whole: Collection[UUID]) -> tuple[Disagreement, ...]:
    """Theirs, the earliest first; `whole` are all records that were found to be theirs."""
    rows = await work.driver.fetch(READ, list(whole))
    return tuple(
        Disagreement(by_name=row[0], words=row[1], answer=row[2], written_at=row[3], written_by=row[4]) for row in rows
    )


async def take_disagreements(work: Work, person_id: UUID, file: PersonFile) -> None:
    """Keep those that are not here yet beside the record, as what they are, each with its author and moment."""
    here = {(one.by_name, one.words, one.written_at) for one in await read_disagreements(work, [person_id])}
    for one in file.disagreements:
        if (one.by_name, one.words, one.written_at) in here:
            continue
        made, author = clock.new_id(), f"{one.written_by[:150]} (imported)".strip()
        await work.driver.execute(ADD, made, person_id, one.by_name, one.words, one.answer, one.written_at, author)
        fields: dict[str, JSONValue] = {
            "by_name": one.by_name, "words": one.words, "answer": one.answer, "written_by_name": author,
        }  # fmt: skip
        work.record("disagreement.written", made, document=Document("disagreement", made, 1, fields))
