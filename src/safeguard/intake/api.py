"""The API of alerts: a product that filters or monitors files one, signed, and as often as it likes."""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import BodyKwarg
from litestar.response import Response

from safeguard.access.policy import Permission
from safeguard.intake.alert import NewAlert
from safeguard.intake.receiving import receive_alert
from safeguard.intake.signing import HEADER, BadSignature, check_signature, read_signature
from safeguard.intake.sources import find_secret
from safeguard.web import exchange
from safeguard.work import Work

EXAMPLE: Final[dict[str, Any]] = {
    "id": "a-20260112-0042",
    "raised_at": "2026-01-12T13:30:00Z",
    "kind": "monitoring",
    "severity": "high",
    "category": "Bullying",
    "user": "morgan.hale",
    "group": "9B",
    "device": "LAPTOP-117",
    "words": "Nobody would notice if you were gone.",
}


class AlertReceived(msgspec.Struct, frozen=True):
    """Which alert this is here, and whether it was new."""

    id: UUID
    received_at: datetime
    is_new: bool


@post("/alerts", permission=Permission.INCIDENT_RECORD, status_code=201)
async def create_alert(
    request: Request[Any, Any, Any],
    data: Annotated[NewAlert, BodyKwarg(media_type=RequestEncodingType.JSON, schema_extra={"example": EXAMPLE})],
    work: NamedDependency[Work],
) -> Response[AlertReceived]:
    """File an alert, signed in `Safeguard-Signature`. 201 when it is new, 200 when it was here already."""
    source = await _signed_by(request, work)
    received = await receive_alert(work, source, data)
    answer = AlertReceived(received.id, received.at, received.is_new)
    return Response(answer, status_code=201 if received.is_new else 200)


async def _signed_by(request: Request[Any, Any, Any], work: Work) -> str:
    """The name of the source that signed this body; an unknown source and a wrong signature look the same."""
    signature = read_signature(request.headers.get(HEADER, ""))
    found = await find_secret(work, signature.source_id)
    if found is None:
        raise BadSignature
    name, secret = found
    check_signature(signature, secret, exchange.current().body, work.now())
    return name


API_ROUTES = [create_alert]
