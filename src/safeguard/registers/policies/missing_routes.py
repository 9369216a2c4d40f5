"""`/standards/registers/policies/ID/missing`: who has not signed an agreement, and reminding those with an account."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, NotFound
from safeguard.registers.policies.filing import find_file
from safeguard.registers.policies.forms import ExpectForm
from safeguard.registers.policies.missing import Party, Unsigned, list_children, list_strangers, read_parties
from safeguard.registers.policies.policy import Policy
from safeguard.registers.policies.queries import get_policy
from safeguard.registers.policies.reminding import COUNTED, expect, find_reminded, remind
from safeguard.registers.policies.routes import BASE
from safeguard.web.asked import number
from safeguard.web.forms import Form, begun, read, today_here, zone_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, leaf
from safeguard.work import Work

HERE: Final = BASE + "/{policy_id:uuid}"


@get(HERE + "/missing", permission=Permission.REGISTER_READ)
async def show_missing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template:
    """Who has not signed: people with accounts by name, others by group or by number."""
    policy = await get_policy(work, policy_id)
    return await _missing(request, work, policy, _said(policy))


@post(HERE + "/missing", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_expected(
    request: Request[Any, Any, Any], work: NamedDependency[Work], policy_id: FromPath[UUID]
) -> Template | Redirect:
    """How many should sign."""
    form, policy = await read(request, ExpectForm), await get_policy(work, policy_id)
    if form.errors:
        return await _missing(request, work, policy, form, status=422)
    said = form.value
    try:
        counts = {"pupil": said.pupil, "family": said.family, "visitor": said.visitor}
        await expect(work, policy_id, {code: counts[code] for code in COUNTED if code in policy.parties}, said.seen)
    except Conflict as refusal:
        return await _missing(request, work, policy, form, status=409, problem=refusal.detail)
    return after(f"{BASE}/{policy_id}/missing")


@post(HERE + "/reminders", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_reminder(work: NamedDependency[Work], policy_id: FromPath[UUID]) -> Redirect:
    """Remind whoever has an account and has not read or signed it."""
    policy = await get_policy(work, policy_id)
    count = await remind(work, policy_id, zone_here())
    return after(f"{BASE}/{policy_id}{'/missing' if policy.is_agreement else ''}?reminded={count}")


async def _missing(
    request: Request[Any, Any, Any], work: Work, policy: Policy, form: Form[ExpectForm], status: int = 200,
    problem: str | None = None,
) -> Template:  # fmt: skip
    if not policy.is_agreement:
        raise NotFound
    query, today = request.query_params, today_here()
    parties = await read_parties(work, policy, today)
    staff = next((one.accounts for one in parties if one.code == "staff"), ())
    named = next((one for one in parties if one.code == query.get("who") and one.groups), None)
    group = query.get("group")
    shown = named is not None and work.may(Permission.PERSON_READ)
    return page(
        request, "registers/policies/missing.html", status=status, policy=policy, parties=parties, today=today,
        form=form, errors=form.errors, problem=problem, reminded=number(query.get("reminded")), named=named,
        group=group, accounts=leaf(staff, query.get("staff"), DEFAULT_LIMIT, _id),
        file=await find_file(work, policy.id, policy.edition), last=await find_reminded(work, policy.id),
        strangers=await _strangers(work, policy, parties, today),
        names=await list_children(work, policy, named.code, today, group) if named and shown else (),
    )  # fmt: skip


async def _strangers(
    work: Work, policy: Policy, parties: tuple[Party, ...], today: date
) -> dict[str, tuple[tuple[UUID, str], ...]]:
    if not work.may(Permission.PERSON_READ):
        return {}
    return {one.code: await list_strangers(work, policy, one.code, today) for one in parties if one.unknown}


def _id(one: Unsigned) -> UUID:
    return one.user_id


def _said(policy: Policy) -> Form[ExpectForm]:
    said = {party: str(count) for party, count in policy.expected.items()}
    return begun(ExpectForm, {**said, "seen": str(policy.version)})


ROUTES = [show_missing, take_expected, take_reminder]
