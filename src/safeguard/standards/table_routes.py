"""`/standards/tables`: what the pages of standards list, to keep as CSV or a spreadsheet."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.standards.here import own_profile
from safeguard.standards.tables import Asked, make_table
from safeguard.web.tables import Form, download
from safeguard.work import Work


@get("/standards/tables/{name:str}", permission=Permission.RECORDS_TAKE, fresh=True)
async def download_table(
    request: Request[Any, Any, Any], work: NamedDependency[Work], name: FromPath[str]
) -> Response[bytes]:
    """`plan.csv`, `evidence.xlsx`, `reviews.csv?framework=pies`, `radar.csv?review=`, `levels.csv?review=&control=`."""
    listed, _, ending = name.rpartition(".")
    if ending not in set(Form):
        raise NotFound
    form, query = Form(ending), request.query_params
    asked = Asked(query.get("framework", ""), query.get("review", ""), query.get("control", ""))
    return download(form, listed, await make_table(work, listed, form, own_profile(), asked))


ROUTES = [download_table]
