"""verify.html, opened from a disk in Chromium: what it says to whoever drops a pack in, and what it remembers.

Against the command: the same verdict on every good pack, of which the two share no code.
"""

import base64
import json
import random
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from anyio import to_thread
from playwright.async_api import Browser, Page

from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.verifying.checking import verify
from safeguard.evidence.verifying.seen import recall, remember
from safeguard.evidence.verifying.verdicts import Verdict
from tests.evidence.conftest import PackMaker
from tests.evidence.judging import PAGE, SEED, VKEY, agree, flips, gone_on, longer, members_of, signed_again
from tests.evidence.rezipping import zipped
from tests.evidence.synthetic import FIRST, ORIGIN, START, SyntheticLog, salt_from, worked_log
from tests.journeys.browser import DESK, PHONE, TOO_WIDE

pytestmark = pytest.mark.anyio


async def test_good_packs_have_the_same_verdicts(page: Page, tmp_path: Path, good: dict[str, bytes]) -> None:
    unknown = await agree(page, tmp_path, list(good.values()))
    known = await agree(page, tmp_path, list(good.values()), VKEY)
    assert dict(zip(good, (each.headline for each in unknown), strict=True)) == {
        "complete": "VALID but KEY NOT KNOWN", "minimal": "VALID but KEY NOT KNOWN", "long": "VALID but KEY NOT KNOWN",
        "redacted": "VALID but KEY NOT KNOWN and REDACTED", "stamped": "VALID but KEY NOT KNOWN",
        "continued": "DISCONTINUITY", "disposed": "VALID but KEY NOT KNOWN", "two records": "VALID but KEY NOT KNOWN",
    }  # fmt: skip
    assert [each.verdict for each in known] == [
        "VALID", "VALID", "VALID", "VALID but REDACTED", "VALID", "DISCONTINUITY", "VALID", "VALID",
    ]  # fmt: skip


async def test_a_browser_without_ed25519_says_the_same(
    browser: Browser, tmp_path: Path, good: dict[str, bytes]
) -> None:
    context = await browser.new_context(offline=True)
    await context.add_init_script("Object.defineProperty(globalThis, 'crypto', {value: {}})")
    page = await context.new_page()
    await page.goto(PAGE.as_uri())
    plain = members_of(good["complete"], tmp_path)
    contents = [*good.values(), signed_again(plain), *flips(good["complete"], 20, random.Random(SEED))]
    note = plain["manifest.note"].decode()
    for at in (40, 60, 80):
        head, _, last = note.rpartition(" ")
        raw = bytearray(base64.b64decode(last))
        raw[at - 20] ^= 1
        contents.append(
            zipped({**plain, "manifest.note": f"{head} {base64.b64encode(bytes(raw)).decode()}\n".encode()})
        )
    await agree(page, tmp_path, contents)
    await agree(page, tmp_path, contents, VKEY)
    await context.close()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_somebody_drops_a_pack_in_and_reads_the_verdict(
    page: Page, tmp_path: Path, good: dict[str, bytes], size: tuple[int, int]
) -> None:
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    file = tmp_path / "pack.zip"
    file.write_bytes(good["complete"])
    await page.set_input_files("#pack", file)
    await page.locator("#outcome[data-verdict='VALID but KEY NOT KNOWN']").wait_for()
    assert "This pack holds 3 entries. All are unaltered, and none about the records in it is missing." in (
        await page.inner_text("#outcome")
    )
    await page.fill("#key", "nonsense")
    await page.keyboard.press("Enter")
    await page.get_by_text("This key cannot be used").wait_for()
    await page.fill("#key", VKEY[:30] + " \n " + VKEY[30:])
    await page.keyboard.press("Enter")
    await page.locator("#outcome[data-verdict='VALID']").wait_for()
    file.write_bytes(good["complete"][:-1])
    await page.set_input_files("#pack", [])
    await page.set_input_files("#pack", file)
    await page.locator("#outcome[data-verdict='INVALID']").wait_for()
    assert "keep this copy and ask whoever gave it to you" in await page.inner_text("#outcome")
    assert await page.evaluate(TOO_WIDE) == []


