"""Making evidence packs."""

from functools import cache
from uuid import UUID

import dramatiq

from safeguard import settings as configuration
from safeguard.attachments.enclosing import ATTACHMENTS, FileEnclosing
from safeguard.evidence.attesting.outside import Outside
from safeguard.evidence.making import Workshop, make_pack
from safeguard.incidents.chapter import IncidentChapter
from safeguard.inspection.pack_parts import PARTS
from safeguard.jobs.claiming import claimed
from safeguard.jobs.kinds import kind_of
from safeguard.records.logs.chapter import WithDisagreements
from safeguard.referrals.chapter import WithReferrals
from safeguard.standards.files.enclosing import PROOFS
from safeguard.strongbox.objects import open_store
from workers.sealing import signer


@cache
def workshop() -> Workshop:
    """This process's signer, store and chapter."""
    settings = configuration.load()
    store = open_store(settings.objects_url)
    return Workshop(
        signer(),
        store,
        WithDisagreements(WithReferrals(IncidentChapter())),
        settings.data / "packs-tmp",
        FileEnclosing(store, sources=(ATTACHMENTS, PROOFS)),
        PARTS,
        Outside(settings.certificates, settings.tsa_url, settings.tsa_roots),
    )


@dramatiq.actor(actor_name="pack.make", queue_name=kind_of("pack.make").queue)
async def make(job_id: str) -> None:
    """Make the pack that the job is about."""
    async with claimed(UUID(job_id)) as taken:
        if taken:
            work, job = taken
            await make_pack(work, job, workshop())
