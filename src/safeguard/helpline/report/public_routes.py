"""`/help/.../reports`: what the helpline has published, for anybody: the page, the PDF, the figures as a table."""

from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath
from litestar.response import Template

from safeguard import clock
from safeguard.access.policy import PUBLIC
from safeguard.errors import NotFound
from safeguard.helpline.mail.desks import DeskDoor, find_desk
from safeguard.helpline.report.opendata import dictionary_csv, figures_csv
from safeguard.helpline.report.reading import list_published, read_pdf, read_published
from safeguard.helpline.report.setting import spoken
from safeguard.referrals.telephone import telephone
from safeguard.web.pages import page
from safeguard.web.tables import MEDIA, Form

ONE = "/help/{slug:str}/reports/{report:str}"


@get("/help/{slug:str}/reports", permission=PUBLIC)
async def show_published(request: Request[Any, Any, Any], slug: FromPath[str]) -> Template:
    """Every published report."""
    door = await _door(slug)
    return page(
        request, "helpline/report/published.html", door=door, reports=await list_published(slug), spoken=spoken,
        telephone=telephone(clock.now()),
    )  # fmt: skip


@get(ONE, permission=PUBLIC)
async def show_report(request: Request[Any, Any, Any], slug: FromPath[str], report: FromPath[str]) -> Template:
    """One report."""
    door = await _door(slug)
    return page(
        request, "helpline/report/public.html", door=door, paper=await read_published(slug, report), code=report,
        spoken=spoken, telephone=telephone(clock.now()),
    )  # fmt: skip


@get(ONE + "/report.pdf", permission=PUBLIC)
async def send_pdf(slug: FromPath[str], report: FromPath[str]) -> Response[bytes]:
    """The same as PDF."""
    return _file(await read_pdf(slug, report), "application/pdf", f"helpline-report-{report}.pdf")


@get(ONE + "/figures.csv", permission=PUBLIC)
async def send_figures(slug: FromPath[str], report: FromPath[str]) -> Response[bytes]:
    """Its figures as a table."""
    content = figures_csv(await read_published(slug, report))
    return _file(content, MEDIA[Form.CSV], f"helpline-figures-{report}.csv")


@get(ONE + "/dictionary.csv", permission=PUBLIC)
async def send_dictionary(slug: FromPath[str], report: FromPath[str]) -> Response[bytes]:
    """What the columns of the table mean."""
    await read_published(slug, report)
    return _file(dictionary_csv(), MEDIA[Form.CSV], f"helpline-dictionary-{report}.csv")


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _door(slug: str) -> DeskDoor:
    door = await find_desk(slug)
    if door is None:
        raise NotFound
    return door


ROUTES = [show_published, show_report, send_pdf, send_figures, send_dictionary]
