"""Imports: a file of earlier records, from its upload to its run. It is kept sealed, no longer than its run."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Gone, Invalid, NotFound
from safeguard.intake.columns import Columns, guess
from safeguard.intake.moments import DayOrder
from safeguard.intake.sheets import Sheet
from safeguard.keys.wrapping import Key
from safeguard.strongbox.sealing import open_object_key, wrap_object_key
from safeguard.web.uploading import Upload
from safeguard.work import Work

MOST_LISTED: Final = 50
BEGUN: Final = "This import has been started, or its file was thrown away. Open it to see how far it is."


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """One file of earlier records, and how far it is."""

    id: UUID
    version: int
    source: str
    file_name: str
    size: int
    columns: str
    day_order: DayOrder | None
    state: str
    row_count: int | None
    done_count: int
    made_count: int
    known_count: int
    wrong_count: int
    uploaded_at: datetime
    uploaded_by_name: str
    finished_at: datetime | None

    @property
    def chosen(self) -> dict[str, str]:
        """Which column is which field."""
        return msgspec.json.decode(self.columns, type=dict[str, str])


class Stored(NamedTuple):
    """Where a file lies, and its key."""

    name: str
    key: Key


_COLUMNS: Final = ", ".join(f"m.{name}" for name in Import.__struct_fields__)
LIST: Final = f"""
select row_to_json(r)::text from (
    select {_COLUMNS} from public.imports m
    where m.organisation_id = (select sec.current_organisation()) order by m.uploaded_at desc, m.id desc limit $1) r
"""  # noqa: S608  our own constants
ONE: Final = f"""
select row_to_json(r)::text from (
    select {_COLUMNS} from public.imports m
    where m.organisation_id = (select sec.current_organisation()) and m.id = $1 for update) r
"""  # noqa: S608  our own constants
FILE: Final = """
select m.object_name, m.wrapped_key from public.imports m
where m.organisation_id = (select sec.current_organisation()) and m.id = $1
"""
ADD: Final = """
insert into public.imports (organisation_id, id, source, file_name, size, sha256, object_name, wrapped_key, columns,
    row_count, uploaded_at, uploaded_by, uploaded_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
CHOOSE: Final = """
update public.imports m set columns = $2, day_order = $3, version = m.version + 1
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.state = 'open'
"""
START: Final = """
update public.imports m set state = 'running', started_at = $2, version = m.version + 1
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.state = 'open'
"""
DROP: Final = """
update public.imports m set state = 'dropped', finished_at = $2, object_name = null, wrapped_key = null,
    version = m.version + 1
where m.organisation_id = (select sec.current_organisation()) and m.id = $1 and m.state = 'open'
"""
KNOWN: Final = """
select r.original_id from public.imported_records r
where r.organisation_id = (select sec.current_organisation()) and r.source = $1 and r.original_id = any ($2)
"""
PROBLEMS: Final = """
select p.row_number, p.field, p.problem from public.import_problems p
where p.organisation_id = (select sec.current_organisation()) and p.import_id = $1 order by p.row_number, p.id
"""

_decode = msgspec.json.Decoder(Import).decode


async def begin_import(work: Work, source: str, upload: Upload, sheet: Sheet) -> UUID:
    """Keep the file for its run, with a guess of its columns."""
    work.require(Permission.INCIDENT_TRIAGE)
    if upload.key is None:
        raise Invalid(FieldError("file", "Choose the file."))
    import_id = clock.new_id()
    wrapped = await wrap_object_key(work, upload.key, _about(import_id))
    await work.driver.execute(
        ADD, import_id, source, upload.name or "file", upload.size, upload.sha256, upload.object_name, wrapped,
        msgspec.json.encode(guess(sheet.headings)).decode(), len(sheet.rows), work.now(), work.actor.user_id,
        work.actor.name,
    )  # fmt: skip
    work.record("import.begun", import_id)
    upload.kept = True
    return import_id


async def list_imports(work: Work) -> list[Import]:
    """The latest imports."""
    work.require(Permission.INCIDENT_TRIAGE)
    return [_decode(row[0]) for row in await work.driver.fetch(LIST, MOST_LISTED)]


async def get_import(work: Work, import_id: UUID) -> Import:
    """One import, held until the work ends; raises `NotFound`."""
    work.require(Permission.INCIDENT_TRIAGE)
    text = await work.driver.fetchval(ONE, import_id)
    if text is None:
        raise NotFound
    return _decode(text)


async def choose_columns(work: Work, import_id: UUID, columns: Columns, order: DayOrder | None) -> None:
    """Say which column is what; raises `Invalid` without words, `Conflict` when the run has begun."""
    if not columns.get("narrative"):
        raise Invalid(FieldError("narrative", "Choose the column that says what happened."))
    if len(set(columns.values())) < len(columns):
        twice = next(code for code, name in columns.items() if list(columns.values()).count(name) > 1)
        raise Invalid(FieldError(twice, "One column was chosen twice. Choose another, or none."))
    await get_import(work, import_id)
    said = msgspec.json.encode(dict(columns)).decode()
    if await work.driver.execute(CHOOSE, import_id, said, order) != "UPDATE 1":
        raise Conflict(BEGUN)


async def start_import(work: Work, import_id: UUID) -> None:
    """Have a worker run it; raises `Conflict` when somebody has started it."""
    found = await get_import(work, import_id)
    if not found.chosen.get("narrative"):
        raise Invalid(FieldError("narrative", "Choose the column that says what happened."))
    if await work.driver.execute(START, import_id, work.now()) != "UPDATE 1":
        raise Conflict(BEGUN)
    work.record("import.started", import_id, version=found.version + 1)
    work.ask("import.run", import_id, key=f"{import_id} 0")


async def drop_import(work: Work, import_id: UUID) -> str:
    """Throw the file away unread; returns the name of the object, for it to be erased."""
    found, stored = await get_import(work, import_id), await file_of(work, import_id)
    if await work.driver.execute(DROP, import_id, work.now()) != "UPDATE 1":
        raise Conflict(BEGUN)
    work.record("import.dropped", import_id, version=found.version + 1)
    return stored.name


async def file_of(work: Work, import_id: UUID) -> Stored:
    """The file; raises `Gone` after its run."""
    row = await work.driver.fetchrow(FILE, import_id)
    if row is None or row["object_name"] is None:
        raise Gone("The file of this import was thrown away after its run. Send it again if it is needed.")
    return Stored(row["object_name"], await open_object_key(work, row["wrapped_key"], _about(import_id)))


async def known_ids(work: Work, source: str, ids: list[str]) -> set[str]:
    """Which of these records are here already, as far as the actor may know."""
    return {row[0] for row in await work.driver.fetch(KNOWN, source, ids)}


async def list_problems(work: Work, import_id: UUID) -> list[tuple[int, str, str]]:
    """Why rows were not imported."""
    work.require(Permission.INCIDENT_TRIAGE)
    return [tuple(row) for row in await work.driver.fetch(PROBLEMS, import_id)]


def _about(import_id: UUID) -> str:
    return f"import {import_id}"
