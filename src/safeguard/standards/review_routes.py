"""`/standards`: where we stand, a review, judging one control, signing off."""

from typing import Any, Final, NamedTuple, cast
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.standards import panels
from safeguard.standards.contributed import helping_control
from safeguard.standards.cycle import next_of_all, rhythm
from safeguard.standards.ending import require_offered
from safeguard.standards.forms import BeginForm, JudgeForm, SignForm, WidenForm
from safeguard.standards.framework import Control, Framework, Level
from safeguard.standards.frameworks import BUILT_IN
from safeguard.standards.here import own_control, own_profile
from safeguard.standards.looking_back import side_by_side, what_moved
from safeguard.standards.made_with import framework_of_review, is_behind, judged_with, newer_than
from safeguard.standards.mapping import Answered, also_answers, in_built_in
from safeguard.standards.over_time import list_points, on_scale, what_it_says
from safeguard.standards.owning import ended_frameworks, known_framework, known_frameworks
from safeguard.standards.panels import RegisterLine, Touched
from safeguard.standards.pictures import standing_of
from safeguard.standards.queries import Beside, beside, get_review, latest_reviews, list_reviews, signed_before
from safeguard.standards.readiness import CERTIFIED, readiness_of
from safeguard.standards.resources import Resource
from safeguard.standards.review import Rating, Review, Scope
from safeguard.standards.reviewing import asked, begin_review, judge, sign_off, widen
from safeguard.standards.spokes import spokes_of_review, strands_of
from safeguard.standards.standing import Standing, Then, stand, then_of
from safeguard.web.forms import Form, blank, read, today_here, zone_here
from safeguard.web.pages import after, page
from safeguard.work import Work

MOST_COMPARED: Final = 6


class LastTime(NamedTuple):
    """What the review before said of a control."""

    rating: Rating
    level: Level | None
    most: int
    """How many levels the edition had that was read then."""


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
    try:
        framework = await require_offered(work, await known_framework(work, form.value.framework, own_profile()))
    except Invalid as refusal:
        return await _overview(request, work, form.refused(refusal), status=422)
    review = await begin_review(work, framework, cast("Scope", form.value.scope))
    return after(f"/standards/reviews/{review.id}")


@get("/standards/reviews/{review_id:uuid}", permission=Permission.STANDARDS_READ)
async def show_review(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID]
) -> Template:
    """One review: every control with where it stands."""
    standing = await standing_of(work, await get_review(work, review_id), own_profile())
    newest = await newer_than(work, standing.review, own_profile())
    return page(
        request, "standards/review.html", standing=standing, newest=newest, strands=strands_of(standing),
        spokes=spokes_of_review(standing),
    )  # fmt: skip


@get("/standards/reviews/{review_id:uuid}/readiness", permission=Permission.STANDARDS_READ)
async def show_readiness(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID]
) -> Template:
    """How near a review is to what certificates ask: commitment, progress, mark."""
    standing = await standing_of(work, await get_review(work, review_id), own_profile())
    return page(
        request, "standards/readiness.html", standing=standing, readiness=readiness_of(standing),
        certified=standing.framework.code in CERTIFIED,
    )  # fmt: skip


@get("/standards/frameworks/{code:str}/reviews", permission=Permission.STANDARDS_READ)
async def show_comparison(
    request: Request[Any, Any, Any], work: NamedDependency[Work], code: FromPath[str]
) -> Template:
    """The reviews of a framework side by side."""
    framework = await known_framework(work, code, own_profile())
    reviews = await list_reviews(work, code, MOST_COMPARED)
    rows = side_by_side(framework, reviews)
    return page(
        request, "standards/comparison.html", framework=framework, reviews=reviews, rows=rows, says=what_moved(rows)
    )


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
    framework, control, then = await _control_of(work, review, code, also_later=True)
    rating = review.rating(code)
    level = review.levels_of(len(framework.levels)).get(code, "")
    starts = {"level": str(level), "commentary": rating.commentary} if rating else {}
    form = blank(JudgeForm, seen=str(rating.version if rating else 0), **starts)
    return await _control(request, work, review, framework, control, form, then)


