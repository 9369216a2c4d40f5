"""`/standards/registers/filtering`: what filters and monitors, what is blocked and why, checks, the yearly review."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, Invalid
from safeguard.registers.by_day import LATEST, after_key
from safeguard.registers.fields import Version
from safeguard.registers.filtering.keeping import (
    APPROACHES,
    KINDS,
    NAME_LIMIT,
    RESULTS,
    STANCES,
    WORDS_LIMIT,
    NewCheck,
    NewSystem,
    System,
    add_block,
    add_system,
    change_system,
    end_block,
    get_block,
    get_system,
    name_duty,
    record_check,
    record_review,
)
from safeguard.registers.filtering.queries import (
    key_of,
    list_blocks,
    list_checks,
    list_duties,
    list_reviews,
    list_systems,
    read_state,
)
from safeguard.registers.here import own_profile
from safeguard.registers.striking.striking import list_struck
from safeguard.web.forms import Choice, Day, Form, Text, begun, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.web.paging import DEFAULT_LIMIT, cut, read_cursor, scope_of
from safeguard.work import Work

BASE: Final = "/standards/registers/filtering"
SCOPE: Final = scope_of("filtering checks", {})
SHOWN: Final = 8
"""Checks on the first page of the register; every one of them is a click away."""


@dataclass(frozen=True, slots=True)
class SystemForm:
    """A way of filtering or monitoring."""

    kind: Annotated[str, Choice(KINDS)]
    name: Annotated[str, Text(longest=NAME_LIMIT)]
    approach: Annotated[str, Choice(APPROACHES)]
    stance: Annotated[str, Choice(STANCES)]
    covers: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    provider: Annotated[str, Text(longest=NAME_LIMIT)]
    ended_on: Annotated[date | None, Day()]
    seen: Annotated[int, Version()]

    def system(self) -> NewSystem:
        """What it means."""
        return NewSystem(
            kind=self.kind, name=self.name, approach=self.approach, stance=self.stance, covers=self.covers,
            provider=self.provider, ended_on=self.ended_on,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BlockForm:
    """What is blocked, and why."""

    what: Annotated[str, Text(longest=500)]
    why: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    applies_to: Annotated[str, Text(longest=NAME_LIMIT)]
    since: Annotated[date | None, Day()]


@dataclass(frozen=True, slots=True)
class EndForm:
    """Why it is blocked no longer."""

    reason: Annotated[str, Text(longest=2_000, lines=True)]


@dataclass(frozen=True, slots=True)
class SystemOf:
    """The system that was tried: its id, or nothing for all of it."""

    def read(self, fields: Any, name: str, setting: Any) -> UUID | None:
        """The id; whether there is such a system is for the domain to see."""
        said = fields.get(name).strip()
        try:
            return UUID(said) if said else None
        except ValueError:
            raise ValueError("Choose one of the answers on the page.") from None


@dataclass(frozen=True, slots=True)
class CheckForm:
    """What was tried."""

    system: Annotated[UUID | None, SystemOf()]
    checked_on: Annotated[date | None, Day()]
    checked_by: Annotated[str, Text(longest=NAME_LIMIT)]
    device: Annotated[str, Text(longest=NAME_LIMIT)]
    user_group: Annotated[str, Text(longest=NAME_LIMIT)]
    tested: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    result: Annotated[str, Choice(RESULTS)]
    done: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]

    def check(self) -> NewCheck:
        """What it means."""
        return NewCheck(
            system_id=self.system, checked_on=self.checked_on, checked_by=self.checked_by, device=self.device,
            user_group=self.user_group, tested=self.tested, result=self.result, done=self.done,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DutyForm:
    """Who answers for it."""

    senior_lead: Annotated[
        str, Text(longest=NAME_LIMIT, required="Write who leads on it: somebody in senior leadership.")
    ]
    governor: Annotated[str, Text(longest=NAME_LIMIT, required="Write who of those who govern answers for it.")]


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """The yearly review."""

    reviewed_on: Annotated[date | None, Day()]
    took_part: Annotated[str, Text(longest=500)]
    found: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]
    changes: Annotated[str, Text(longest=WORDS_LIMIT, lines=True)]


@get(BASE, permission=Permission.FILTERING_READ)
async def show_filtering(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The register on one page."""
    systems = await list_systems(work)
    return page(
        request, "registers/filtering/show.html", state=await read_state(work, today_here()), systems=systems,
        blocks=await list_blocks(work), ended=await list_blocks(work, ended=True),
        checks=await list_checks(work, LATEST, SHOWN), duties={one.part: one for one in await list_duties(work)},
        reviews=await list_reviews(work), today=today_here(), named={one.id: one.name for one in systems},
        struck=await list_struck(work, "checks", "reviews", "blocks"),
    )  # fmt: skip


