"""Earlier versions of an incident, as they were committed to the log."""

import json
from typing import Any, Final
from uuid import UUID

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.incidents.here import here
from safeguard.incidents.queries import read_incident
from safeguard.incidents.story import Change
from safeguard.web.pages import page
from safeguard.work import Work

COMMITTED: Final = """
select d.fields from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'incident' and d.id = $1 and d.version = $2
"""


async def read_version(work: Work, incident_id: UUID, version: int) -> dict[str, Any]:
    """The committed fields of one version; raises `NotFound`."""
    work.require(Permission.INCIDENT_READ)
    text = await work.driver.fetchval(COMMITTED, incident_id, version)
    if text is None:
        raise NotFound
    return {name: json.loads(value) for name, (value, _salt) in json.loads(text).items()}


@get("/incidents/{incident_id:uuid}/versions/{version:int}", permission=Permission.INCIDENT_READ)
async def show_version(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    version: FromPath[int],
) -> Template:
    """How the record read at one version."""
    story, place = await read_incident(work, incident_id), here()
    if not 1 <= version <= story.facts.version:
        raise NotFound
    committed = await read_version(work, incident_id, version)
    presenter = place.presenter
    said = [presenter.difference(Change(name, None, value)) for name, value in committed.items()]
    return page(
        request, "incidents/version.html", profile=place.profile, shown=presenter.shown(story), version=version,
        versions=range(1, story.facts.version + 1), fields=[one for one in said if one.after],
    )  # fmt: skip


ROUTES = [show_version]