async def dropped(page: Page, file: Path, content: bytes, verdict: str = "") -> None:
    """Drop a pack in and wait for this verdict, or for any."""
    await to_thread.run_sync(file.write_bytes, content)
    await page.evaluate("document.getElementById('outcome').removeAttribute('data-verdict')")
    await page.set_input_files("#pack", [])
    await page.set_input_files("#pack", file)
    await page.locator(f"#outcome[data-verdict='{verdict}']" if verdict else "#outcome[data-verdict]").wait_for()


async def shown(page: Page, file: Path, content: bytes, verdict: str) -> str:
    """Drop a pack in and wait for this verdict; what stands there."""
    await dropped(page, file, content, verdict)
    return await page.inner_text("#outcome")


def rewritten() -> SyntheticLog:
    """The same log as far as its name and key say, with another beginning."""
    log = SyntheticLog()
    log.append("log.created", "log", UUID(int=10), salt_from(0x60), role="system")
    log.append("incident.recorded", "incident", FIRST, salt_from(0x80), summary="Nothing happened.", risk="low")
    for _ in range(3):
        log.append("incident.viewed", "incident", FIRST, salt_from(0x80))
    return log


async def test_who_checks_without_a_pack_is_told_to_choose_one(page: Page) -> None:
    await page.get_by_role("button", name="Check the pack").click()
    await page.get_by_text("Choose a pack first").wait_for()
    assert await page.locator("#pack").get_attribute("aria-invalid") == "true"
    assert await page.evaluate("document.activeElement.id") == "pack"


async def test_the_page_holds_a_pack_against_those_before_it(
    page: Page, tmp_path: Path, good: dict[str, bytes], make_pack: PackMaker
) -> None:
    """Each of the two is whole in itself, and both are signed by the log's own key."""
    file, unknown = tmp_path / "pack.zip", "VALID but KEY NOT KNOWN"
    assert "this is the first of this log here" in await shown(page, file, good["complete"], unknown)
    await page.reload()
    later = await shown(page, file, good["long"], unknown)
    assert "the earlier pack of this log that you checked here" in later
    other = make_pack(rewritten()).read_bytes()
    said = await shown(page, file, other, "INVALID")
    assert f"checked here, as of {worked_log().last_at:%Y-%m-%d %H:%M:%S} UTC, had others" in said
    assert "Keep both." in said
    forged = signed_again(members_of(good["complete"], tmp_path))
    assert "were signed by another key" in await shown(page, file, forged, "INVALID")
    assert "Left out: 1 value" in await shown(page, file, good["redacted"], unknown)
    assert "2 records, as the entries shown say" in await shown(page, file, good["disposed"], unknown)
    assert "Disposed of" not in await shown(page, file, good["complete"], unknown)
    assert "Timestamp" in await shown(page, file, good["stamped"], unknown)
    await page.get_by_role("button", name="Forget what was checked here").click()
    await page.get_by_text("Forgotten.").wait_for()
    await shown(page, file, other, unknown)


async def test_the_page_and_the_command_find_the_same_contradictions(
    page: Page, tmp_path: Path, make_pack: PackMaker
) -> None:
    """One pack seen, then another: in the same words by both, of whichever disclosure."""
    file, memory = tmp_path / "pack.zip", tmp_path / "seen.json"
    before = make_pack(longer()).read_bytes()
    after = [
        make_pack(gone_on(keep, more, hours), disclosure).read_bytes()
        for keep, more, hours in ((3, 1, 5), (3, 1, 0), (43, 1, 0), (43, 1, 9), (2, 60, 0), (40, 3, 7), (44, 9, 9))
        for disclosure in Disclosure
    ]
    after.append(make_pack(longer(), Disclosure.MINIMAL, as_of=START + timedelta(days=1)).read_bytes())
    found = []
    for other in after:
        await page.get_by_role("button", name="Forget what was checked here").click()
        memory.unlink(missing_ok=True)
        for content in (before, other):
            await dropped(page, file, content)
            report = verify(file, recall=lambda origin: recall(memory, origin))
            if (log := report.findings.log) and report.verdict is Verdict.KEY_NOT_KNOWN:
                remember(memory, log.origin, log.size, log.root, log.last_time, report.findings.publics)
        said = json.loads(await page.get_attribute("#outcome", "data-report") or "{}")
        assert (said["verdict"], said["sentence"], said["file"]) == (report.verdict, report.sentence, report.file)
        found.append(report.verdict is Verdict.INVALID)
    assert found == [True, True, False, False, *[True] * 8, False, False, True], (
        "one is the same log, cut and not yet longer"
    )


