"""A real Chromium, what it complains of, and what axe finds in a page.

`SAFEGUARD_CHROMIUM` names the browser, else /usr/bin/chromium, else the one that Playwright brought with it.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, async_playwright, expect

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "assets" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "test-artifacts" / "pictures"

PATIENCE = 30_000
"""Milliseconds that a page has to become as it should be: what is right comes at once, and on a busy machine later."""
expect.set_options(timeout=PATIENCE)

PHONE = (390, 844)
DESK = (1280, 860)

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

AXE_RUN = """async () => {
  // One rule of contrast, the stricter, as each is a third of the work; as it comes, it leaves to the other what is
  // below that one's limit.
  const sizes = {boldValue: 700, boldTextPt: 14, largeTextPt: 18, pseudoSizeThreshold: 0.25, ignoreUnicode: true,
    ignoreLength: false, ignorePseudo: false, shadowOutlineEmMax: 0.1, textStrokeEmMin: 0.03}
  const contrastRatio = {normal: {expected: 7, minThreshold: 0}, large: {expected: 4.5, minThreshold: 0}}
  axe.configure({checks: [{id: 'color-contrast-enhanced', options: {...sizes, contrastRatio}}]})
  const rules = {'color-contrast': {enabled: false}, 'color-contrast-enhanced': {enabled: true}}
  const found = await axe.run(document, {rules, resultTypes: ['violations'], preload: false, iframes: false})
  return found.violations.map(v => v.id + ': ' + v.help + ' — ' + v.nodes.slice(0, 4).map(
    n => n.target.join(' ') + ' (' + n.any.concat(n.all).map(c => c.message).slice(0, 1).join('') + ')').join(' | '))
}"""

TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter(e => {
  const box = e.getBoundingClientRect()
  const right = document.documentElement.clientWidth
  return box.width && box.right > right && getComputedStyle(e).position !== 'absolute' && !e.closest('.sg-scroll')
}).slice(0, 5).map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right))"""


def executable() -> str | None:
    """The browser to run, or None for Playwright's own."""
    named = os.environ.get("SAFEGUARD_CHROMIUM")
    usual = "/usr/bin/chromium"
    return named or (usual if Path(usual).exists() else None)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A headless Chromium that talks to nobody but us."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Sight:
    """A page in a window of some width, with everything that its console said."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def listen(self) -> None:
        """Collect console errors (a broken content policy is one), faults in scripts and failed requests.

        That the server refused something, such as a form with errors, is an answer and no fault.
        """
        self.page.on("console", lambda m: self.complaints.append(m.text) if _is_fault(m) else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("requestfailed", lambda r: self.complaints.append(f"{r.url} {r.failure}") if _is_lost(r) else None)

    async def problems(self) -> list[str]:
        """What is wrong with the page as it stands: complaints, sideways scrolling, and what axe finds."""
        await self.page.wait_for_load_state("domcontentloaded")  # A click does not wait for where it leads.
        found = list(self.complaints)
        scroll = await self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if scroll > 0:
            found.append(f"scrolls sideways by {scroll} px: {await self.page.evaluate(TOO_WIDE)}")
        return found + await self.axe()

    async def at_both_widths(self, name: str) -> list[str]:
        """What is wrong on a phone and on a desk: as wide as it came, then the same page made narrower or wider."""
        problems: list[str] = []
        came_narrow = self.page.viewport_size == {"width": PHONE[0], "height": PHONE[1]}
        for width, height in (PHONE, DESK) if came_narrow else (DESK, PHONE):
            await self.page.set_viewport_size({"width": width, "height": height})
            problems += [f"{width} px: {problem}" for problem in await self.problems()]
            self.complaints.clear()
            await self.picture(f"{name}-{width}")
        return problems

    async def axe(self) -> list[str]:
        """Violations, the AAA contrast rule among them."""
        if not await self.page.evaluate("() => 'axe' in window"):
            await self.page.evaluate(AXE.read_text())
        return list(await self.page.evaluate(AXE_RUN))

    async def picture(self, name: str) -> None:
        """With SAFEGUARD_PICTURES set: the whole page as a picture under test-artifacts, for people to look at."""
        if not os.environ.get("SAFEGUARD_PICTURES"):
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


def _is_fault(message: ConsoleMessage) -> bool:
    return message.type == "error" and "the server responded with a status of 4" not in message.text


def _is_lost(request: Request) -> bool:
    """Whether nothing came; what the browser itself dropped because the page moved on is no loss."""
    return "ERR_ABORTED" not in (request.failure or "")


@asynccontextmanager
async def window(browser: Browser, size: tuple[int, int] = DESK, **options: Any) -> AsyncIterator[BrowserContext]:
    """A browser window with a profile of its own."""
    phone = size[0] < 600
    usual: dict[str, Any] = {"locale": "en-GB", "timezone_id": "Europe/London", "reduced_motion": "reduce"}
    shape: dict[str, Any] = {"viewport": {"width": size[0], "height": size[1]}, "has_touch": phone, "is_mobile": phone}
    context = await browser.new_context(**usual | shape | options)
    try:
        yield context
    finally:
        await context.close()


async def look(context: BrowserContext) -> Sight:
    """A new page in this window."""
    sight = Sight(await context.new_page())
    sight.listen()
    return sight
