"""The text of a standard of the service that a review was made with, kept by its digest when it is first used.

A release may reword a standard. Whoever judged a control read the sentences of then, so a review goes on showing those,
and moving to the new ones shows what changed. Each organisation keeps its own copy of a wording, once: it is part of
what it would take along. (The road not taken: old editions among the service's files, which somebody has to remember.)
"""

import hashlib
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Final

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import FOLDER, in_words, load_frameworks
from safeguard.standards.owning import (
    bare_framework,
    body_of,
    framework_from,
    known_framework,
    list_ever_added,
    with_added,
)
from safeguard.standards.review import MadeWith, Review
from safeguard.tenancy.profile import Profile
from safeguard.work import Work

KEEP: Final = """
insert into public.framework_texts (organisation_id, id, code, edition, digest, body, kept_at)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6)
on conflict (organisation_id, digest) do nothing
"""
KEPT: Final = """
select t.body from public.framework_texts t
where t.organisation_id = (select sec.current_organisation()) and t.digest = $1
"""
ALL_KEPT: Final = """
select t.digest as key, t.body from public.framework_texts t
where t.organisation_id = (select sec.current_organisation())
union all
select f.code || ' ' || f.edition, f.body from public.own_frameworks f
where f.organisation_id = (select sec.current_organisation())
"""


@dataclass(frozen=True, slots=True)
class Wording:
    """A standard of the service as its file says it today."""

    body: str
    digest: str
    """SHA-256 of the body, in hex."""


@cache
def wording_of(code: str, folder: FilePath = FOLDER) -> Wording | None:
    """What the service ships under a code; None for a standard of an organisation's own."""
    if code not in load_frameworks(folder):
        return None
    body = body_of(tomllib.loads((folder / f"{code}.toml").read_text("utf-8")))
    return Wording(body, hashlib.sha256(body.encode()).hexdigest())


async def keep_wording(work: Work, framework: Framework) -> str | None:
    """Keep the text that is read now, once; its digest. None for a standard of one's own, which is kept anyway."""
    wording = wording_of(framework.code)
    if wording is None:
        return None
    await work.driver.execute(
        KEEP, clock.new_id(), framework.code, framework.version, wording.digest, wording.body, work.now()
    )
    return wording.digest


async def framework_of_review(work: Work, review: Review, profile: Profile) -> Framework:
    """The standard in the words that the review was made with, also when a release changed or dropped it.

    Of the organisation's own controls it holds those that stood when the review was signed, or stand while it is open.
    """
    framework = await _text_of(work, review.framework, review.edition, profile)
    stood = [each for each in await list_ever_added(work) if each.stood(review.signed_at)]
    return with_added(framework, stood)


async def judged_with(work: Work, review: Review, framework: Framework, profile: Profile) -> Mapping[str, Framework]:
    """By control: the text that was read when it was judged, where that is another than the review's own `framework`.

    That is so after a move to another edition, and of controls that are asked no more.
    """
    others = [
        rating for rating in review.ratings
        if framework.control(rating.control) is None or _other(review.edition_of(rating), review.edition)
    ]  # fmt: skip
    if not others:
        return {}
    added = await list_ever_added(work)
    editions = {review.edition_of(rating) for rating in others}
    texts: dict[MadeWith, Framework] = {}
    for edition in editions:
        with suppress(NotFound):
            texts[edition] = with_added(await _text_of(work, review.framework, edition, profile), added)
    return {
        rating.control: text for rating in others
        if (text := texts.get(review.edition_of(rating))) and text.control(rating.control)
    }  # fmt: skip


def _other(one: MadeWith, another: MadeWith) -> bool:
    return (one.version, one.digest) != (another.version, another.digest)


async def _text_of(work: Work, code: str, edition: MadeWith, profile: Profile) -> Framework:
    work.require(Permission.STANDARDS_READ)
    wording = wording_of(code)
    body = None
    if edition.digest and (wording is None or wording.digest != edition.digest):
        body = await work.driver.fetchval(KEPT, edition.digest)
    if body is None:
        return await bare_framework(work, code, profile, edition.version)
    return in_words(framework_from(body), profile)


async def kept_wordings(work: Work, profile: Profile) -> dict[str, Framework]:
    """Every text that reviews of this organisation were made with: by its digest, or by `own_key` where it is its own.

    Each with every control that the organisation ever added to it.
    """
    work.require(Permission.STANDARDS_READ)
    added = await list_ever_added(work)
    rows = await work.driver.fetch(ALL_KEPT)
    return {row["key"]: with_added(in_words(framework_from(row["body"]), profile), added) for row in rows}


def own_key(code: str, edition: str) -> str:
    """Of an edition of an organisation's own, among the kept texts; no digest has a space."""
    return f"{code} {edition}"


async def newer_than(work: Work, review: Review, profile: Profile) -> Framework | None:
    """The latest edition where it says something else than the one that the review was made with."""
    try:
        latest = await known_framework(work, review.framework, profile)
    except NotFound:
        return None
    return latest if is_behind(review, latest) else None


def is_behind(review: Review, latest: Framework) -> bool:
    """Whether the review was made with another edition, or with another wording of the same."""
    if review.framework_version != latest.version:
        return True
    wording = wording_of(review.framework)
    return bool(wording and review.framework_digest and review.framework_digest != wording.digest)
