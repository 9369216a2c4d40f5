"""Making a pack: freeze the log, collect what it vouches for, set the report, write the zip, check it, publish it.

A crash at any moment gives the same bytes or none: the frozen size is kept first, the object appears whole, and the
row, `pack.made` and the job's `done` come in one commit. The finished file goes through the verifier before anybody
can see it, so that a pack which does not verify is a fault of ours, and never an inspector's surprise.
"""

import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from anyio import create_task_group, sleep, to_thread
from obstore.store import ObjectStore

from safeguard import __version__
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document as Committed
from safeguard.evidence import store
from safeguard.evidence.attesting.outside import Outside
from safeguard.evidence.attesting.saying import say
from safeguard.evidence.attesting.seals import Seal
from safeguard.evidence.collecting import Collected, Rooms, collect
from safeguard.evidence.freezing import Frozen, freeze
from safeguard.evidence.laying_out import asked_of, notes_of, notes_of_names
from safeguard.evidence.notes import NoteSigner
from safeguard.evidence.packs.assembling import assemble
from safeguard.evidence.packs.chapters import Chapter, Enclosed, Enclosing, Part
from safeguard.evidence.packs.contents import Disclosure, PackFacts
from safeguard.evidence.queries import AskedPack, Organisation, get_organisation, get_pack
from safeguard.evidence.report.model import Document, Proof
from safeguard.evidence.report.setting import Written, set_reports
from safeguard.evidence.sealing import CheckpointSigner
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.notes import parse_key
from safeguard.evidence.verifying.verdicts import Verdict
from safeguard.jobs.claiming import Job, Overtaken
from safeguard.strongbox import objects
from safeguard.strongbox.sealing import make_object_key
from safeguard.work import Work

SIGN_OF_LIFE: Final = 5.0
"""Seconds; a claim that says nothing for two minutes may be taken by another worker."""

FINISH: Final = """
update public.packs set ready_at = sec.clock(), release = $2, size = $3, sha256 = $4, records = $5, shown = $6,
    wrapped_key = $7
where organisation_id = (select sec.current_organisation()) and id = $1
"""


class PackUnsound(RuntimeError):
    """The finished pack does not verify, so it was not published."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What making a pack needs besides the database."""

    signer: CheckpointSigner
    store: ObjectStore
    chapter: Chapter
    folder: Path
    """For the files of packs in the making: on the same disk as nothing that leaves."""
    enclosing: Enclosing | None = None
    """Who has the attached files."""
    parts: Mapping[str, Part] = field(default_factory=dict[str, Part])
    """Who has registers, reviews and the like, by the code of the part."""
    outside: Outside | None = None
    """Who else attests what is in a pack."""


@dataclass(frozen=True, slots=True)
class _Making:
    """One pack on the bench."""

    pack: AskedPack
    frozen: Frozen
    organisation: Organisation
    signer: NoteSigner
    folder: Path
    outside: Outside | None = None

    @property
    def zip(self) -> Path:
        """Where the pack is written."""
        return self.folder / "pack.zip"


@dataclass(frozen=True, slots=True)
class _Files:
    """What lies ready to be copied into the zip."""

    reports: Sequence[Path]
    entries: Path
    enclosed: tuple[Enclosed, ...]


@dataclass(frozen=True, slots=True)
class _Finished:
    """A pack that lies in the store."""

    size: int
    digest: bytes
    wrapped_key: bytes
    """What opens it: without this the object is nothing but noise."""


async def make_pack(work: Work, job: Job, shop: Workshop) -> None:
    """Make the pack that the job is about. Once it is ready, or erased, there is nothing left to do."""
    work.require(Permission.EVIDENCE_EXPORT)
    pack = await get_pack(work, job.subject_id)
    if pack.ready_at or pack.disposed_at:
        return
    frozen = await freeze(work, pack, shop.signer)
    folder = _bench(shop.folder, job)
    try:
        organisation = await get_organisation(work)
        making = _Making(pack, frozen, organisation, shop.signer.signer_of(frozen.origin), folder, shop.outside)
        entries = folder / "entries"
        rooms = Rooms(shop.chapter, shop.parts)
        collected = await collect(work, pack, frozen, rooms, organisation.zone, entries, job.progress)
        written = Written()
        async with _alive(job, frozen.size, written):
            enclosed = await _enclosed(work, making, collected, shop.enclosing)
            reports = await to_thread.run_sync(set_reports, _document(making, collected), folder, written)
            seals = await _attested(work, making, reports)
            size, digest = await to_thread.run_sync(
                _write, making, collected, _Files(reports, entries, enclosed), seals
            )
        await job.progress(frozen.size, frozen.size)
        key, wrapped = await make_object_key(work, store.about(pack.id))
        await objects.put(
            shop.store, store.name_of(work.organisation_id, pack.id, key), key, objects.of_file(making.zip)
        )
        await _finish(work, pack, collected, _Finished(size, digest, wrapped))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _enclosed(
    work: Work, making: _Making, collected: Collected, enclosing: Enclosing | None
) -> tuple[Enclosed, ...]:
    """The attached files, where they were asked for."""
    if enclosing is None or not making.pack.files:
        return ()
    return await enclosing(work, collected.records, making.folder)


