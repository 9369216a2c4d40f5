"""The JSON API of packs, under /api/v1/evidence-packs: ask, look, download."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg, FromPath, FromQuery
from litestar.response import Response, Stream

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.evidence.downloading import download
from safeguard.evidence.packs import chapters
from safeguard.evidence.packs.chapters import Scope
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.packs.kinds import KINDS
from safeguard.evidence.queries import AskedPack, get_pack, list_packs
from safeguard.evidence.requesting import (
    request_incident_pack,
    request_inspection_pack,
    request_parts_pack,
    request_period_pack,
)
from safeguard.evidence.routes import headers_of
from safeguard.evidence.sampling import Drawing
from safeguard.strongbox import objects
from safeguard.web.paging import Key, cut, read_cursor, read_limit, scope_of
from safeguard.work import Work

EXAMPLE: Final[dict[str, Any]] = {"incident_id": "0198c0de-0000-7000-8000-000000000001"}
SCOPE: Final = scope_of("api packs", {})


class Sampled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For whose inspector, and which cases: those that somebody names, or as many as chance draws with a word."""

    body: str
    """Whose inspector: `ofsted_school`, `isi`, `ofsted_childrens_home`, `cqc`, `cpsu` or `other`."""
    drawn: Literal["inspector", "random", "lead"] = "random"
    references: list[str] = []
    """The references of the incidents, where the inspector or the lead names them."""
    seed: str = ""
    """The word, where chance draws; empty has one drawn. The report prints it."""
    many: int = 5


class Drawn(msgspec.Struct, frozen=True):
    """How the cases of an inspection pack were picked, and from how many."""

    body: str
    drawn: str
    seed: str | None
    cases: int
    drawn_from: int


class NewPack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one incident (`incident_id`), or of the incidents recorded from a day to a day, both included.

    Of another kind with `kind`: a person's file (`person_id`), a review (`review_id`, else the one signed last), the
    registers, referrals from a day to a day, disposals, or an inspection of the days from one to another, with a review
    (`review_id`, else the one signed last of a standard that this body asks about).
    """

    kind: (
        Literal["incident", "period", "person", "review", "registers", "referrals", "disposals", "inspection"] | None
    ) = None
    incident_id: UUID | None = None
    person_id: UUID | None = None
    review_id: UUID | None = None
    inspection: Sampled | None = None
    """Of an inspection: for whom, and which cases."""
    redacted: bool | None = None
    """Whether names are left out: their digests stand in their place, and what remains still verifies. Those of an
    inspection are, unless said."""
    from_: date | None = msgspec.field(default=None, name="from")
    to: date | None = None
    disclosure: Literal["complete", "minimal"] | None = None
    """Whether every entry of the log is shown; minimal for one incident and complete for a period, unless said."""
    files: bool | None = None
    """Whether the attached files themselves are in it; they are for one incident and not for a period, unless said."""


class PackDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A pack, and how far it is."""

    id: UUID
    kind: str
    incident_id: UUID | None
    person_id: UUID | None
    review_id: UUID | None
    redacted: bool
    inspection: Drawn | None
    log_name: Literal["general", "restricted"]
    from_: date | None = msgspec.field(name="from")
    to: date | None
    title: str
    disclosure: str
    state: Literal["waiting", "making", "ready", "stopped", "locked", "erased"]
    done: int
    total: int
    requested_at: datetime
    requested_by: str
    ready_at: datetime | None
    as_of: datetime | None
    log: str | None
    log_size: int | None
    key: str | None
    size: int | None
    sha256: str | None


class PackPage(msgspec.Struct, frozen=True):
    """Some packs, the latest first, and the cursor of the page after them."""

    items: list[PackDetail]
    next: str | None


_Body = BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": EXAMPLE})


@post("/evidence-packs", permission=Permission.EVIDENCE_EXPORT)
async def create_pack(data: Annotated[NewPack, _Body], work: NamedDependency[Work]) -> Response[PackDetail]:
    """Ask for an evidence pack. It is made in the background: look at it until its state is `ready`."""
    pack_id = await _ask(work, data)
    headers = {"Location": f"/api/v1/evidence-packs/{pack_id}"}
    return Response(_detail(await get_pack(work, pack_id)), status_code=201, headers=headers)


