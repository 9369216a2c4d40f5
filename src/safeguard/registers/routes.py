"""Pages of the registers, and the page that leads to them."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.registers.committee.routes import ROUTES as COMMITTEE_ROUTES
from safeguard.registers.duties.routes import ROUTES as DUTY_ROUTES
from safeguard.registers.filtering.routes import ROUTES as FILTERING_ROUTES
from safeguard.registers.here import own_profile
from safeguard.registers.home.routes import ROUTES as HOME_ROUTES
from safeguard.registers.home.spans import read_span
from safeguard.registers.overview import BASE, read_registers
from safeguard.registers.policies.address_routes import ROUTES as ADDRESS_ROUTES
from safeguard.registers.policies.agreement_routes import ROUTES as AGREEMENT_ROUTES
from safeguard.registers.policies.file_routes import ROUTES as FILE_ROUTES
from safeguard.registers.policies.missing_routes import ROUTES as MISSING_ROUTES
from safeguard.registers.policies.reader_routes import ROUTES as READER_ROUTES
from safeguard.registers.policies.routes import ROUTES as POLICY_ROUTES
from safeguard.registers.striking.routes import ROUTES as STRIKING_ROUTES
from safeguard.registers.tables import Asked, make_table
from safeguard.registers.training.routes import ROUTES as TRAINING_ROUTES
from safeguard.registers.voice.routes import ROUTES as VOICE_ROUTES
from safeguard.web.forms import today_here, zone_here
from safeguard.web.pages import page
from safeguard.web.tables import Form, download
from safeguard.work import Work


@get(BASE, permission=Permission.REGISTER_READ)
async def show_registers(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every register, each with where it stands."""
    registers = await read_registers(work, own_profile(), today_here())
    return page(request, "registers/show.html", registers=registers)


@get(BASE + "/tables/{name:str}", permission=Permission.RECORDS_TAKE, fresh=True)
async def download_table(
    request: Request[Any, Any, Any], work: NamedDependency[Work], name: FromPath[str]
) -> Response[bytes]:
    """A register as CSV or XLSX, `training.xlsx`.

    `?policy=` narrows signatures to one agreement, `?from=&until=` a home's notifications and figures to those days.
    """
    register, _, ending = name.rpartition(".")
    if ending not in set(Form):
        raise NotFound
    try:
        said = UUID(request.query_params.get("policy", ""))
    except ValueError:
        said = None
    form, query, today = Form(ending), request.query_params, today_here()
    span = read_span(query, today) if query.get("from") or query.get("until") else None
    asked = Asked(today, own_profile(), said, span, zone_here())
    return download(form, register, await make_table(work, register, form, asked))


ROUTES = [
    show_registers, download_table, *READER_ROUTES, *POLICY_ROUTES, *FILE_ROUTES, *AGREEMENT_ROUTES, *ADDRESS_ROUTES,
    *MISSING_ROUTES, *TRAINING_ROUTES, *FILTERING_ROUTES, *DUTY_ROUTES, *COMMITTEE_ROUTES, *VOICE_ROUTES, *HOME_ROUTES,
    *STRIKING_ROUTES,
]  # fmt: skip
