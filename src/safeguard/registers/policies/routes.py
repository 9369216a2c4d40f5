"""`/standards/registers/policies`: the register of policies and agreements, for whoever keeps it."""

from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.registers.here import months_of, months_on, own_profile
from safeguard.registers.policies.filing import find_file
from safeguard.registers.policies.forms import PolicyForm, ReasonForm
from safeguard.registers.policies.policy import READERS, Edition, Policy
from safeguard.registers.policies.publishing import REVIEW, change_readers, publish, publish_edition, withdraw
from safeguard.registers.policies.queries import (
    Line,
    Reader,
    get_edition,
    get_policy,
    list_editions,
    list_policies,
    list_readers,
)
from safeguard.registers.policies.reminding import find_reminded
from safeguard.web.asked import number, unknown
from safeguard.web.fields import Fields
from safeguard.web.forms import Form, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, Leaf, leaf
from safeguard.work import Work

BASE: Final = "/standards/registers/policies"
SHOWS: Final = ("now", "withdrawn")


@get(BASE, permission=Permission.REGISTER_READ)
async def show_policies(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every policy and agreement, with how far it is."""
    withdrawn = request.query_params.get("show") == "withdrawn"
    rows = await list_policies(work, today_here(), withdrawn=withdrawn)
    return page(
        request, "registers/policies/list.html", today=today_here(), withdrawn=withdrawn,
        policies=_leaf(request, "policies", [row for row in rows if not row.policy.is_agreement]),
        agreements=_leaf(request, "agreements", [row for row in rows if row.policy.is_agreement]),
        unknown=unknown(request.query_params, "show", SHOWS),
    )  # fmt: skip


def _leaf(request: Request[Any, Any, Any], name: str, rows: list[Line]) -> Leaf[Line]:
    """Those that need somebody first: late, or past the day of their review; then by title."""
    today = today_here()
    needed = sorted(rows, key=lambda row: (not row.late, row.renew_on >= today))
    return leaf(needed, request.query_params.get(name), DEFAULT_LIMIT, _policy_id)


def _policy_id(row: Line) -> UUID:
    return row.policy.id


@get(BASE + "/new", permission=Permission.REGISTER_KEEP)
async def show_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form; `?kind=agreement` for something that is signed."""
    work.require(Permission.REGISTER_KEEP)
    kind = "agreement" if request.query_params.get("kind") == "agreement" else "policy"
    today = today_here()
    starts = [("kind", kind), ("effective_on", today.isoformat()), ("read_by", months_on(today, 1).isoformat())]
    starts += [("renew_on", months_on(today, months_of(own_profile(), REVIEW)).isoformat())]
    starts += [("lasts_months", "12")] if kind == "agreement" else []
    starts += [("readers", role) for role in ("reporter", "pastoral", "lead", "deputy", "head")]
    starts += [("parties", "staff")]
    return _form(request, Form(PolicyForm, Fields.of(starts), None, ()))


@post(BASE + "/new", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_new(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Publish it: whoever it is for is asked to read it."""
    form = await read(request, PolicyForm)
    try:
        policy = await publish(work, own_profile(), form.value.kind or "policy", form.value.edition())
    except Invalid as refusal:
        return _form(request, form.refused(refusal), status=422)
    return after(f"{BASE}/{policy.id}")


@get(BASE + "/{policy_id:uuid}", permission=Permission.REGISTER_READ)
async def show_register(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Redirect:
    """Who has read it; an agreement has its own page of who has signed."""
    policy = await get_policy(work, policy_id)
    if policy.is_agreement:
        return after(f"{BASE}/{policy_id}/signatures")
    return await _register(request, work, policy)


@get(BASE + "/{policy_id:uuid}/edition", permission=Permission.REGISTER_KEEP)
async def show_edition(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template:
    """The form of its next edition, which begins as the present one is."""
    work.require(Permission.REGISTER_KEEP)
    policy = await get_policy(work, policy_id)
    return _form(request, _as_is(policy, await get_edition(work, policy_id, policy.edition)), policy)


@post(BASE + "/{policy_id:uuid}/edition", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_edition(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Redirect:
    """Publish the next edition; or change only whom it is for."""
    form, policy = await read(request, PolicyForm), await get_policy(work, policy_id)
    try:
        said = form.value
        if said.do == "readers":
            await change_readers(work, policy_id, said.edition(), said.seen)
        else:
            await publish_edition(work, own_profile(), policy_id, said.edition(), said.seen)
    except Invalid as refusal:
        return _form(request, form.refused(refusal), policy, status=422)
    except Conflict as refusal:
        return _form(request, form, policy, status=409, theirs=refusal.detail)
    return after(f"{BASE}/{policy_id}")


@post(BASE + "/{policy_id:uuid}/withdraw", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_withdrawal(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Redirect:
    """It holds no longer."""
    form, policy = await read(request, ReasonForm), await get_policy(work, policy_id)
    try:
        await withdraw(work, policy_id, form.value.reason, form.value.seen)
    except Invalid as refusal:
        return await _register(request, work, policy, form.refused(refusal), status=422)
    return after(f"{BASE}?show=withdrawn")


def _as_is(policy: Policy, edition: Edition) -> Form[PolicyForm]:
    today = today_here()
    starts = [("kind", policy.kind), ("title", policy.title), ("summary", ""), ("words", edition.words)]
    starts += [("kept_at", edition.kept_at), ("seen", str(policy.version)), ("effective_on", today.isoformat())]
    starts += [("read_by", months_on(today, 1).isoformat()), ("lasts_months", str(edition.lasts_months or ""))]
    starts += [("renew_on", months_on(today, months_of(own_profile(), REVIEW)).isoformat())]
    starts += [("readers", role) for role in policy.readers] + [("parties", one) for one in policy.parties]
    return Form(PolicyForm, Fields.of(starts), None, ())


def _form(
    request: Request[Any, Any, Any], form: Form[PolicyForm], policy: Policy | None = None, status: int = 200,
    theirs: str | None = None,
) -> Template:  # fmt: skip
    return page(
        request, "registers/policies/edit.html", status=status, form=form, errors=form.errors, policy=policy,
        theirs=theirs, roles=roles_here(), agreement=form["kind"] == "agreement",
    )  # fmt: skip


def roles_here() -> list[tuple[str, str]]:
    """Who can be asked to read, in the organisation's words."""
    known = own_profile().roles
    return [(str(role), known[str(role)].name) for role in READERS if str(role) in known]


def _id(row: Reader) -> UUID:
    return row.user_id


async def _register(
    request: Request[Any, Any, Any], work: Work, policy: Policy, form: Form[ReasonForm] | None = None, status: int = 200
) -> Template:
    readers = await list_readers(work, policy.id, today_here())
    waiting = sorted((row for row in readers if row.read_on is None), key=lambda row: (row.due_on, row.name))
    done, asked = [row for row in readers if row.read_on], request.query_params
    return page(
        request, "registers/policies/register.html", status=status, policy=policy, people=len(readers), have=len(done),
        waiting=leaf(waiting, asked.get("waiting"), DEFAULT_LIMIT, _id),
        late=sum(row.due_on < today_here() for row in waiting),
        done=leaf(done, asked.get("done"), DEFAULT_LIMIT, _id), editions=await list_editions(work, policy.id),
        today=today_here(), roles=dict(roles_here()), file=await find_file(work, policy.id, policy.edition),
        reason=form["reason"] if form else "", last=await find_reminded(work, policy.id),
        reminded=number(asked.get("reminded")),
        errors=form.errors if form else (),
    )  # fmt: skip


ROUTES = [show_policies, show_new, take_new, show_register, show_edition, take_edition, take_withdrawal]
