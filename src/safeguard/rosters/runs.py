"""Runs: one file, from its upload to its end. The file itself is kept sealed, and only until it was read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.audit.documents import Document
from safeguard.errors import Conflict, FieldError, Gone, Invalid, NotFound
from safeguard.intake.moments import DayOrder
from safeguard.keys.wrapping import Key
from safeguard.rosters.entry import FileForm, Glance, Subject
from safeguard.rosters.files.tables import guessed
from safeguard.strongbox.sealing import open_object_key, wrap_object_key
from safeguard.web.uploading import Upload
from safeguard.work import Work

MOST_LISTED: Final = 50
PERMISSIONS: Final[Mapping[Subject, Permission]] = {
    "people": Permission.PERSON_RECORD, "staff": Permission.USERS_MANAGE,
}  # fmt: skip
"""A roster of people in care says who is on a list that only leads read; one of staff is about accounts."""
MOVED_ON: Final = "Somebody has gone on with this file in the meantime. Open it again to see how far it is."
BUSY: Final = (
    "Another file of this system is being taken over or taken back. Wait for that, and look at this one again."
)
OUTDATED: Final = (
    "Something newer was taken over or taken back since this file was looked at. Look at it again: send it once more."
)
LATER: Final = "This file cannot be taken back: a later one of its system stands on it, or it changed nothing."
GONE: Final = "The file was thrown away when it had been read. Send it again if it is needed."


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One file, and how far it is."""

    id: UUID
    version: int
    subject: Subject
    source: str
    form: FileForm
    file_name: str
    size: int
    sha256: str
    """In hexadecimal digits."""
    columns: str
    day_order: DayOrder | None
    site: str | None
    is_whole: bool
    marks_left: bool
    is_outdated: bool
    """Another file of its system was taken over, or taken back, since this one was looked at."""
    state: str
    notes: tuple[str, ...]
    row_count: int
    done_count: int
    new_count: int
    changed_count: int
    gone_count: int
    same_count: int
    asked_count: int
    wrong_count: int
    kept_count: int
    digest: str | None
    uploaded_at: datetime
    uploaded_by_name: str
    applied_at: datetime | None
    applied_by_name: str
    undone_at: datetime | None
    undone_by_name: str

    @property
    def chosen(self) -> dict[str, str]:
        """Which column is which field."""
        return msgspec.json.decode(self.columns, type=dict[str, str])

    @property
    def differences(self) -> int:
        """What it would change."""
        return self.new_count + self.changed_count + self.gone_count


class Stored(NamedTuple):
    """Where a file lies, and its key."""

    name: str
    key: Key


_BYTES: Final = {"sha256": "encode(r.sha256, 'hex') as sha256", "digest": "encode(r.digest, 'hex') as digest"}
_COLUMNS: Final = ", ".join(_BYTES.get(name, f"r.{name}") for name in Run.__struct_fields__)
_HERE: Final = "r.organisation_id = (select sec.current_organisation())"
LATEST: Final = f"""
select row_to_json(x)::text from (
    select {_COLUMNS} from public.rosters r where {_HERE} and r.subject = $1 order by r.uploaded_at desc, r.id desc
    limit $2) x
"""  # noqa: S608  our own constants
ONE: Final = f"select row_to_json(x)::text from (select {_COLUMNS} from public.rosters r where {_HERE} and r.id = $1) x"  # noqa: S608  our own constants
HOLD: Final = f"select r.state from public.rosters r where {_HERE} and r.id = $1 for update"  # noqa: S608  our own constants
FILE: Final = f"select r.object_name, r.wrapped_key from public.rosters r where {_HERE} and r.id = $1"  # noqa: S608  our own constants
ADD: Final = """
insert into public.rosters (organisation_id, id, subject, source, form, file_name, size, sha256, object_name,
    wrapped_key, columns, notes, uploaded_at, uploaded_by, uploaded_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
CHOOSE: Final = f"""
update public.rosters r set columns = $2, day_order = $3, site = $4, is_whole = $5, state = 'reading',
    version = r.version + 1
