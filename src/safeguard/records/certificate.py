"""The certificate of a disposal, to print: numbers, codes, who asked and who agreed. No word of the record."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from anyio import to_thread

from safeguard import __version__, clock
from safeguard.errors import Conflict
from safeguard.evidence.report.saying import day, minute
from safeguard.evidence.report.setting import set_pages
from safeguard.evidence.report.visible import visible_all
from safeguard.records.kinds.registry import require_kind
from safeguard.records.queries import Disposal
from safeguard.records.wording import GROUNDS, KINDS
from safeguard.web.viewing import Organisation
from safeguard.work import Work

PATIENCE: Final = 60.0
COUNTED: Final = {
    "entries": "Entries", "people": "People named in it", "files": "Attached files", "referrals": "Referrals",
    "links": "Links to it in other incidents", "notices": "Notices", "records": "Records",
    "concerns": "Concerns", "reports": "Public reports", "items": "Items of evidence", "events": "Training events",
    "attendances": "Who attended", "inspections": "Visits", "said_and_opened": "Notes, and pages that were opened",
    "policies": "Policies", "editions": "Editions", "signatures": "Signatures", "readings": "Receipts of reading",
    "meetings": "Meetings", "visits": "Visits and reviews", "sessions": "Sessions and surveys", "changes": "Changes",
    "checks": "Checks", "yearly": "Yearly reviews", "reviews": "Reviews", "judgements": "Judgements",
    "papers": "Reports made of them", "improvements": "Improvements", "lists": "Lists", "lines": "Lines of lists",
    "sent": "Files that were sent on", "came": "Files that came", "made": "Packs", "accounts": "Accounts",
    "cases": "Cases", "mails": "Messages", "addresses": "Reported addresses", "notes": "Notes",
    "parts": "Parts in others' incidents, which keep the name as it was written",
}  # fmt: skip
NOT_YET: Final = "It is not disposed of: there is no certificate before somebody else has agreed."


def counted(disposal: Disposal) -> tuple[tuple[str, int], ...]:
    """How many of what were erased, for people to read."""
    return tuple((COUNTED[name], int(disposal.erased[name])) for name in COUNTED if disposal.erased.get(name))


async def certificate_pdf(work: Work, disposal: Disposal, rule: str, organisation: Organisation) -> bytes:
    """The document, told to the log; raises `Conflict` before it is done, `Unavailable`."""
    await require_kind(work, disposal.kind)
    if disposal.done_at is None:
        raise Conflict(NOT_YET)
    zone, at = ZoneInfo(organisation.time_zone), clock.now()
    data: dict[str, Any] = {
        "title": "Certificate of disposal", "organisation": organisation.name, "as_of": minute(at, zone),
        "zone": organisation.time_zone, "by": work.actor.name, "release": __version__,
        "facts": facts_of(disposal, rule, zone),
        "counted": [[label, str(number)] for label, number in counted(disposal)],
        "packs": list(disposal.erased.get("packs", [])), "id": str(disposal.id),
    }  # fmt: skip
    log = "restricted" if disposal.is_restricted else "general"
    work.record("record.printed", disposal.id, log=log)
    return await to_thread.run_sync(set_pages, "disposal", visible_all(data), at, PATIENCE)


def facts_of(disposal: Disposal, rule: str, zone: ZoneInfo) -> list[dict[str, str]]:
    """What the certificate says of it, line by line: how long it was kept only of what was kept so long."""
    done = disposal.done_at or disposal.asked_at
    due = disposal.due_on and day(disposal.due_on)
    years = f"{rule}, {disposal.years} years" if disposal.years and disposal.kind != "person" else ""
    rows = [
        ("What it was", KINDS[disposal.kind]), ("Reference", disposal.reference), ("Ground", GROUNDS[disposal.ground]),
        ("Rule for such records", years), ("Period over on" if disposal.has_run else "Its period ran until", due or ""),
        ("Asked for by", f"{disposal.asked_by_name}, {minute(disposal.asked_at, zone)}"),
        ("Agreed to by", disposal.agreed_by_name), ("Disposed of", minute(done, zone)),
        ("Stored files and packs", "Erased" if disposal.stored_erased_at else "Their keys are gone; being erased"),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in rows if value]
