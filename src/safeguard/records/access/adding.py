"""Adding by hand what no search finds: a paper file, a note in a drawer, a mail that somebody still has.

It stands in the copy beside what was found, is blacked out as that is, and stays when the copy is made anew.
"""

import json
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.records.access.handling import open_request
from safeguard.records.access.redacting import tell_of_copy
from safeguard.records.access.wording import BY_HAND, KINDS
from safeguard.work import Work

MOST: Final = 50
LAST: Final = 1_000_000
"""Where these begin to stand in the copy: after everything that was found."""
COUNT: Final = """
select count(*) from public.access_items
where organisation_id = (select sec.current_organisation()) and request_id = $1 and kind = $2
"""
ADD: Final = """
insert into public.access_items (organisation_id, id, request_id, position, kind, source_id, label, passages)
values ((select sec.current_organisation()), $1, $2, $3, $4, $1, $5, $6::jsonb)
"""
REMOVE: Final = """
delete from public.access_items
where organisation_id = (select sec.current_organisation()) and request_id = $1 and id = $2 and kind = $3 returning id
"""


async def add(work: Work, request_id: UUID, called: str, words: str) -> UUID:
    """Put it in the copy; raises `Conflict` before the copy is made, `Invalid` when there are very many."""
    request = await open_request(work, request_id)
    if request.gathered_at is None:
        raise Conflict("Gather first what is kept here. What you add stands beside it.")
    count = int(await work.driver.fetchval(COUNT, request.id, BY_HAND) or 0)
    if count >= MOST:
        raise Invalid(FieldError("called", f"Up to {MOST} can be added by hand. Put several in one."))
    item_id = clock.new_id()
    label = f"{KINDS[BY_HAND]}: {called}"
    passages = json.dumps([("What it says", words)])
    await work.driver.execute(ADD, item_id, request.id, LAST + count, BY_HAND, label, passages)
    await tell_of_copy(work, request_id)
    return item_id


async def remove(work: Work, request_id: UUID, item_id: UUID) -> None:
    """Take out what was added by hand; raises `NotFound` for anything else."""
    await open_request(work, request_id)
    if await work.driver.fetchval(REMOVE, request_id, item_id, BY_HAND) is None:
        raise NotFound
    await tell_of_copy(work, request_id)
