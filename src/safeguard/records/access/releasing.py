"""Releasing: somebody else agrees, and the answer is set anew from the redacted text, as a document and as data.

Nothing of what is blacked out is in the file, not even beneath: document and data are made from text that is searched
for every phrase once more before. Beside them lie the files that were chosen, under
names that tell nothing. It lies sealed in the object store.
"""

from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from safeguard.access.roles import Role
from safeguard.attachments.opening import Locked, bytes_of
from safeguard.audit.documents import JSONValue
from safeguard.errors import Conflict, Forbidden, Gone, NotFound
from safeguard.identity import approving
from safeguard.identity.acts import Act, Proposal, Shown
from safeguard.records.access.answering import answer_of, check_all_shown, named, set_answer, written
from safeguard.records.access.archiving import Archive
from safeguard.records.access.enclosing import check_enclosed, list_enclosable
from safeguard.records.access.handling import open_request, tell
from safeguard.records.access.queries import Request, get_request, handled_request, list_items, list_redactions
from safeguard.records.access.redacting import marker_of
from safeguard.records.access.wording import ASKERS, CODES, GROUNDS, IDENTITIES
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import make_object_key, open_object_key
from safeguard.work import Work

RELEASE: Final = "access.release"
TOLD: Final = "Release what is kept about somebody to whoever asked for it"
STATE: Final = """
update public.access_requests set state = $2, version = version + 1
where organisation_id = (select sec.current_organisation()) and id = $1
"""
DONE: Final = """
update public.access_requests set state = 'released', version = version + 1, answered_at = $2, answered_by_name = $3,
    wrapped_key = $4, size = $5, sha256 = $6
where organisation_id = (select sec.current_organisation()) and id = $1
"""
ASKED_ABOUT: Final = "select public.list_members_asked_about($1)"
SHOWN_LESS: Final = "select public.list_members_shown_less($1, $2)"
MEMBERS: Final = "select array_agg(m.user_id) from public.memberships m where m.kind = 'person'"
READ_ALL: Final = "Read all that would be released"
GONE: Final = "This answer is no longer stored."


async def ask_release(work: Work, request_id: UUID) -> Proposal:
    """Ask that the copy be released as it stands; raises `Conflict` with what has to be done before."""
    request = await open_request(work, request_id)
    if request.identity is None or request.harm is None:
        raise Conflict("Say first how you know who asks, and whether an answer might harm anybody.")
    if request.harm == "all":
        raise Conflict("You said that it might do serious harm as a whole. Refuse the request, or judge it again.")
    if request.gathered_at is None:
        raise Conflict("Gather first what is kept about this person.")
    await check_all_shown(work, request)
    marker = await marker_of(work, request)
    await check_enclosed(work, request.id, marker)
    await answer_of(work, request, marker, {})
    await work.driver.execute(STATE, request.id, "asked")
    return await approving.propose(work, RELEASE, request.id, "Everything was looked through.", told=TOLD)


async def release(work: Work, request_id: UUID) -> None:
    """Make the answer and keep it for download; raises `Conflict`, `Unavailable`."""
    request = await get_request(work, request_id, lock=True)
    if request.state != "asked":
        raise Conflict("Its release was taken back, or it was answered already.")
    await check_all_shown(work, request)
    marker = await marker_of(work, request)
    files = named(await check_enclosed(work, request.id, marker))
    said = await answer_of(work, request, marker, files)
    made = {"answer.pdf": await set_answer(work, said), "data.json": written(said)}
    members = [(name, objects.once(content)) for name, content in made.items()]
    members += [(name, await bytes_of(work, objects.current(), file.file_id)) for name, file in files.items()]
    archive = Archive(members)
    key, wrapped = await make_object_key(work, _about(request.id))
    await objects.put(objects.current(), _name(work, request.id), key, archive.pieces())
    await work.driver.execute(DONE, request.id, work.now(), work.actor.name, wrapped, archive.size, archive.sha256)
    leaving: list[JSONValue] = [{"name": name, "sha256": file.sha256} for name, file in files.items()]
    tell(
        work, "access.released", await get_request(work, request.id), answer_sha256=archive.sha256.hex(), files=leaving
    )