@get("/evidence-packs", permission=Permission.EVIDENCE_READ)
async def get_packs(
    work: NamedDependency[Work], limit: FromQuery[str | None] = None, after: FromQuery[str | None] = None
) -> PackPage:
    """List packs, the latest first."""
    start, count = read_cursor(after, SCOPE), read_limit(limit)
    rows = await list_packs(work, (start.at, start.id) if start else None, count + 1)
    shown = cut(rows, count, lambda pack: Key(pack.requested_at, pack.id), SCOPE)
    return PackPage([_detail(pack) for pack in shown.items], shown.next)


@get("/evidence-packs/{pack_id:uuid}", permission=Permission.EVIDENCE_READ)
async def get_one_pack(pack_id: FromPath[UUID], work: NamedDependency[Work]) -> PackDetail:
    """One pack, and how far it is."""
    return _detail(await get_pack(work, pack_id))


@get("/evidence-packs/{pack_id:uuid}/download", permission=Permission.EVIDENCE_EXPORT, media_type="application/zip")
async def download_pack(pack_id: FromPath[UUID], work: NamedDependency[Work]) -> Stream:
    """The zip, once it is ready; 409 before, 423 once it is locked. Each download is told to the log."""
    pack, pieces = await download(work, objects.current(), pack_id)
    return Stream(pieces, media_type="application/zip", headers=headers_of(pack))


async def _ask(work: Work, data: NewPack) -> UUID:
    kind = data.kind or ("incident" if data.incident_id else "person" if data.person_id else "period")
    disclosure = Disclosure(data.disclosure) if data.disclosure else KINDS[kind].usual
    match kind:
        case "incident":
            return await _ask_incident(work, data, disclosure)
        case "period":
            return await request_period_pack(
                work, data.from_, data.to, disclosure, files=bool(data.files), redacted=bool(data.redacted)
            )
        case "inspection":
            return await _ask_inspection(work, data)
        case _:
            scope = Scope(person_id=data.person_id, review_id=data.review_id)
            days = (data.from_, data.to)
            parts = chapters.bound_parts()
            return await request_parts_pack(work, parts, kind, scope, days, disclosure, redacted=bool(data.redacted))


async def _ask_incident(work: Work, data: NewPack, disclosure: Disclosure) -> UUID:
    if data.incident_id is None:
        raise Invalid(FieldError("incident_id", "Of which incident?"))
    if data.from_ or data.to:
        raise Invalid(FieldError("incident_id", "Ask for one incident or for a period, not for both at once."))
    files = data.files is not False
    return await request_incident_pack(
        work, chapters.bound(), data.incident_id, disclosure, files=files, redacted=bool(data.redacted)
    )


async def _ask_inspection(work: Work, data: NewPack) -> UUID:
    """Always over the whole log: an inspector is shown that nothing is missing."""
    asked = data.inspection
    if asked is None:
        raise Invalid(FieldError("inspection", "Whose inspector is it, and which cases?"))
    if data.disclosure == "minimal":
        raise Invalid(FieldError("disclosure", "A pack for an inspection shows the whole log."))
    drawing = Drawing(asked.drawn, "\n".join(asked.references), asked.seed, asked.many)
    return await request_inspection_pack(
        work, chapters.bound_parts(), asked.body, (data.from_, data.to), drawing,
        redacted=data.redacted is not False, files=bool(data.files), review_id=data.review_id,
    )  # fmt: skip


def _detail(pack: AskedPack) -> PackDetail:
    return PackDetail(
        id=pack.id, kind=pack.kind, incident_id=pack.incident_id, person_id=pack.person_id, review_id=pack.review_id,
        redacted=pack.redacted, inspection=_drawn(pack), log_name=pack.log, from_=pack.from_on, to=pack.until_on,
        title=pack.title, disclosure=pack.disclosure, state=pack.state, done=pack.done or 0, total=pack.total or 0,
        requested_at=pack.requested_at, requested_by=pack.requested_by_name, ready_at=pack.ready_at, as_of=pack.as_of,
        log=pack.origin, log_size=pack.log_size, key=pack.vkey, size=pack.size,
        sha256=pack.sha256.hex() if pack.sha256 else None,
    )  # fmt: skip


def _drawn(pack: AskedPack) -> Drawn | None:
    if pack.body is None or pack.drawn is None:
        return None
    return Drawn(pack.body, pack.drawn, pack.seed, len(pack.sampled or ()), pack.drawn_from or 0)


API_ROUTES = [create_pack, get_packs, get_one_pack, download_pack]
