"""Which files go with an answer: whole, once whoever puts it together has looked at them; or none, on a ground.

The original of a file is never redacted: what holds anything of somebody else is withheld. A picture goes with no
answer, whoever is in it, nor does anything of an incident whose type rules files out: whether a child is in it cannot
be decided by a program, and a copy that has left cannot be called back. What a program can read of a file is searched
for the words that are blacked out: when it is chosen, when its release is asked for, and again when it leaves.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec
from anyio import to_thread

from safeguard.attachments.kinds import BY_TYPE
from safeguard.attachments.opening import bytes_of
from safeguard.errors import Conflict, FieldError, Invalid, NotFound
from safeguard.records.access.handling import open_request
from safeguard.records.access.reading import told_in
from safeguard.records.access.redacting import Marker, marker_of, tell_of_copy
from safeguard.strongbox import objects
from safeguard.work import Work

MOST_BYTES: Final = 200_000_000
"""Of all files in one answer: it is made while somebody waits for it."""
LIST: Final = """
select c.id, a.id, a.incident_id, a.name, a.media_type, a.size, encode(a.sha256, 'hex'), a.state,
    a.locked_at is not null or i.blocks_attachments, c.withheld, c.enclosed_by_name
from public.access_items c
join public.attachments a on a.organisation_id = c.organisation_id and a.id = c.source_id
join public.incidents i on i.organisation_id = a.organisation_id and i.id = a.incident_id
where c.organisation_id = (select sec.current_organisation()) and c.request_id = $1 and c.kind = 'attachment'
order by c.position
"""
CHOOSE: Final = """
update public.access_items set enclosed_by_name = $3, withheld = null
where organisation_id = (select sec.current_organisation()) and request_id = $1 and id = $2
"""
UNLOOKED: Final = "Open the file, look at all of it, and say so. If you are not sure of it, leave it out."
UNDECIDED: Final = "Say of each file whether it goes with the answer or is left out. Open these first: "
TOO_MUCH: Final = f"Together these files are more than {MOST_BYTES // 1_000_000} MB, which is the most for one answer."
NOT_COPIED: Final = "pictures are copied into no answer"


class Enclosable(msgspec.Struct, frozen=True):
    """A file in the working copy, and what was decided of it."""

    id: UUID
    """Of the thing in the copy."""
    file_id: UUID
    incident_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    state: str
    is_locked: bool
    withheld: str | None
    enclosed_by_name: str | None

    @property
    def why_not(self) -> str:
        """Why it can go with no answer; empty when it can."""
        if self.is_locked:
            return "nobody may look at it"
        if self.media_type.startswith(("image/", "video/")):
            return NOT_COPIED
        if self.state == "infected":
            return "the virus check found something harmful in it"
        return ""

    @property
    def is_undecided(self) -> bool:
        """Whether somebody has to look at it still."""
        return not (self.why_not or self.withheld or self.enclosed_by_name)

    @property
    def goes(self) -> bool:
        """Whether it was chosen, and can go."""
        return bool(self.enclosed_by_name) and not (self.why_not or self.withheld)

    @property
    def extension(self) -> str:
        """What a copy's name ends with."""
        return BY_TYPE[self.media_type].extension


async def list_enclosable(work: Work, request_id: UUID) -> tuple[Enclosable, ...]:
    """The files in the copy, in its order."""
    return tuple(Enclosable(*row) for row in await work.driver.fetch(LIST, request_id))


async def enclose(work: Work, request_id: UUID, item_id: UUID, *, looked_at: bool) -> None:
    """Have a file go with the answer, whole; raises `NotFound`, `Conflict`, and `Invalid` for what must not leave."""
    request = await open_request(work, request_id)
    files = await list_enclosable(work, request.id)
    file = next((each for each in files if each.id == item_id), None)
    if file is None:
        raise NotFound
    if why := _wrong_with(file, files, looked_at=looked_at):
        raise Invalid(FieldError(f"looked-{item_id}", why))
    if phrase := await _told_in(work, file, await marker_of(work, request)):
        raise Invalid(FieldError(f"looked-{item_id}", _still_holds(phrase)))
    await work.driver.execute(CHOOSE, request_id, item_id, work.actor.name)
    await tell_of_copy(work, request_id)


async def check_enclosed(work: Work, request_id: UUID, marker: Marker) -> tuple[Enclosable, ...]:
    """The files that go, in order; raises `Conflict` while one is not looked at, or holds what is blacked out."""
    files = await list_enclosable(work, request_id)
    if undecided := [f"“{_short(each.name)}”" for each in files if each.is_undecided]:
        raise Conflict(UNDECIDED + ", ".join(undecided[:5]) + ("." if len(undecided) <= 5 else " and more."))
    for file in files:
        if file.enclosed_by_name and file.why_not:
            raise Conflict(f"“{_short(file.name)}” cannot go with the answer any more: {file.why_not}. Take it out.")
        if file.goes and (phrase := await _told_in(work, file, marker)):
            raise Conflict(f"“{_short(file.name)}”: {_still_holds(phrase)}")
    return tuple(file for file in files if file.goes)


def _wrong_with(file: Enclosable, files: Sequence[Enclosable], *, looked_at: bool) -> str:
    if file.why_not:
        return f"This file cannot go with an answer: {file.why_not}."
    if file.state != "clean":
        return "It was not checked for viruses yet. Try again when it was."
    if sum(each.size for each in files if each.goes and each.id != file.id) + file.size > MOST_BYTES:
        return TOO_MUCH
    return "" if looked_at else UNLOOKED


async def _told_in(work: Work, file: Enclosable, marker: Marker) -> str:
    pieces = await bytes_of(work, objects.current(), file.file_id)
    whole = b"".join([piece async for piece in pieces])
    return await to_thread.run_sync(told_in, whole, file.media_type, marker)


def _still_holds(phrase: str) -> str:
    return f"It holds “{phrase}”, which is blacked out in the copy. Leave the file out, on a ground."


def _short(name: str) -> str:
    return name if len(name) <= 50 else f"{name[:50].rstrip()}…"
