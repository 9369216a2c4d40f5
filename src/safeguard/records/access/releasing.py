"""Releasing: somebody else agrees, and the answer is set anew from the redacted text, as a document and as data.

Nothing of what is blacked out is in the file, not even beneath: the document is made from text that does not hold it,
and before it is kept both are searched for every phrase once more. It lies sealed in the object store.
"""

import hashlib
import json
import zipfile
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from anyio import to_thread

from safeguard import __version__
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Gone, NotFound
from safeguard.evidence.report.saying import day, minute
from safeguard.evidence.report.setting import set_pages
from safeguard.evidence.report.visible import visible_all
from safeguard.identity import approving
from safeguard.identity.acts import Act, Proposal, Shown
from safeguard.records.access.handling import open_request, tell
from safeguard.records.access.queries import Request, get_request, list_items, list_redactions
from safeguard.records.access.redacting import Marker, redacted
from safeguard.records.access.wording import ASKERS, CODES, GROUNDS, IDENTITIES
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import make_object_key, open_object_key
from safeguard.work import Work

RELEASE: Final = "access.release"
TOLD: Final = "Release what is kept about somebody to whoever asked for it"
PATIENCE: Final = 60.0
STATE: Final = """
update public.access_requests set state = $2, version = version + 1
where organisation_id = (select sec.current_organisation()) and id = $1
"""
DONE: Final = """
update public.access_requests set state = 'released', version = version + 1, answered_at = $2, answered_by_name = $3,
    wrapped_key = $4, size = $5, sha256 = $6
where organisation_id = (select sec.current_organisation()) and id = $1
"""
ORGANISATION: Final = "select o.name, o.time_zone from public.organisations o where o.id = sec.current_organisation()"
ASKED_ABOUT: Final = "select public.list_members_asked_about($1)"
SHOWN_LESS: Final = "select public.list_members_shown_less($1, $2)"
MEMBERS: Final = "select array_agg(m.user_id) from public.memberships m where m.kind = 'person'"
OF_OTHERS: Final = "Somebody else who looks after the records put this answer together: they see to it."
GONE: Final = "This answer is no longer stored."


class Leaked(RuntimeError):
    """Words that are to be blacked out were still in what was made, so it was not released."""


async def ask_release(work: Work, request_id: UUID) -> Proposal:
    """Ask that the copy be released as it stands; raises `Conflict` with what has to be done before."""
    request = await open_request(work, request_id)
    if request.identity is None or request.harm is None:
        raise Conflict("Say first how you know who asks, and whether an answer might harm anybody.")
    if request.harm == "all":
        raise Conflict("You said that it might do serious harm as a whole. Refuse the request, or judge it again.")
    if request.gathered_at is None:
        raise Conflict("Gather first what is kept about this person.")
    await _check_all_shown(work, request)
    await work.driver.execute(STATE, request.id, "asked")
    return await approving.propose(work, RELEASE, request.id, "Everything was looked through.", told=TOLD)


async def release(work: Work, request_id: UUID) -> None:
    """Make the answer and keep it for download; raises `Conflict`, `Unavailable`, `Leaked`."""
    request = await get_request(work, request_id, lock=True)
    if request.state != "asked":
        raise Conflict("Its release was taken back, or it was answered already.")
    await _check_all_shown(work, request)
    pieces = await _answer(work, request)
    key, wrapped = await make_object_key(work, _about(request.id))
    await objects.put(objects.current(), _name(work, request.id), key, _once(pieces))
    digest = hashlib.sha256(pieces).digest()
    await work.driver.execute(DONE, request.id, work.now(), work.actor.name, wrapped, len(pieces), digest)
    tell(work, "access.released", await get_request(work, request.id))


async def download(work: Work, request_id: UUID) -> tuple[Request, AsyncIterator[bytes]]:
    """The answer, told to the log before its first byte leaves; raises `NotFound`, `Conflict`, `Gone`."""
    work.require(Permission.RECORDS_MANAGE)
    request = await get_request(work, request_id)
    if request.state != "released":
        raise Conflict("It is not released yet.")
    if not request.wrapped_key:
        raise Gone(GONE)
    await _check_all_shown(work, request)
    key = await open_object_key(work, request.wrapped_key, _about(request.id))
    pieces = await objects.read(objects.current(), _name(work, request.id), key, GONE)
    work.record("access.downloaded", request.id, version=request.version)
    return request, pieces


async def _check_all_shown(work: Work, request: Request) -> None:
    """Raises `Conflict` for whoever does not see all of the copy: an answer of theirs would black out too little."""
    if work.actor.user_id and await work.driver.fetchval(SHOWN_LESS, request.id, [work.actor.user_id]):
        raise Conflict(OF_OTHERS)


async def _answer(work: Work, request: Request) -> bytes:
    marker = Marker(await list_redactions(work, request.id))
    items = redacted(await list_items(work, request.id), marker)
    row = await work.driver.fetchrow(ORGANISATION)
    if row is None:
        raise NotFound
    zone = ZoneInfo(row["time_zone"])
    head: dict[str, Any] = {
        "title": "What we keep about you", "organisation": row["name"], "as_of": minute(work.now(), zone),
        "zone": row["time_zone"], "by": work.actor.name, "release": __version__,
    }  # fmt: skip
    facts = [("About", request.about_name), ("Asked for by", f"{request.asker_name} ({ASKERS[request.asker].lower()})"),
             ("Asked on", day(request.received_on)), ("Things found", str(len(items)))]  # fmt: skip
    body: dict[str, Any] = {
        "facts": [{"label": label, "value": marker(value)} for label, value in facts],
        "items": items, "grounds": list(CODES.values()),
    }  # fmt: skip
    data = json.dumps(head | body, ensure_ascii=False, indent=1)
    if marker.leaks(json.dumps(body, ensure_ascii=False)):
        raise Leaked
    pdf = await to_thread.run_sync(set_pages, "access", visible_all(head | body), work.now(), PATIENCE)
    return _zipped({"answer.pdf": pdf, "data.json": data.encode()})


def _zipped(members: dict[str, bytes]) -> bytes:
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return whole.getvalue()


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


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
    may = work.may(Permission.RECORDS_MANAGE)
    path = f"/records/requests/{request.id}" if may else ""
    return (
        Shown("Asked for by", f"{request.asker_name} ({ASKERS[request.asker].lower()})", path),
        Shown("How that is known", IDENTITIES.get(request.identity or "", "")),
        Shown("What entitles them", GROUNDS.get(request.ground or "", "")),
        *([Shown("What was seen", request.seen)] if request.seen else []),
        *([Shown("What they want themselves", request.wishes)] if request.wishes else []),
        *([Shown("What speaks against it", request.limits)] if request.limits else []),
        Shown("What an answer might do", request.harm_words or "No serious harm is likely"),
        *([Shown("The copy", "Read what would be released", f"{path}/copy")] if path else []),
    )


_HANDLE: Final = frozenset({Role.LEAD, Role.DEPUTY})

ACTS: Final = (
    Act(
        RELEASE, TOLD, proposers=_HANDLE, approvers=_HANDLE | {Role.HEAD}, perform=_perform, dropped=_dropped,
        kept_from=_kept_from, shown=_shown,
    ),
)  # fmt: skip