where {_HERE} and r.id = $1 and r.state = 'open'
"""  # noqa: S608  our own constants
DROP: Final = f"""
update public.rosters r set state = 'dropped', object_name = null, wrapped_key = null, version = r.version + 1
where {_HERE} and r.id = $1 and r.state in ('open', 'reading', 'ready')
"""  # noqa: S608  our own constants
FORGET: Final = (
    "delete from public.roster_rows r where r.organisation_id = (select sec.current_organisation()) and r.run_id = $1"
)
ALONE: Final = """
select pg_advisory_xact_lock(hashtextextended(concat_ws(' ', sec.current_organisation(), $1::text, $2::text), 67))
"""
OTHERS: Final = f"""
select exists (select from public.rosters r where {_HERE} and r.id <> $1 and r.subject = $2 and r.source = $3
    and r.state in ('applying', 'undoing'))
"""  # noqa: S608  our own constants
OUTDATE: Final = f"""
update public.rosters r set is_outdated = true
where {_HERE} and r.id <> $1 and r.subject = $2 and r.source = $3 and r.state in ('reading', 'ready')
"""  # noqa: S608  our own constants
IS_LAST: Final = f"""
select not exists (
    select from public.rosters o
    where o.organisation_id = r.organisation_id and o.subject = r.subject and o.source = r.source and o.id <> r.id
        and (o.state in ('applying', 'undoing') or o.state = 'done' and o.applied_at >= r.applied_at))
from public.rosters r where {_HERE} and r.id = $1
"""  # noqa: S608  our own constants
DID: Final = """
select exists (select from public.roster_rows d
    where d.organisation_id = (select sec.current_organisation()) and d.run_id = $1 and d.state = 'done')
