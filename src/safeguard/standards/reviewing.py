"""Reviewing: beginning, judging one control at a time, signing off.

Each control is a row of its own with its own version, so that several people review at once and nobody overwrites what
they have not read: whoever comes second is shown what the first wrote.
"""

from uuid import UUID

import asyncpg
import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.standards.cycle import ask_to_look
from safeguard.standards.framework import Control, Framework
from safeguard.standards.made_with import keep_wording
from safeguard.standards.queries import get_review
from safeguard.standards.review import Rating, Review, Scope, rating_document, review_document
from safeguard.work import Work

COMMENTARY_LIMIT = 10_000
BEGIN = """
insert into public.reviews (organisation_id, id, framework, framework_version, scope, started_at, started_by,
    started_by_name, framework_digest, scale)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
CHANGE = """
update public.reviews r set scope = $3, state = $4, statement = $5, signed_at = $6, signed_by = $7,
    signed_by_name = $8, version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.version = $2
"""
HOLD = """
select r.state, r.framework_version, r.framework_digest from public.reviews r
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 for share
"""
LOCK = """
select from public.reviews r
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 for update
"""
FIRST = """
insert into public.ratings (organisation_id, id, review_id, control, level, commentary, version, judged_at, judged_by,
    judged_by_name, framework_version, framework_digest, scale)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, 1, $6, $7, $8, $9, $10, $11)
on conflict (organisation_id, review_id, control) do nothing
"""
AGAIN = """
update public.ratings t set level = $4, commentary = $5, judged_at = $6, judged_by = $7, judged_by_name = $8,
    framework_version = $9, framework_digest = $10, scale = $11, version = t.version + 1
where t.organisation_id = (select sec.current_organisation()) and t.id = $1 and t.review_id = $2 and t.control = $3
    and t.version = $12
"""
SIGNED = "This review is signed off, and stays as it was. Begin a new one to judge again."
STALE = (
    "Somebody else judged this control while you were writing, so nothing was saved over it. What you typed is kept: "
    "read theirs, then save yours or leave it."
)

OTHER_EDITION = (
    "While you were writing, this review went on with another edition of its standard, so nothing was saved. What you "
    "typed is kept: read the sentences as they are now, and choose again."
)
MOVED_ON = (
    "Something in this review changed after you opened this page, so it was not signed. What you typed is kept: look "
    "at the levels below as they are now, then sign."
)


async def begin_review(work: Work, framework: Framework, scope: Scope) -> Review:
    """Begin a review of a framework; raises `Conflict` while one is open.

    Where the framework names nothing that comes first, a first review asks everything, and is a whole one.
    """
    work.require(Permission.STANDARDS_REVIEW)
    scope = "full" if framework.first_controls == framework.controls else scope
    review = Review(
        id=clock.new_id(), framework=framework.code, framework_version=framework.version, scope=scope,
        framework_digest=await keep_wording(work, framework), started_at=work.now(), started_by_name=work.actor.name,
        scale=len(framework.levels),
    )  # fmt: skip
    values = (review.id, review.framework, review.framework_version, scope, review.started_at, work.actor.user_id)
    try:
        await work.driver.execute(BEGIN, *values, review.started_by_name, review.framework_digest, review.scale)
    except asyncpg.UniqueViolationError:
        raise Conflict("A review of this framework is open already. Go on with that one.") from None
    work.record("review.started", review.id, document=review_document(review))
    return review


async def judge(work: Work, review: Review, control: Control, level: int | None, commentary: str, seen: int) -> Rating:
    """Say where a control stands. `seen` is the version that was read: 0 where nobody had judged it yet."""
    work.require(Permission.STANDARDS_REVIEW)
    if level is None and not commentary:
        raise Invalid(FieldError("level", "Choose the sentence that is true of you today, or write what you know."))
    held = await work.driver.fetchrow(HOLD, review.id)
    if held is None or held["state"] != "open":
        raise Conflict(SIGNED)
    if (held["framework_version"], held["framework_digest"]) != review.edition[:2]:
        raise Conflict(OTHER_EDITION)
    before = review.rating(control.code)
    rating = Rating(
        id=before.id if before else clock.new_id(), control=control.code, level=level, commentary=commentary,
        version=seen + 1, judged_at=work.now(), judged_by_name=work.actor.name,
        framework_version=review.framework_version, framework_digest=review.framework_digest, scale=len(control.levels),
    )  # fmt: skip
    values = (rating.id, review.id, control.code, level, commentary, rating.judged_at, work.actor.user_id)
    if (before.version if before else 0) != seen:
        raise Conflict(STALE)
    again = (seen,) if before else ()
    read_with = (rating.framework_version, rating.framework_digest, rating.scale)
    done = await work.driver.execute(AGAIN if before else FIRST, *values, rating.judged_by_name, *read_with, *again)
    if not done.endswith(" 1"):
        raise Conflict(STALE)
    work.record("rating.given", rating.id, document=rating_document(rating, review.id))
    return rating


async def widen(work: Work, review_id: UUID, seen: int) -> Review:
    """Go from the few controls of a first review to all of them."""
    work.require(Permission.STANDARDS_REVIEW)
    review = await get_review(work, review_id)
    if review.state == "signed":
        raise Conflict(SIGNED)
    return await _change(work, review, seen, "review.widened", scope="full")


async def sign_off(work: Work, review_id: UUID, framework: Framework, statement: str, seen: int) -> Review:
    """Sign off what was read: `seen` is the review's stamp then.

    Raises `Invalid` while a control of its scope has no level, or nothing is said; `Conflict` after another change.
    """
    work.require(Permission.STANDARDS_SIGN)
    await work.driver.execute(LOCK, review_id)  # whoever is judging now finishes first, or finds it signed
    review = await get_review(work, review_id)
    if review.state == "signed":
        raise Conflict(SIGNED)
    errors: list[FieldError] = []
    levels = review.levels_of(len(framework.levels))
    if missing := [control.name for control in asked(framework, review) if control.code not in levels]:
        names = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        errors.append(FieldError("statement", f"These have no level yet: {names}."))
    if not statement:
        errors.append(FieldError("statement", "Say in a sentence what was agreed, and by whom."))
    if errors:
        raise Invalid(*errors)
    if review.stamp != seen:
        raise Conflict(MOVED_ON)
    signed = {"state": "signed", "statement": statement, "signed_at": work.now(), "signed_by_name": work.actor.name}
    after = await _change(work, review, review.version, "review.signed", **signed)
    await ask_to_look(work, after, framework)
    if not work.dated:
        work.ask("report.of_review", review.id, key=str(review.id))
    return after


def asked(framework: Framework, review: Review) -> tuple[Control, ...]:
    """The controls that a review asks."""
    return framework.first_controls if review.scope == "first" else framework.controls


async def _change(work: Work, review: Review, seen: int, event: str, **changed: object) -> Review:
    after = msgspec.structs.replace(review, version=seen + 1, **changed)
    signer = work.actor.user_id if after.state == "signed" else None
    done = await work.driver.execute(
        CHANGE, review.id, seen, after.scope, after.state, after.statement, after.signed_at, signer,
        after.signed_by_name,
    )  # fmt: skip
    if done != "UPDATE 1":
        raise Conflict
    work.record(event, review.id, document=review_document(after))
    return after
