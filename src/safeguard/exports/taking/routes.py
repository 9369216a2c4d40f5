"""`/take-along`: everything that an organisation keeps, and how whoever reads it takes it with them."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, cast

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.exports.lists import Place
from safeguard.exports.taking.asking import AT_ONCE, What, ask_for
from safeguard.exports.taking.standing import read_standing
from safeguard.exports.taking.vault import concerns_table, keeps_vault
from safeguard.incidents.here import here
from safeguard.registers.tables import names_of_tables
from safeguard.standards.owning import known_frameworks
from safeguard.tenancy.effective import own_profile
from safeguard.web.forms import Choice, Form, blank, read
from safeguard.web.pages import after, page
from safeguard.web.tables import Form as TableForm
from safeguard.web.tables import download
from safeguard.work import Work

OPEN: Final = Permission.CONCERN_RAISE
"""As the vault's own pages: whom it is open to is no role, and the database says so."""


@dataclass(frozen=True, slots=True)
class TakeForm:
    """Of what the missing packs are asked for."""

    what: Annotated[str, Choice(("all", "people", "restricted"), required="Choose what to make packs of.")]


@get("/take-along", permission=Permission.RECORDS_TAKE)
async def show_all(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What there is to take along, and what of it was made."""
    return await _shown(request, work, blank(TakeForm))


@post("/take-along", permission=Permission.EVIDENCE_EXPORT, fresh=True, status_code=303)
async def ask_for_missing(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Ask for the packs that are missing; those that are there or on their way are not asked for again."""
    form = await read(request, TakeForm)
    try:
        asked = await ask_for(work, cast("What", form.value.what))
    except Invalid as refusal:
        return await _shown(request, work, form.refused(refusal), 422)
    return after(f"/take-along?asked={asked}")


@get("/take-along/concerns.csv", permission=OPEN, fresh=True)
async def send_concerns_csv(work: NamedDependency[Work]) -> Response[bytes]:
    """Every concern about staff, and what was added to each."""
    return await _concerns(work, TableForm.CSV)


@get("/take-along/concerns.xlsx", permission=OPEN, fresh=True)
async def send_concerns_xlsx(work: NamedDependency[Work]) -> Response[bytes]:
    """The same for a spreadsheet."""
    return await _concerns(work, TableForm.XLSX)


async def _concerns(work: Work, form: TableForm) -> Response[bytes]:
    place = here()
    return download(form, "concerns", await concerns_table(work, form, Place(place.profile, place.zone)))


async def _shown(request: Request[Any, Any, Any], work: Work, form: Form[TakeForm], status: int = 200) -> Template:
    makes = work.may(Permission.EVIDENCE_EXPORT)
    profile = await own_profile(work)
    frameworks = await known_frameworks(work, profile) if makes else ()
    return page(
        request, "exports/taking.html", status=status, errors=form.errors,
        standing=await read_standing(work) if makes else None, keeps_vault=await keeps_vault(work),
        standards={each.code: each.name for each in frameworks}, tables=names_of_tables(work, profile), at_once=AT_ONCE,
        asked=_number(request.query_params.get("asked")),
    )  # fmt: skip


def _number(text: str | None) -> int | None:
    """How many packs were asked for just now, as the address says it after asking."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= len(str(AT_ONCE)) else None


ROUTES = [show_all, ask_for_missing, send_concerns_csv, send_concerns_xlsx]