@post(
    "/standards/reviews/{review_id:uuid}/controls/{code:str}", permission=Permission.STANDARDS_REVIEW, status_code=303
)
async def take_control(
    request: Request[Any, Any, Any], work: NamedDependency[Work], review_id: FromPath[UUID], code: FromPath[str]
) -> Template | Redirect:
    """Judge one control. Where somebody else was first, both are shown and nothing is lost."""
    review = await get_review(work, review_id)
    framework = await _framework(work, review)
    control = own_control(framework, code)
    form = await read(request, JudgeForm)
    try:
        said = form.value
        if said.level not in {None, *(level.number for level in framework.levels)}:
            raise Invalid(FieldError("level", "Choose one of the sentences on the page."))
        rating = await judge(work, review, control, said.level, said.commentary, said.seen)
    except Invalid as refusal:
        return await _control(request, work, review, framework, control, form.refused(refusal), status=422)
    except Conflict as refusal:
        review = await get_review(work, review_id)  # as it is now: somebody was first
        if review.state != "open":
            raise
        framework, control, then = await _control_of(work, review, code)
        return await _control(request, work, review, framework, control, form, then, status=409, theirs=refusal.detail)
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
        await sign_off(work, review_id, await _framework(work, review), said.statement, said.seen)
    except Invalid as refusal:
        return await _signing(request, work, review, form.refused(refusal), status=422)
    except Conflict as refusal:
        if review.state == "signed":
            raise
        return await _signing(request, work, review, form, status=409, changed=refusal.detail)
    return after(f"/standards/reviews/{review_id}")


async def _overview(request: Request[Any, Any, Any], work: Work, form: Form[BeginForm], status: int = 200) -> Template:
    frameworks = {framework.code: framework for framework in await known_frameworks(work, own_profile())}
    latest = await latest_reviews(work)
    standings: list[Standing] = []
    for code in frameworks:
        own = [review for review in latest if review.framework == code]
        if own:
            made_with = await _framework(work, own[0])
            others = await judged_with(work, own[0], made_with, own_profile())
            standings.append(stand(made_with, own[0], own[1] if len(own) > 1 else None, others))
    open_codes = {standing.review.framework for standing in standings if standing.review.state == "open"}
    ended = await ended_frameworks(work)
    offered = [framework for code, framework in frameworks.items() if code not in ended]
    to_begin = [framework for framework in offered if framework.code not in open_codes]
    within = await rhythm(work, own_profile())
    return page(
        request, "standards/list.html", status=status, standings=standings, to_begin=to_begin, form=form,
        errors=form.errors, ended=ended,
        due={one.review_id: one for one in next_of_all(offered, latest, today_here(), zone_here(), within)},
        behind={
            one.review.id for one in standings if is_behind(one.review, frameworks[one.review.framework])
        },
    )  # fmt: skip


async def _framework(work: Work, review: Review) -> Framework:
    """In the words that the review was made with."""
    return await framework_of_review(work, review, own_profile())


async def _control(
    request: Request[Any, Any, Any],
    work: Work,
    review: Review,
    framework: Framework,
    control: Control,
    form: Form[JudgeForm],
    then: Then | None = None,
    status: int = 200,
    theirs: str | None = None,
) -> Template:
    before = await signed_before(work, review)
    points = await list_points(work, framework.code, control.code)
    comparable = on_scale(points, len(framework.levels))
    answered = also_answers(await known_frameworks(work, own_profile()), framework.code, control.code)
    asks = in_built_in(framework.code, control.code, answered)
    order = asked(framework, review)
    place = order.index(control) + 1 if control in order else None
    return page(
        request, "standards/control.html", status=status, review=review, framework=framework, control=control,
        form=form, errors=form.errors, rating=review.rating(control.code), theirs=theirs, today=today_here(),
        place=place, of=len(order),
        then=then, asked=framework.control(control.code) is not None, before=await _last_time(work, before, control),
        beside=await _beside(work, framework, control, answered), answered=answered,
        following=_following(framework, review, control.code), touched=await _touched(work, control, asks, answered),
        registers=await _registers(work, asks), resources=await _helping(work, asks), points=points,
        comparable=comparable, over_time=what_it_says(comparable),
    )  # fmt: skip


