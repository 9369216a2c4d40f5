"""An incident and a person's chronology as PDF, each set when it is asked for."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from safeguard.access.policy import Permission
from safeguard.exports.printing import chronology_pdf, incident_pdf
from safeguard.incidents.here import here
from safeguard.work import Work


@get("/incidents/{incident_id:uuid}/incident.pdf", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def print_incident(work: NamedDependency[Work], incident_id: FromPath[UUID]) -> Response[bytes]:
    """One incident with its whole story."""
    place = here()
    reference, whole = await incident_pdf(work, incident_id, place.organisation, place.profile)
    return _pdf(f"incident-{reference}", whole)


@get("/people/{person_id:uuid}/chronology.pdf", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def print_chronology(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Response[bytes]:
    """One person's own part in each incident; with `?beginnings=yes` also the first words of each report."""
    place, beginnings = here(), request.query_params.get("beginnings") == "yes"
    whole = await chronology_pdf(work, person_id, place.organisation, place.profile, beginnings=beginnings)
    return _pdf("chronology", whole)


def _pdf(name: str, whole: bytes) -> Response[bytes]:
    """A file under a name of ours that tells nobody's name, and that nothing on the way keeps."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"', "Cache-Control": "no-store"}
    return Response(whole, media_type="application/pdf", headers=headers)


ROUTES = [print_incident, print_chronology]
