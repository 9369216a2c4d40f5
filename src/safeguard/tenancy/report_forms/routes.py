"""Pages: which questions a report asks, their order and their words, and questions of one's own."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Invalid
from safeguard.tenancy.checking import KEPT
from safeguard.tenancy.effective import own_profile
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.questions import Question
from safeguard.tenancy.report_forms.asked import WHY_KEPT, every_question
from safeguard.tenancy.report_forms.changing import add_question, arrange, find_question, reword
from safeguard.tenancy.report_forms.forms import ArrangeForm, OwnForm, WordsForm, seen_of
from safeguard.tenancy.report_forms.reading import Form as ReportForm
from safeguard.tenancy.report_forms.reading import read_form
from safeguard.tenancy.report_forms.type_routes import show_type, take_type
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@dataclass(frozen=True, slots=True)
class Line:
    """One question as the page of all of them shows it."""

    question: Question
    position: str
    where: str
    required: bool
    is_own: bool
    kept: str
    """Why it must be asked; empty when it need not."""
    changed: bool


@get("/settings/form", permission=Permission.SETTINGS_MANAGE)
async def show_questions(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every question with its place."""
    profile = await own_profile(work)
    return _questions(request, profile, await read_form(work, profile), None)


@post("/settings/form", permission=Permission.SETTINGS_MANAGE, status_code=303)
async def take_questions(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Arrange the questions."""
    form, profile = await read(request, ArrangeForm), await own_profile(work)
    try:
        await arrange(work, profile, form.value.places, seen_of(form))
    except Invalid as refusal:
        return _questions(request, profile, await read_form(work, profile), form.refused(refusal), status=422)
    return after("/settings/form?changed=yes")


@get("/settings/form/questions/new", permission=Permission.SETTINGS_MANAGE)
async def show_new_question(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The form of a question of one's own."""
    profile = await own_profile(work)
    now = await read_form(work, profile)
    return _own(request, profile, blank(OwnForm, seen=str(now.number), identifies="yes", where="folded"))


@post("/settings/form/questions/new", permission=Permission.SETTINGS_MANAGE, status_code=303)
async def take_new_question(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Ask a question of one's own."""
    form, profile = await read(request, OwnForm), await own_profile(work)
    try:
        await add_question(work, profile, form.value.own(), seen_of(form))
    except Invalid as refusal:
        return _own(request, profile, form.refused(refusal), status=422)
    return after("/settings/form?changed=yes")


@get("/settings/form/questions/{code:str}", permission=Permission.SETTINGS_MANAGE)
async def show_question(request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]) -> Template:
    """The words of one question, to change."""
    profile = await own_profile(work)
    now = await read_form(work, profile)
    question = find_question(profile, now, code)
    form = blank(WordsForm, label=question.label, hint=question.hint, seen=str(now.number))
    return _words(request, profile, question, form)


@post("/settings/form/questions/{code:str}", permission=Permission.SETTINGS_MANAGE, status_code=303)
async def take_question(
    request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]
) -> Template | Redirect:
    """Change the words of one question."""
    form, profile = await read(request, WordsForm), await own_profile(work)
    question = find_question(profile, await read_form(work, profile), code)
    try:
        await reword(work, profile, code, form.value.label, form.value.hint, seen_of(form))
    except Invalid as refusal:
        return _words(request, profile, question, form.refused(refusal), status=422)
    return after("/settings/form?changed=yes")


def _questions(
    request: Request[Any, Any, Any],
    profile: Profile,
    now: ReportForm,
    form: Form[ArrangeForm] | None,
    status: int = 200,
) -> Template:
    return page(
        request,
        "settings/form.html",
        status=status,
        lines=_lines(profile, now, form),
        now_form=now,
        types=tuple((told, told.code in now.choices.types) for told in now.asked.reported.values()),
        seen=form["seen"] if form else now.number,
        errors=form.errors if form else (),
        changed=request.query_params.get("changed"),
    )


def _lines(profile: Profile, now: ReportForm, form: Form[ArrangeForm] | None) -> tuple[Line, ...]:
    own = {one.code for one in now.choices.own}
    return tuple(
        Line(
            question,
            position=form[f"position-{question.code}"] if form else str(number),
            where=form[f"where-{question.code}"] if form else _where(question, hidden=hidden),
            required=bool(form[f"required-{question.code}"]) if form else question.required,
            is_own=question.code in own,
            kept=WHY_KEPT[question.code] if question.code in KEPT else "",
            changed=question.code in now.choices.changed,
        )
        for number, (question, hidden) in enumerate(every_question(profile, now.choices), start=1)
    )


def _where(question: Question, *, hidden: bool) -> str:
    return "hidden" if hidden else "folded" if question.folded else "at_once"


def _own(request: Request[Any, Any, Any], profile: Profile, form: Form[OwnForm], status: int = 200) -> Template:
    return page(request, "settings/own_question.html", status=status, form=form, errors=form.errors, profile=profile)


def _words(
    request: Request[Any, Any, Any], profile: Profile, question: Question, form: Form[WordsForm], status: int = 200
) -> Template:
    return page(
        request, "settings/question.html", status=status, form=form, errors=form.errors, question=question,
        usual=profile.questions.get(question.code),
    )  # fmt: skip


ROUTES = [
    show_questions, take_questions, show_new_question, take_new_question, show_question, take_question, show_type,
    take_type,
]  # fmt: skip
