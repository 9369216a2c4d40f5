"""`/inspect`: the reading room. What was asked, the evidence under the inspector's own headings, and what proves it."""

from typing import Any
from uuid import UUID

from anyio import to_thread
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Stream, Template

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Invalid, NotFound
from safeguard.evidence.queries import get_organisation, get_pack
from safeguard.evidence.routes import headers_of
from safeguard.inspection import live, noting, queries, reading
from safeguard.inspection.arranging import INSPECTION, shelved, shown, title_of, told_of
from safeguard.inspection.forms import Noting
from safeguard.inspection.kinds import CASES
from safeguard.inspection.queries import Inspection
from safeguard.inspection.room import enter, given_pack, tell
from safeguard.strongbox import objects
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

READ = Permission.INSPECTION_READ


@get("/inspect", permission=READ)
async def show_door(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """One's own inspections here; straight into the only one that is open."""
    theirs = await queries.list_theirs(work)
    open_ones = [each for each in theirs if each.is_open]
    if len(open_ones) == 1:
        return after(f"/inspect/{open_ones[0].id}")
    return page(request, "inspection/door.html", inspections=theirs)


@get("/inspect/{inspection_id:uuid}", permission=READ)
async def show_room(
    request: Request[Any, Any, Any], work: NamedDependency[Work], inspection_id: FromPath[UUID]
) -> Template:
    """What was asked, the evidence by heading, questions and notes."""
    inspection = await enter(work, inspection_id)
    await tell(work, inspection, "room")
    return await _room(request, work, inspection, blank(Noting, sort="question"))


@post("/inspect/{inspection_id:uuid}/notes", permission=READ, status_code=303)
async def take_note(
    request: Request[Any, Any, Any], work: NamedDependency[Work], inspection_id: FromPath[UUID]
) -> Template | Redirect:
    """Ask the lead, or keep a note."""
    form = await read(request, Noting)
    try:
        kind = "note" if form.value.sort == "note" else "question"
        await noting.write(work, inspection_id, kind, form.value.words)
    except Invalid:
        return await _room(request, work, await enter(work, inspection_id), form, 422)
    return after(f"/inspect/{inspection_id}#questions")


@get("/inspect/{inspection_id:uuid}/packs/{pack_id:uuid}", permission=READ)
async def show_pack(
    request: Request[Any, Any, Any], work: NamedDependency[Work], inspection_id: FromPath[UUID], pack_id: FromPath[UUID]
) -> Template:
    """The verdict on a pack in words, and what it holds; `?part=` opens one part, `?q=` finds what holds every word."""
    inspection = await enter(work, inspection_id)
    given = await given_pack(work, inspection, pack_id)
    search, part = ((request.query_params.get(name) or "").strip()[:200] for name in ("q", "part"))
    await tell(work, inspection, "search" if search else "pack", pack_id)
    wording = await reading.wording_of(work)
    async with reading.opened(work, objects.current(), pack_id) as opened:
        contents = await to_thread.run_sync(opened.contents, wording)
        groups = contents.groups()
        found = contents.holding(search) if search else shown(groups, part)
        return page(
            request, "inspection/pack.html", inspection=inspection, given=given, report=opened.report,
            pack=opened.pack, count=len(contents), search=search, part=part, found=found[: reading.MOST],
            many=len(found), part_title=title_of(part), cases=shown(groups, CASES),
            shelves=shelved(inspection.body if opened.pack.kind == INSPECTION else None, groups),
        )  # fmt: skip


@get("/inspect/{inspection_id:uuid}/packs/{pack_id:uuid}/records/{kind:str}/{record_id:uuid}", permission=READ)
async def show_record(
    request: Request[Any, Any, Any], work: NamedDependency[Work], inspection_id: FromPath[UUID],
    pack_id: FromPath[UUID], kind: FromPath[str], record_id: FromPath[UUID],
) -> Template:  # fmt: skip
    """One record, every version of it."""
    inspection = await enter(work, inspection_id)
    given = await given_pack(work, inspection, pack_id)
    wording = await reading.wording_of(work)
    async with reading.opened(work, objects.current(), pack_id) as opened:
        contents = await to_thread.run_sync(opened.contents, wording)
        found = contents.find(kind, str(record_id))
        if found is None:
            raise NotFound
        await tell(work, inspection, "record", pack_id, f"{kind} {record_id}")
        versions = [(each.number, wording.lines(found.record, each)) for each in reversed(found.record.versions)]
        return page(
            request, "inspection/record.html", inspection=inspection, given=given, found=found, versions=versions,
            above=contents.above(found.record), under=contents.under(found.record), report=opened.report,
        )  # fmt: skip


@get("/inspect/{inspection_id:uuid}/packs/{pack_id:uuid}/report.pdf", permission=READ)
async def send_report(
    work: NamedDependency[Work], inspection_id: FromPath[UUID], pack_id: FromPath[UUID]
) -> Response[bytes]:
    """The report of a pack, to read (PDF): a copy that says on every page who opened it."""
    inspection = await enter(work, inspection_id)
    given = await given_pack(work, inspection, pack_id)
    await tell(work, inspection, "report", given.pack_id)
    zone = (await get_organisation(work)).zone
    async with reading.opened(work, objects.current(), pack_id) as opened:
        content = await to_thread.run_sync(reading.copy_of, opened, inspection, work.now(), zone)
        name = opened.pack.file_name.removesuffix(".zip")
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return Response(content, media_type="application/pdf", headers=headers)


@get("/inspect/{inspection_id:uuid}/packs/{pack_id:uuid}/download", permission=READ)
async def send_pack(work: NamedDependency[Work], inspection_id: FromPath[UUID], pack_id: FromPath[UUID]) -> Stream:
    """The zip, to check and to keep."""
    inspection = await enter(work, inspection_id)
    await given_pack(work, inspection, pack_id)
    await tell(work, inspection, "download", pack_id)
    pack = await get_pack(work, pack_id)
    pieces = await reading.pieces_of(work, objects.current(), pack)
    return Stream(pieces, media_type="application/zip", headers=headers_of(pack))


@get("/inspect/{inspection_id:uuid}/live", permission=READ)
async def show_live(
    request: Request[Any, Any, Any], work: NamedDependency[Work], inspection_id: FromPath[UUID]
) -> Template:
    """The incidents of the days that the inspector was given; `?reference=` finds one."""
    inspection = await enter(work, inspection_id)
    query = request.query_params
    reference = clock.as_reference((query.get("reference") or "")[:20])
    skip = int(found) if (found := query.get("skip") or "").isdecimal() and len(found) < 7 else 0
    rows = await live.list_live(work, inspection, reference, skip)
    await tell(work, inspection, "search" if reference else "room")
    return page(
        request, "inspection/live.html", inspection=inspection, rows=rows[: live.MOST], reference=reference,
        older=skip + live.MOST if len(rows) > live.MOST else None, newer=max(0, skip - live.MOST) if skip else None,
    )  # fmt: skip


@get("/inspect/{inspection_id:uuid}/live/{incident_id:uuid}", permission=READ)
async def show_live_incident(
    request: Request[Any, Any, Any], work: NamedDependency[Work], inspection_id: FromPath[UUID],
    incident_id: FromPath[UUID],
) -> Template:  # fmt: skip
    """One of them as it stands, names withheld."""
    inspection = await enter(work, inspection_id)
    case = await live.read_live(work, inspection, incident_id)
    await tell(work, inspection, "record", record=f"incident {incident_id}")
    return page(request, "inspection/case.html", inspection=inspection, case=case)


async def _room(
    request: Request[Any, Any, Any], work: Work, inspection: Inspection, form: Form[Noting], status: int = 200
) -> Template:
    return page(
        request, "inspection/room.html", status=status, inspection=inspection, form=form, errors=form.errors,
        given=await queries.list_given(work, inspection.id), notes=await queries.list_notes(work, inspection.id),
        told_of=told_of,
    )  # fmt: skip


ROUTES = [
    show_door,
    show_room,
    take_note,
    show_pack,
    show_record,
    send_report,
    send_pack,
    show_live,
    show_live_incident,
]
