"""The pages of each shelf: what is past its time, one record, holds, certificates. Leads have the latter two already.

The same pages at three addresses, each with the permission of whoever sees to what lies there. At the vault's, and for
whom a concern is about, there is what there is at an address of nothing.
"""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.here import here
from safeguard.records import holding, queries
from safeguard.records.certificate import certificate_pdf, counted
from safeguard.records.forms import LiftHold, PlaceHold
from safeguard.records.holding import About
from safeguard.records.kinds import asking, leaving, queue
from safeguard.records.kinds.forms import AskForm, LeftForm, picked
from safeguard.records.kinds.registry import DESK, LEADS, SHELVES, VAULT, Kind, Shelf, get_kind, grounds_of
from safeguard.records.schedule import name_of_rule
from safeguard.records.wording import GROUNDS, HOLD_GROUNDS, KINDS
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

Asked = Request[Any, Any, Any]


def routes_of(shelf: Shelf) -> list[Any]:
    """What is past its time, one record, asking for disposals, and holding."""
    marks: dict[str, Any] = {"permission": shelf.permission}
    one = shelf.path + "/{record_kind:str}/{subject_id:uuid}"

    @get(shelf.path, **marks, name=f"show {shelf.path}")
    async def show(request: Asked, work: NamedDependency[Work]) -> Template:
        return await _list(request, work, shelf)

    @post(shelf.path + "/{record_kind:str}", **marks, status_code=303, fresh=True, name=f"ask at {shelf.path}")
    async def ask(request: Asked, work: NamedDependency[Work], record_kind: FromPath[str]) -> Template | Redirect:
        return await _ask(request, work, get_kind(record_kind, shelf))

    @get(one, **marks, name=f"show one at {shelf.path}")
    async def show_one(
        request: Asked, work: NamedDependency[Work], record_kind: FromPath[str], subject_id: FromPath[UUID]
    ) -> Template:
        return await _one(request, work, get_kind(record_kind, shelf), subject_id)

    @post(one + "/hold", **marks, status_code=303, fresh=True, name=f"hold at {shelf.path}")
    async def hold(
        request: Asked, work: NamedDependency[Work], record_kind: FromPath[str], subject_id: FromPath[UUID]
    ) -> Template | Redirect:
        return await _hold(request, work, get_kind(record_kind, shelf), subject_id)

    return [show, ask, show_one, hold]


def kept_routes_of(shelf: Shelf) -> list[Any]:
    """Lifting a hold, and certificates: for shelves that are not the leads'."""
    marks: dict[str, Any] = {"permission": shelf.permission}
    lift = shelf.path + "/holds/{hold_id:uuid}/lift"
    disposal = shelf.path + "/disposals/{disposal_id:uuid}"

    @get(lift, **marks, name=f"show lifting at {shelf.path}")
    async def show_lifting(request: Asked, work: NamedDependency[Work], hold_id: FromPath[UUID]) -> Template:
        return await lifting(request, work, shelf, hold_id, blank(LiftHold))

    @post(lift, **marks, status_code=303, fresh=True, name=f"lift at {shelf.path}")
    async def take_lifting(request: Asked, work: NamedDependency[Work], hold_id: FromPath[UUID]) -> Template | Redirect:
        return await lift_hold(request, work, shelf, hold_id)

    @get(disposal, **marks, name=f"show disposal at {shelf.path}")
    async def show_disposal(request: Asked, work: NamedDependency[Work], disposal_id: FromPath[UUID]) -> Template:
        return await certificate(request, work, shelf, disposal_id)

    @get(disposal + "/certificate.pdf", **marks, name=f"print certificate at {shelf.path}")
    async def print_certificate(work: NamedDependency[Work], disposal_id: FromPath[UUID]) -> Response[bytes]:
        return await printed(work, shelf, disposal_id)

    return [show_lifting, take_lifting, show_disposal, print_certificate]


@post(VAULT.path + "/{record_kind:str}/{subject_id:uuid}/left", permission=VAULT.permission, status_code=303)
async def take_leaving(
    request: Asked, work: NamedDependency[Work], record_kind: FromPath[str], subject_id: FromPath[UUID]
) -> Template | Redirect:
    """Write down when whom a concern is about left."""
    which, form = get_kind(record_kind, VAULT), await read(request, LeftForm)
    try:
        await leaving.say_left(work, subject_id, form.value.left_on, here().today)
    except Invalid as refusal:
        return await _one(request, work, which, subject_id, left=form.refused(refusal), status=422)
    return after(f"{VAULT.path}/{record_kind}/{subject_id}")


async def lifting(
    request: Asked, work: Work, shelf: Shelf, hold_id: UUID, form: Form[LiftHold], status: int = 200
) -> Template:
    """The page on which a hold is lifted."""
    held = await queries.get_hold(work, hold_id, shelf)
    return page(
        request, "records/lift.html", status=status, held=held, form=form, errors=form.errors, grounds=HOLD_GROUNDS
    )


