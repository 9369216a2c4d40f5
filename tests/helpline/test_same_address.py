"""Addresses that differ only in who shared them are one row, also with those that were listed before."""

import json
from html import escape
from runpy import run_path

import msgspec
import psycopg
import pytest

from safeguard import paths
from safeguard.access.roles import Role
from safeguard.channel.addresses import read_address
from safeguard.helpline.as_sent import find_sent
from safeguard.helpline.offering import offered
from safeguard.helpline.queries import list_entries, list_urls_of
from safeguard.helpline.reaching import how_named
from safeguard.helpline.takedown import list_addresses
from safeguard.work import begin
from tests.helpline.conftest import taken
from tests.helpline.test_reported_already import refer

pytestmark = pytest.mark.anyio
KEPT = "select fields from audit.documents where kind in ('url', 'case_url') order by kind desc, id"
SAME = (
    "https://www.instagram.com/p/Cx1/?igsh=MzRl", "https://www.instagram.com/p/Cx1#top",
    "https://www.instagram.com/p/Cx1?utm_source=ig_web&utm_medium=share", "https://www.instagram.com/p/Cx1/?fbclid=IwAR0",
    "https://www.instagram.com/p/Cx1/?gclid=a&si=b",
)  # fmt: skip


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.PRACTITIONER, kind="helpline")


async def test_addresses_that_differ_only_in_who_shared_them_are_one_row_and_are_kept_as_typed_in_the_words(
    practitioner,
):
    async with begin(practitioner) as work:
        cases = [await refer(work, None, each) for each in SAME]
        call = await taken(work)
        listed = await list_addresses(
            work, call, f"{' '.join(SAME)} https://youtu.be/a?t=9&si=x https://youtu.be/a?t=8"
        )
        (url, *videos) = await list_urls_of(work, call.id)
        assert (listed.added, listed.known, url.cases, url.address) == (2, 1, 6, "https://www.instagram.com/p/Cx1/")
        assert [each.address for each in videos] == ["https://youtu.be/a?t=9", "https://youtu.be/a?t=8"]
        for (case, urls), typed in zip(cases, SAME, strict=True):
            assert [each.id for each in urls] == [url.id]
            sent = await find_sent(work, case.id)
            assert sent and [each.url for each in sent.urls] == [typed]
        said = await list_entries(work, cases[0][0].id)
        assert offered(cases[0][0], [msgspec.structs.replace(said[0], words=" ".join(SAME))], [url]) == ()


async def test_each_case_keeps_how_it_wrote_an_address_and_the_log_keeps_that_it_named_it(
    practitioner, service, sign_in
):
    desk = await sign_in(actor=practitioner)
    async with begin(practitioner) as work:
        calls = [await taken(work) for _ in range(3)]
        for call, text in zip(calls, (SAME[0], SAME[3], "https://www.instagram.com/p/Cx1/"), strict=True):
            await list_addresses(work, call, f"Look: <{text}>.")
        (url,) = await list_urls_of(work, calls[0].id)
        assert (await how_named(work, url.id)).typed == {calls[0].id: SAME[0], calls[1].id: SAME[3]}
    page = (await desk.get(f"/helpline/addresses/{url.id}")).text
    assert all(page.count(escape(typed)) == 1 for typed in (SAME[0], SAME[3]))
    async with begin(practitioner) as work:
        kept = [json.loads(row["fields"]) for row in await work.driver.fetch(KEPT)]
    said = [[json.loads(each.get(name, ['""'])[0]) for name in ("case_id", "typed")] for each in kept]
    others = [[str(calls[1].id), SAME[3]], [str(calls[2].id), ""]]
    assert (said[0], sorted(said[1:])) == ([str(calls[0].id), SAME[0]], sorted(others))


async def test_what_was_listed_before_is_found_by_the_same_key_and_what_stood_twice_stays_twice(
    practitioner, addresses
):
    before = {
        "https://x.com/a/?utm_source=q": 1,
        "https://x.com/a": 2,
        "https://x.com/a?s=20&t=z": 3,
        "https://x.com/": 4,
        "https://tiktok.com/b/?_t=8&q=1#": 5,
        "https://x.com/c//?b=1&gclid=2": 6,
    }
    async with begin(practitioner) as work:
        case = await taken(work)
        await list_addresses(work, case, " ".join(f"https://old.example/{n}" for n in before.values()))
        urls = await list_urls_of(work, case.id)
    (migration,) = (paths.MIGRATIONS / "versions").glob("*_address_keys.py")
    fill = run_path(str(migration))["STATEMENTS"][-1]
    async with await psycopg.AsyncConnection.connect(addresses.owner) as owner:
        for url, text in zip(urls, before, strict=True):
            address = text.removesuffix("#")
            read = read_address(text)
            assert read
            await owner.execute(
                "update helpline_urls set address = %s, host = %s, digest = encode(sha256(%s), 'hex') where id = %s",
                [address, read.host, address.encode(), url.id],
            )
        await owner.execute(fill)
        rows = await owner.execute("select id, address, digest from helpline_urls where id = any (%s)",
                                   [[url.id for url in urls]])  # fmt: skip
        found = {address: digest for _, address, digest in await rows.fetchall()}
        await owner.rollback()
    keyed = {text: read.digest for text in before if (read := read_address(text))}
    own = {text for text in before if found[text.removesuffix("#")] == keyed[text]}
    assert own == before.keys() - {"https://x.com/a/?utm_source=q", "https://x.com/a?s=20&t=z"}
    assert len(set(found.values())) == len(before)
