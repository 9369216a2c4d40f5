"""Telling people: mail that waits, and the notices of what happened."""

from functools import cache
from uuid import UUID

import dramatiq

from safeguard import settings as configuration
from safeguard.concerns import admitting
from safeguard.drafts.keeping import sweep
from safeguard.helpline.mail.sending import desk_sender_of, send_desk_mail
from safeguard.identity import acts, two_person
from safeguard.incidents.hiding import breaking, ending
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.notifications import asking, promising
from safeguard.notifications.handling import TELLERS, Teller
from safeguard.post.sending import send_mail
from safeguard.post.smtp import MailServer, open_mailer
from safeguard.post.writing import Sender, sender_of
from safeguard.web import keys
from safeguard.webhooks.telling import fan_out


@cache
def counter() -> tuple[MailServer | None, Sender]:
    """This process's mail server, if there is one, and who we are to it; also the key that links are sealed with."""
    settings = configuration.load()
    keys.use(keys.load(settings.keys / "cookie"))
    return open_mailer(settings.smtp_url), sender_of(settings.public_url, settings.mail_from)


acts.bind(*two_person.ACTS, *breaking.ACTS, *ending.ACTS, *admitting.ACTS)


@dramatiq.actor(actor_name="mail.send", queue_name=kind_of("mail.send").queue)
async def send(job_id: str) -> None:
    """Send the mail that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await send_mail(work, job, *counter())


@dramatiq.actor(actor_name="desk_mail.send", queue_name=kind_of("desk_mail.send").queue)
async def send_to_caller(job_id: str) -> None:
    """Send the mail to a caller that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            mailer, sender = counter()
            await send_desk_mail(work, job, mailer, desk_sender_of(configuration.load(), sender))


@dramatiq.actor(actor_name="drafts.sweep", queue_name=kind_of("drafts.sweep").queue)
async def sweep_drafts(job_id: str) -> None:
    """Throw away drafts that have run out."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await sweep(work)


def _declare(kind: str, teller: Teller) -> None:
    """The actor of one kind of notice."""

    @dramatiq.actor(actor_name=kind, queue_name=kind_of(kind).queue)
    async def _(job_id: str) -> None:
        counter()
        async with claimed(UUID(job_id)) as taken:
            if taken:
                work, job = taken
                await teller(work, job.subject_id)
                await fan_out(work, job.id, kind, job.subject_id)


for _kind, _teller in TELLERS.items():
    _declare(_kind, _teller)


@dramatiq.actor(actor_name="policies.due", queue_name=kind_of("policies.due").queue)
async def ask_readers(job_id: str) -> None:
    """Ask every organisation to look at who is to be asked and reminded."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await asking.ask_all(work)


@dramatiq.actor(actor_name="promises.due", queue_name=kind_of("promises.due").queue)
async def watch_promises(job_id: str) -> None:
    """Look for requests and breaches that wait and that no job will look at."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            await promising.watch_all(work)
