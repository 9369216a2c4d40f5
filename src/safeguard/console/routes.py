"""The console's pages. Each but the way in takes `visit`, so nobody sees it who is not signed in."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template

from safeguard.console import acting, entering, queries
from safeguard.console.forms import ActForm, AnnouncementForm, DecisionForm, EnrolForm, EntryForm
from safeguard.console.visiting import Visit, cookie, no_cookie
from safeguard.database import pool
from safeguard.errors import DomainError, FieldError, Gone, Invalid, NotFound, TooManyRequests
from safeguard.identity.factors import apps
from safeguard.web import csrf, exchange, pages
from safeguard.web.forms import Form, blank, read

ASKS: Final = {"leave": acting.ask_to_leave, "remove": acting.ask_for_removal, "stop_removal": acting.stop_removal}
CHANGES: Final[Mapping[str, acting.Act]] = {"suspend": "suspended", "resume": "resumed", "stay": "leaving_undone"}
DONE: Final = {
    "agree": ("You agreed", "It stands under your name below, for every operator to read."),
    "decline": ("You declined, and nothing was changed", "Whoever asked can ask again, with a better reason."),
    "suspend": ("It is suspended", "Its people are out at their next request. Open it again on this page."),
    "resume": ("It is open again", "Its people get in as before."),
    "stay": ("It stays", "Nothing that it keeps was touched."),
    "leave": ("You asked that it leaves", "It waits on the first page for another operator to agree."),
    "remove": ("You asked that what it kept is removed", "It waits for another operator to agree."),
    "stop_removal": ("The removal is stopped", "Nothing was removed. It would have to be asked for anew."),
    "announced": ("Everybody reads it now", "It ends by itself."),
    "ended": ("The announcement is ended", "Nobody reads it any more."),
}
"""What was done -> what its operator reads on the next page."""


def shown(
    request: Request[Any, Any, Any], template: str, visit: Visit | None = None, status: int = 200, **context: Any
) -> Template:
    """A page of the console; its forms are bound to the operator's session."""
    served = exchange.current()
    context["done"] = DONE.get(request.query_params.get("done") or "")
    if visit is None:
        return pages.page(request, f"console/{template}", status=status, operator=None, **context)
    token = csrf.issue(visit.hash, visit.id)
    served.visitor = served.visitor or "none"  # no cookie of a visitor's is made for somebody who has a session
    answer = pages.page(
        request, f"console/{template}", status=status, operator=visit, **(context | {"csrf_token": token})
    )
    if visit.renewed:
        answer.set_cookie(cookie(visit.renewed))
    return answer


def after(path: str, visit: Visit) -> Redirect:
    """Where to go once something was done."""
    answer = pages.after(path)
    if visit.renewed:
        answer.set_cookie(cookie(visit.renewed))
    return answer


@get("/sign-in", opt={"open": True})
async def show_sign_in(request: Request[Any, Any, Any]) -> Template:
    """The way in."""
    return shown(request, "sign_in.html", form=blank(EntryForm))


@post("/sign-in", status_code=200, opt={"open": True})
async def take_sign_in(request: Request[Any, Any, Any]) -> Template | Redirect:
    """Let somebody in who has the password and the app."""
    form = await read(request, EntryForm)
    try:
        if form.errors:
            raise Invalid(*form.errors)
        given = form.value
        token = await entering.sign_in(given.email, given.password, given.code, exchange.current().client)
        if token is None:
            raise Invalid(FieldError("email", entering.WRONG))
    except (Invalid, TooManyRequests) as refusal:
        told = refusal if isinstance(refusal, Invalid) else Invalid(FieldError("email", refusal.detail))
        return shown(request, "sign_in.html", status=refusal.status, form=form if form.errors else form.refused(told))
    answer = pages.after("/")
    answer.set_cookie(cookie(token))
    return answer


