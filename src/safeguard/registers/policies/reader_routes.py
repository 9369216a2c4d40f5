"""`/policies`: what I am asked to read or to sign; and the page at which somebody without an account signs."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Stream, Template

from safeguard.access.policy import PUBLIC, Permission
from safeguard.errors import BadRequest, Conflict, FieldError, Gone, Invalid
from safeguard.identity.secret import hash_of
from safeguard.registers.policies.filing import find_file
from safeguard.registers.policies.forms import ReadForm, SignForm
from safeguard.registers.policies.policy import FAMILY, Policy
from safeguard.registers.policies.queries import get_edition, get_policy, list_mine
from safeguard.registers.policies.reading import acknowledge
from safeguard.registers.policies.signing import FOR_WHOM, Who
from safeguard.registers.policies.visiting import (
    Offered,
    find_offered,
    find_offered_file,
    is_sealed,
    open_offered_file,
    sign_there,
)
from safeguard.tenancy.profiles import profile_of
from safeguard.web import counting, exchange, keys
from safeguard.web.forms import Form, blank, read, today_here
from safeguard.web.headers import SANDBOX
from safeguard.web.keys import Tampered
from safeguard.web.languages import DEFAULT, gettext, speaking
from safeguard.web.limits import BY_SIGNER, BY_SIGNING, SIGNED_AT, SIGNED_FROM
from safeguard.web.pages import HTML, after, environment_of, given, new_cookies, page
from safeguard.work import Work

OVER = 410
WELSH: Final = "cy"
MARK: Final = "signed in this browser"
ORDER: Final = ("name", "for_name", "agreed")
TICK = Invalid(FieldError("agreed", "Tick that you have read it."))


@get("/policies", permission=Permission.POLICY_READ)
async def show_mine(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """What waits for me, and what I have read or signed."""
    rows = await list_mine(work, today_here())
    done = "done" in request.query_params
    return page(
        request, "registers/policies/mine.html", waiting=[row for row in rows if row.done_on is None],
        finished=[row for row in rows if row.done_on], today=today_here(), done=done,
    )  # fmt: skip


@get("/policies/{policy_id:uuid}", permission=Permission.POLICY_READ)
async def show_policy(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template:
    """Its text, and the tick that says that I have read it."""
    return await _policy(request, work, await get_policy(work, policy_id), blank(ReadForm))


@post("/policies/{policy_id:uuid}", permission=Permission.POLICY_READ, status_code=303)
async def take_reading(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Redirect:
    """I have read it, or I agree."""
    form, policy = await read(request, ReadForm), await get_policy(work, policy_id)
    if not form.value.agreed:
        return await _policy(request, work, policy, form.refused(TICK), status=422)
    try:
        await acknowledge(work, policy_id, form.value.edition)
    except Conflict as refusal:
        return await _policy(request, work, policy, form, status=409, problem=refusal.detail)
    return after("/policies?done")


@get("/sign/{token:str}", permission=PUBLIC)
async def show_signing(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """What is to be signed, for somebody without an account."""
    offered = await find_offered(hash_of(token))
    mark = request.query_params.get("signed")
    signed = mark is not None and (not offered.lasting or _signed_here(mark, offered))
    return await _signing(request, offered, blank(SignForm, name=offered.name), signed=signed)


@get("/sign/{token:str}/agreement.pdf", permission=PUBLIC)
async def send_agreement(token: FromPath[str]) -> Stream:
    """The file of what is to be signed, by that address alone and as long as it can be signed there."""
    served, secret = exchange.current(), hash_of(token)
    counting.count(BY_SIGNER, counting.address_of(served.client))
    counting.count(BY_SIGNING, secret)
    found, pieces = await open_offered_file(secret, served.request_id)
    headers = {
        "Content-Disposition": f'attachment; filename="agreement-edition-{found.edition}.pdf"',
        "Content-Length": str(found.size),
        "Content-Security-Policy": SANDBOX,
    }
    return Stream(pieces, media_type="application/pdf", headers=headers)


@post("/sign/{token:str}", permission=PUBLIC, status_code=303)
async def take_signing(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str] | Redirect:
    """They agree; on a device that is passed round the next person finds the form empty."""
    form, offered = await read(request, SignForm), await find_offered(hash_of(token))
    sent = exchange.current().token
    if sent is None:
        raise BadRequest
    if offered.state != "open":
        return await _signing(request, offered, form)
    if wrong := _wrong(form, offered):
        return await _signing(request, offered, replace(form, errors=wrong), status=422)
    counting.count(SIGNED_FROM, counting.address_of(exchange.current().client))
    counting.count(SIGNED_AT, offered.token_hash)
    who = Who(form.value.name, form.value.for_name)
    try:
        await sign_there(offered, who, form.value.edition, exchange.current().request_id, sent.nonce)
    except (Gone, Conflict) as refusal:
        now = await find_offered(hash_of(token))
        return await _signing(request, now, form, status=refusal.status, problem=refusal.detail)
    lang = request.query_params.get("lang", "")
    return after(f"/sign/{token}?signed={_mark_of(offered)}" + (f"&lang={lang}" if lang in ("cy", "en") else ""))


def _mark_of(offered: Offered) -> str:
    """That this very browser signed there: an address for many is handed on, also from the page that says thank you."""
    return keys.current().seal(MARK, offered.token_hash, _browser())


def _signed_here(mark: str, offered: Offered) -> bool:
    try:
        return keys.current().open(MARK, mark, _browser()) == offered.token_hash
    except Tampered:
        return False


def _browser() -> bytes:
    """What this browser alone sends."""
    served = exchange.current()
    return served.visitor.encode() if served.visitor else served.session_hash or b""


async def _policy(
    request: Request[Any, Any, Any], work: Work, policy: Policy, form: Form[ReadForm], status: int = 200,
    problem: str | None = None,
) -> Template:  # fmt: skip
    mine = next((row for row in await list_mine(work, today_here()) if row.id == policy.id), None)
    return page(
        request, "registers/policies/read.html", status=status, policy=policy, mine=mine, form=form,
        errors=form.errors, problem=problem, today=today_here(),
        edition=await get_edition(work, policy.id, policy.edition),
        file=await find_file(work, policy.id, policy.edition),
    )  # fmt: skip


async def _signing(
    request: Request[Any, Any, Any], offered: Offered, form: Form[SignForm], status: int = 200, *,
    signed: bool = False, problem: str | None = None,
) -> Response[str]:  # fmt: skip
    """Rendered here and now, because whoever signs may read Welsh."""
    stands = offered.state == "open"
    file = await find_offered_file(offered.token_hash) if stands else None
    sealed = stands and await is_sealed(offered.token_hash)
    over = offered.state != "open" and not (signed and offered.state == "used")
    served, language = exchange.current(), _language(request)
    with speaking(language):
        form = replace(form, errors=tuple(FieldError(each.field, gettext(each.message)) for each in form.errors))
        shown = {
            "offered": offered, "form": form, "errors": form.errors, "signed": signed, "file": file, "sealed": sealed,
            "file_at": f"{served.path}/agreement.pdf",
            "problem": gettext(problem) if problem else None,
            "profile": profile_of(offered.kind, offered.nation), "welsh": language == WELSH,
        }  # fmt: skip
        words = environment_of(request).get_template("registers/policies/sign.html").render({**given(served), **shown})
    return Response(words, status_code=OVER if over else status, media_type=HTML, cookies=new_cookies(served))


def _wrong(form: Form[SignForm], offered: Offered) -> tuple[FieldError, ...]:
    """Everything at once, in the order of the page."""
    nobody = offered.party == FAMILY and not form["for_name"].strip()
    found = (*form.errors, *((FieldError("for_name", FOR_WHOM),) if nobody else ()))
    return tuple(sorted(found, key=lambda each: ORDER.index(each.field) if each.field in ORDER else 0))


def _language(request: Request[Any, Any, Any]) -> str:
    """Welsh where it was chosen, or where the browser asks for it first; else English."""
    asked = request.query_params.get("lang", "")
    if asked in ("cy", "en"):
        return WELSH if asked == "cy" else DEFAULT
    return WELSH if request.headers.get("accept-language", "").lower().startswith(WELSH) else DEFAULT


ROUTES = [show_mine, show_policy, take_reading, show_signing, send_agreement, take_signing]