async def _control_of(
    work: Work, review: Review, code: str, *, also_later: bool = False
) -> tuple[Framework, Control, Then | None]:
    """The control as the review asks it, or as it was judged where it is asked no more; raises `NotFound`.

    One that came after the review has a page as well (`also_later`), with its evidence, incidents and improvements.
    """
    framework = await _framework(work, review)
    then = then_of(review.rating(code), await judged_with(work, review, framework, own_profile()))
    if then and framework.control(code) is None:
        return framework, then.control, then
    if also_later and framework.control(code) is None:
        return framework, own_control(await known_framework(work, framework.code, own_profile()), code), None
    return framework, own_control(framework, code), then


async def _last_time(work: Work, before: Review | None, control: Control) -> LastTime | None:
    """What the review before said of it, in the words of its own edition."""
    rating = before.rating(control.code) if before else None
    if before is None or rating is None:
        return None
    framework = await _framework(work, before)
    others = await judged_with(work, before, framework, own_profile())
    read = others.get(control.code, framework)
    return LastTime(rating, read.find_level(rating.level), len(read.levels))


async def _beside(work: Work, framework: Framework, control: Control, answered: tuple[Answered, ...]) -> Beside:
    """What is done to improve a control, and its evidence: also what supports one of another standard that asks it."""
    own = await beside(work, framework.code, [control.code])
    items = {item.id: item for item in own.items}
    for code in dict.fromkeys(one.framework.code for one in answered):
        asked_there = [one.control.code for one in answered if one.framework.code == code]
        items |= {item.id: item for item in (await beside(work, code, asked_there)).items}
    ordered = sorted(items.values(), key=lambda item: (item.dated_on, item.id), reverse=True)
    return Beside(tuple(ordered), own.improvements)


async def _touched(work: Work, own: Control, asks: tuple[str, ...], answered: tuple[Answered, ...]) -> Touched:
    """Lessons name controls of the built-in framework: those that the control is, or answers."""
    names = {own.code: own.name} | {one.control.code: one.control.name for one in answered if one.pair[0] == BUILT_IN}
    return panels.together({names[code]: await panels.bound()(work, code) for code in asks})


async def _registers(work: Work, controls: tuple[str, ...]) -> tuple[RegisterLine, ...]:
    profile, today = own_profile(), today_here()
    found = [line for control in controls for line in await panels.registers()(work, profile, today, control)]
    return tuple(dict.fromkeys(found))


async def _helping(work: Work, controls: tuple[str, ...]) -> tuple[Resource, ...]:
    found = [one for control in controls for one in await helping_control(work, own_profile(), control)]
    return tuple({one.code: one for one in found}.values())


async def _signing(
    request: Request[Any, Any, Any],
    work: Work,
    review: Review,
    form: Form[SignForm],
    status: int = 200,
    changed: str | None = None,
) -> Template:
    standing = await standing_of(work, review, own_profile())
    return page(
        request, "standards/sign.html", status=status, standing=standing, form=form, errors=form.errors,
        changed=changed,
    )  # fmt: skip


def _following(framework: Framework, review: Review, code: str) -> str | None:
    """The next control that is asked after this one, judged or not."""
    codes = [control.code for control in asked(framework, review)]
    later = codes[codes.index(code) + 1 :] if code in codes else []
    return later[0] if later else None


ROUTES = [
    show_standing, take_beginning, show_review, show_readiness, show_comparison, take_widening, show_control,
    take_control, show_signing, take_signing,
]  # fmt: skip
