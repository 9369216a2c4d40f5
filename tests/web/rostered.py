"""A roster that was read and waits for somebody, for the routes that name one."""

from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.keys.wrapping import Key
from safeguard.rosters.difference import LEFT, Difference, Outcome
from safeguard.rosters.entry import Glance, Problem, Subject
from safeguard.rosters.looking import READY, _keep
from safeguard.rosters.runs import begin_run, get_run
from safeguard.web.uploading import Upload
from safeguard.work import begin

LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh"


async def roster_of(lead: Actor) -> dict[str, str]:
    """A run with a difference of each kind."""
    moved = {"group_name": ("8B", "9B"), "flags.send": ("", "yes")}
    rows = [
        Difference(2, "new", "u-1", "Ana Brook", said={"group_name": "Year 9", "address": "1 Sample Way"}),
        Difference(3, "changed", "u-2", f"Mx {LONG}", changes=moved),
        Difference(4, "asked", "u-3", "Cy Dell", said={"known_as": LONG}, conflicts={"known_as": ("Cy", LONG)}),
        Difference(0, "gone", "u-4", "Zoë O'Brien", changes={LEFT: ("", "2026-11-20")}),
    ]
    problems = [Problem(6, "born_on", "This is not a date that we can read. Write it as 2024-03-31.")]
    return {"run_id": str(await _read(lead, "people", Outcome(rows, problems)))}


async def staff_roster_of(lead: Actor) -> str:
    """A run about staff: somebody to invite."""
    address = "pat.ray@school.example"
    new = Difference(2, "new", "t-1", "Pat Ray", said={"email": address}, changes={"email": ("", address)})
    return str(await _read(lead, "staff", Outcome([new])))


async def _read(lead: Actor, subject: Subject, outcome: Outcome) -> UUID:
    upload = Upload("roster.csv", media_type="text/csv", size=1, sha256=bytes(32),
                    object_name=f"files/{clock.new_id()}", key=Key(bytes(32)))  # fmt: skip
    async with begin(lead) as work:
        run_id = await begin_run(work, subject, "Sample MIS", upload, Glance("table"))
        await _keep(work, await get_run(work, run_id), outcome, 5, 5)
        await work.driver.execute(READY, run_id, "ready", [])
    return run_id
