"""Publishing a report: a worker counts once more, sets the PDF, and what it made stays as it is.

The row, `annual.published` and the job's `done` come in one commit. The PDF stands in the row: it is public, so there
is nothing to seal. A report that was wrong is withdrawn with a reason, and its address says that it is gone.
"""

import hashlib
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import msgspec
from anyio import to_thread

from safeguard import __version__
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Invalid
from safeguard.evidence.report.saying import minute
from safeguard.evidence.report.setting import set_pages
from safeguard.evidence.report.visible import visible_all
from safeguard.helpline.report.annual import (
    CHANGED,
    Annual,
    annual_document,
    clash,
    get_annual,
    list_ever_published,
    periods_of,
)
from safeguard.helpline.report.comparing import shares_cases
from safeguard.helpline.report.composing import write_report
from safeguard.helpline.report.paper import Paper
from safeguard.helpline.report.setting import spoken
from safeguard.helpline.report.stories import list_stories
from safeguard.tenancy.calendars.bank_holidays import Helpline, load_bank_holidays
from safeguard.tenancy.nations import Nation
from safeguard.tenancy.profiles import profile_of
from safeguard.web.languages import gettext
from safeguard.work import Work

ASK: Final = """
update public.helpline_reports r set state = 'making', version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.version = $2 and r.state = 'draft'
"""
FINISH: Final = """
update public.helpline_reports r set state = 'published', published_at = $2, published_by = $3, published_by_name = $4,
    body = $5, pdf = $6, sha256 = $7, version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.state = 'making'
"""
BACK: Final = """
update public.helpline_reports r set state = 'draft', version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.state = 'making'
"""
WITHDRAW: Final = """
update public.helpline_reports r set state = 'withdrawn', withdrawn_reason = $3, version = r.version + 1
where r.organisation_id = (select sec.current_organisation()) and r.id = $1 and r.version = $2
    and r.state = 'published'
"""
NATION: Final = "select o.nation from public.organisations o where o.id = (select sec.current_organisation())"
OVERLAPS: Final = (
    "Its days overlap with those of “%s”, which is or was published. One could be subtracted from the other, and single"
    " people would be seen. Choose days that meet no other report, or exactly the same days."
)


SHARED: Final = (
    "Some cases are coded by this theme and by that of “%s”, which is or was published for the same days. Laid side by"
    " side they would tell of single people. Choose other days."
)


async def ask_to_publish(work: Work, annual: Annual, seen: int) -> None:
    """Ask for it to be made and published; raises `Invalid` where a story waits or figures could be subtracted."""
    work.require(Permission.HELPLINE_SUPERVISE)
    if any(story.state == "written" for story in await list_stories(work, annual.id)):
        raise Invalid(FieldError("", "A case waits for another supervisor to agree. Agree, or leave it out."))
    if annual.last_day >= work.now().date():
        raise Invalid(FieldError("", "This period is not over yet. Publish it when it is."))
    found = clash([annual.span], await list_ever_published(work))
    if found:
        raise Invalid(FieldError("", OVERLAPS % found.title))
    if annual.theme_id:
        await _refuse_shared(work, annual)
    if await work.driver.execute(ASK, annual.id, seen) != "UPDATE 1":
        raise Conflict(CHANGED)
    work.record("annual.asked", annual.id)
    work.ask("annual.make", annual.id, key=f"{annual.id} {seen}")


async def make_annual(work: Work, annual_id: UUID) -> None:
    """Make and publish it; with nothing left to do once it is published, and back to a draft where it may not be."""
    annual = await get_annual(work, annual_id)
    if annual.state != "making":
        return
    helpline, now = load_bank_holidays().helpline, work.now()
    nation: str | None = await work.driver.fetchval(NATION)
    paper = await write_report(work, profile_of("helpline", nation or Nation.ENGLAND), helpline, annual)
    shares = annual.theme_id and await shares_cases(work, helpline, annual)
    if shares or clash(periods_of(paper), await list_ever_published(work)):
        if await work.driver.execute(BACK, annual.id) == "UPDATE 1":
            work.record("annual.stopped", annual.id)
        return
    pdf = await to_thread.run_sync(set_pages, "helpline", as_data(paper, helpline, now), now)
    body, digest = msgspec.json.encode(paper).decode(), hashlib.sha256(pdf).digest()
    name = work.actor.name
    done = await work.driver.execute(FINISH, annual.id, now, work.actor.user_id, name, body, pdf, digest)
    if done != "UPDATE 1":  # somebody else published it while this one was being set
        return
    after = msgspec.structs.replace(annual, state="published", version=annual.version + 1)
    work.record("annual.published", annual.id, document=annual_document(after))


async def _refuse_shared(work: Work, annual: Annual) -> None:
    """Two themes of the same days are published only where no case is in both."""
    if other := await shares_cases(work, load_bank_holidays().helpline, annual):
        raise Invalid(FieldError("", SHARED % other.title))


async def withdraw_annual(work: Work, annual: Annual, reason: str, seen: int) -> None:
    """Take a published report back: its address says that it is gone.

    The same days can be published anew, as far as the two reports tell of nobody to whoever kept the first.
    """
    work.require(Permission.HELPLINE_SUPERVISE)
    if not reason:
        raise Invalid(FieldError("reason", "Say why. It stays on record."))
    if await work.driver.execute(WITHDRAW, annual.id, seen, reason) != "UPDATE 1":
        raise Conflict(CHANGED)
    after = msgspec.structs.replace(annual, state="withdrawn", version=seen + 1)
    work.record("annual.withdrawn", annual.id, document=annual_document(after))


def as_data(paper: Paper, helpline: Helpline, now: datetime) -> dict[str, Any]:
    """The report as the typesetter takes it."""
    said = msgspec.to_builtins(paper)
    said["period"] = spoken(paper.first, paper.last)
    if paper.theme:
        said["period"] = gettext("%(period)s, cases coded as “%(theme)s”") % said
    said["earlier"] = [spoken(*pair) for pair in paper.earlier]
    return visible_all({**said, "as_of": minute(now, helpline.zone), "release": __version__})
