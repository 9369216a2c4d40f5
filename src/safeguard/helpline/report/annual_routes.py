"""`/helpline/reports`: annual reports, from the first word to when anybody can read them. For supervisors."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, DomainError, FieldError, Invalid
from safeguard.helpline.here import here
from safeguard.helpline.report.annual import Annual, begin_annual, get_annual, list_annuals, proposed, write_annual
from safeguard.helpline.report.composing import write_report
from safeguard.helpline.report.forms import (
    AgreeForm,
    BeginForm,
    OutcomeForm,
    RecommendForm,
    StoryForm,
    WithdrawForm,
    WordsForm,
)
from safeguard.helpline.report.publishing import ask_to_publish, withdraw_annual
from safeguard.helpline.report.recommending import STATES, list_recommendations, note_outcome, recommend
from safeguard.helpline.report.setting import spoken
from safeguard.helpline.report.spans import Span
from safeguard.helpline.report.stories import (
    agree_story,
    drop_story,
    flagged,
    get_story,
    list_stories,
    retell_story,
    tell_story,
)
from safeguard.helpline.report.theming import known_theme, list_themes
from safeguard.web import exchange
from safeguard.web.forms import Form, begun, blank, read, today_here
from safeguard.web.pages import after, page
from safeguard.work import Work

SUPERVISE = Permission.HELPLINE_SUPERVISE
ONE = "/helpline/reports/{annual_id:uuid}"


@get("/helpline/reports", permission=SUPERVISE)
async def show_annuals(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Every report, and the form that begins one."""
    code, span = proposed(await list_annuals(work), today_here())
    starts = {"first": span.first.isoformat(), "last": span.last.isoformat(), "code": code}
    return await _annuals(request, work, begun(BeginForm, starts))