@get(BASE + "/systems/new", permission=Permission.REGISTER_KEEP)
async def show_new_system(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for a system."""
    work.require(Permission.REGISTER_KEEP)
    return _system(request, begun(SystemForm, {"kind": "filtering", "approach": "technical", "stance": "both"}))


@post(BASE + "/systems/new", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_new_system(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Record a system."""
    form = await read(request, SystemForm)
    try:
        await add_system(work, form.value.system())
    except Invalid as refusal:
        return _system(request, form.refused(refusal), status=422)
    return after(BASE)


@get(BASE + "/systems/{system_id:uuid}", permission=Permission.FILTERING_READ)
async def show_system(
    request: Request[Any, Any, Any], work: NamedDependency[Work], system_id: FromPath[UUID]
) -> Template:
    """One system, to read or to change."""
    system = await get_system(work, system_id)
    starts = {name: str(getattr(system, name) or "") for name in ("kind", "name", "approach", "stance", "covers")}
    ended = system.ended_on.isoformat() if system.ended_on else ""
    starts |= {"provider": system.provider, "ended_on": ended, "seen": str(system.version)}
    form = begun(SystemForm, starts)
    return _system(request, form, system)


@post(BASE + "/systems/{system_id:uuid}", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_system(
    request: Request[Any, Any, Any], work: NamedDependency[Work], system_id: FromPath[UUID]
) -> Template | Redirect:
    """Change a system."""
    form, system = await read(request, SystemForm), await get_system(work, system_id)
    try:
        await change_system(work, system_id, form.value.system(), form.value.seen)
    except Invalid as refusal:
        return _system(request, form.refused(refusal), system, status=422)
    except Conflict as refusal:
        return _system(request, form, system, status=409, theirs=refusal.detail)
    return after(BASE)


@get(BASE + "/blocks/new", permission=Permission.REGISTER_KEEP)
async def show_new_block(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for what is blocked."""
    work.require(Permission.REGISTER_KEEP)
    form = blank(BlockForm, since=today_here().isoformat())
    return page(request, "registers/filtering/block_new.html", form=form, errors=())


@post(BASE + "/blocks/new", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_new_block(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Record what is blocked and why."""
    form = await read(request, BlockForm)
    try:
        said = form.value
        await add_block(work, said.what, said.why, said.applies_to, said.since)
    except Invalid as refusal:
        wrong = form.refused(refusal)
        return page(request, "registers/filtering/block_new.html", status=422, form=wrong, errors=wrong.errors)
    return after(BASE + "#blocked")


@get(BASE + "/blocks/{block_id:uuid}", permission=Permission.FILTERING_READ)
async def show_block(
    request: Request[Any, Any, Any], work: NamedDependency[Work], block_id: FromPath[UUID]
) -> Template:
    """One thing that is blocked, why, and its end."""
    block = await get_block(work, block_id)
    return page(request, "registers/filtering/block.html", block=block, form=blank(EndForm), errors=())


@post(BASE + "/blocks/{block_id:uuid}", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_block_end(
    request: Request[Any, Any, Any], work: NamedDependency[Work], block_id: FromPath[UUID]
) -> Template | Redirect:
    """It is blocked no longer."""
    form, block = await read(request, EndForm), await get_block(work, block_id)
    try:
        await end_block(work, block_id, form.value.reason, today_here())
    except Invalid as refusal:
        wrong = form.refused(refusal)
        return page(request, "registers/filtering/block.html", status=422, block=block, form=wrong, errors=wrong.errors)
    return after(BASE + "#blocked")


@get(BASE + "/checks", permission=Permission.FILTERING_READ)
async def show_checks(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every check, the latest first."""
    start = read_cursor(request.query_params.get("after"), SCOPE)
    rows = await list_checks(work, after_key(start), DEFAULT_LIMIT + 1)
    named = {one.id: one.name for one in await list_systems(work)}
    return page(
        request, "registers/filtering/checks.html", checks=cut(rows, DEFAULT_LIMIT, key_of, SCOPE), first=start is None,
        named=named, struck=await list_struck(work, "checks"),
    )  # fmt: skip


@get(BASE + "/checks/new", permission=Permission.FILTERING_CHECK)
async def show_new_check(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for a check."""
    form = blank(CheckForm, checked_on=today_here().isoformat(), checked_by=work.actor.name)
    return await _check(request, work, form)


@post(BASE + "/checks/new", permission=Permission.FILTERING_CHECK, status_code=303)
async def take_new_check(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Record a check."""
    form = await read(request, CheckForm)
    try:
        await record_check(work, form.value.check())
    except Invalid as refusal:
        return await _check(request, work, form.refused(refusal), status=422)
    return after(BASE + "#checks")


@get(BASE + "/people", permission=Permission.REGISTER_KEEP)
async def show_duties(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Who answers for it."""
    named = {one.part: one.name for one in await list_duties(work)}
    form = blank(DutyForm, senior_lead=named.get("senior_lead", ""), governor=named.get("governor", ""))
    return page(request, "registers/filtering/people.html", form=form, errors=())


@post(BASE + "/people", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_duties(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Name who answers for it; a name that stays is not recorded again."""
    form = await read(request, DutyForm)
    if form.errors:
        return page(request, "registers/filtering/people.html", status=422, form=form, errors=form.errors)
    named = {one.part: one.name for one in await list_duties(work)}
    for part, name in (("senior_lead", form.value.senior_lead), ("governor", form.value.governor)):
        if named.get(part) != name:
            await name_duty(work, part, name)
    return after(BASE)


@get(BASE + "/reviews/new", permission=Permission.REGISTER_KEEP)
async def show_new_review(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form for the yearly review, with what there is to look at beside it."""
    names = ", ".join(one.name for one in await list_duties(work))
    form = blank(ReviewForm, reviewed_on=today_here().isoformat(), took_part=names)
    return await _review(request, work, form)


@post(BASE + "/reviews/new", permission=Permission.REGISTER_KEEP, status_code=303)
async def take_new_review(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Record the review."""
    form = await read(request, ReviewForm)
    try:
        said = form.value
        await record_review(work, own_profile(), said.reviewed_on, said.took_part, said.found, said.changes)
    except Invalid as refusal:
        return await _review(request, work, form.refused(refusal), status=422)
    return after(BASE)


def _system(
    request: Request[Any, Any, Any], form: Form[SystemForm], system: System | None = None, status: int = 200,
    theirs: str | None = None,
) -> Template:  # fmt: skip
    return page(
        request, "registers/filtering/system.html", status=status, form=form, errors=form.errors, system=system,
        theirs=theirs,
    )  # fmt: skip


async def _check(request: Request[Any, Any, Any], work: Work, form: Form[CheckForm], status: int = 200) -> Template:
    systems = [one for one in await list_systems(work) if one.ended_on is None]
    return page(
        request, "registers/filtering/check.html", status=status, form=form, errors=form.errors, systems=systems
    )


async def _review(request: Request[Any, Any, Any], work: Work, form: Form[ReviewForm], status: int = 200) -> Template:
    return page(
        request, "registers/filtering/review.html", status=status, form=form, errors=form.errors,
        state=await read_state(work, today_here()),
    )  # fmt: skip


ROUTES = [
    show_filtering, show_new_system, take_new_system, show_system, take_system, show_new_block, take_new_block,
    show_block, take_block_end, show_checks, show_new_check, take_new_check, show_duties, take_duties,
    show_new_review, take_new_review,
]  # fmt: skip