@post("/sign-out", status_code=303)
async def sign_out(visit: NamedDependency[Visit]) -> Redirect:
    """End the session."""
    await entering.leave(visit)
    answer = pages.after("/sign-in")
    answer.set_cookie(no_cookie())
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@get("/enrol/{token:str}", opt={"open": True})
async def show_enrol(
    request: Request[Any, Any, Any], token: FromPath[str], connection: NamedDependency[pool.Connection]
) -> Template:
    """Choosing a password and setting up an app, once."""
    newcomer = await entering.find_newcomer(connection, token)
    if newcomer is None:
        raise Gone("This link was used or has run out. Ask for a new one on the machine.")
    return _enrol(request, newcomer, entering.offer(newcomer), blank(EnrolForm))


@post("/enrol/{token:str}", status_code=200, opt={"open": True})
async def take_enrol(
    request: Request[Any, Any, Any], token: FromPath[str], connection: NamedDependency[pool.Connection]
) -> Template | Redirect:
    """Keep both."""
    form, newcomer = await read(request, EnrolForm), await entering.find_newcomer(connection, token)
    if newcomer is None:
        raise Gone("This link was used or has run out. Ask for a new one on the machine.")
    try:
        if form.errors:
            raise Invalid(*form.errors)
        given = form.value
        await entering.enrol(connection, token, newcomer, given.password, given.offer, given.code)
    except Invalid as refusal:
        offered = form["offer"] or entering.offer(newcomer)
        return _enrol(request, newcomer, offered, form.refused(refusal), 422)
    return pages.after("/sign-in")


def _enrol(
    request: Request[Any, Any, Any], newcomer: entering.Newcomer, offered: str, form: Form[EnrolForm], status: int = 200
) -> Template:
    secret = entering.read_offer(offered, newcomer)
    picture = apps.picture_of(apps.address_of(secret, newcomer.email))
    return shown(
        request, "enrol.html", status=status, form=form, newcomer=newcomer, offer=offered, picture=picture,
        spelt=apps.spelt(secret),
    )  # fmt: skip


@get("/")
async def show_service(request: Request[Any, Any, Any], visit: NamedDependency[Visit]) -> Template:
    """How the service is doing, what waits for a second operator, what was done lately."""
    return await _service(request, visit, blank(DecisionForm))


@post("/requests/{request_id:uuid}", status_code=303)
async def take_decision(
    request: Request[Any, Any, Any], visit: NamedDependency[Visit], request_id: FromPath[UUID]
) -> Template | Redirect:
    """Agree to what another operator asked, or decline it."""
    form = await read(request, DecisionForm)
    try:
        await entering.show_again(visit, form["code"])
        await acting.decide(visit, request_id, agree=form["decision"] == "agree")
    except (Invalid, TooManyRequests) as refusal:
        return await _service(request, visit, form.refused(_told(refusal)), refusal.status)
    done = "agree" if form["decision"] == "agree" else "decline"
    return after(f"/?done={done}", visit)


async def _service(
    request: Request[Any, Any, Any], visit: Visit, form: Form[DecisionForm], status: int = 200
) -> Template:
    return shown(
        request, "service.html", visit, status, service=await queries.read_service(visit), form=form,
        jobs=await queries.count_jobs(visit), requests=await queries.list_requests(visit),
        acts=await queries.list_acts(visit, most=8), announcement=await queries.find_announcement(visit),
    )  # fmt: skip


@get("/organisations")
async def show_organisations(
    request: Request[Any, Any, Any], visit: NamedDependency[Visit], q: FromQuery[str] = "", after: FromQuery[str] = ""
) -> Template:
    """Whom the service is for, a page at a time: there is no list of all of them to take away."""
    found, following = await queries.list_organisations(visit, q, after)
    return shown(request, "organisations.html", visit, found=found, following=following, q=q, after=after)


@get("/organisations/{organisation_id:uuid}")
async def show_organisation(
    request: Request[Any, Any, Any], visit: NamedDependency[Visit], organisation_id: FromPath[UUID]
) -> Template:
    """One of them, and what can be done."""
    return await _organisation(request, visit, organisation_id, blank(ActForm))


