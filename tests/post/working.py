"""A worker's hand in the test's own process: claims what is due, and calls the same functions that the actors call."""

from uuid import UUID

from safeguard.access.actors import system
from safeguard.jobs.claiming import claimed
from safeguard.notifications.handling import TELLERS
from safeguard.post.sending import send_mail
from safeguard.post.smtp import Mailer, open_mailer
from safeguard.post.writing import Sender, sender_of
from safeguard.work import begin

SENDER: Sender = sender_of("https://safeguard.test", "")
DUE = """
select id, kind from jobs.job where state = 'queued' and (run_at <= sec.clock() or $1) and kind = any ($2)
order by created_at, id
"""
HURRY = "update jobs.job set run_at = sec.clock() where id = $1"


async def work_off(
    organisation: UUID, url: str | None, *, ahead: bool = False, mailer: Mailer | None = None
) -> list[str]:
    """Do every job of telling and mail that is due, and those that they ask for; with `ahead`, also what is for later.

    Gives the kinds that were done, in order.
    """
    counter = mailer or open_mailer(url)
    done: list[str] = []
    kinds = ["mail.send", *TELLERS]
    async with begin(system(organisation)) as work:
        waiting = await work.driver.fetch(DUE, ahead, kinds)
        for job in waiting:
            await work.driver.execute(HURRY, job["id"])
    for job in waiting:
        await do(job["id"], job["kind"], counter)
        done.append(job["kind"])
    return done + await work_off(organisation, url, mailer=mailer) if done else done


async def do(job_id: UUID, kind: str, mailer: Mailer | None) -> None:
    """One job, as its actor does it."""
    async with claimed(job_id) as taken:
        if taken is None:
            return
        work, job = taken
        if kind == "mail.send":
            await send_mail(work, job, mailer, SENDER)
        else:
            await TELLERS[kind](work, job.subject_id)