async def lift_hold(request: Asked, work: Work, shelf: Shelf, hold_id: UUID) -> Template | Redirect:
    """Let the record go by its period again."""
    form = await read(request, LiftHold)
    held = await queries.get_hold(work, hold_id, shelf)
    try:
        await holding.lift_hold(work, hold_id, form.value.reason)
    except Invalid as refusal:
        return await lifting(request, work, shelf, hold_id, form.refused(refusal), 422)
    return after(held.list_path)


async def certificate(request: Asked, work: Work, shelf: Shelf, disposal_id: UUID) -> Template:
    """The certificate; before it is done, who has to agree."""
    disposal = await queries.get_disposal(work, disposal_id, shelf)
    return page(
        request, "records/disposal.html", disposal=disposal, counted=counted(disposal), grounds=GROUNDS, kinds=KINDS,
        rule=await name_of_rule(work, disposal.rule), below=queries.shelf_path(disposal.kind),
        all_path="/records/disposals" if disposal.is_leads else queries.shelf_path(disposal.kind),
    )  # fmt: skip


async def printed(work: Work, shelf: Shelf, disposal_id: UUID) -> Response[bytes]:
    """The certificate as a document."""
    disposal = await queries.get_disposal(work, disposal_id, shelf)
    rule = await name_of_rule(work, disposal.rule)
    whole = await certificate_pdf(work, disposal, rule, here().organisation)
    name = f'attachment; filename="disposal-{str(disposal.id)[-6:]}.pdf"'
    return Response(
        whole, media_type="application/pdf", headers={"Content-Disposition": name, "Cache-Control": "no-store"}
    )


async def _list(
    request: Asked, work: Work, shelf: Shelf, form: Form[AskForm] | None = None, wrong: str = "", status: int = 200
) -> Template:
    form, others = form or blank(AskForm), shelf is not LEADS
    return page(
        request, "records/kinds.html", status=status, shelf=shelf, in_vault=shelf.in_vault, is_desk=shelf is DESK,
        waiting=await queue.list_waiting(work, shelf, here().today), form=form, errors=form.errors, wrong=wrong,
        most=queue.MOST, holds=await queries.list_holds(work, shelf) if others else (), read_at=queue.read_at,
        disposals=await queries.list_disposals(work, shelf) if others else (), grounds=GROUNDS, kinds=KINDS,
        hold_grounds=HOLD_GROUNDS,
    )  # fmt: skip


async def _ask(request: Asked, work: Work, kind: Kind) -> Template | Redirect:
    form = await read(request, AskForm)
    try:
        proposal = await asking.ask(work, kind, picked(form), form.value.why, here().today)
    except (Invalid, Conflict) as refusal:
        return await _refused(request, work, kind, form, refusal)
    return after(f"/approvals/{proposal.id}?done=asked" if kind.shelf is LEADS else kind.shelf.path)


async def _refused(
    request: Asked, work: Work, kind: Kind, form: Form[AskForm], refusal: Invalid | Conflict
) -> Template:
    """Back to where it was asked: the record's own page, or the list with its ticks."""
    if isinstance(refusal, Invalid):
        wrong, status = form.refused(refusal), 422
    else:
        wrong, status = form.refused(Invalid(FieldError("why" if form["one"] else "picked", str(refusal)))), 409
    if form["one"] and (ids := picked(form)):
        return await _one(request, work, kind, ids[0], asking_form=wrong, status=status)
    return await _list(request, work, kind.shelf, wrong, kind.code, status)


async def _hold(request: Asked, work: Work, kind: Kind, subject_id: UUID) -> Template | Redirect:
    form = await read(request, PlaceHold)
    try:
        await holding.place_hold(work, About(kind.code, subject_id), form.value.ground, form.value.reason)
    except Invalid as refusal:
        return await _one(request, work, kind, subject_id, hold=form.refused(refusal), status=422)
    return after(f"{kind.shelf.path}/{kind.code}/{subject_id}")


async def _one(
    request: Asked,
    work: Work,
    kind: Kind,
    subject_id: UUID,
    *,
    hold: Form[PlaceHold] | None = None,
    asking_form: Form[AskForm] | None = None,
    left: Form[LeftForm] | None = None,
    status: int = 200,
) -> Template:
    line = await queue.get_line(work, kind, subject_id)
    hold, ask = hold or blank(PlaceHold), asking_form or blank(AskForm)
    left = left or blank(LeftForm, left_on=line.said)
    return page(
        request, "records/one.html", status=status, kind=kind, line=line, today=here().today, hold=hold, asking=ask,
        left=left, asks_leaving=kind.code == "concern", obstacles=asking.find_obstacles(kind, line),
        holds=await queries.holds_of(work, About(kind.code, subject_id)),
        grounds={code: GROUNDS[code] for code in grounds_of(kind)}, hold_grounds=HOLD_GROUNDS,
        errors=(*ask.errors, *hold.errors, *left.errors), place=f"{kind.shelf.path}/{kind.code}/{subject_id}",
        read_at=queue.read_at(kind, line), rule=await name_of_rule(work, kind.rule),
        years=(await queue.years_of(work))[kind.code],
    )  # fmt: skip


ROUTES = [
    *(route for shelf in SHELVES for route in routes_of(shelf)),
    *(route for shelf in (VAULT, DESK) for route in kept_routes_of(shelf)),
    take_leaving,
]
