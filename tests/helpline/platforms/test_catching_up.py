"""Addresses that were listed before their hosts were known get their platform, whatever a practitioner said stays."""

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.helpline.ledger import UrlState
from safeguard.helpline.platforms import catching_up
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.takedown import list_addresses, place_on, step_on
from safeguard.work import begin
from tests.helpline.conftest import taken

pytestmark = pytest.mark.anyio
FORGET = "update helpline_urls set platform = ''"
UNTOUCHED, MOVED, CHOSEN, OTHER, UNKNOWN = (
    "https://www.tiktok.com/@a", "https://youtu.be/a", "https://x.com/a", "https://www.instagram.com/p/a",
    "https://unknown.example/a",
)  # fmt: skip


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


async def platforms_of(work, case) -> dict[str, str]:
    return {url.address: url.platform for url in await list_urls_of(work, case.id)}


async def test_what_nobody_has_said_a_platform_of_gets_it_once_and_the_rest_stays(practitioner, monkeypatch):
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, " ".join((UNTOUCHED, MOVED, CHOSEN, OTHER, UNKNOWN)))
        urls = {url.address: url for url in await list_urls_of(work, case.id)}
        await step_on(work, urls[MOVED], UrlState.SELF_REPORTED, work.now(), "", "", 1)
        await work.driver.execute(FORGET)
        await place_on(work, urls[CHOSEN], "", 1)
        await place_on(work, urls[OTHER], "discord", 1)
    monkeypatch.setattr(catching_up, "BATCH", 1)
    placed: list[int] = []
    for _ in range(3):
        async with begin(system(practitioner.organisation_id)) as work:
            placed.append(await catching_up.place_known(work))
    assert placed == [1, 1, 0]
    async with begin(practitioner) as work:
        assert await platforms_of(work, case) == {
            UNTOUCHED: "tiktok", MOVED: "youtube", CHOSEN: "", OTHER: "discord", UNKNOWN: "",
        }  # fmt: skip


async def test_another_helplines_addresses_are_its_own(practitioner, someone):
    other = await someone(Role.PRACTITIONER, kind="helpline")
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, UNTOUCHED)
        await work.driver.execute(FORGET)
    async with begin(system(other.organisation_id)) as work:
        assert await catching_up.place_known(work) == 0
    async with begin(practitioner) as work:
        assert await platforms_of(work, case) == {UNTOUCHED: ""}
