"""Pages: a lost password."""

from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Template

from safeguard.access.policy import PUBLIC
from safeguard.errors import DomainError
from safeguard.identity import resetting
from safeguard.identity.browsing import typed_password
from safeguard.identity.forms import Forgotten, NewPassword, told
from safeguard.identity.resetting import Reset
from safeguard.web import exchange, surroundings
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import page


@get("/forgotten", permission=PUBLIC)
async def show_forgotten(request: Request[Any, Any, Any]) -> Template:
    """Where a link is asked for."""
    return _forgotten(request, blank(Forgotten))


@post("/forgotten", permission=PUBLIC, status_code=200)
async def take_forgotten(request: Request[Any, Any, Any]) -> Template:
    """The same answer for every address."""
    form, served = await read(request, Forgotten), exchange.current()
    try:
        await resetting.request_link(form.value.email, served.client, served.request_id)
    except DomainError as refusal:
        return _forgotten(request, told(form, refusal, "email"), refusal)
    return page(request, "identity/forgotten_sent.html", email=form.value.email)


@get("/reset/{token:str}", permission=PUBLIC)
async def show_reset(request: Request[Any, Any, Any], token: FromPath[str]) -> Template:
    """Where another password is chosen."""
    return _reset(request, await resetting.find_reset(token), blank(NewPassword))


@post("/reset/{token:str}", permission=PUBLIC, status_code=200)
async def take_reset(request: Request[Any, Any, Any], token: FromPath[str]) -> Template:
    """The new password, once."""
    form, reset = await read(request, NewPassword), await resetting.find_reset(token)
    try:
        await resetting.choose(reset, token, typed_password(), exchange.current().request_id)
    except DomainError as refusal:
        if refusal.status != 422:
            raise
        return _reset(request, reset, told(form, refusal, "password"), refusal.status)
    return page(request, "identity/reset_done.html")


def _forgotten(request: Request[Any, Any, Any], form: Form[Forgotten], refusal: DomainError | None = None) -> Template:
    status = refusal.status if refusal else 200
    mails = surroundings.current().mails
    return page(request, "identity/forgotten.html", form=form, mails=mails, status=status)


def _reset(request: Request[Any, Any, Any], reset: Reset, form: Form[NewPassword], status: int = 200) -> Template:
    return page(request, "identity/reset.html", reset=reset, form=form, status=status)


ROUTES = [show_forgotten, take_forgotten, show_reset, take_reset]
