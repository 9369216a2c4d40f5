"""What whoever decides on a release reads first: exactly what would go out, and each file that would go with it.

They agree to an answer, so they can read it: the same text, set by the same steps, at the version that waits. The names
that are blacked out are not shown to them beside it, nor the working copy. That they read it is in the log.
"""

from collections.abc import AsyncIterator
from typing import Any, Final
from uuid import UUID

import msgspec

from safeguard.access.policy import Permission
from safeguard.attachments.opening import bytes_of
from safeguard.errors import Conflict, NotFound
from safeguard.identity import acts, approving
from safeguard.identity.approving import COLUMNS, proposal_of
from safeguard.records.access.answering import answer_of, check_all_shown, named, set_answer
from safeguard.records.access.enclosing import Enclosable, check_enclosed, list_enclosable
from safeguard.records.access.queries import Request, get_request, handled_request
from safeguard.records.access.redacting import marker_of
from safeguard.records.access.releasing import RELEASE
from safeguard.strongbox import objects
from safeguard.work import LogName, Work

WAITING: Final = f"""
select {COLUMNS} from proposals
where act = $1 and subject_id = $2 and state = 'open' and expires_at > $3
"""  # noqa: S608  our own constants
LOG: Final = "select sec.log_of_incident($1)"


class Waiting(msgspec.Struct, frozen=True):
    """An answer that waits for somebody to agree to it."""

    request: Request
    proposal_id: UUID
    said: dict[str, Any]
    """As `answer_of` makes it."""
    files: tuple[Enclosable, ...]
    """In the order of their numbers."""


async def read_waiting(work: Work, request_id: UUID) -> Waiting:
    """All that would leave, told to the log; raises `NotFound` for whoever neither decides nor asked."""
    request, proposal_id = await _decided(work, request_id)
    marker = await marker_of(work, request)
    files = await check_enclosed(work, request.id, marker)
    said = await answer_of(work, request, marker, named(files))
    work.record("access.read", request.id, version=request.version)
    return Waiting(request, proposal_id, said, files)


async def read_document(work: Work, request_id: UUID) -> bytes:
    """The same as the document that would leave."""
    return await set_answer(work, (await read_waiting(work, request_id)).said)


class Opened(msgspec.Struct, frozen=True):
    """A file of the copy, to keep."""

    copy_name: str
    size: int


async def open_copied(work: Work, request_id: UUID, item_id: UUID) -> tuple[Opened, AsyncIterator[bytes]]:
    """A file of the copy: for whoever puts the answer together any that may be looked at, else those that go.

    Told to the log as any other opening of it; raises `NotFound`, `Gone`.
    """
    files = await _files_for(work, request_id)
    file = next((each for each in files if each.id == item_id), None)
    if file is None:
        raise NotFound
    log: LogName = "restricted" if await work.driver.fetchval(LOG, file.incident_id) == "restricted" else "general"
    work.record("attachment.opened", file.file_id, log=log)
    return Opened(file.name, file.size), await bytes_of(work, objects.current(), file.file_id)


async def _files_for(work: Work, request_id: UUID) -> tuple[Enclosable, ...]:
    if work.may(Permission.RECORDS_ANSWER):
        try:
            request = await handled_request(work, request_id)
        except NotFound:
            request = None
        if request:
            await check_all_shown(work, request)
            files = await list_enclosable(work, request.id)
            return tuple(file for file in files if file.state == "clean" and not file.is_locked)
    request, _ = await _decided(work, request_id)
    return tuple(file for file in await list_enclosable(work, request.id) if file.goes)


async def _decided(work: Work, request_id: UUID) -> tuple[Request, UUID]:
    """The request, when the actor decides on its release or asked for it; and what waits."""
    work.require(Permission.APPROVALS_READ)
    request = await get_request(work, request_id)
    row = await work.driver.fetchrow(WAITING, RELEASE, request.id, work.now())
    if row is None:
        raise Conflict("Nobody is asked to agree to its release: there is nothing to read before.")
    proposal = proposal_of(row)
    is_own = proposal.proposed_by == work.actor.user_id
    if not (is_own or await approving.may_decide(work, acts.get(RELEASE), proposal)):
        raise NotFound
    await check_all_shown(work, request)
    return request, proposal.id