"""
PROBLEMS: Final = """
select p.row_number, p.field, p.problem from public.roster_problems p
where p.organisation_id = (select sec.current_organisation()) and p.run_id = $1 order by p.row_number, p.id
"""

_decode = msgspec.json.Decoder(Run).decode


async def begin_run(work: Work, subject: Subject, source: str, upload: Upload, glance: Glance) -> UUID:
    """Keep the file until it was read, with a guess of its columns."""
    work.require(PERMISSIONS[subject])
    if upload.key is None:
        raise Invalid(FieldError("file", upload.problem or "Choose the file."))
    run_id = clock.new_id()
    wrapped = await wrap_object_key(work, upload.key, _about(run_id))
    columns = guessed(subject, glance.headings) if glance.form == "table" else {}
    await work.driver.execute(
        ADD, run_id, subject, source, glance.form, upload.name or "file", upload.size, upload.sha256,
        upload.object_name, wrapped, _json(columns), list(glance.notes), work.now(), work.actor.user_id,
        work.actor.name,
    )  # fmt: skip
    work.record("roster.begun", run_id)
    upload.kept = True
    return run_id


async def list_runs(work: Work, subject: Subject) -> list[Run]:
    """The latest files."""
    work.require(PERMISSIONS[subject])
    return [_decode(row[0]) for row in await work.driver.fetch(LATEST, subject, MOST_LISTED)]


async def get_run(work: Work, run_id: UUID, subject: Subject | None = None) -> Run:
    """One file; raises `NotFound`, also for one of another subject than the address says."""
    text = await work.driver.fetchval(ONE, run_id)
    if text is None:
        raise NotFound
    run = _decode(text)
    if subject and run.subject != subject:
        raise NotFound
    work.require(PERMISSIONS[run.subject])
    return run


async def hold_run(work: Work, run_id: UUID, *states: str) -> Run | None:
    """One file, held until the work ends; None when it is in none of these states."""
    state = await work.driver.fetchval(HOLD, run_id)
    if state is None:
        raise NotFound
    return await get_run(work, run_id) if state in states else None


async def be_alone(work: Work, run: Run) -> None:
    """Until the work ends, nothing else of this system begins or ends being read, taken over or taken back.

    Taken before a run that is not under way yet is held, and after one that is: so no two wait for each other.
    """
    await work.driver.execute(ALONE, run.subject, run.source)


async def hold_to_begin(work: Work, run_id: UUID, subject: Subject) -> Run:
    """A run that may be taken over now; raises `Conflict` when it may not, or was looked at before something newer."""
    await be_alone(work, await get_run(work, run_id))
    run = await hold_run(work, run_id, "ready")
    if run is None or run.subject != subject:
        raise Conflict(MOVED_ON)
    if await work.driver.fetchval(OTHERS, run_id, run.subject, run.source):
        raise Conflict(BUSY)
    if run.is_outdated:
        raise Conflict(OUTDATED)
    return run


async def hold_to_undo(work: Work, run_id: UUID, subject: Subject, refusal: str) -> Run:
    """A run that may be taken back now; raises `Conflict` when it may not."""
    await be_alone(work, await get_run(work, run_id))
    run = await hold_run(work, run_id, "done")
    if run is None or run.subject != subject:
        raise Conflict(MOVED_ON)
    if not await can_be_undone(work, run):
        raise Conflict(refusal)
    return run


async def can_be_undone(work: Work, run: Run) -> bool:
    """Whether this is the last file of its system that was taken over, and what it did is still known."""
    if run.state != "done" or not await work.driver.fetchval(IS_LAST, run.id):
        return False
    return bool(await work.driver.fetchval(DID, run.id))


async def outdate_others(work: Work, run: Run) -> None:
    """Whatever was looked at before this run changed the list has to be looked at again."""
    await be_alone(work, run)
    await work.driver.execute(OUTDATE, run.id, run.subject, run.source)


async def choose(
    work: Work, run_id: UUID, columns: Mapping[str, str], order: DayOrder | None, site: str | None, *, whole: bool
) -> None:
    """Say how it is read, and have it read; raises `Invalid` for what is missing, `Conflict` once it was begun."""
    await be_alone(work, await get_run(work, run_id))
    run = await hold_run(work, run_id, "open")
    if run is None:
        raise Conflict(MOVED_ON)
    if run.form == "table":
        _check(columns)
    await work.driver.execute(CHOOSE, run_id, _json(columns), order, site, whole)
    work.ask("roster.look", run_id, key=f"{run_id} 0")


async def drop(work: Work, run_id: UUID) -> str | None:
    """Throw the file away, and what was read of it; returns the object to be erased, where there still is one."""
    run = await hold_run(work, run_id, "open", "reading", "ready")
    if run is None:
        raise Conflict(MOVED_ON)
    row = await work.driver.fetchrow(FILE, run_id)
    await work.driver.execute(DROP, run_id)
    await work.driver.execute(FORGET, run_id)
    work.record("roster.dropped", run_id, version=run.version + 1)
    return str(row["object_name"]) if row and row["object_name"] else None


async def file_of(work: Work, run_id: UUID) -> Stored:
    """The file; raises `Gone` once it was read."""
    row = await work.driver.fetchrow(FILE, run_id)
    if row is None or row["object_name"] is None:
        raise Gone(GONE)
    return Stored(row["object_name"], await open_object_key(work, row["wrapped_key"], _about(run_id)))


async def list_problems(work: Work, run_id: UUID) -> list[tuple[int, str, str]]:
    """Rows that could not be read: number, column, what to do."""
    await get_run(work, run_id)
    return [(row[0], row[1], row[2]) for row in await work.driver.fetch(PROBLEMS, run_id)]


def run_document(run: Run, version: int, **counts: int) -> Document:
    """What the log is bound to of a whole run: which file, how many of what, and the digest of every difference."""
    return Document("roster", run.id, version, {
        "subject": run.subject, "source": run.source, "form": run.form, "sha256": run.sha256,
        "digest": run.digest or "", "row_count": run.row_count, "new_count": run.new_count,
        "changed_count": run.changed_count, "gone_count": run.gone_count, "same_count": run.same_count,
        "asked_count": run.asked_count, "wrong_count": run.wrong_count, **counts,
    })  # fmt: skip


def _check(columns: Mapping[str, str]) -> None:
    if not any(columns.get(name) for name in ("given_name", "family_name", "full_name")):
        raise Invalid(FieldError("given_name", "Choose the column that says what people are called."))
    twice = next((code for code, name in columns.items() if list(columns.values()).count(name) > 1), None)
    if twice:
        raise Invalid(FieldError(twice, "One column was chosen twice. Choose another, or none."))


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _about(run_id: UUID) -> str:
    """What a file's key is bound to."""
    return f"roster {run_id}"
