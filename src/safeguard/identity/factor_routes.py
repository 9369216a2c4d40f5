"""Pages: one's own second steps - what they are, adding one, taking one away, recovery codes, remembered browsers."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard.access import assurance
from safeguard.access.policy import SIGNED_IN
from safeguard.errors import DomainError, FieldError, Invalid, NotFound
from safeguard.identity import showing
from safeguard.identity.factors import enrolling, looking, offering, passkeys, proving
from safeguard.identity.factors.offering import NewFactor
from safeguard.identity.forms import told
from safeguard.identity.second_step_forms import NewApp, NewPasskey
from safeguard.identity.second_step_routes import (
    ANSWER,
    NEW,
    QUESTION,
    before_of,
    continue_as,
    going_on,
    viewer_here,
)
from safeguard.web import asking, cookies, exchange, surroundings
from safeguard.web import proving as demanding
from safeguard.web.fields import KEPT
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

OWN = "/account/second-step"
DONE = {
    "added": "It is added. From now on you can sign in with it.",
    "removed": "It is taken away, and every remembered browser asks again.",
    "forgotten": "Forgotten. That browser asks for the second step again.",
}
BETWEEN = "\n"


@get(OWN, permission=SIGNED_IN)
async def show_factors(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What I sign in with beside my password."""
    return await _list(request, work)


@get(OWN + "/add", permission=SIGNED_IN, one_factor=True)
async def show_adding(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Set up one more, or the first."""
    _check_may_add()
    return await _adding(request, work, blank(NewApp))


@post(OWN + "/app", permission=SIGNED_IN, status_code=303, one_factor=True)
async def take_app(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Response[Any]:
    """Keep an app, once it shows the right code."""
    _check_may_add()
    form, before, secret = await read(request, NewApp), before_of(request), _secret()
    try:
        if secret is None:
            raise Invalid(FieldError("code", "This page has been open for too long. Scan the new picture."))
        await enrolling.add_app(work, secret, form.value.code, form.value.label)
    except DomainError as refusal:
        return await _adding(request, work, told(form, refusal, "code"), secret, refusal.status)
    return await _begun(request, work, await proving.proved(work, before, assurance.APP), form["next"])


@post(OWN + "/passkey", permission=SIGNED_IN, status_code=303, one_factor=True)
async def take_passkey(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Response[Any]:
    """Keep a passkey that the browser has just made."""
    _check_may_add()
    form, before, fields = await read(request, NewPasskey), before_of(request), exchange.current().fields
    try:
        await enrolling.add_passkey(
            work, fields.get(ANSWER), fields.get(QUESTION), form.value.label, before.session_hash
        )
    except DomainError as refusal:
        wrong = told(blank(NewApp, next=form["next"]), refusal, "passkey")
        return await _adding(request, work, wrong, _secret(), refusal.status)
    return await _begun(request, work, await proving.proved(work, before, assurance.PASSKEY), form["next"])


@post(OWN + "/{factor_id:uuid}/remove", permission=SIGNED_IN, status_code=303, fresh=True)
async def remove_factor(
    request: Request[Any, Any, Any], work: NamedDependency[Work], factor_id: FromPath[UUID]
) -> Template | Redirect:
    """Take one away."""
    try:
        await enrolling.remove(work, factor_id)
    except DomainError as refusal:
        if isinstance(refusal, NotFound):
            raise
        return await _list(request, work, refusal.detail, refusal.status)
    return after(f"{OWN}?done=removed")


@get(OWN + "/codes", permission=SIGNED_IN)
async def show_codes(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The recovery codes that were just made: shown once."""
    made = showing.unseal(request.query_params.get("made"))
    target = asking.safe_next(request.query_params.get("next") or OWN)
    return page(
        request, "identity/codes.html", codes=made.split(BETWEEN) if made else (), next=target,
        address=surroundings.current().public_url,
    )  # fmt: skip


@post(OWN + "/codes", permission=SIGNED_IN, status_code=303, fresh=True)
async def make_codes(work: NamedDependency[Work]) -> Redirect:
    """Make new ones; the former stop working."""
    return after(_codes_page(await enrolling.make_codes(work), OWN))


@post(OWN + "/browsers/forget", permission=SIGNED_IN, status_code=303)
async def forget_browsers(work: NamedDependency[Work]) -> Redirect:
    """Ask for the second step again: on one browser, or on all."""
    await enrolling.forget_browsers(work, exchange.current().fields.get("browser") or None)
    return after(f"{OWN}?done=forgotten")


def _check_may_add() -> None:
    """The first one comes after the password; every further one asks for one that is there."""
    viewer = viewer_here()
    if viewer.enrolled or viewer.actor.assured:
        demanding.check_fresh(viewer)


async def _begun(request: Request[Any, Any, Any], work: Work, fresh: Any, next_path: str) -> Response[Any]:
    """On to the recovery codes when there are none yet, else to where they were going."""
    before = before_of(request)
    continue_as(fresh)
    kept = exchange.current().fields.get(KEPT)
    if kept:
        return going_on(request, work, fresh, kept, next_path)
    target = asking.safe_next(next_path or f"{OWN}?done=added")
    if not (await looking.look(work, before.device_hash)).codes_left:
        target = _codes_page(await enrolling.make_codes(work), target)
    answer = after(target)
    answer.set_cookie(cookies.session_cookie(fresh.text))
    return answer


def _codes_page(codes: tuple[str, ...], target: str) -> str:
    return f"{OWN}/codes?next={quote(target, safe='/')}&made={showing.seal(BETWEEN.join(codes))}"


async def _adding(
    request: Request[Any, Any, Any], work: Work, form: Form[NewApp], secret: str | None = None, status: int = 200
) -> Template:
    return page(
        request, "identity/add_factor.html", form=form, errors=form.errors, new=await _new(work, secret),
        kept=exchange.current().fields.get(KEPT), is_first=not viewer_here().enrolled, status=status,
    )  # fmt: skip


async def _new(work: Work, secret: str | None) -> NewFactor:
    session_hash = exchange.current().session_hash or b""
    return offering.new_factor(viewer_here(), session_hash, secret, await passkeys.list_held(work))


async def _list(request: Request[Any, Any, Any], work: Work, problem: str = "", status: int = 200) -> Template:
    step = await looking.look(work, before_of(request).device_hash)
    return page(
        request, "identity/factors.html", factors=await looking.list_factors(work), codes_left=step.codes_left,
        browsers=await looking.list_browsers(work), problem=problem, status=status,
        done=DONE.get(request.query_params.get("done") or ""),
    )  # fmt: skip


def _secret() -> str | None:
    served = exchange.current()
    return offering.unseal(served.fields.get(NEW), served.session_hash or b"")


ROUTES = [
    show_factors, show_adding, take_app, take_passkey, remove_factor, show_codes, make_codes, forget_browsers,
]  # fmt: skip
