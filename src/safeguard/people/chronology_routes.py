"""A person's chronology on paper and as a table: their own part in each incident, and nothing of the others.

Both are told to the log as exports. The first words of a report may name others, so they are left out unless whoever
prints asks for them.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.people.here import here
from safeguard.people.involving import Part, list_mentions, list_parts
from safeguard.people.queries import get_person, list_absorbed
from safeguard.people.showing import shown
from safeguard.web.pages import page
from safeguard.web.tables import Form, download, table
from safeguard.work import Work

HEADINGS = ("Reference", "Recorded", "When", "Part", "Named as", "About", "Risk", "State", "Notes", "Outcome", "Why")


@get("/people/{person_id:uuid}/chronology", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def show_chronology(
    request: Request[Any, Any, Any], work: NamedDependency[Work], person_id: FromPath[UUID]
) -> Template:
    """The chronology as a page to print."""
    person, parts = await _exported(work, person_id)
    place, absorbed = here(), await list_absorbed(work, person_id)
    return page(
        request, "people/chronology.html", shown=shown(person, place.profile, place.today, absorbed),
        parts=parts,
        mentions=() if person.merged_into_id else await list_mentions(work, person_id),
        beginnings=request.query_params.get("beginnings") == "yes",
    )  # fmt: skip


@get("/people/{person_id:uuid}/chronology.csv", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def download_chronology(work: NamedDependency[Work], person_id: FromPath[UUID]) -> Response[bytes]:
    """The chronology as a table."""
    return await _table(work, person_id, Form.CSV)


@get("/people/{person_id:uuid}/chronology.xlsx", permission=Permission.EVIDENCE_EXPORT, fresh=True)
async def download_chronology_xlsx(work: NamedDependency[Work], person_id: FromPath[UUID]) -> Response[bytes]:
    """The same for a spreadsheet."""
    return await _table(work, person_id, Form.XLSX)


async def _table(work: Work, person_id: UUID, form: Form) -> Response[bytes]:
    _person, parts = await _exported(work, person_id)
    whole = table(form, HEADINGS)
    whole.add(_lines(parts))
    return download(form, "chronology", whole)


async def _exported(work: Work, person_id: UUID) -> tuple[Any, tuple[Part, ...]]:
    person = await get_person(work, person_id)
    work.record("person.exported", person_id, version=person.version)
    return person, await list_parts(work, person_id, here().organisation)


def _lines(parts: tuple[Part, ...]) -> Iterator[list[str]]:
    for part in parts:
        said = (
            part.reference, part.recorded_at.isoformat(timespec="seconds"), part.dated, part.role, part.name,
            "; ".join(part.kinds), part.risk, part.state, part.notes, part.outcome, part.outcome_words,
        )  # fmt: skip
        yield [*said]


ROUTES = [show_chronology, download_chronology, download_chronology_xlsx]
