"""What came in to the town from elsewhere: alerts that wait, one with everything hostile in it, one that is closed."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.intake.alert import NewAlert, Severity
from safeguard.intake.importing.files import begin_import, start_import
from safeguard.intake.receiving import receive_alert
from safeguard.intake.records import RECORDS
from safeguard.intake.settling import close_alerts
from safeguard.intake.sheets import Sheet
from safeguard.intake.sources import make_source
from safeguard.keys.wrapping import Key
from safeguard.web.uploading import Upload
from safeguard.work import begin
from tests.web.rostered import roster_of, staff_roster_of

HOSTILE = "<script>alert(1)</script> {{ 7*7 }} " + "Wolfeschlegelstein" * 30


@dataclass(frozen=True, slots=True)
class Received:
    """What came in."""

    alert: UUID
    settled_alert: UUID
    imported: UUID
    """An import that waits for a worker: none runs here."""
    roster: UUID
    """A file of people that was read, and waits for somebody."""
    staff_roster: UUID
    """And one of staff."""


async def take_in(lead: Actor) -> Received:
    """Connect a product, and let it send alerts."""
    async with begin(lead) as work:
        await make_source(work, "Watchful Cloud")
    alert = await _send(lead, "1", "Nobody would notice if you were gone.", "urgent")
    await _send(lead, "2", HOSTILE, None)
    settled = await _send(lead, "3", "How was gunpowder made?", "low")
    async with begin(lead) as work:
        await close_alerts(work, [settled], "A history lesson on the Civil War.")
    roster = UUID((await roster_of(lead))["run_id"])
    staff = UUID(await staff_roster_of(lead))
    return Received(alert, settled, await _send_records(lead), roster, staff)


async def _send_records(lead: Actor) -> UUID:
    """A file of earlier records, started: no worker runs here, so its bytes are never asked for."""
    sheet = Sheet(("Details",), [("Words.",)])
    upload = Upload("everything " * 15 + ".csv", "", "text/csv", 12, bytes(32), "files/none", Key(bytes(range(32))))
    async with begin(lead) as work:
        import_id = await begin_import(work, RECORDS, "Older Records", upload, sheet)
    async with begin(lead) as work:
        await start_import(work, RECORDS, import_id)
    return import_id


async def _send(lead: Actor, number: str, words: str, severity: Severity | None) -> UUID:
    new = NewAlert(
        id=number, raised_at=clock.now() - timedelta(hours=2), severity=severity, category="Bullying",
        user="morgan.hale@alder.example", group="9B", device="LAPTOP-117", address="https://chat.example/rooms/17",
        words=words,
    )  # fmt: skip
    async with begin(lead) as work:
        return (await receive_alert(work, "Watchful Cloud", new)).id
