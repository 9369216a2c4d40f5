"""Looking further: what somebody is called beside their names, added by whoever sees to a request.

What ties nobody and names somebody by a given name alone - "Maya said she would not come in" - is found by no program
that does not know who is meant. Whoever answers does; what is found so is in the copy as any other, marked as naming
them only, and left out again where it is about another of that name.
"""

from typing import Final
from uuid import UUID

from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.records.access.gathering import gather
from safeguard.records.access.handling import open_request, tell
from safeguard.records.access.queries import get_request
from safeguard.records.access.searching import SHORTEST
from safeguard.work import Work

MOST: Final = 20
SAVE: Final = """
update public.access_requests set search_words = $2, version = version + 1
where organisation_id = (select sec.current_organisation()) and id = $1
"""


async def look_for(work: Work, request_id: UUID, said: str) -> int:
    """Look for this as well, or no longer, and gather anew; how many things there are then.

    Raises `Invalid` for what is too short to mean anybody, `Conflict` for more than can be looked for at once.
    """
    request = await open_request(work, request_id)
    word = " ".join(said.split())
    if len(word) < SHORTEST:
        raise Invalid(FieldError("word", f"Write at least {SHORTEST} letters: less is in every other sentence."))
    others = [each for each in request.search_words if each.lower() != word.lower()]
    words = others if len(others) < len(request.search_words) else [*others, word]
    if len(words) > MOST:
        raise Conflict(f"Up to {MOST} are looked for at once. Take one away first.")
    await work.driver.execute(SAVE, request.id, words)
    tell(work, "access.sought", await get_request(work, request.id), search_words=[*words])
    return await gather(work, request_id)
