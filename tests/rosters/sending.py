"""Sending a file, and working its jobs off as the worker does."""

from typing import Any
from uuid import UUID

from safeguard.access.actors import Actor, system
from safeguard.jobs.claiming import claimed
from safeguard.rosters.applying import apply_next
from safeguard.rosters.looking import look_on
from safeguard.rosters.undoing import undo_next
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.intake.sending import rows_of, send_table
from tests.web.browsing import Browser

JOBS = "select id, kind from jobs.job where kind like 'roster.%' and state = 'queued' order by created_at, id"
AT = "/people/rosters"
PEOPLE = "select * from people order by sort_key, id"


async def work_off(actor: Actor) -> int:
    """Run the jobs of rosters until there is none; how many there were."""
    done = 0
    while True:
        async with begin(system(actor.organisation_id)) as work:
            row = await work.driver.fetchrow(JOBS)
        if row is None:
            return done
        over = None
        async with claimed(row[0]) as taken:
            assert taken
            work, job = taken
            match row[1]:
                case "roster.look":
                    over = await look_on(work, job.subject_id, objects.current())
                case "roster.apply":
                    await apply_next(work, job.subject_id)
                case _:
                    await undo_next(work, job.subject_id)
        if over:
            await objects.erase(objects.current(), over)
        done += 1
        assert done < 200


async def send(lead: Browser, content: bytes, name: str, source: str = "Sample MIS", at: str = AT) -> str:
    """Send a file; its address."""
    answer = await send_table(lead, at, content, name, source=source)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def look(lead: Browser, content: bytes, name: str = "roster.zip", source: str = "Sample MIS", **said: str) -> str:
    """Send a file and have it read; its address."""
    at = said.pop("at", AT)
    page = await send(lead, content, name, source, at)
    answer = await lead.send(page, said, page=page)
    assert answer.status_code == 303, answer.text
    await work_off(lead.actor)
    return page


async def take_over(lead: Browser, page: str, **said: str) -> Any:
    """Take a file over that was read."""
    answer = await lead.send(f"{page}/confirm", said, page=page)
    assert answer.status_code in (200, 303), answer.text
    await work_off(lead.actor)
    return answer


async def take_back(lead: Browser, page: str) -> None:
    """Take it back."""
    answer = await lead.send(f"{page}/undo", {}, page=page)
    assert answer.status_code == 303, answer.text
    await work_off(lead.actor)


async def run_of(lead: Browser, page: str) -> Any:
    """The run as it stands."""
    (row,) = await rows_of(lead.actor, f"select * from rosters where id = '{UUID(page.rpartition('/')[2])}'")
    return row


def counts(run: Any) -> tuple[int, int, int, int, int, int]:
    """New, changed, gone, unchanged, asked, wrong."""
    return (run.new_count, run.changed_count, run.gone_count, run.same_count, run.asked_count, run.wrong_count)
