"""Every link of the reading room leads somewhere, whatever kind of pack it leads into and however little that holds."""

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.bodies import EVERY
from safeguard.evidence.making import Workshop
from safeguard.evidence.requesting import request_incident_pack, request_inspection_pack, request_parts_pack
from safeguard.evidence.sampling import Drawing
from safeguard.evidence.sealing import FileKeySigner
from safeguard.incidents.chapter import IncidentChapter
from safeguard.inspection import noting
from safeguard.inspection.arranging import title_of
from safeguard.inspection.inviting import give_pack
from safeguard.inspection.kinds import PARTS as NAMES
from safeguard.inspection.pack_parts import PARTS
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.evidence.test_making import ask, make, tell_a_story
from tests.inspection.letting import let_in
from tests.journeys.registered import keep_registers
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
LINK = re.compile(r'href="(/inspect/[^"#]+)"')
OPTION = re.compile(r'<option value="([0-9a-f-]{36})"[^>]*>([^<]*)</option>')
FILE = re.compile(r"/(?:report\.pdf|download)$")


@pytest.fixture
def shop(addresses: Addresses, tmp_path: Path) -> Iterator[Workshop]:
    """A bench with every room's part, and the store that the pages read."""
    shelf = objects.open_store((tmp_path / "objects").as_uri())
    objects.use(shelf)
    signer = FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer)
    yield replace(Workshop(signer, shelf, IncidentChapter(), tmp_path / "bench"), parts=PARTS)
    objects.use(None)


async def packs_of(lead: Actor) -> list[UUID]:
    """One of an incident, of each part and for the inspection: some with records and no case, some with nothing."""
    today = clock.now().date()
    days = (today - timedelta(days=30), today)
    asked = [await ask(lead, await tell_a_story(lead))]
    async with begin(lead) as work:
        asked += [await request_parts_pack(work, PARTS, kind, days=days) for kind in ("registers", "disposals")]
        asked.append(await request_parts_pack(work, PARTS, "referrals", days=days))
        asked.append(await request_inspection_pack(work, PARTS, "ofsted_school", days, Drawing("random", seed="a")))
    return asked


async def test_two_packs_of_one_thing_are_told_apart_where_they_are_given_and_taken_back(
    someone: Someone, sign_in: SignIn
) -> None:
    browser = await sign_in(Role.LEAD)
    lead = browser.actor
    assert lead
    inspection = await let_in(lead, await someone(Role.INSPECTOR, organisation=lead.organisation_id))
    incident = await tell_a_story(lead)
    async with begin(lead) as work:
        hidden, full = [
            await request_incident_pack(work, IncidentChapter(), incident, redacted=redacted)
            for redacted in (True, False)
        ]
    place = f"/inspections/{inspection}"
    offered = dict(OPTION.findall((await browser.get(place)).text))
    assert "names withheld, asked for on" in offered[str(hidden)]
    assert "with names, asked for on" in offered[str(full)]
    form = {"pack": str(full), "heading": "records"}
    assert (await browser.send(f"{place}/packs", form, page=place)).status_code == 303
    given = (await browser.get(place)).text
    assert f"/evidence/{full}" in given
    assert ">With names</span>" in given
    assert (await browser.send(f"{place}/packs/{full}/back", {}, page=place)).status_code == 303
    after = (await browser.get(place)).text
    assert f"/evidence/{full}" not in after
    assert str(full) in dict(OPTION.findall(after))


async def test_every_link_of_the_room_opens(someone: Someone, sign_in: SignIn, shop: Workshop) -> None:
    lead = await someone(Role.LEAD)
    inspector, head = [await someone(role, organisation=lead.organisation_id) for role in (Role.INSPECTOR, Role.HEAD)]
    visitor = await sign_in(actor=inspector)
    await keep_registers(lead, head)
    inspection = await let_in(lead, inspector)
    packs = await packs_of(lead)
    for pack in packs:
        await make(lead, pack, shop)
        async with begin(lead) as work:
            await give_pack(work, inspection, pack, EVERY if pack == packs[-1] else "records")
    room = f"/inspect/{inspection}"
    wanted, pages = [room], dict[str, str]()
    while wanted:
        if (address := wanted.pop()) in pages or FILE.search(address) or address.count("/records/"):
            continue
        answer = await visitor.get(address)
        assert answer.status_code == 200, address
        pages[address] = answer.text
        wanted += LINK.findall(answer.text)
    opened = [f"{room}/packs/{pack}" for pack in packs]
    assert [each for each in opened if each not in pages] == []
    for code in ("referrals", "disposals"):
        empty = next(text for address, text in pages.items() if address.endswith(f"{packs[-1]}?part={code}"))
        assert "This pack holds nothing of this" in empty
        assert title_of(code) in empty
    assert {address.partition("?part=")[2] for address in pages} >= {"cases", "policies", "training"} <= NAMES.keys()
    assert 'href="/inspect' in (await visitor.get(f"{opened[0]}?part=nothing")).text


async def test_what_was_erased_with_a_record_is_said_to_be_and_nothing_leads_to_it(
    someone: Someone, sign_in: SignIn, shop: Workshop, addresses: Addresses
) -> None:
    lead = await sign_in(Role.LEAD)
    inspector = await someone(Role.INSPECTOR, organisation=lead.actor.organisation_id)
    visitor, today = await sign_in(actor=inspector), clock.now().date()
    inspection = await let_in(lead.actor, inspector)
    own = await ask(lead.actor, await tell_a_story(lead.actor))
    async with begin(lead.actor) as work:
        whole = await request_inspection_pack(
            work, PARTS, "ofsted_school", (today - timedelta(days=30), today), Drawing("random", seed="a")
        )
    for pack, heading in ((own, "records"), (whole, EVERY)):
        await make(lead.actor, pack, shop)
        async with begin(lead.actor) as work:
            await give_pack(work, inspection, pack, heading)
    async with begin(inspector) as work:
        question = await noting.write(work, inspection, "question", "Is there more?")
    async with begin(lead.actor) as work:
        await noting.answer(work, inspection, question, "There is.")
    room = await visitor.get(f"/inspect/{inspection}")
    assert f"/packs/{whole}?part=" in room.text and f"/packs/{own}" in room.text
    with psycopg.connect(addresses.owner, autocommit=True) as owner:
        owner.execute(
            "update public.packs set disposed_at = now(), wrapped_key = null where id = any (%s)", [[own, whole]]
        )
    room = await visitor.get(f"/inspect/{inspection}")
    assert room.text.count("Erased on") == 2 and f"{today.year}, with a record that was disposed of" in room.text
    assert str(own) not in room.text and str(whole) not in room.text
    shown = (await lead.get(f"/inspections/{inspection}")).text
    assert shown.count("Erased</span>") == 2 and "Make another one, and give it to them" in shown
