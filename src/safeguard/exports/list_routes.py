"""Downloads of lists: the same address as the page with its filters, as CSV or XLSX."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency

from safeguard.access.policy import Permission
from safeguard.exports.lists import Place, incidents_table, people_table
from safeguard.incidents.filtering import read_filters
from safeguard.incidents.here import here
from safeguard.people.forms import KINDS
from safeguard.people.queries import Filters
from safeguard.web.forms import clean
from safeguard.web.tables import Form, download
from safeguard.work import Work

Answer = Response[bytes]


@get("/incidents/list.csv", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def download_incidents_csv(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Answer:
    """The list of incidents, as its filters leave it."""
    return await _incidents(request, work, Form.CSV)


@get("/incidents/list.xlsx", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def download_incidents_xlsx(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Answer:
    """The same for a spreadsheet."""
    return await _incidents(request, work, Form.XLSX)


@get("/people/list.csv", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def download_people_csv(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Answer:
    """The list of people, as its filters leave it."""
    return await _people(request, work, Form.CSV)


@get("/people/list.xlsx", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def download_people_xlsx(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Answer:
    """The same for a spreadsheet."""
    return await _people(request, work, Form.XLSX)


async def _incidents(request: Request[Any, Any, Any], work: Work, form: Form) -> Answer:
    place = here()
    chosen = read_filters(request.query_params, place.profile, place.today, place.organisation.time_zone)
    return download(
        form, "incidents", await incidents_table(work, chosen.filters, form, Place(place.profile, place.zone))
    )


async def _people(request: Request[Any, Any, Any], work: Work, form: Form) -> Answer:
    place, query = here(), request.query_params
    kind = query.get("kind", "")
    filters = Filters(
        kind=kind if kind in KINDS else None,
        group=clean(query.get("group", ""))[:200],
        text=clean(query.get("q", ""))[:200],
    )
    return download(form, "people", await people_table(work, filters, form, Place(place.profile, place.zone)))


ROUTES = [download_incidents_csv, download_incidents_xlsx, download_people_csv, download_people_xlsx]
