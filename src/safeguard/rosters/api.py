"""The API of rosters: send a file, see what it would change, have it taken over. What is asked, people answer.

A token may send the nightly file of a system and have it read; whether it is also taken over is a call of its own, so
that a person can look in between.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import BodyKwarg, FromPath
from litestar.response import Response

from safeguard.access.policy import Permission
from safeguard.errors import FieldError, Invalid
from safeguard.rosters import applying
from safeguard.rosters.counting import Seen, all_seen, seen
from safeguard.rosters.entry import FileForm
from safeguard.rosters.runs import begin_run, choose, get_run, list_problems, list_runs
from safeguard.rosters.taking import RECEPTION, glance_at_upload
from safeguard.web import exchange
from safeguard.web.forms import clean
from safeguard.work import Work

MAY: Final = Permission.PERSON_RECORD
CHOOSE_SITE: Final = "The file speaks of several schools. Send the sourcedId of yours as `site`."
EXAMPLE: Final[dict[str, Any]] = {"leavers": False}
_TABLE: Final = "given_name,family_name,dob,upn\r\nRobin,Sample,2012-05-14,A123456789012\r\n"


class Roster(msgspec.Struct, frozen=True, kw_only=True):
    """One file of people in care, and how far it is."""

    id: UUID
    source: str
    form: FileForm
    state: str
    """`reading`, then `ready`; `applying`, then `done`; `unread` with a note that says why."""
    notes: tuple[str, ...]
    rows: int
    new: int | None
    """This and the next four: null once the differences are gone, as after the next file was taken over."""
    changed: int | None
    gone: int | None
    unchanged: int | None
    asked: int | None
    wrong: int
    sent_at: datetime
    applied_at: datetime | None


class RowProblem(msgspec.Struct, frozen=True):
    """Why one row could not be read."""

    row: int
    field: str
    problem: str


class TakeOver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether those who are missing are marked as left."""

    leavers: bool = False


@dataclass
class FileOperation(Operation):
    """Says what is sent: the handler reads it from the stream, so nothing in its signature tells."""

    def __post_init__(self) -> None:
        fields: dict[str, Schema] = {
            "source": Schema(type=OpenAPIType.STRING, description="The system; the same name each time."),
            "whole": Schema(type=OpenAPIType.STRING, enum=["yes", "no"], description="Whether everybody is in it."),
            "site": Schema(type=OpenAPIType.STRING, description="Of several schools, the sourcedId of yours."),
            "file": Schema(type=OpenAPIType.STRING, content_encoding="binary", description="Stands last."),
        }
        schema = Schema(
            type=OpenAPIType.OBJECT, properties=dict(fields), required=["source", "file"],
            example={"source": "Sample MIS", "whole": "no", "file": _TABLE},
        )  # fmt: skip
        self.request_body = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=schema)}, required=True)


@get("/rosters", permission=MAY)
async def get_rosters(work: NamedDependency[Work]) -> list[Roster]:
    """The latest files of people in care."""
    return [_told(run) for run in await all_seen(work, await list_runs(work, "people"))]


@post("/rosters", permission=MAY, receives=RECEPTION, operation_class=FileOperation)
async def create_roster(work: NamedDependency[Work]) -> Response[Roster]:
    """Send a file and have it read. The columns of a table are known by their headings. Nothing is changed yet."""
    sent = exchange.current().fields
    source = clean(sent.get("source"))
    if not 0 < len(source) <= 60:
        raise Invalid(FieldError("source", "Say which system the file comes from, in up to 60 characters."))
    upload, glance = await glance_at_upload(exchange.current().upload)
    site = clean(sent.get("site"))[:255] or None
    if len(glance.sites) > 1 and site not in {one.key for one in glance.sites}:
        raise Invalid(FieldError("site", CHOOSE_SITE))
    run_id = await begin_run(work, "people", source, upload, glance)
    begun = await get_run(work, run_id)
    await choose(work, run_id, begun.chosen, None, site, whole=sent.get("whole") == "yes")
    told = _told(await seen(work, await get_run(work, run_id)))
    return Response(told, status_code=201, headers={"Location": f"/api/v1/rosters/{run_id}"})


@get("/rosters/{run_id:uuid}", permission=MAY)
async def get_roster(run_id: FromPath[UUID], work: NamedDependency[Work]) -> Roster:
    """One file, and how far it is."""
    return _told(await seen(work, await get_run(work, run_id, "people")))


@get("/rosters/{run_id:uuid}/problems", permission=MAY)
async def get_problems(run_id: FromPath[UUID], work: NamedDependency[Work]) -> list[RowProblem]:
    """The rows that could not be read."""
    run = await get_run(work, run_id, "people")
    return [RowProblem(*one) for one in await list_problems(work, run.id)]


@post("/rosters/{run_id:uuid}/apply", permission=MAY, status_code=202)
async def apply_roster(
    run_id: FromPath[UUID],
    data: Annotated[TakeOver, BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": EXAMPLE})],
    work: NamedDependency[Work],
) -> Roster:
    """Take it over; 409 unless it is `ready`. What is asked and was not answered on the page is left as it is."""
    await get_run(work, run_id, "people")
    await applying.start(work, run_id, marks_left=data.leavers)
    return _told(await seen(work, await get_run(work, run_id)))


def _told(run: Seen) -> Roster:
    here = run.is_counted
    return Roster(
        id=run.id, source=run.source, form=run.form, state=run.state, notes=run.notes, rows=run.row_count,
        new=run.new_count if here else None, changed=run.changed_count if here else None,
        gone=run.gone_count if here else None, unchanged=run.same_count if here else None,
        asked=run.asked_count if here else None, wrong=run.wrong_count, sent_at=run.uploaded_at,
        applied_at=run.applied_at,
    )  # fmt: skip


API_ROUTES: Final = [get_rosters, create_roster, get_roster, get_problems, apply_roster]
