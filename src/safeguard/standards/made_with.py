"""The text of a standard of the service that a review was made with, kept by its digest when it is first used.

A release may reword a standard. Whoever judged a control read the sentences of then, so a review goes on showing those,
and moving to the new ones shows what changed. Each organisation keeps its own copy of a wording, once: it is part of
what it would take along. (The road not taken: old editions among the service's files, which somebody has to remember.)
"""

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Final

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import NotFound
from safeguard.standards.framework import Framework
from safeguard.standards.frameworks import FOLDER, in_words, load_frameworks
from safeguard.standards.owning import body_of, framework_from, known_framework, list_added, with_added
from safeguard.standards.review import Review
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
select t.digest, t.body from public.framework_texts t where t.organisation_id = (select sec.current_organisation())
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
    """The standard in the words that the review was made with, also when a release changed or dropped it."""
    work.require(Permission.STANDARDS_READ)
    wording = wording_of(review.framework)
    body = None
    if review.framework_digest and (wording is None or wording.digest != review.framework_digest):
        body = await work.driver.fetchval(KEPT, review.framework_digest)
    if body is None:
        return await known_framework(work, review.framework, profile, review.framework_version)
    return with_added(in_words(framework_from(body), profile), await list_added(work))


async def kept_wordings(work: Work, profile: Profile) -> dict[str, Framework]:
    """Every text that reviews of this organisation were made with, by its digest."""
    work.require(Permission.STANDARDS_READ)
    return {row["digest"]: in_words(framework_from(row["body"]), profile) for row in await work.driver.fetch(ALL_KEPT)}


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