@post("/organisations/{organisation_id:uuid}", status_code=303)
async def take_act(
    request: Request[Any, Any, Any], visit: NamedDependency[Visit], organisation_id: FromPath[UUID]
) -> Template | Redirect:
    """Suspend, resume, ask to leave, stay."""
    form = await read(request, ActForm)
    act = form["act"]
    try:
        if form.errors:
            raise Invalid(*form.errors)
        if not form["reason"].strip():
            raise Invalid(FieldError("reason", acting.WHY))
        await entering.show_again(visit, form["code"])
        if act in ASKS:
            await ASKS[act](visit, organisation_id, form["reason"])
        elif act in CHANGES:
            await acting.change(visit, organisation_id, CHANGES[act], form["reason"])
        else:
            raise Invalid(FieldError("reason", "Press one of the buttons."))
    except (Invalid, TooManyRequests) as refusal:
        refused = form if form.errors else form.refused(_told(refusal))
        return await _organisation(request, visit, organisation_id, refused, refusal.status)
    return after(f"/organisations/{organisation_id}?done={act}", visit)


async def _organisation(
    request: Request[Any, Any, Any], visit: Visit, organisation_id: UUID, form: Form[ActForm], status: int = 200
) -> Template:
    found = await queries.find_organisation(visit, organisation_id)
    if found is None:
        raise NotFound
    acts = await queries.list_acts(visit, organisation_id)
    asked = next((one for one in await queries.list_requests(visit) if one.organisation_id == organisation_id), None)
    pending = await queries.find_removal(visit, organisation_id)
    return shown(
        request, "organisation.html", visit, status, one=found, acts=acts, asked=asked, pending=pending, form=form
    )


@get("/removals")
async def show_removals(request: Request[Any, Any, Any], visit: NamedDependency[Visit]) -> Template:
    """Whose records were removed, the latest first."""
    return shown(request, "removals.html", visit, removals=await queries.list_removals(visit))


@get("/removals/{removal_id:uuid}")
async def show_removal(
    request: Request[Any, Any, Any], visit: NamedDependency[Visit], removal_id: FromPath[UUID]
) -> Template:
    """The certificate, as it was signed."""
    found = await queries.find_certificate(visit, removal_id)
    if found is None:
        raise NotFound
    return shown(request, "removal.html", visit, removal=found)


@get("/announcement")
async def show_announcement(request: Request[Any, Any, Any], visit: NamedDependency[Visit]) -> Template:
    """What everybody reads at this moment, and another sentence."""
    return await _announcement(request, visit, blank(AnnouncementForm))


@post("/announcement", status_code=303)
async def take_announcement(request: Request[Any, Any, Any], visit: NamedDependency[Visit]) -> Template | Redirect:
    """Show a sentence on every page, or no longer."""
    form = await read(request, AnnouncementForm)
    if exchange.current().fields.get("end"):
        await acting.end_announcement(visit)
        return after("/announcement?done=ended", visit)
    try:
        if form.errors:
            raise Invalid(*form.errors)
        hours = int(form["hours"]) if form["hours"].isascii() and form["hours"].isdigit() else 0
        await acting.announce(visit, form["words"], hours)
    except Invalid as refusal:
        return await _announcement(request, visit, form.refused(refusal), 422)
    return after("/announcement?done=announced", visit)


async def _announcement(
    request: Request[Any, Any, Any], visit: Visit, form: Form[AnnouncementForm], status: int = 200
) -> Template:
    current = await queries.find_announcement(visit)
    return shown(request, "announcement.html", visit, status, form=form, announcement=current)


@get("/acts")
async def show_acts(request: Request[Any, Any, Any], visit: NamedDependency[Visit]) -> Template:
    """What operators did, the latest first."""
    return shown(request, "acts.html", visit, acts=await queries.list_acts(visit))


@get("/health/live", opt={"open": True})
async def show_live() -> Response[dict[str, str]]:
    """The process answers."""
    return Response({"status": "alive"})


def _told(refusal: DomainError) -> Invalid:
    return refusal if isinstance(refusal, Invalid) else Invalid(FieldError("code", refusal.detail))


ROUTES = [
    show_sign_in, take_sign_in, sign_out, show_enrol, take_enrol, show_service, take_decision, show_organisations,
    show_organisation, take_act, show_announcement, take_announcement, show_acts, show_live, show_removals,
    show_removal,
]  # fmt: skip
