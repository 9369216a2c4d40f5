"""Files that went with a referral go with what they hang on: here with the incident, at the helpline with the case."""

from datetime import date
from pathlib import Path

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.attachments.kinds import PDF
from safeguard.errors import Conflict
from safeguard.helpline.files.locking import lock_found
from safeguard.helpline.moving import move_case
from safeguard.helpline.queries import get_case
from safeguard.helpline.states import State
from safeguard.identity import acts, approving
from safeguard.incidents.closing import close as shut
from safeguard.incidents.closing import reopen
from safeguard.records import disposing
from safeguard.records.erasing import erase_stored
from safeguard.records.holding import About
from safeguard.records.kinds import acting, asking
from safeguard.records.kinds.registry import get_kind
from safeguard.referrals.conversing import close
from safeguard.strongbox import objects
from safeguard.work import begin
from tests.attachments.scanner import scanning
from tests.records.making import CLOSING, disposed, recorded
from tests.referrals.enclosing import Crossing, attach_file
from tests.referrals.papers import LETTER
from tests.referrals.test_enclosures import across, chosen

pytestmark = pytest.mark.anyio
FAR = date(2090, 1, 1)


@pytest.fixture(autouse=True)
def bound():
    acts.bind(*disposing.ACTS, *acting.ACTS)
    yield
    acts.bind()


@pytest.fixture
async def crossing(channel, tmp_path: Path):
    """An incident that is long over, of which a document went with a referral that has ended."""
    shelf = objects.open_store((tmp_path / "objects").as_uri())
    objects.use(shelf)
    incident, _ = await recorded(channel.school, "Marigold")
    async with begin(channel.school) as work:
        await reopen(work, incident, await version_of(work, incident), "A letter came.")
    yield Crossing(channel, shelf, incident)
    objects.use(None)


async def version_of(work, incident) -> int:
    return int(await work.driver.fetchval("select version from incidents where id = $1", incident) or 0)


def places(crossing: Crossing) -> list[str]:
    return sorted(place["path"].partition("/")[0] for page in crossing.shelf.list() for place in page)


async def erased(crossing: Crossing, organisation, disposal) -> None:
    """What `record.erase` does."""
    async with begin(system(organisation)) as work:
        await erase_stored(work, disposal, crossing.shelf)


async def test_files_of_a_case_go_with_it_and_a_locked_one_only_when_the_police_have_said_so(
    crossing, someone, tmp_path
):
    boss = crossing.channel.helpline
    other = await someone(Role.SUPERVISOR, organisation=boss.organisation_id)
    await crossing.prepare()
    attachment = await attach_file(crossing.channel.school, crossing.incident, "letter.pdf", PDF, LETTER)
    await crossing.refer(chosen(attachment))
    async with scanning(tmp_path / "clamd") as scanner:
        await across(crossing, scanner)
    assert places(crossing) == ["case-files", "files"]
    case_id, (file,) = await crossing.case(), await crossing.files()
    async with begin(boss) as work:
        case = await get_case(work, case_id)
        await lock_found(work, case, file.id, "The caller said so.", "", "")
        case = await get_case(work, case_id)
        await move_case(work, case, State.DECLINED, "Not for us.", case.version)
    kind = get_kind("helpline_case")
    async with begin(boss) as work:
        early = await asking.ask(work, kind, [case_id], "period", FAR)
    with pytest.raises(Conflict):
        async with begin(other) as work:
            await approving.approve(work, early.id)
    async with begin(other) as work:
        await approving.decline(work, early.id, "Not yet.")
    async with begin(boss) as work:
        proposal = await asking.ask(work, kind, [case_id], "police", FAR)
    async with begin(other) as work:
        await approving.approve(work, proposal.id)
    await erased(crossing, boss.organisation_id, proposal.subject_id)
    assert places(crossing) == ["files"], "the school's own stays"
    async with begin(system(boss.organisation_id)) as work:
        for table in ("helpline_files", "helpline_referrals", "helpline_cases", "channel_inbox"):
            assert await work.driver.fetchval(f"select count(*) from {table} where {kept(table)}") == 0


def kept(table: str) -> str:
    """Which rows would be about it: of the inbox those that are no receipt for what was said to the school."""
    return "what = 'envelope'" if table == "channel_inbox" else "true"


async def test_files_on_their_way_go_with_the_incident(crossing, someone):
    lead = crossing.channel.school
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    await crossing.prepare()
    attachment = await attach_file(lead, crossing.incident, "letter.pdf", PDF, LETTER)
    referral = await crossing.refer(chosen(attachment))
    await crossing.seal()
    assert places(crossing) == ["enclosures", "files"]
    async with begin(lead) as work:
        await close(work, referral.id, "resolved")
        await shut(work, crossing.incident, await version_of(work, crossing.incident), CLOSING)
    disposal = await disposed(lead, head, About("incident", crossing.incident), "mistake")
    await erased(crossing, lead.organisation_id, disposal)
    assert places(crossing) == []
    assert await crossing.sent() == []
