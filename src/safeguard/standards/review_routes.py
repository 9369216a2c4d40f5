"""`/standards`: where we stand, a review, judging one control, signing off."""

from typing import Any, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.standards import panels
from safeguard.standards.forms import BeginForm, JudgeForm, SignForm, WidenForm
from safeguard.standards.framework import Control, Framework
from safeguard.standards.frameworks import BUILT_IN
from safeguard.standards.here import own_control, own_framework, own_frameworks, own_profile
from safeguard.standards.panels import Touched
from safeguard.standards.queries import beside, get_review, latest_reviews, list_improvements, signed_before
from safeguard.standards.resources import Resource, library_of
from safeguard.standards.review import Review, Scope
from safeguard.standards.reviewing import asked, begin_review, judge, sign_off, widen
from safeguard.standards.standing import Standing, stand
from safeguard.web.forms import Form, blank, read
from safeguard.web.pages import after, page
from safeguard.work import Work


@get("/standards", permission=Permission.STANDARDS_READ)
async def show_standing(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Where we stand in every framework that we have looked at, and what to begin."""
    return await _overview(request, work, blank(BeginForm, framework="pies", scope="first"))


@post("/standards/reviews", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_beginning(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template | Redirect:
    """Begin a review."""
    form = await read(request, BeginForm)
    if form.errors:
        return await _overview(request, work, form, status=422)
    framework = own_framework(form.value.framework)
    review = await begin_review(work, framework, cast("Scope", form.value.scope))
    return after(f"/standards/reviews/{review.id}")


@get("/standards/frameworks/{code:str}", permission=Permission.STANDARDS_READ)
async def show_framework(request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]) -> Template:
    """A framework to read: every control with its levels."""
    work.require(Permission.STANDARDS_READ)
    return page(request, "standards/framework.html", framework=own_framework(code))


@get("/standards/reviews/{review_id:uuid}", permission=Permission.STANDARDS_READ)
async def show_review(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID]
) -> Template:
    """One review: every control with where it stands."""
    return page(request, "standards/review.html", standing=await _standing(work, await get_review(work, review_id)))


@post("/standards/reviews/{review_id:uuid}/widen", permission=Permission.STANDARDS_REVIEW, status_code=303)
async def take_widening(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID]
) -> Redirect:
    """Go from the few controls of a first review to all."""
    form = await read(request, WidenForm)
    await widen(work, review_id, form.value.seen)
    return after(f"/standards/reviews/{review_id}")


@get("/standards/reviews/{review_id:uuid}/controls/{code:str}", permission=Permission.STANDARDS_READ)
async def show_control(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID], code: FromPath[str]
) -> Template:
    """One control: its sentences, what was said, its evidence, what is done about it."""
    review = await get_review(work, review_id)
    framework = own_framework(review.framework)
    control = own_control(framework, code)
    rating = review.rating(code)
    starts = {"level": str(rating.level or ""), "commentary": rating.commentary} if rating else {}
    form = blank(JudgeForm, seen=str(rating.version if rating else 0), **starts)
    return await _control(request, work, review, framework, control, form)


@post(
    "/standards/reviews/{review_id:uuid}/controls/{code:str}", permission=Permission.STANDARDS_REVIEW, status_code=303
)
async def take_control(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID], code: FromPath[str]
) -> Template | Redirect:
    """Judge one control. Where somebody else was first, both are shown and nothing is lost."""
    review = await get_review(work, review_id)
    framework = own_framework(review.framework)
    control = own_control(framework, code)
    form = await read(request, JudgeForm)
    try:
        said = form.value
        if said.level not in {None, *(level.number for level in framework.levels)}:
            raise Invalid(FieldError("level", "Choose one of the sentences on the page."))
        rating = await judge(work, review, control, said.level, said.commentary, said.seen)
    except Invalid as refusal:
        wrong = form if form.errors else form.refused(refusal)
        return await _control(request, work, review, framework, control, wrong, status=422)
    except Conflict as refusal:
        theirs = refusal.detail if review.state == "open" else None
        if theirs is None:
            raise
        return await _control(request, work, review, framework, control, form, status=409, theirs=theirs)
    if form.value.do == "next" and (follows := _following(framework, review, rating.control)):
        return after(f"/standards/reviews/{review_id}/controls/{follows}")
    return after(f"/standards/reviews/{review_id}#{control.code}")


@get("/standards/reviews/{review_id:uuid}/sign", permission=Permission.STANDARDS_SIGN)
async def show_signing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID]
) -> Template:
    """What is about to be signed off."""
    review = await get_review(work, review_id)
    return await _signing(request, work, review, blank(SignForm, seen=str(review.stamp)))


@post("/standards/reviews/{review_id:uuid}/sign", permission=Permission.STANDARDS_SIGN, status_code=303)
async def take_signing(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID]
) -> Template | Redirect:
    """Sign a review off."""
    form = await read(request, SignForm)
    review = await get_review(work, review_id)
    try:
        said = form.value
        await sign_off(work, review_id, own_framework(review.framework), said.statement, said.seen)
    except Invalid as refusal:
        return await _signing(request, work, review, form if form.errors else form.refused(refusal), status=422)
    except Conflict as refusal:
        if review.state == "signed":
            raise
        return await _signing(request, work, review, form, status=409, changed=refusal.detail)
    return after(f"/standards/reviews/{review_id}")


async def _overview(request: Request[Any, Any, Any], work: Work, form: Form[BeginForm], status: int = 200) -> Template:
    frameworks = {framework.code: framework for framework in own_frameworks()}
    latest = await latest_reviews(work)
    standings: list[Standing] = []
    for code, framework in frameworks.items():
        own = [review for review in latest if review.framework == code]
        if own:
            standings.append(stand(framework, own[0], own[1] if len(own) > 1 else None))
    open_codes = {standing.review.framework for standing in standings if standing.review.state == "open"}
    to_begin = [framework for code, framework in frameworks.items() if code not in open_codes]
    return page(
        request, "standards/list.html", status=status, standings=standings, to_begin=to_begin, form=form,
        errors=form.errors, improvements=await list_improvements(work),
    )  # fmt: skip


async def _standing(work: Work, review: Review) -> Standing:
    return stand(own_framework(review.framework), review, await signed_before(work, review))


async def _control(
    request: Request[Any, Any, Any],
    work: Work,
    review: Review,
    framework: Framework,
    control: Control,
    form: Form[JudgeForm],
    status: int = 200,
    theirs: str | None = None,
) -> Template:
    before = await signed_before(work, review)
    order = asked(framework, review)
    place = order.index(control) + 1 if control in order else None
    return page(
        request, "standards/control.html", status=status, review=review, framework=framework, control=control,
        form=form, errors=form.errors, rating=review.rating(control.code), theirs=theirs, place=place, of=len(order),
        before=before.rating(control.code) if before else None,
        beside=await beside(work, framework.code, [control.code]),
        following=_following(framework, review, control.code), touched=await _touched(work, framework, control),
        resources=_helping(framework, control),
    )  # fmt: skip


async def _touched(work: Work, framework: Framework, control: Control) -> Touched:
    """Lessons name controls of the built-in framework."""
    return await panels.bound()(work, control.code) if framework.code == BUILT_IN else Touched()


def _helping(framework: Framework, control: Control) -> tuple[Resource, ...]:
    return library_of(own_profile()).of_control(control.code) if framework.code == BUILT_IN else ()


async def _signing(
    request: Request[Any, Any, Any],
    work: Work,
    review: Review,
    form: Form[SignForm],
    status: int = 200,
    changed: str | None = None,
) -> Template:
    return page(
        request, "standards/sign.html", status=status, standing=await _standing(work, review), form=form,
        errors=form.errors, changed=changed,
    )  # fmt: skip


def _following(framework: Framework, review: Review, code: str) -> str | None:
    """The next control that is asked after this one, judged or not."""
    codes = [control.code for control in asked(framework, review)]
    later = codes[codes.index(code) + 1 :] if code in codes else []
    return later[0] if later else None


ROUTES = [
    show_standing, take_beginning, show_framework, show_review, take_widening, show_control, take_control,
    show_signing, take_signing,
]  # fmt: skip
