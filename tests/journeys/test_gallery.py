"""Every component in a real browser, at both widths: no complaint, no sideways scrolling, nothing for axe to find."""

import pytest
from playwright.async_api import Browser

from tests.journeys import gallery
from tests.journeys.browser import AXE, PHONE, look, window

pytestmark = pytest.mark.anyio

AT_ONCE = 7  # pages in one window, as to open one takes longer than to look at a page
NAMES = list(gallery.PAGES)


@pytest.mark.parametrize("first", range(0, len(NAMES), AT_ONCE))
async def test_the_pages_of_the_gallery_are_clean(browser: Browser, first: int) -> None:
    problems: list[str] = []
    async with window(browser, PHONE) as context:
        await context.add_init_script(path=AXE)
        await gallery.serve(context)
        sight = await look(context)
        for name in NAMES[first : first + AT_ONCE]:
            await sight.page.goto(f"{gallery.ADDRESS}/{name}")
            problems += [f"{name}: {problem}" for problem in await sight.at_both_widths(f"gallery-{name}")]
    assert problems == []
