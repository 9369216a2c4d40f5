"""Making a report: what it says is worked out once, kept as data for the page and set as PDF, sealed in the store.

The row, `report.made` and the job's `done` come in one commit; a worker that died before it left an object under a key
that was written nowhere, which is noise.
"""

import hashlib
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from anyio import to_thread
from obstore.store import ObjectStore

from safeguard import __version__
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, Gone, NotFound
from safeguard.evidence.report.setting import set_pages
from safeguard.evidence.report.visible import visible_all
from safeguard.insights.composing import make_board
from safeguard.insights.reading import read_source
from safeguard.insights.reporting.governing import governors_paper
from safeguard.insights.reporting.paper import Paper, drawn
from safeguard.insights.reporting.queries import Report, get_report
from safeguard.insights.reporting.reviewed import review_paper
from safeguard.insights.wording import tell as _
from safeguard.standards.made_with import framework_of_review
from safeguard.standards.queries import get_review, signed_before
from safeguard.standards.standing import stand
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import make_object_key, open_object_key
from safeguard.tenancy.profile import Profile
from safeguard.tenancy.profiles import profile_of
from safeguard.web.languages import language, speaking
from safeguard.web.times import written_day
from safeguard.work import Work

ORGANISATION: Final = """
select o.name, o.kind, o.nation, o.time_zone from public.organisations o where o.id = sec.current_organisation()
"""
FINISH: Final = """
update public.reports set ready_at = $2, body = $3, size = $4, sha256 = $5, wrapped_key = $6
where organisation_id = (select sec.current_organisation()) and id = $1 and ready_at is null
"""
GONE: Final = "This report is no longer stored. Ask for it again."
NOT_READY: Final = "This report is still being made. It can be downloaded as soon as its page says that it is ready."


async def make_report(work: Work, report_id: UUID, store: ObjectStore) -> None:
    """Make the report; once it is ready there is nothing left to do."""
    report = await get_report(work, report_id)
    if report.ready_at:
        return
    row = await work.driver.fetchrow(ORGANISATION)
    if row is None:
        raise NotFound
    name, kind, nation, zone = row
    now = work.now()
    here = now.astimezone(ZoneInfo(zone))
    with speaking(report.language):
        paper = await write_paper(work, report, profile_of(kind, nation), here)
        data = _data(paper, name, f"{written_day(here.date())}, {here:%H:%M}")
    pdf = await to_thread.run_sync(set_pages, "board", data, now)
    key, wrapped = await make_object_key(work, _about(report_id))
    await objects.put(store, _name(work, report_id, key.id), key, _pieces(pdf))
    digest = hashlib.sha256(pdf).digest()
    body = msgspec.json.encode(paper).decode()
    await work.driver.execute(FINISH, report_id, now, body, len(pdf), digest, wrapped)
    fields = {"sha256": digest.hex(), "size": len(pdf)}
    work.record("report.made", report_id, document=Document("report", report_id, 1, fields))


async def write_paper(work: Work, report: Report, profile: Profile, now: datetime) -> Paper:
    """What the report says."""
    if report.kind == "governors":
        source = await read_source(work, profile, now.date(), report.period, exact=False)
        return governors_paper(source, make_board(source))
    if report.review_id is None:
        raise RuntimeError("the report of a review names it")
    review = await get_review(work, report.review_id)
    framework = await framework_of_review(work, review, profile)
    return review_paper(stand(framework, review, await signed_before(work, review)), now.tzinfo)


async def download_report(work: Work, report_id: UUID, store: ObjectStore) -> tuple[Report, AsyncIterator[bytes]]:
    """The PDF, told to the log before its first byte leaves; raises `NotFound`, `Conflict`, `Gone`."""
    work.require(Permission.INSIGHTS_READ)
    report = await get_report(work, report_id)
    if not report.ready_at:
        raise Conflict(NOT_READY)
    if not report.wrapped_key:
        raise Gone(GONE)
    key = await open_object_key(work, report.wrapped_key, _about(report_id))
    pieces = await objects.read(store, _name(work, report_id, key.id), key, GONE)
    work.record("report.downloaded", report_id)
    return report, pieces


def _data(paper: Paper, organisation: str, as_of: str) -> dict[str, Any]:
    said = msgspec.to_builtins(paper)
    for section, built in zip(paper.sections, said["sections"], strict=True):
        built["drawn"] = drawn(section)
    labels = {
        "language": language()[:2], "about": _("Safeguarding online"), "page": _("Page {page} of {pages}"),
        "confidential": _("Confidential: about children and other people. Keep and share it as your policy says."),
        "made": _("%(organisation)s. %(period)s. As of %(as_of)s, made with Safeguard %(release)s.",
                  organisation=organisation, period=paper.period, as_of=as_of, release=__version__),
    }  # fmt: skip
    return visible_all({**said, "organisation": organisation, "labels": labels})


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


def _about(report_id: UUID) -> str:
    return f"report {report_id}"


def _name(work: Work, report_id: UUID, key_id: bytes) -> str:
    return f"reports/{work.organisation_id}/{report_id}-{key_id.hex()}"
