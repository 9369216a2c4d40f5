"""Pages: what a report of one type asks."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.tenancy.checking import KEPT_IN_TYPES
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question, ReportedType
from safeguard.tenancy.report_forms.forms import TypeForm, seen_of
from safeguard.tenancy.report_forms.reading import Form as ReportForm
from safeguard.tenancy.report_forms.reading import read_form
from safeguard.tenancy.report_forms.tailoring import find_type, tailor
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Line:
    """One question in the reports of a type."""

    question: Question
    position: str
    where: str
    required: bool
    hint: str
    is_kept: bool
    """Whether no type may leave it out."""


@get("/settings/form/types/{code:str}", permission=Permission.SETTINGS_MANAGE)
async def show_type(request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]) -> Template:
    """What is asked for one type, to change."""
    profile = await own_profile(work)
    find_type(profile, code)
    now = await read_form(work, profile)
    form = blank(TypeForm, seen=str(now.number), notice=now.asked.reported[code].notice)
    return _shown(request, profile, now, form, code)


@post("/settings/form/types/{code:str}", permission=Permission.SETTINGS_MANAGE, status_code=303)
async def take_type(
    request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]
) -> Template | Redirect:
    """Change it."""
    form, profile = await read(request, TypeForm), await own_profile(work)
    find_type(profile, code)
    try:
        await tailor(work, profile, code, form.value.notice, form.value.questions, seen_of(form))
    except Invalid as refusal:
        return _shown(request, profile, await read_form(work, profile), form.refused(refusal), code, 422)
    return after("/settings/form?changed=yes")


def _shown(
    request: Request[Any, Any, Any],
    profile: Profile,
    now: ReportForm,
    form: Form[TypeForm],
    code: str,
    status: int = 200,
) -> Template:
    told = now.asked.reported[code]
    asked = [question for question in now.asked.questions if not question.about or code in question.about]
    lines = tuple(_line(question, told, form if status != 200 else None) for question in asked)
    return page(
        request, "settings/report_type.html", status=status, told=told, usual=profile.reported[code], lines=lines,
        form=form, errors=form.errors,
    )  # fmt: skip


def _line(question: Question, told: ReportedType, form: Form[TypeForm] | None) -> Line:
    code = question.code
    if form is not None:
        where, hint = form[f"where-{code}"], form[f"hint-{code}"]
        position, required = form[f"position-{code}"], bool(form[f"required-{code}"])
    else:
        where = "left_out" if code in told.leave_out else "first" if code in told.first else "usual"
        position = str(told.first.index(code) + 1) if where == "first" else ""
        hint, required = told.hints.get(code, ""), code in told.require
    return Line(question, position, where, required, hint, code in KEPT_IN_TYPES)
