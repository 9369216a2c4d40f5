"""Packs of a small synthetic log: no database, the same bytes each time."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import Browser, Page

from safeguard.database.bootstrap import Addresses
from safeguard.evidence import verifier
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.assembling import assemble
from safeguard.evidence.packs.chapters import Enclosed
from safeguard.evidence.packs.contents import Disclosure, PackFacts
from safeguard.evidence.packs.disclosing import disclose, handle_of
from safeguard.evidence.sealing import FileKeySigner
from safeguard.incidents.chapter import IncidentChapter
from safeguard.strongbox import objects
from tests.evidence.judging import PAGE, longer, packs_of
from tests.evidence.synthetic import FIRST, SyntheticLog, worked_log
from tests.journeys.browser import DESK, chromium

PackMaker = Callable[..., Path]


@pytest.fixture(autouse=True)
def own_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command remembers of one test tells the next nothing."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def worked() -> SyntheticLog:
    """The worked vector's log."""
    return worked_log()


@pytest.fixture(scope="session")
def make_pack(tmp_path_factory: pytest.TempPathFactory) -> PackMaker:
    """Write a pack of a log's first incident and hand back where it is."""
    folder = tmp_path_factory.mktemp("packs")

    def make(
        log: SyntheticLog, disclosure: Disclosure = Disclosure.COMPLETE, name: str = "", **changes: object
    ) -> Path:
        name = name or f"pack-{len(list(folder.iterdir()))}"
        enclosed: tuple[Enclosed, ...] = changes.pop("enclosed", ())
        records = changes.pop("records", (log.record("incident", FIRST),))
        own = frozenset(handle_of(each.kind, each.id, each.salt) for each in records)
        entries, report = folder / f"{name}.entries", folder / name / "report.pdf"
        report.parent.mkdir()
        entries.write_bytes(b"".join(disclose(leaf, disclosure, own) for leaf in log.leaves))
        report.write_bytes(b"%PDF-1.7 not a real one\n")
        as_of = changes.pop("as_of", log.last_at)
        facts = PackFacts(
            UUID("6f0c1c1e-0000-4000-8000-0000000000ff"), "incident", "Incident K7Q-3MX", "Alder School", disclosure,
            log.origin, len(log.leaves), as_of, "0.1.0", records,
        )  # fmt: skip
        target = folder / f"{name}.zip"
        checkpoint = str(changes.get("checkpoint", log.checkpoint()))
        stamp: bytes | None = changes.pop("timestamp", None)
        assemble(target, facts, [report], entries, checkpoint, log.key, enclosed, stamp)
        return target

    return make


@pytest.fixture
def shop(addresses: Addresses, tmp_path: Path) -> Workshop:
    """A bench with a known key."""
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    return Workshop(signer, objects.open_store((tmp_path / "objects").as_uri()), IncidentChapter(), tmp_path / "bench")


@pytest.fixture(scope="session")
async def browser(anyio_backend: str) -> AsyncIterator[Browser]:
    """A headless Chromium, started once."""
    async with chromium() as found:
        yield found


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """verify.html, from the disk and without a network."""
    context = await browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, offline=True)
    opened = await context.new_page()
    await opened.goto(PAGE.as_uri())
    yield opened
    await context.close()


@pytest.fixture(scope="session")
def good(make_pack: PackMaker) -> dict[str, bytes]:
    """A pack of every kind that is not a false one. The verifier in each is a short one: it proves nothing anyhow."""
    log, long = worked_log(), longer()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifier, "page", lambda: b"<!doctype html>")
        return packs_of(make_pack, log, long)
