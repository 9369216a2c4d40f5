"""The JSON API of files: sending one as multipart/form-data, listing them, taking a copy."""

from dataclasses import dataclass
from uuid import UUID

from litestar import get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema
from litestar.params import FromPath
from litestar.response import Response, Stream

from safeguard.access.policy import Permission
from safeguard.attachments.attaching import PROMISE, attach
from safeguard.attachments.opening import open_file
from safeguard.attachments.queries import File, get_file, list_files
from safeguard.attachments.receiving import RECEPTION
from safeguard.attachments.sending import send
from safeguard.strongbox import objects
from safeguard.web import exchange
from safeguard.web.kinds import clean
from safeguard.work import Work

AT = "/incidents/{incident_id:uuid}/attachments"


@dataclass
class FileOperation(Operation):
    """Says what is sent: the handler reads it from the stream, so nothing in its signature tells."""

    def __post_init__(self) -> None:
        fields: dict[str, Schema] = {
            "promise": Schema(type=OpenAPIType.STRING, enum=["yes"], description=PROMISE),
            "note": Schema(type=OpenAPIType.STRING, description="What the file is, in a sentence."),
            "file": Schema(type=OpenAPIType.STRING, content_encoding="binary", description="Stands last."),
        }
        schema = Schema(
            type=OpenAPIType.OBJECT, properties=dict(fields), required=["promise", "file"],
            example={"promise": "yes", "note": "The letter of the local authority.", "file": "A letter."},
        )  # fmt: skip
        self.request_body = RequestBody(content={"multipart/form-data": OpenAPIMediaType(schema=schema)}, required=True)


@post(AT, permission=Permission.ATTACHMENT_ADD, receives=RECEPTION, operation_class=FileOperation)
async def create_attachment(work: NamedDependency[Work], incident_id: FromPath[UUID]) -> Response[File]:
    """Attach a file. It is checked for viruses before anybody can open it. 409 for types that rule files out."""
    served = exchange.current()
    promised = served.fields.get("promise") == "yes"
    note = clean(served.fields.get("note"), lines=True)
    file = await attach(work, incident_id, served.upload, note, promised=promised)
    headers = {"Location": f"/api/v1/incidents/{incident_id}/attachments/{file.id}"}
    return Response(file, status_code=201, headers=headers)


@get(AT, permission=Permission.ATTACHMENT_READ)
async def get_attachments(work: NamedDependency[Work], incident_id: FromPath[UUID]) -> list[File]:
    """The files of an incident, oldest first, and how far the check of each is."""
    return list(await list_files(work, incident_id))


@get(f"{AT}/{{file_id:uuid}}", permission=Permission.ATTACHMENT_READ)
async def get_attachment(incident_id: FromPath[UUID], file_id: FromPath[UUID], work: NamedDependency[Work]) -> File:
    """What is known of one file, and how far its check is."""
    return await get_file(work, incident_id, file_id)


@get(f"{AT}/{{file_id:uuid}}/file", permission=Permission.ATTACHMENT_READ, media_type="application/octet-stream")
async def download_attachment(
    incident_id: FromPath[UUID], file_id: FromPath[UUID], work: NamedDependency[Work]
) -> Stream:
    """The file. 409 before its check and when a virus was found, 423 when it is locked. Told to the log."""
    return send(*await open_file(work, objects.current(), incident_id, file_id))


API_ROUTES = [create_attachment, get_attachments, get_attachment, download_attachment]