@post("/helpline/reports", permission=SUPERVISE, status_code=303)
async def take_annual(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Begin a report."""
    form = await read(request, BeginForm)
    try:
        said = form.value
        if said.first is None or said.last is None:
            raise Invalid(FieldError("first", "Choose the first and the last day."))
        theme = known_theme(said.theme) if said.theme else None
        annual = await begin_annual(work, said.code, said.title, Span(said.first, said.last), theme)
    except Invalid as refusal:
        return await _annuals(request, work, form.refused(refusal), status=422)
    return after(f"/helpline/reports/{annual.id}")


@get(ONE, permission=SUPERVISE)
async def show_annual(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID]
) -> Template:
    """One report while it is written."""
    return await _annual(request, work, await get_annual(work, annual_id))


@get(ONE + "/preview", permission=SUPERVISE)
async def show_preview(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID]
) -> Template:
    """Exactly what anybody will read, as it stands now."""
    annual, where = await get_annual(work, annual_id), await here(work)
    paper = annual.paper or await write_report(work, where.profile, where.clocks.calendar.helpline, annual)
    return page(request, "helpline/report/preview.html", annual=annual, paper=paper, spoken=spoken)


@post(ONE, permission=SUPERVISE, status_code=303)
async def take_words(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID]
) -> Template | Redirect:
    """Its title, its foreword, what is emerging."""
    annual, form = await get_annual(work, annual_id), await read(request, WordsForm)

    async def write() -> None:
        said = form.value
        await write_annual(work, annual, said.title, said.foreword, said.trends, said.seen)

    return await _done(request, work, annual, write(), words=form)


@post(ONE + "/stories", permission=SUPERVISE, status_code=303)
async def take_story(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID]
) -> Template | Redirect:
    """Tell a case."""
    annual, form = await get_annual(work, annual_id), await read(request, StoryForm)

    async def tell() -> None:
        said = form.value
        await tell_story(work, annual, said.reference, said.story_title, said.words)

    return await _done(request, work, annual, tell(), anchor="#stories", story=form)


@get(ONE + "/stories/{story_id:uuid}", permission=SUPERVISE)
async def show_story(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID], story_id: FromPath[UUID]
) -> Template:
    """One story beside what in it may tell who somebody is."""
    annual = await get_annual(work, annual_id)
    return await _story(request, work, annual, story_id)


@post(ONE + "/stories/{story_id:uuid}", permission=SUPERVISE, status_code=303)
async def take_retelling(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID], story_id: FromPath[UUID]
) -> Template | Redirect:
    """Tell it anew."""
    annual, form = await get_annual(work, annual_id), await read(request, StoryForm)
    story = await get_story(work, annual, story_id)
    try:
        said = form.value
        await retell_story(work, annual, story, said.story_title, said.words, said.seen)
    except (Invalid, Conflict) as refusal:
        return await _story(request, work, annual, story_id, form=form, refusal=refusal)
    return after(f"/helpline/reports/{annual_id}/stories/{story_id}")


@post(ONE + "/stories/{story_id:uuid}/agree", permission=SUPERVISE, status_code=303)
async def take_agreeing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID], story_id: FromPath[UUID]
) -> Template | Redirect:
    """Agree that nobody is in it."""
    annual, form = await get_annual(work, annual_id), await read(request, AgreeForm)
    story = await get_story(work, annual, story_id)
    try:
        await agree_story(work, annual, story, form.value.looked, form.value.seen)
    except (Invalid, Conflict) as refusal:
        return await _story(request, work, annual, story_id, refusal=refusal)
    return after(f"/helpline/reports/{annual_id}#stories")


@post(ONE + "/stories/{story_id:uuid}/drop", permission=SUPERVISE, status_code=303)
async def take_dropping(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID], story_id: FromPath[UUID]
) -> Redirect:
    """Leave it out."""
    annual, form = await get_annual(work, annual_id), await read(request, AgreeForm)
    await drop_story(work, annual, await get_story(work, annual, story_id), form.value.seen)
    return after(f"/helpline/reports/{annual_id}#stories")


@post(ONE + "/recommendations", permission=SUPERVISE, status_code=303)
async def take_recommendation(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID]
) -> Template | Redirect:
    """Recommend something to somebody."""
    annual, form = await get_annual(work, annual_id), await read(request, RecommendForm)

    async def say() -> None:
        await recommend(work, annual, form.value.recommendation, form.value.owner)

    return await _done(request, work, annual, say(), anchor="#recommendations", recommending=form)


@post(ONE + "/recommendations/{recommendation_id:uuid}", permission=SUPERVISE, status_code=303)
async def take_outcome(
    request: Request[Any, Any, Any],
    work: NamedDependency[Work],
    annual_id: FromPath[UUID],
    recommendation_id: FromPath[UUID],
) -> Template | Redirect:
    """Say what became of it."""
    annual, form = await get_annual(work, annual_id), await read(request, OutcomeForm)

    async def note() -> None:
        said = form.value
        await note_outcome(work, annual, recommendation_id, said.state, said.became, said.seen)

    return await _done(request, work, annual, note(), anchor="#recommendations")


@post(ONE + "/publish", permission=SUPERVISE, status_code=303)
async def take_publishing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID]
) -> Template | Redirect:
    """Publish it: a worker makes it."""
    annual, form = await get_annual(work, annual_id), await read(request, AgreeForm)
    return await _done(request, work, annual, ask_to_publish(work, annual, form.value.seen))


@post(ONE + "/withdraw", permission=SUPERVISE, status_code=303)
async def take_withdrawing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], annual_id: FromPath[UUID]
) -> Template | Redirect:
    """Take a published report back."""
    annual, form = await get_annual(work, annual_id), await read(request, WithdrawForm)
    said = form.value
    return await _done(request, work, annual, withdraw_annual(work, annual, said.reason, said.seen), withdraw=form)


async def _done(
    request: Request[Any, Any, Any], work: Work, annual: Annual, act: Awaitable[None], anchor: str = "",
    **forms: Form[Any],
) -> Template | Redirect:  # fmt: skip
    """Back to the report once it is done; or the report with what was typed, and why not."""
    try:
        await act
    except (Invalid, Conflict) as refusal:
        return await _annual(request, work, annual, refusal=refusal, **forms)
    return after(f"/helpline/reports/{annual.id}{anchor}")


async def _annuals(request: Request[Any, Any, Any], work: Work, form: Form[BeginForm], status: int = 200) -> Template:
    themes = await list_themes(work)
    return page(
        request, "helpline/report/annuals.html", status=status, annuals=await list_annuals(work), form=form,
        errors=form.errors, spoken=spoken, themes=[each for each in themes if each.state == "active"],
        theme_names={str(each.id): each.name for each in themes},
    )  # fmt: skip


async def _annual(
    request: Request[Any, Any, Any], work: Work, annual: Annual, refusal: DomainError | None = None, **forms: Form[Any]
) -> Template:
    starts = {"title": annual.title, "foreword": annual.foreword, "trends": annual.trends, "seen": str(annual.version)}
    viewer = exchange.current().viewer
    given: dict[str, Any] = {
        "words": begun(WordsForm, starts), "story": blank(StoryForm), "recommending": blank(RecommendForm),
        "withdraw": blank(WithdrawForm),
    }  # fmt: skip
    return page(
        request, "helpline/report/annual.html", fragment="helpline/report/_making.html",
        status=refusal.status if refusal else 200, annual=annual, stories=await list_stories(work, annual.id),
        made=await list_recommendations(work, annual.id), states=STATES, spoken=spoken,
        errors=refusal.errors if isinstance(refusal, Invalid) else (),
        conflict=refusal.detail if isinstance(refusal, Conflict) else None,
        slug=viewer.organisation.slug if viewer else "", **(given | forms),
    )  # fmt: skip


async def _story(
    request: Request[Any, Any, Any], work: Work, annual: Annual, story_id: UUID, form: Form[StoryForm] | None = None,
    refusal: DomainError | None = None,
) -> Template:  # fmt: skip
    story = await get_story(work, annual, story_id)
    starts = {"story_title": story.title, "words": story.words, "seen": str(story.version)}
    return page(
        request, "helpline/report/story.html", status=refusal.status if refusal else 200, annual=annual, told=story,
        story=form or begun(StoryForm, starts), flags=await flagged(work, story),
        errors=refusal.errors if isinstance(refusal, Invalid) else (),
        conflict=refusal.detail if isinstance(refusal, Conflict) else None,
    )  # fmt: skip


ROUTES = [
    show_annuals, take_annual, show_annual, show_preview, take_words, take_story, show_story, take_retelling,
    take_agreeing, take_dropping, take_recommendation, take_outcome, take_publishing, take_withdrawing,
]  # fmt: skip