async def download(work: Work, request_id: UUID) -> tuple[Request, AsyncIterator[bytes]]:
    """The answer, told to the log before its first byte leaves; raises `NotFound`, `Conflict`, `Gone`, `Locked`."""
    request = await handled_request(work, request_id)
    if request.state != "released":
        raise Conflict("It is not released yet.")
    if not request.wrapped_key:
        raise Gone(GONE)
    await check_all_shown(work, request)
    if any(file.is_locked and file.enclosed_by_name for file in await list_enclosable(work, request.id)):
        raise Locked
    key = await open_object_key(work, request.wrapped_key, _about(request.id))
    pieces = await objects.read(objects.current(), _name(work, request.id), key, GONE)
    work.record("access.downloaded", request.id, version=request.version)
    return request, pieces


def _about(request_id: UUID) -> str:
    return f"access {request_id}"


def _name(work: Work, request_id: UUID) -> str:
    return f"access/{work.organisation_id}/{request_id}"


async def _perform(work: Work, proposal: Proposal) -> None:
    await release(work, proposal.subject_id)


async def _dropped(work: Work, proposal: Proposal) -> None:
    await work.driver.execute(STATE, proposal.subject_id, "open")


async def _kept_from(work: Work, proposal: Proposal) -> frozenset[UUID]:
    """Whom it is about, when they are a member: they hear of nothing before. And who does not see all of the copy."""
    asked_about: list[UUID] = await work.driver.fetchval(ASKED_ABOUT, proposal.subject_id) or []
    members: list[UUID] = await work.driver.fetchval(MEMBERS) or []
    shown_less: list[UUID] = await work.driver.fetchval(SHOWN_LESS, proposal.subject_id, members) or []
    return frozenset((*asked_about, *shown_less))


async def _shown(work: Work, proposal: Proposal) -> tuple[Shown, ...]:
    try:
        request = await get_request(work, proposal.subject_id)
    except NotFound:
        return ()
    place = f"/records/requests/{request.id}"
    try:
        await handled_request(work, request.id)
        path = place
    except (Forbidden, NotFound):
        path = ""
    return (
        Shown("Asked for by", f"{request.asker_name} ({ASKERS[request.asker].lower()})", path),
        Shown("How that is known", IDENTITIES.get(request.identity or "", "")),
        Shown("What entitles them", GROUNDS.get(request.ground or "", "")),
        *([Shown("What was seen", request.seen)] if request.seen else []),
        *([Shown("What they want themselves", request.wishes)] if request.wishes else []),
        *([Shown("What speaks against it", request.limits)] if request.limits else []),
        Shown("What an answer might do", request.harm_words or "No serious harm is likely"),
        Shown("What would be released", await _extent(work, request)),
        *([Shown("The answer", READ_ALL, f"{place}/answer")] if request.state == "asked" else []),
    )


async def _extent(work: Work, request: Request) -> str:
    """How much it is, in words: whoever agrees need not be able to open the copy."""
    items, redactions = await list_items(work, request.id), await list_redactions(work, request.id)
    files = sum(file.goes for file in await list_enclosable(work, request.id))
    grounds = sorted({CODES[item.withheld] for item in items if item.withheld})
    left_out = sum(item.withheld is not None for item in items)
    told = [f"things found: {len(items)}", f"files that go with it: {files}"]
    told += [f"left out whole: {left_out} ({', '.join(grounds).lower()})"] if left_out else []
    told += [f"names or phrases blacked out: {sum(not each.undone_by_name for each in redactions)}"]
    return "; ".join(told).capitalize()


_HANDLE: Final = frozenset({Role.LEAD, Role.DEPUTY, Role.HEAD})

ACTS: Final = (
    Act(
        RELEASE, TOLD, proposers=_HANDLE, approvers=_HANDLE, perform=_perform, dropped=_dropped,
        kept_from=_kept_from, shown=_shown,
    ),
)  # fmt: skip
