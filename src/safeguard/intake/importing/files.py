"""Imports: a file of earlier records, from its upload to its run. It is kept sealed, no longer than its run."""

from typing import Any, Final, NamedTuple
from uuid import UUID

import msgspec

from safeguard import clock
from safeguard.errors import Conflict, FieldError, Gone, Invalid, NotFound
from safeguard.intake.importing.reading import guess
from safeguard.intake.importing.use import Columns, Import, Use
from safeguard.intake.moments import DayOrder
from safeguard.intake.sheets import Sheet
from safeguard.keys.wrapping import Key
from safeguard.strongbox.sealing import open_object_key, wrap_object_key
from safeguard.web.uploading import Upload
from safeguard.work import Work

MOST_LISTED: Final = 50
BEGUN: Final = "This import has been started, or its file was thrown away. Open it to see how far it is."
TWICE: Final = "One column was chosen twice. Choose another, or none."

_decode = msgspec.json.Decoder(Import).decode


class Stored(NamedTuple):
    """Where a file lies, and its key."""

    name: str
    key: Key


async def begin_import(work: Work, use: Use[Any], source: str, upload: Upload, sheet: Sheet) -> UUID:
    """Keep the file for its run, with a guess of its columns."""
    work.require(use.permission)
    if upload.key is None:
        raise Invalid(FieldError("file", "Choose the file."))
    import_id = clock.new_id()
    wrapped = await wrap_object_key(work, upload.key, _about(use, import_id))
    await work.driver.execute(
        use.statements.add, import_id, source, upload.name or "file", upload.size, upload.sha256, upload.object_name,
        wrapped, _said(guess(use.fields, sheet.headings)), len(sheet.rows), work.now(), work.actor.user_id,
        work.actor.name,
    )  # fmt: skip
    work.record(f"{use.noun}.begun", import_id)
    upload.kept = True
    return import_id


async def list_imports(work: Work, use: Use[Any]) -> list[Import]:
    """The latest imports."""
    work.require(use.permission)
    found = [_decode(row[0]) for row in await work.driver.fetch(use.statements.list_latest, MOST_LISTED)]
    return await _as_known(work, use, found)


async def get_import(work: Work, use: Use[Any], import_id: UUID) -> Import:
    """One import, held until the work ends; raises `NotFound`."""
    work.require(use.permission)
    text = await work.driver.fetchval(use.statements.one, import_id)
    known = await _as_known(work, use, [_decode(text)]) if text is not None else []
    if not known:
        raise NotFound
    return known[0]


async def _as_known(work: Work, use: Use[Any], found: list[Import]) -> list[Import]:
    """As the reader may know of them: without what is kept from them, and without those of which that is all."""
    if use.hidden is None or not found:
        return found
    hidden = await use.hidden(work, [each.id for each in found])
    counted = [_less(each, *hidden[each.id]) if each.id in hidden else each for each in found]
    return [each for each in counted if each.id not in hidden or each.made_count or each.known_count]


def _less(found: Import, made: int, known: int) -> Import:
    counts = {"made_count": found.made_count - made, "done_count": found.done_count - made}
    rows = None if found.row_count is None else found.row_count - made
    return msgspec.structs.replace(found, **counts, row_count=rows, known_count=max(0, found.known_count - known))


async def choose_columns(work: Work, use: Use[Any], import_id: UUID, columns: Columns, order: DayOrder | None) -> None:
    """Say which column is what; raises `Invalid` for what is missing, `Conflict` when the run has begun."""
    _require_columns(use, columns)
    if len(set(columns.values())) < len(columns):
        twice = next(code for code, name in columns.items() if list(columns.values()).count(name) > 1)
        raise Invalid(FieldError(twice, TWICE))
    await get_import(work, use, import_id)
    if await work.driver.execute(use.statements.choose, import_id, _said(columns), order) != "UPDATE 1":
        raise Conflict(BEGUN)


async def start_import(work: Work, use: Use[Any], import_id: UUID) -> None:
    """Have a worker run it; raises `Conflict` when somebody has started it."""
    found = await get_import(work, use, import_id)
    _require_columns(use, found.chosen)
    if await work.driver.execute(use.statements.start, import_id, work.now()) != "UPDATE 1":
        raise Conflict(BEGUN)
    work.record(f"{use.noun}.started", import_id, version=found.version + 1)
    work.ask(f"{use.noun}.run", import_id, key=f"{import_id} 0")


async def drop_import(work: Work, use: Use[Any], import_id: UUID) -> str:
    """Throw the file away unread; returns the name of the object, for it to be erased."""
    found, stored = await get_import(work, use, import_id), await file_of(work, use, import_id)
    if await work.driver.execute(use.statements.drop, import_id, work.now()) != "UPDATE 1":
        raise Conflict(BEGUN)
    work.record(f"{use.noun}.dropped", import_id, version=found.version + 1)
    return stored.name


async def file_of(work: Work, use: Use[Any], import_id: UUID) -> Stored:
    """The file; raises `Gone` after its run."""
    row = await work.driver.fetchrow(use.statements.file, import_id)
    if row is None or row["object_name"] is None:
        raise Gone("The file of this import was thrown away after its run. Send it again if it is needed.")
    return Stored(row["object_name"], await open_object_key(work, row["wrapped_key"], _about(use, import_id)))


async def list_problems(work: Work, use: Use[Any], import_id: UUID) -> list[tuple[int, str, str]]:
    """Why rows were not imported."""
    work.require(use.permission)
    return [tuple(row) for row in await work.driver.fetch(use.statements.problems, import_id)]


def _require_columns(use: Use[Any], columns: Columns) -> None:
    if wrong := [FieldError(code, words) for code, words in use.needed.items() if not columns.get(code)]:
        raise Invalid(*wrong)


def _said(columns: Columns) -> str:
    return msgspec.json.encode(dict(columns)).decode()


def _about(use: Use[Any], import_id: UUID) -> str:
    """What a file's key is bound to."""
    return f"{use.noun.replace('_', ' ')} {import_id}"
