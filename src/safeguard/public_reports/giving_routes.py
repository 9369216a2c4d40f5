"""The page on which what is not about somebody who works here is given to the safeguarding lead."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.concerns.forms import ReasonForm, version_of
from safeguard.concerns.handling import LEVELS
from safeguard.concerns.record import Record
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.incidents.changing import Stale
from safeguard.incidents.hiding.glass import require_keeping
from safeguard.incidents.overtaken import for_now
from safeguard.public_reports import giving
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work

Asked = Request[Any, Any, Any]


@get("/concerns/{concern_id:uuid}/give", permission=Permission.CONCERN_RAISE)
async def show_giving(request: Asked, work: NamedDependency[Work], concern_id: FromPath[UUID]) -> Template:
    """What becomes of it, and how one knows that it is about nobody here."""
    await require_keeping(work)
    return _giving(request, await giving.read_for_giving(work, concern_id), blank(ReasonForm))


@post("/concerns/{concern_id:uuid}/give", permission=Permission.CONCERN_RAISE, fresh=True, status_code=303)
async def take_giving(request: Asked, work: NamedDependency[Work], concern_id: FromPath[UUID]) -> Template | Redirect:
    """It is an incident from now on, and the concern is closed."""
    form = await read(request, ReasonForm)
    try:
        await giving.give_to_lead(work, concern_id, version_of(form), form.value.reason)
    except Stale:
        return _giving(request, await giving.read_for_giving(work, concern_id), for_now(form), 409)
    except (Invalid, Conflict) as refusal:
        wrong = refusal if isinstance(refusal, Invalid) else Invalid(FieldError("reason", refusal.detail))
        return _giving(
            request, await giving.read_for_giving(work, concern_id), form.refused(wrong), refusal.status
        )  # fmt: skip
    return after(f"/concerns/{concern_id}")


def _giving(request: Asked, record: Record, form: Form[ReasonForm], status: int = 200) -> Template:
    return page(
        request, "concerns/give.html", status=status, concern=record.facts, form=form, errors=form.errors,
        version=form["version"] or record.facts.version, overtaken=status == 409 and not form.errors, levels=LEVELS,
        latest=record.entries[-1] if record.entries else None, of_colleague=record.facts.raised_by is not None,
    )  # fmt: skip


ROUTES = [show_giving, take_giving]
