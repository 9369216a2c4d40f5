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
from safeguard.evidence.packs.chapters import Told
from safeguard.incidents.asking import as_asked
from safeguard.incidents.chapter import facts_of
from safeguard.incidents.here import here
from safeguard.incidents.queries import read_incident
from safeguard.incidents.story import Facts, Story, people_of
from safeguard.web.pages import page
from safeguard.work import Work

COMMITTED: Final = """
select d.fields from audit.documents d
where d.organisation_id = (select sec.current_organisation()) and d.kind = 'incident' and d.id = $1 and d.version = $2
"""


async def read_version(work: Work, incident_id: UUID, version: int, recorded: Facts) -> Story:
    """One version of an incident as it was committed; raises `NotFound`. `recorded` says of which incident."""
    work.require(Permission.INCIDENT_READ)
    text = await work.driver.fetchval(COMMITTED, incident_id, version)
    if text is None:
        raise NotFound
    values = {name: json.loads(value) for name, (value, _salt) in json.loads(text).items()}
    told = Told(version, recorded.recorded_at, "", "", values)
    return Story(facts_of(incident_id, told), people_of(values))


@get("/incidents/{incident_id:uuid}/versions/{version:int}", permission=Permission.INCIDENT_READ)
async def show_version(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    incident_id: FromPath[UUID],
    version: FromPath[int],
) -> Template:
    """How the record read at one version."""
    facts, place = (await read_incident(work, incident_id)).facts, here()
    if not 1 <= version <= facts.version:
        raise NotFound
    then = await as_asked(work, await read_version(work, incident_id, version, facts), place.profile)
    return page(
        request,
        "incidents/version.html",
        shown=place.presenter.shown(then),
        version=version,
        versions=range(1, facts.version + 1),
    )


ROUTES = [show_version]
