"""A roster that was read and waits for somebody, for the routes that name one."""

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.keys.wrapping import Key
from safeguard.rosters.difference import Difference, Outcome
from safeguard.rosters.entry import Glance
from safeguard.rosters.looking import READY, _keep  # pyright: ignore[reportPrivateUsage]
from safeguard.rosters.runs import begin_run, get_run
from safeguard.web.uploading import Upload
from safeguard.work import begin


async def roster_of(lead: Actor) -> dict[str, str]:
    """A run with one difference."""
    upload = Upload("roster.csv", media_type="text/csv", size=1, sha256=bytes(32),
                    object_name=f"files/{clock.new_id()}", key=Key(bytes(32)))  # fmt: skip
    async with begin(lead) as work:
        run_id = await begin_run(work, "people", "Sample MIS", upload, Glance("table"))
        new = Difference(2, "new", "u-1", "Ana Brook", said={"given_name": "Ana", "family_name": "Brook"})
        await _keep(work, await get_run(work, run_id), Outcome([new]), 1, 1)
        await work.driver.execute(READY, run_id, "ready", [])
    return {"run_id": str(run_id)}