async def test_what_the_page_kept_in_another_form_counts_for_nothing(
    page: Page, tmp_path: Path, good: dict[str, bytes], make_pack: PackMaker
) -> None:
    """As it was before times were kept it is read as it was; what is no memory at all changes no verdict."""
    file, unknown, log = tmp_path / "pack.zip", "VALID but KEY NOT KNOWN", ORIGIN.rpartition("/")[0]
    nonsense = [
        [], 7, {"roots": []}, {"roots": {ORIGIN: "abc"}, "keys": {log: 5}, "times": {ORIGIN: [1]}},
        {"roots": {ORIGIN: {"3": 3, "x": "y"}}, "keys": {log: [[], 1]}, "times": {ORIGIN: None}},
    ]  # fmt: skip
    for kept in (*map(json.dumps, nonsense), "[no"):
        await page.evaluate("kept => localStorage.setItem('safeguard-logs-seen', kept)", kept)
        assert "this is the first of this log here" in await shown(page, file, good["complete"], unknown), kept
        await shown(page, file, make_pack(rewritten()).read_bytes(), "INVALID")
    without = "kept => { const all = JSON.parse(localStorage.getItem(kept)); delete all.times;"
    without += " localStorage.setItem(kept, JSON.stringify(all)) }"
    await page.evaluate(without, "safeguard-logs-seen")
    await shown(page, file, make_pack(rewritten()).read_bytes(), "INVALID")
    assert "the earlier pack of this log" in await shown(page, file, good["long"], unknown)


SLOW = """() => {
  const read = Blob.prototype.arrayBuffer
  const held = new Promise((go) => { globalThis.letGo = go })
  let reads = 0
  Blob.prototype.arrayBuffer = async function () {
    reads += 1
    if (reads === 1) await held
    return read.call(this)
  }
}"""
"""The first file that is looked into is one that takes long to read."""


async def test_an_earlier_check_that_takes_longer_says_nothing_of_the_pack_chosen_after_it(
    page: Page, tmp_path: Path, good: dict[str, bytes]
) -> None:
    whole, cut = tmp_path / "whole.zip", tmp_path / "cut.zip"
    whole.write_bytes(good["complete"])
    cut.write_bytes(good["complete"][:-1])
    await page.evaluate(SLOW)
    await page.set_input_files("#pack", whole)
    await page.get_by_text("Checking whole.zip").wait_for()
    await page.set_input_files("#pack", cut)
    await page.locator("#outcome[data-verdict='INVALID']").wait_for()
    told = "new Promise(done => new MutationObserver(() => done('told')).observe(outcome, {childList: true}))"
    quiet = "new Promise(done => setTimeout(done, 1500, 'quiet'))"
    assert await page.evaluate(f"() => {{ letGo(); return Promise.race([{told}, {quiet}]) }}") == "quiet"
    assert "cut.zip" in await page.inner_text("#outcome")
    await page.fill("#key", "nonsense")
    await page.keyboard.press("Enter")
    await page.get_by_text("This key cannot be used").wait_for()
    assert await page.locator("#outcome").is_hidden(), "what stood there was of a check before this"


async def test_a_browser_that_keeps_nothing_says_so(browser: Browser, tmp_path: Path, good: dict[str, bytes]) -> None:
    context = await browser.new_context(offline=True)
    await context.add_init_script("Object.defineProperty(globalThis, 'localStorage', {get() { throw new Error() }})")
    page = await context.new_page()
    await page.goto(PAGE.as_uri())
    said = await shown(page, tmp_path / "pack.zip", good["complete"], "VALID but KEY NOT KNOWN")
    assert "this browser keeps nothing for this page" in said
    await context.close()


async def test_the_page_can_load_and_send_nothing(page: Page) -> None:
    text = PAGE.read_text()
    assert "default-src 'none'; script-src 'sha256-" in text
    refused = "fetch('https://safeguard.example/').then(() => 'sent', fault => fault.name)"
    assert await page.evaluate(refused) == "TypeError"
    assert "src=" not in text.partition("<script>")[0]
