"""`rosters`: a trust's whole file of people, looked at and taken over, and the same file a term later.

By the verbs that the worker runs, batch by batch, each in its own transaction. The limit is a thousand rows a second:
fifty thousand people are looked at, or taken over, while somebody fetches a coffee, and the page says how far it is.
Memory is what the process came to hold at its highest, above what it held before: batches bound it, not the file. It is
a process of its own, since one that measured something else before has been higher already.
"""

import asyncio
import resource
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from multiprocessing import get_context
from typing import Final
from uuid import UUID

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.roles import Role
from safeguard.cli.bench.measuring import Figure, Goal
from safeguard.cli.bench.scratch import Scratch, scratch_service
from safeguard.database import pool
from safeguard.keys.wrapping import Key
from safeguard.rosters import applying, looking, runs
from safeguard.rosters.files.reading import glance_at
from safeguard.strongbox import masters, objects
from safeguard.web.uploading import Upload
from safeguard.work import begin

ROWS: Final = 50_000
A_SECOND: Final = 1_000
MEMORY: Final = 256
"""Megabytes more than before that the whole way may take."""
MOVED: Final = 50
"""Of the later file every so manieth row is another group."""
HEADINGS: Final = "Admission number,Forename,Surname,Date of birth,Registration group\n"
SYLLABLES: Final = (
    "al",
    "ber",
    "cor",
    "den",
    "el",
    "far",
    "gor",
    "hol",
    "ist",
    "jun",
    "kel",
    "lor",
    "mar",
    "nor",
    "os",
)


def rosters(rows: int = ROWS) -> list[Figure]:
    """Seconds for each part of the way."""
    with scratch_service() as scratch, ProcessPoolExecutor(1, get_context("spawn")) as apart:
        taken = apart.submit(_measured, scratch, rows).result()
    limit, grown = [rows / A_SECOND], taken.pop("memory")
    held = Figure("rosters-memory", f"{rows:,} people: memory of all that", "MB", [grown], [MEMORY], Goal(1, "lower"))
    return [
        *(
            Figure(f"rosters-{name}", f"{rows:,} people: {what}", "s", [taken[name]], limit, Goal(1, "lower"))
            for name, what in WAYS.items()
        ),
        held,
    ]


WAYS: Final = {
    "look": "a first file, looked at", "take": "the same, taken over", "again": "the same file later, looked at",
}  # fmt: skip


def table_of(rows: int, later: int = 0) -> bytes:
    """Invented people, no two of the same name and birthday; `later` moves some to another group."""
    lines = (_line(number, later) for number in range(rows))
    return (HEADINGS + "".join(lines)).encode()


def _line(number: int, later: int) -> str:
    first, rest = divmod(number, len(SYLLABLES) ** 2)
    given = SYLLABLES[first % 15] + SYLLABLES[first // 15 % 15]
    family = SYLLABLES[rest // 15] + SYLLABLES[rest % 15] + SYLLABLES[number % 7]
    year = 7 + (number + (later if number % MOVED == 0 else 0)) % 5
    born = f"{1 + number % 28:02}/{1 + number % 12:02}/{2010 + number % 6}"
    return f"{number},{given.title()},{family.title()},{born},{year}{'ABCDEF'[number % 6]}\n"


def _highest() -> float:
    """Megabytes that this process held at its highest."""
    said = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return said / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def _measured(scratch: Scratch, rows: int) -> dict[str, float]:
    return asyncio.run(_measure(scratch, rows))


async def _measure(scratch: Scratch, rows: int) -> dict[str, float]:
    database = pool.Database(scratch.addresses.app, scratch.key, size=2, overflow=0)
    pool.use(database)
    masters.use(masters.Masters(scratch.data / "keys"))
    objects.use(objects.open_store((scratch.data / "roster-objects").as_uri()))
    lead = Actor(ActorKind.PERSON, scratch.organisation_id, scratch.lead_id, frozenset({Role.LEAD}), "Sample Lead")
    before = _highest()
    try:
        run = await _send(lead, table_of(rows))
        taken = {"look": await _until(lead, run, "ready", lambda: _look(lead, run))}
        async with begin(lead) as work:
            await applying.start(work, run, marks_left=False)
        taken["take"] = await _until(lead, run, "done", lambda: _apply(lead, run))
        again = await _send(lead, table_of(rows, later=1))
        taken["again"] = await _until(lead, again, "ready", lambda: _look(lead, again))
        return taken | {"memory": _highest() - before}
    finally:
        await database.close()


async def _send(lead: Actor, content: bytes) -> UUID:
    key, name = Key(clock.random_bytes(32)), f"files/{clock.new_id()}"
    await objects.put(objects.current(), name, key, _piece(content))
    upload = Upload("people.csv", "", "text/csv", len(content), sha256(content).digest(), name, key)
    async with begin(lead) as work:
        run = await runs.begin_run(work, "people", "Sample MIS", upload, glance_at(content))
    async with begin(lead) as work:
        guessed = (await runs.get_run(work, run)).chosen
        await runs.choose(work, run, guessed, "day_first", None, whole=True)
    return run


async def _piece(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _look(lead: Actor, run: UUID) -> None:
    async with begin(lead) as work:
        await looking.look_on(work, run, objects.current())


async def _apply(lead: Actor, run: UUID) -> None:
    async with begin(lead) as work:
        await applying.apply_next(work, run)


async def _until(lead: Actor, run: UUID, state: str, step: Callable[[], Awaitable[None]]) -> float:
    """Seconds until the run is in this state; raises `RuntimeError` when a step leaves it where it was."""
    began, before = time.perf_counter(), -1
    while True:
        await step()
        async with begin(lead) as work:
            now = await runs.get_run(work, run)
        if now.state == state:
            return time.perf_counter() - began
        if now.done_count == before:
            raise RuntimeError(f"It stays {now.state} at {before} rows: {', '.join(now.notes)}")
        before = now.done_count
