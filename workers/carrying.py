"""The channel's carrier: seals what waits and carries it over, opens what arrived, sends receipts back."""

from functools import cache
from uuid import UUID

import dramatiq
import structlog

from safeguard import settings as configuration
from safeguard.access.actors import system
from safeguard.channel import receiving
from safeguard.channel.answering import answer
from safeguard.channel.bodies import OF_FILES, Body, Opened
from safeguard.channel.correspondents import Correspondent
from safeguard.channel.dsse import Refused
from safeguard.channel.keeping import list_waiting, raise_alarm
from safeguard.channel.keys import others_keys, own_keys
from safeguard.channel.opening import open_all
from safeguard.channel.sending import carry
from safeguard.errors import NotFound
from safeguard.evidence.signing.asking import AskingSigner
from safeguard.evidence.signing.opening import open_signer
from safeguard.helpline import receiving as helpline
from safeguard.helpline.telling_steps import tell_the_others
from safeguard.helpline.web_form.taking import take_form
from safeguard.jobs.claiming import claimed, gather
from safeguard.jobs.kinds import kind_of
from safeguard.referrals.receiving import receive
from safeguard.tenancy.profiles import profile_of
from safeguard.transfers.receiving import receive as receive_file
from safeguard.work import Work, begin

NATION = "select nation from public.organisations where id = (select sec.current_organisation())"


async def receive_case(work: Work, sender: Correspondent, body: Body) -> None:
    """What reaches a helpline becomes a case there, or is written to one."""
    nation: str | None = None
    if isinstance(body, Opened):  # only what opens a case is read by a nation's lists
        nation = await work.driver.fetchval(NATION)
    try:
        await helpline.receive(work, body, sender=sender.id, profile=profile_of("helpline", nation or "england"))
    except NotFound:
        raise Refused("referral") from None


async def receive_here(work: Work, sender: Correspondent, body: Body) -> None:
    """What reaches everybody else: a word of the helpline, or a person's file."""
    await (receive_file if isinstance(body, OF_FILES) else receive)(work, sender, body)


receiving.bind(helpline=receive_case, referrer=receive_here)


@cache
def signer() -> AskingSigner:
    """Where this process asks for signatures of logs: a receipt shows a checkpoint."""
    return open_signer(configuration.load())


def key_of_log(origin: str) -> bytes:
    """The public key that signs every log of this deployment."""
    return signer().signer_of(origin).public


@dramatiq.actor(actor_name="channel.carry", queue_name=kind_of("channel.carry").queue)
async def carry_envelopes(job_id: str) -> None:
    """Seal and carry what waits for one other organisation, then let that one open it."""
    carried, other_id, sender_id = 0, UUID(int=0), UUID(int=0)
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            other_id, sender_id = job.subject_id, job.organisation_id
            await gather(work, job)
            if not await others_keys(work, other_id):
                await _prepare(other_id)
            carried = await carry(work, other_id)
    if carried:
        await _open(other_id, sender_id)


@dramatiq.actor(actor_name="channel.open", queue_name=kind_of("channel.open").queue)
async def open_what_arrived(job_id: str) -> None:
    """Open everything from one other organisation that is in its place, in transactions of their own."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await gather(work, job)
            await open_all(job.organisation_id, job.subject_id, key_of_log)


@dramatiq.actor(actor_name="channel.answer", queue_name=kind_of("channel.answer").queue)
async def send_receipts(job_id: str) -> None:
    """Send receipts for what one other organisation sent, then let that one verify them."""
    answered, other_id, own_id = 0, UUID(int=0), UUID(int=0)
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            other_id, own_id = job.subject_id, job.organisation_id
            await gather(work, job)
            answered = await answer(work, other_id, signer())
    if answered:
        await _open(other_id, own_id)


@dramatiq.actor(actor_name="channel.keep", queue_name=kind_of("channel.keep").queue)
async def keep_channel(job_id: str) -> None:
    """Take up again whatever was left lying, wherever a worker died in between."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, _ = taken
            for waiting in await list_waiting(work):
                await _ask(waiting.organisation_id, waiting.job, waiting.other_id)


@dramatiq.actor(actor_name="desk_form.take", queue_name=kind_of("desk_form.take").queue)
async def take_web_form(job_id: str) -> None:
    """Open the case that a web form asks for."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await take_form(work, job.subject_id)


@dramatiq.actor(actor_name="steps.tell", queue_name=kind_of("steps.tell").queue)
async def tell_steps(job_id: str) -> None:
    """Tell those who referred an address of its steps, where the step itself did not reach them all."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await tell_the_others(work, job.subject_id)


@dramatiq.actor(actor_name="channel.alarm", queue_name=kind_of("channel.alarm").queue)
async def raise_alarms(job_id: str) -> None:
    """Tell people of what one other organisation has not received."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await raise_alarm(work, job.subject_id)


async def _prepare(organisation_id: UUID) -> None:
    """Make the keys of an organisation that never needed any."""
    async with begin(system(organisation_id)) as work:
        await own_keys(work)


async def _open(organisation_id: UUID, other_id: UUID) -> None:
    """Open what was just carried without another bell; what fails waits as a job, longer each time."""
    try:
        await open_all(organisation_id, other_id, key_of_log)
    except Exception as fault:  # noqa: BLE001  whatever it was, the job is tried again and parked in the end
        structlog.get_logger().warning("channel.not_opened", fault=type(fault).__name__)
        await _ask(organisation_id, "channel.open", other_id)


async def _ask(organisation_id: UUID, job: str, subject_id: UUID) -> None:
    async with begin(system(organisation_id)) as work:
        work.ask(job, subject_id)
