"""`/helpline/platforms`: what platforms make of what they are asked, and for each how it is asked."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.helpline.here import here
from safeguard.helpline.platforms.tracking import list_escalations
from safeguard.helpline.prompts import SILENT
from safeguard.helpline.rates import read_rates
from safeguard.web.pages import page
from safeguard.work import Work


@get("/helpline/platforms", permission=Permission.HELPLINE_WORK)
async def show_platforms(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """For each platform: how much, how long until it answers and removes, how much is removed."""
    return page(request, "helpline/platforms.html", rates=await read_rates(work), here=await here(work))


@get("/helpline/platforms/{platform:str}", permission=Permission.HELPLINE_WORK)
async def show_platform(
    request: Request[Any, Any, Any], work: NamedDependency[Work], platform: FromPath[str]
) -> Template:
    """One platform: where it takes reports, what it wants to be shown, and every address that waits for it."""
    where = await here(work)
    if platform not in where.profile.platforms:
        raise NotFound
    rates = {rate.platform: rate for rate in await read_rates(work)}
    return page(
        request, "helpline/platform.html", platform=where.profile.platforms[platform], rate=rates.get(platform),
        waiting=await list_escalations(work, platform), here=where, silent=where.limits[SILENT].days,
    )  # fmt: skip


ROUTES = [show_platforms, show_platform]
