"""One night: on the second of August at 22:40 a child names the lead by the public page."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.attachments.enclosing import FileEnclosing
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.making import Workshop
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_period_pack
from safeguard.evidence.sealing import FileKeySigner
from safeguard.incidents.chapter import IncidentChapter
from safeguard.notifications.rules import said
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.evidence.test_making import file_of, make
from tests.factories.owning import owning
from tests.isolation.living import STARTS, Two, nearly, told_by_a_child
from tests.isolation.worlds import NOON, World, seeded
from tests.post.working import work_off

pytestmark = pytest.mark.anyio

ALSO = [
    "/insights", "/search?q=zebras", "/people?q=zebras", "/people/duplicates", "/incidents/inbox",
    "/incidents/list.csv", "/people/list.csv", "/alerts", "/imports", "/standards/plan", "/api/v1/insights/pies",
]  # fmt: skip
MOMENT = datetime(NOON.year if (NOON.month, NOON.day) > (8, 2) else NOON.year - 1, 8, 2, 21, 40, tzinfo=UTC)
"""The last second of August at 22:40 where the school is: in the holidays, at night."""
OWN_NOTICES = "select event from notices where recipient_id = $1 order by created_at, id"
MAILS = "select o.template from outbox o join notices n on n.id = o.notice_id where n.recipient_id = $1"
LOG_ROWS = "select index, entry, hash from audit.leaves where log = 'general' order by index"


async def stay_awake(world: World) -> None:
    """The subject's session is in use at that moment."""
    async with owning(world.owner) as owner:
        await owner.execute("update sessions set created_at = sec.clock(), last_seen_at = sec.clock()")
        await owner.execute("update tokens set created_at = sec.clock(), expires_at = sec.clock() + interval '1 day'")


async def packed(world: World, lead: Actor, addresses: Addresses, folder: Path) -> list[bytes]:
    """The packs that the lead can have made, down to the last byte: all incidents, with names and without."""
    shelf = objects.open_store((folder / "objects").as_uri())
    signer = FileKeySigner(b"l" * 32, "safeguard.test", addresses.signer.replace("/safeguard?", f"/{world.name}?"))
    shop = Workshop(signer, shelf, IncidentChapter(), folder / "bench", FileEnclosing(shelf))
    first, last = (MOMENT - timedelta(days=360)).date(), (NOON + timedelta(days=1)).date()
    packs: list[bytes] = []
    with seeded("packs", MOMENT + timedelta(hours=2)):
        async with world.entered():
            for disclosure in Disclosure:
                async with begin(lead) as work:
                    asked = await request_period_pack(work, first, last, disclosure)
                pack = await make(lead, asked, shop)
                assert pack.state == "ready"
                packs.append((await file_of(lead, pack.id, folder)).read_bytes())
    return packs


@pytest.mark.parametrize("two", [Role.LEAD], indirect=True)
async def test_on_a_night_in_the_holidays_a_child_names_the_lead(
    two: Two,
    addresses: Addresses,
    tmp_path: Path,
) -> None:
    """The head gets a notice that says nothing; the lead's pages, log and packs are those of a world without it."""
    lead, head = two.people.subject, two.people.head
    for world in (two.plain, two.other):
        world.hold_still(MOMENT)
        await stay_awake(world)
    with seeded("night", MOMENT):
        async with two.other.entered():
            await told_by_a_child(two.people)
            await work_off(lead.organisation_id, None)
            async with begin(head, purpose="session") as work:
                told = [row["event"] for row in await work.driver.fetch(OWN_NOTICES, head.user_id)]
                mails = {row["template"] for row in await work.driver.fetch(MAILS, head.user_id)}
                [concern] = await work.driver.fetch("select id, subject_name, reference from concerns")
            assert told[0] == "concern.raised"
            assert mails <= {"something_new"}
            assert said("concern.raised") == "Something new waits for you to read"
            async with begin(lead, purpose="session") as work:
                assert await work.driver.fetch(OWN_NOTICES, lead.user_id) == []
    two.hidden[:] = [str(concern["id"])] * 3
    plain, other = await two.walks([*STARTS, *ALSO, *nearly(two)], int((MOMENT - NOON).total_seconds() // 60) + 10)
    assert plain.differences(other) == []
    assert plain.answers["/incidents"][0] == 200
    logs: list[list[Any]] = []
    for world in (two.plain, two.other):
        async with world.entered(), begin(lead, purpose="session") as work:
            logs.append([tuple(row) for row in await work.driver.fetch(LOG_ROWS)])
    assert logs[0] == logs[1]
    plain_packs, other_packs = [
        await packed(world, lead, addresses, tmp_path / world.name) for world in (two.plain, two.other)
    ]
    assert any(b"Two pupils shared a password." in pack for pack in plain_packs)
    for plain_pack, other_pack in zip(plain_packs, other_packs, strict=True):
        assert contents(plain_pack) == contents(other_pack)
        assert plain_pack == other_pack
        assert b"zebras" not in plain_pack


def contents(pack: bytes) -> dict[str, bytes]:
    """The members of a pack, by name: a difference says where it is."""
    with ZipFile(BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
