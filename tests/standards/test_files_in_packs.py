"""The pack of a review carries the files of its evidence, and says of each that stays why it does."""

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from io import BytesIO
from uuid import UUID

import msgspec
import pytest
from pypdf import PdfReader

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.attachments import scanner
from safeguard.attachments.enclosing import ATTACHMENTS, LOCKED, UNCHECKED, FileEnclosing
from safeguard.evidence.downloading import PackLocked, download
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.chapters import Scope
from safeguard.evidence.queries import get_pack
from safeguard.evidence.requesting import request_parts_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.incidents.chapter import IncidentChapter
from safeguard.inspection.pack_parts import PARTS
from safeguard.standards.files.checking import check_file
from safeguard.standards.files.enclosing import PROOFS
from safeguard.standards.files.keeping import lock_file
from safeguard.standards.files.locking import lock_packs
from safeguard.standards.proving import NewItem, add_item, change_item, withdraw_item
from safeguard.standards.reviewing import begin_review, judge
from safeguard.strongbox import objects
from safeguard.strongbox.objects import open_store
from safeguard.work import begin
from tests.attachments.files import LETTER
from tests.attachments.scanner import scanning
from tests.attachments.test_in_packs import packed
from tests.web.browsing import Browser

pytestmark = pytest.mark.anyio
WITHDRAWN = "the evidence that it belongs to was withdrawn"


@pytest.fixture
def shop(tmp_path, addresses):
    shelf = open_store((tmp_path / "objects").as_uri())
    objects.use(shelf)
    scanner.use(None)
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    enclosing = FileEnclosing(shelf, sources=(ATTACHMENTS, PROOFS))
    yield Workshop(signer, shelf, IncidentChapter(), tmp_path / "bench", enclosing, PARTS)
    objects.use(None)


@dataclass(frozen=True)
class Reviewed:
    """A review with four items of evidence, each with a file: clean, unchecked, locked, withdrawn."""

    lead: Browser
    review: UUID
    items: dict[str, UUID]
    files: dict[str, UUID]

    async def ask(self, *, redacted: bool) -> UUID:
        async with begin(self.lead.actor) as work:
            return await request_parts_pack(work, PARTS, "review", Scope(review_id=self.review), redacted=redacted)

    async def state_of(self, pack: UUID) -> str:
        async with begin(self.lead.actor) as work:
            return (await get_pack(work, pack)).state


async def send(lead, name: str, item: UUID) -> UUID:
    """A file of this item, by its page."""
    at = f"/standards/evidence/{item}/files"
    fields = {"csrf_token": await lead.token(f"{at}/new"), "note": "", "promise": "yes"}
    kept = await lead.client.post(
        at, data=fields, files={"file": (f"{name}.txt", LETTER + name.encode())},
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip
    return UUID(kept.headers["location"].partition("?")[0][-36:])


@pytest.fixture
async def reviewed(sign_in, pies, shop, tmp_path) -> Reviewed:
    lead = await sign_in(Role.LEAD)
    items: dict[str, UUID] = {}
    async with begin(lead.actor) as work:
        review = await begin_review(work, pies, "first")
        await judge(work, review, pies.controls[0], 2, "The letter shows it.", 0)
        for name in ("letter", "waits", "mistaken", "withdrawn"):
            new = NewItem(kind="document", title=f"The {name}", dated_on=date(2026, 1, 5), supports=(("pies", "M1"),))
            items[name] = (await add_item(work, new)).id
    files = {name: await send(lead, name, item) for name, item in items.items()}
    async with scanning(tmp_path / "clamd") as url:
        for name in ("letter", "mistaken", "withdrawn"):
            async with begin(system(lead.actor.organisation_id)) as work:
                await check_file(work, files[name], shop.store, url)
    async with begin(lead.actor) as work:
        await lock_file(work, items["mistaken"], files["mistaken"], "mistaken")
        await withdraw_item(work, items["withdrawn"], "It is another school's.", 1)
    return Reviewed(lead, review.id, items, files)


async def events_of(organisation_id: UUID) -> str:
    async with begin(system(organisation_id)) as work:
        rows = await work.driver.fetch("select entry from audit.leaves")
    return "".join(row["entry"] for row in rows)


async def test_files_of_evidence_leave_with_the_review_or_say_why_they_stay(reviewed, shop, tmp_path):
    files = reviewed.files
    held = await packed(reviewed.lead.actor, shop, await reviewed.ask(redacted=False), tmp_path)
    assert held[f"files/{files['letter']}.txt"] == LETTER + b"letter"
    assert [name for name in held if name.startswith("files/")] == ["files/README.txt", f"files/{files['letter']}.txt"]
    listed = held["files/README.txt"].decode()
    for name, why in (("waits", UNCHECKED), ("mistaken", LOCKED), ("withdrawn", WITHDRAWN)):
        assert f"  {name}.txt: {why}\n" in listed
        assert LETTER + name.encode() not in b"".join(held.values())
    said = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(held["report.pdf"])).pages).split())
    for name in files:
        assert sha256(LETTER + name.encode()).hexdigest() in said.replace("\u200b", "")
    assert (await events_of(reviewed.lead.actor.organisation_id)).count("proof.enclosed") == 1


async def test_a_file_that_is_locked_locks_the_packs_that_hold_it(reviewed, shop, tmp_path):
    actor, letter = reviewed.lead.actor, reviewed.items["letter"]
    whole, without, waiting = [await reviewed.ask(redacted=redacted) for redacted in (False, True, False)]
    await packed(actor, shop, whole, tmp_path)
    async with begin(actor) as work:
        await withdraw_item(work, letter, "It shows what nobody may look at.", 1)
        await lock_file(work, letter, reviewed.files["letter"], "found")
    assert [await reviewed.state_of(pack) for pack in (whole, without, waiting)] == ["locked", "waiting", "locked"]
    async with begin(actor) as work:
        with pytest.raises(PackLocked):
            await download(work, shop.store, whole)
    after = await packed(actor, shop, await reviewed.ask(redacted=False), tmp_path)
    assert LETTER + b"letter" not in b"".join(after.values())
    events = await events_of(actor.organisation_id)
    assert (events.count("proof.enclosed"), events.count("pack.locked")) == (1, 2)


async def test_packs_of_a_standard_that_the_evidence_never_supported_stay_open(someone, pies):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        new = NewItem(kind="document", title="The letter", dated_on=date(2026, 1, 5), supports=(("pies", "M1"),))
        item = (await add_item(work, new)).id
        await change_item(work, item, msgspec.structs.replace(new, supports=(("trust", "A1"),)), 1)
        review = await begin_review(work, pies, "first")
        held = await request_parts_pack(work, PARTS, "review", Scope(review_id=review.id))
        other = await begin_review(work, replace(pies, code="another"), "first")
        kept = await request_parts_pack(work, PARTS, "review", Scope(review_id=other.id))
    async with begin(lead) as work:
        await lock_packs(work, item)
        assert [(await get_pack(work, pack)).state for pack in (held, kept)] == ["locked", "waiting"]
