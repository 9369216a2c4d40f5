"""Imports: a file of earlier cases, from its upload to its run. It is kept sealed, no longer than its run."""

from typing import Final
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.access.policy import Permission
from safeguard.errors import Conflict, FieldError, Gone, Invalid, NotFound
from safeguard.helpline.importing.columns import guess
from safeguard.intake.columns import Columns
from safeguard.intake.imports import BEGUN, MOST_LISTED, Import, Stored
from safeguard.intake.moments import DayOrder
from safeguard.intake.sheets import Sheet
from safeguard.strongbox.sealing import open_object_key, wrap_object_key
from safeguard.web.uploading import Upload
from safeguard.work import Work

_COLUMNS: Final = ", ".join(f"m.{name}" for name in Import.__struct_fields__)
_HERE: Final = "organisation_id = (select sec.current_organisation())"
LIST: Final = f"""
select row_to_json(r)::text from (
    select {_COLUMNS} from public.helpline_imports m where m.{_HERE} order by m.uploaded_at desc, m.id desc limit $1) r
"""  # noqa: S608  our own constants
ONE: Final = f"""
select row_to_json(r)::text from (
    select {_COLUMNS} from public.helpline_imports m where m.{_HERE} and m.id = $1 for update) r
"""  # noqa: S608  our own constants
FILE: Final = f"""
select m.object_name, m.wrapped_key from public.helpline_imports m where m.{_HERE} and m.id = $1
"""  # noqa: S608  our own constants
ADD: Final = """
insert into public.helpline_imports (organisation_id, id, source, file_name, size, sha256, object_name, wrapped_key,
    columns, row_count, uploaded_at, uploaded_by, uploaded_by_name)
values ((select sec.current_organisation()), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
CHOOSE: Final = f"""
update public.helpline_imports m set columns = $2, day_order = $3, version = m.version + 1
where m.{_HERE} and m.id = $1 and m.state = 'open'
"""  # noqa: S608  our own constants
START: Final = f"""
update public.helpline_imports m set state = 'running', started_at = $2, version = m.version + 1
where m.{_HERE} and m.id = $1 and m.state = 'open'
"""  # noqa: S608  our own constants
DROP: Final = f"""
update public.helpline_imports m set state = 'dropped', finished_at = $2, object_name = null, wrapped_key = null,
    version = m.version + 1
where m.{_HERE} and m.id = $1 and m.state = 'open'
"""  # noqa: S608  our own constants
KNOWN: Final = f"select c.origin from public.helpline_cases c where c.{_HERE} and c.origin = any ($1)"  # noqa: S608
PROBLEMS: Final = f"""
select p.row_number, p.field, p.problem from public.helpline_import_problems p
where p.{_HERE} and p.import_id = $1 order by p.row_number, p.id
"""  # noqa: S608  our own constants
NEEDED: Final = {
    "summary": "Choose the column that says what it was about.",
    "received": "Choose the column that says when it came.",
}

_decode = msgspec.json.Decoder(Import).decode


def origin_of(source: str, original_id: str) -> str:
    """By what an imported case is known, so that it is imported once."""
    return f"import/{source}/{original_id}"


async def begin_import(work: Work, source: str, upload: Upload, sheet: Sheet) -> UUID:
    """Keep the file for its run, with a guess of its columns."""
    work.require(Permission.HELPLINE_SUPERVISE)
    if upload.key is None:
        raise Invalid(FieldError("file", "Choose the file."))
    import_id = clock.new_id()
    wrapped = await wrap_object_key(work, upload.key, _about(import_id))
    await work.driver.execute(
        ADD, import_id, source, upload.name or "file", upload.size, upload.sha256, upload.object_name, wrapped,
        msgspec.json.encode(guess(sheet.headings)).decode(), len(sheet.rows), work.now(), work.actor.user_id,
        work.actor.name,
    )  # fmt: skip
    work.record("case_import.begun", import_id)
    upload.kept = True
    return import_id


async def list_imports(work: Work) -> list[Import]:
    """The latest imports."""
    work.require(Permission.HELPLINE_SUPERVISE)
    return [_decode(row[0]) for row in await work.driver.fetch(LIST, MOST_LISTED)]


async def get_import(work: Work, import_id: UUID) -> Import:
    """One import, held until the work ends; raises `NotFound`."""
    work.require(Permission.HELPLINE_SUPERVISE)
    text = await work.driver.fetchval(ONE, import_id)
    if text is None:
        raise NotFound
    return _decode(text)


async def choose_columns(work: Work, import_id: UUID, columns: Columns, order: DayOrder | None) -> None:
    """Say which column is what; raises `Invalid` for what is missing, `Conflict` when the run has begun."""
    if wrong := [FieldError(code, words) for code, words in NEEDED.items() if not columns.get(code)]:
        raise Invalid(*wrong)
    if len(set(columns.values())) < len(columns):
        twice = next(code for code, name in columns.items() if list(columns.values()).count(name) > 1)
        raise Invalid(FieldError(twice, "One column was chosen twice. Choose another, or none."))
    await get_import(work, import_id)
    if await work.driver.execute(CHOOSE, import_id, msgspec.json.encode(dict(columns)).decode(), order) != "UPDATE 1":
        raise Conflict(BEGUN)


async def start_import(work: Work, import_id: UUID) -> None:
    """Have a worker run it; raises `Conflict` when somebody has started it."""
    found = await get_import(work, import_id)
    if wrong := [FieldError(code, words) for code, words in NEEDED.items() if not found.chosen.get(code)]:
        raise Invalid(*wrong)
    if await work.driver.execute(START, import_id, work.now()) != "UPDATE 1":
        raise Conflict(BEGUN)
    work.record("case_import.started", import_id, version=found.version + 1)
    work.ask("case_import.run", import_id, key=f"{import_id} 0")


async def drop_import(work: Work, import_id: UUID) -> str:
    """Throw the file away unread; returns the name of the object, for it to be erased."""
    found, stored = await get_import(work, import_id), await file_of(work, import_id)
    if await work.driver.execute(DROP, import_id, work.now()) != "UPDATE 1":
        raise Conflict(BEGUN)
    work.record("case_import.dropped", import_id, version=found.version + 1)
    return stored.name


async def file_of(work: Work, import_id: UUID) -> Stored:
    """The file; raises `Gone` after its run."""
    row = await work.driver.fetchrow(FILE, import_id)
    if row is None or row["object_name"] is None:
        raise Gone("The file of this import was thrown away after its run. Send it again if it is needed.")
    return Stored(row["object_name"], await open_object_key(work, row["wrapped_key"], _about(import_id)))


async def known_ids(work: Work, source: str, ids: list[str]) -> set[str]:
    """Which of these cases are here already."""
    origins = {origin_of(source, each): each for each in ids}
    return {origins[row[0]] for row in await work.driver.fetch(KNOWN, list(origins))}


async def list_problems(work: Work, import_id: UUID) -> list[tuple[int, str, str]]:
    """Why rows were not imported."""
    work.require(Permission.HELPLINE_SUPERVISE)
    return [tuple(row) for row in await work.driver.fetch(PROBLEMS, import_id)]


def _about(import_id: UUID) -> str:
    return f"case import {import_id}"