async def _attested(work: Work, making: _Making, reports: Sequence[Path]) -> tuple[Seal, ...]:
    """The log's time and the reports' signatures, by others, where any are asked."""
    if making.outside is None:
        return ()
    stamped = await making.outside.stamp(work, making.pack.id, making.frozen.checkpoint)
    return (*stamped, *await making.outside.sign(work, making.pack.id, reports, stamped))


@asynccontextmanager
async def _alive(job: Job, size: int, written: Written) -> AsyncIterator[None]:
    """Say now and then that this worker still lives, so that nobody else takes the job while a long report is set.

    Of a report of many volumes, how far it is: each counts as one more after the entries.
    """

    async def say() -> None:
        with suppress(Overtaken):  # the next progress that is awaited says so again, where it ends the work
            while True:
                await sleep(SIGN_OF_LIFE)
                volumes = written.of if written.of > 1 else 0
                await job.progress(size + min(written.done, volumes), size + volumes)

    async with create_task_group() as saying:
        saying.start_soon(say)
        yield
        saying.cancel_scope.cancel()


def _bench(folder: Path, job: Job) -> Path:
    """A folder of its own; what an earlier try of this pack left behind is cleared away."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.glob(f"{job.subject_id}.*"):
        shutil.rmtree(left, ignore_errors=True)
    return Path(mkdtemp(prefix=f"{job.subject_id}.", dir=folder))


def _write(making: _Making, collected: Collected, files: _Files, seals: tuple[Seal, ...]) -> tuple[int, bytes]:
    """The zip, checked; how large the pack is, and its hash. Runs in a thread."""
    timestamp = next((seal.content for seal in seals if seal.is_timestamp), None)
    assemble(
        making.zip, _facts(making, collected, seals), files.reports, files.entries, making.frozen.checkpoint,
        making.signer, files.enclosed, timestamp,
    )  # fmt: skip
    found = verify(making.zip, [parse_key(making.signer.vkey)])
    if found.verdict in {Verdict.INVALID, Verdict.CANNOT_CHECK}:
        raise PackUnsound(found.sentence)
    with making.zip.open("rb") as whole:
        digest = sha256()
        while piece := whole.read(1 << 20):
            digest.update(piece)
        return whole.tell(), digest.digest()


def _document(making: _Making, collected: Collected) -> Document:
    pack, frozen = making.pack, making.frozen
    key = making.signer.vkey
    return Document(
        kind=pack.told.template,
        caption=pack.told.caption,
        title=pack.title,
        organisation=making.organisation.name,
        as_of=frozen.as_of,
        time_zone=making.organisation.time_zone,
        pack=str(pack.id),
        release=__version__,
        proof=Proof(frozen.origin, frozen.size, collected.shown, parse_key(key).fingerprint, key, pack.disclosure),
        cases=collected.cases,
        period=_period(pack),
        sections=collected.sections,
        asked=asked_of(pack),
        notes=(*notes_of(pack), *notes_of_names(collected.unsure)),
        names_kept=not pack.redacted,
    )


def _period(pack: AskedPack) -> tuple[date, date] | None:
    return (pack.from_on, pack.until_on) if pack.from_on and pack.until_on else None


def _facts(making: _Making, collected: Collected, seals: tuple[Seal, ...]) -> PackFacts:
    pack, frozen = making.pack, making.frozen
    return PackFacts(
        pack=pack.id,
        kind=pack.kind,
        title=pack.title,
        organisation=making.organisation.name,
        disclosure=Disclosure(pack.disclosure),
        log=frozen.origin,
        size=frozen.size,
        as_of=frozen.as_of,
        release=__version__,
        records=collected.records,
        attested=tuple(say(seal) for seal in seals),
    )


async def _finish(work: Work, pack: AskedPack, collected: Collected, finished: _Finished) -> None:
    """The row, and the pack's own hash committed to the log."""
    records, digest, size = len(collected.records), finished.digest, finished.size
    await work.driver.execute(
        FINISH, pack.id, __version__, size, digest, records, collected.shown, finished.wrapped_key
    )
    fields = {"sha256": digest.hex(), "size": size, "disclosure": pack.disclosure, "records": records}
    work.record("pack.made", pack.id, document=Committed("pack", pack.id, 1, fields), log=pack.log)
