"""Every component in a real browser, at both widths: no complaint, no sideways scrolling, nothing for axe to find."""

import pytest
from playwright.async_api import Browser

from tests.journeys import gallery
from tests.journeys.browser import DESK, PHONE, look, window

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", gallery.PAGES)
async def test_a_page_of_the_gallery_is_clean(browser: Browser, name: str, size: tuple[int, int]) -> None:
    async with window(browser, size) as context:
        await gallery.serve(context)
        sight = await look(context)
        await sight.page.goto(f"{gallery.ADDRESS}/{name}")
        problems = await sight.problems()
        await sight.picture(f"gallery-{name}-{size[0]}")
        assert problems == []
