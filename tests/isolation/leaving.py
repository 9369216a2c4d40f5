"""What a lead can take away from a world: packs of every kind, reports, lists, prints."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from obstore.store import MemoryStore

from safeguard.access.actors import Actor
from safeguard.attachments.enclosing import FileEnclosing
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.chapters import Scope
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.packs.kinds import KINDS
from safeguard.evidence.requesting import (
    request_incident_pack,
    request_inspection_pack,
    request_parts_pack,
    request_period_pack,
)
from safeguard.evidence.sampling import Drawing
from safeguard.evidence.sealing import FileKeySigner
from safeguard.incidents.chapter import IncidentChapter
from safeguard.insights.reporting.making import download_report, make_report
from safeguard.insights.reporting.queries import Kind, ask_for_report
from safeguard.inspection.pack_parts import PARTS
from safeguard.registers.tables import TABLES
from safeguard.strongbox import objects
from safeguard.work import Work, begin
from tests.evidence.test_making import file_of, make
from tests.isolation.worlds import NOON, World, seeded

FIRST, LAST = (NOON - timedelta(days=300)).date(), (NOON + timedelta(days=1)).date()
WITHHELD = ("incident", "inspection")
"""Kinds that are taken without names as well: who is withheld, and under which number, must not tell of anybody."""
Asking = Callable[[Work], Awaitable[UUID]]


@dataclass(frozen=True, slots=True)
class Known:
    """What the lead may name."""

    incident: UUID
    person: UUID
    review: UUID


@asynccontextmanager
async def bench(world: World, addresses: Addresses, folder: Path) -> AsyncIterator[Workshop]:
    """Where that world's packs are made."""
    shelf = objects.open_store((folder / "objects").as_uri())
    signer = FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer.replace("/safeguard?", f"/{world.name}?"))
    async with world.entered():
        yield Workshop(signer, shelf, IncidentChapter(), folder / "bench", FileEnclosing(shelf), PARTS)


async def take(lead: Actor, shop: Workshop, folder: Path, ask: Asking) -> bytes:
    """A pack that the lead asks for, made and downloaded."""
    async with begin(lead) as work:
        asked = await ask(work)
    pack = await make(lead, asked, shop)
    assert pack.state == "ready"
    return (await file_of(lead, pack.id, folder)).read_bytes()


async def all_packs(world: World, lead: Actor, known: Known, addresses: Addresses, folder: Path) -> dict[str, bytes]:
    """Packs of every kind, and some without names, by what they are of."""
    with seeded("everything", NOON + timedelta(hours=2)):
        async with bench(world, addresses, folder) as shop:
            return {
                f"{kind}{' without names' if redacted else ''}": await take(lead, shop, folder, asking)
                for redacted in (False, True)
                for kind, asking in _askings(known, redacted=redacted).items()
                if not redacted or kind in WITHHELD
            }


def _askings(known: Known, *, redacted: bool) -> dict[str, Asking]:
    days = (FIRST, LAST - timedelta(days=1))
    scopes = {"person": Scope(person_id=known.person), "review": Scope(review_id=known.review)}

    def parts(kind: str) -> Asking:
        return lambda work: request_parts_pack(work, PARTS, kind, scopes.get(kind, Scope()), days, redacted=redacted)

    return {
        "incident": lambda work: request_incident_pack(work, IncidentChapter(), known.incident, redacted=redacted),
        "period": lambda work: request_period_pack(work, *days, Disclosure.MINIMAL, files=True, redacted=redacted),
        "inspection": lambda work: request_inspection_pack(
            work, PARTS, "ofsted_school", days, Drawing("random", seed="kingfisher"), redacted=redacted
        ),
        **{kind: parts(kind) for kind in KINDS if kind not in {"incident", "period", "inspection"}},
    }


async def all_reports(world: World, lead: Actor, known: Known) -> list[bytes]:
    """For whoever governs, of this year and the last, and of a review."""
    shelf, made = MemoryStore(), list[bytes]()
    wanted: tuple[tuple[Kind, str, UUID | None], ...] = (
        ("governors", "year", None),
        ("governors", "last-year", None),
        ("review", "", known.review),
    )
    with seeded("reports", NOON + timedelta(hours=2)):
        async with world.entered():
            for kind, period, review in wanted:
                async with begin(lead) as work:
                    asked = await ask_for_report(work, kind, period, review)
                    await make_report(work, asked, shelf)
                async with begin(lead) as work:
                    _, pieces = await download_report(work, asked, shelf)
                    made.append(b"".join([piece async for piece in pieces]))
    return made


def addresses_of_files(known: Known) -> list[str]:
    """The addresses under which something leaves at once, with a question in some."""
    person = f"/people/{known.person}/chronology"
    return [
        *(f"/{room}/list.{form}" for room in ("incidents", "people") for form in ("csv", "xlsx")),
        "/incidents/list.csv?state=all",
        "/incidents/list.csv?q=zebras&state=all",
        "/people/list.csv?q=zebra",
        f"/incidents/{known.incident}/incident.pdf",
        *(f"{person}{ending}" for ending in (".pdf", ".pdf?beginnings=yes", ".csv", ".xlsx")),
        *(f"/standards/registers/tables/{name}.csv" for name in TABLES),
        *(f"/standards/tables/{name}" for name in ("plan.csv", "evidence.csv", "reviews.csv?framework=pies")),
    ]
