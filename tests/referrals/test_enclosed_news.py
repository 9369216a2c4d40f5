"""What becomes of a file is told to whoever has to know, in words that tell nothing of it; how one goes after all."""

import pytest

from safeguard.attachments.locking import lock_file
from safeguard.audit.told import TOLD
from safeguard.errors import Conflict
from safeguard.helpline.files.locking import lock_found
from safeguard.helpline.files.opening import open_file
from safeguard.helpline.files.rechecking import check_again
from safeguard.helpline.queries import get_case
from safeguard.jobs.kinds import KINDS
from safeguard.notifications.rules import NOTICES
from safeguard.referrals.conversing import reopen, withdraw
from safeguard.referrals.queries import read_conversation
from safeguard.referrals.resending import send_again
from safeguard.work import begin
from tests.attachments.scanner import EICAR, scanning
from tests.notifications.telling import told
from tests.post.working import work_off
from tests.referrals.papers import LETTER, SCAN
from tests.referrals.test_enclosures import across, crossing, one

__all__ = ["crossing"]
pytestmark = pytest.mark.anyio
PARK = "update jobs.job set state = 'parked', attempts = 12, finished_at = now() where kind = 'case_file.check'"
CHECKS = "select state, attempts from jobs.job where kind = 'case_file.check'"


async def news(crossing) -> tuple[set[str], set[str]]:
    """What the lead and the supervisor were told of files."""
    found: list[set[str]] = []
    for actor in (crossing.channel.school, crossing.channel.helpline):
        await work_off(actor.organisation_id, None)
        found.append({each for each in await told(actor) if ".file_" in each})
    return found[0], found[1]


@pytest.mark.parametrize("harm", ["kind", "virus"])
async def test_both_sides_are_told_of_a_file_that_was_not_taken_in(crossing, tmp_path, harm):
    await one(crossing, SCAN if harm == "kind" else LETTER + EICAR)
    async with scanning(tmp_path / "clamd") as scanner:
        await across(crossing, scanner)
        await crossing.channel.reply_all()
    assert await news(crossing) == ({"referral.file_refused"}, {"case.file_refused"})


async def test_of_a_file_that_was_locked_the_other_side_is_told_and_not_the_one_that_locked_it(crossing, tmp_path):
    await one(crossing)
    async with scanning(tmp_path / "clamd") as scanner:
        await across(crossing, scanner)
    (file,) = await crossing.files()
    async with begin(crossing.channel.helpline) as work:
        await lock_found(work, await get_case(work, await crossing.case()), file.id, "The caller said so.", "", "")
    await crossing.channel.reply_all()
    assert await news(crossing) == ({"referral.file_locked"}, set())
    other, _ = await one(crossing, name="second.pdf")
    await across(crossing)
    async with begin(crossing.channel.school) as work:
        await lock_file(work, crossing.incident, other)
    await crossing.channel.all()
    assert await news(crossing) == ({"referral.file_locked"}, {"case.file_locked"})
    assert (await told(crossing.channel.school)).count("referral.file_locked") == 1, "the one that the helpline locked"
    for code in ("referral.file_refused", "referral.file_locked", "case.file_refused", "case.file_locked"):
        assert not any(word in NOTICES[code].words.lower() for word in ("image", "child", "virus", "picture"))
    assert {f"notice.{event}" for event in TOLD} <= KINDS.keys()


async def test_after_a_withdrawal_that_is_taken_back_a_file_goes_after_all(crossing, tmp_path):
    school, helpline = crossing.channel.school, crossing.channel.helpline
    _, referral = await one(crossing)
    await crossing.channel.all()
    async with begin(school) as work:
        await withdraw(work, referral.id, "Solved.")
    await across(crossing)
    ((row),) = await crossing.sent()
    assert (row["state"], row["fault"]) == ("dropped", "withdrawn")
    with pytest.raises(Conflict):
        async with begin(school) as work:
            await send_again(work, referral.id, row["id"])
    async with begin(school) as work:
        await reopen(work, referral.id, "It began again.")
        assert [each.goes_again for each in (await read_conversation(work, referral.id)).files] == [True]
        await send_again(work, referral.id, row["id"])
    async with scanning(tmp_path / "clamd") as scanner:
        await across(crossing, scanner)
    (file,) = await crossing.files()
    assert (file.state, file.fault, file.sent_id) == ("clean", "", row["id"])
    async with begin(helpline) as work:
        _, pieces = await open_file(work, crossing.shelf, await crossing.case(), file.id)
        assert b"".join([piece async for piece in pieces]) == LETTER
    assert [(each["state"], each["fault"]) for each in await crossing.sent()] == [("taken", "")]
    with pytest.raises(Conflict):
        async with begin(school) as work:
            await send_again(work, referral.id, row["id"])
    assert await news(crossing) == (set(), set()), "whoever withdrew knows"


async def test_a_file_whose_check_was_given_up_is_checked_once_somebody_asks(crossing, tmp_path):
    await one(crossing)
    await across(crossing)
    helpline, case = crossing.channel.helpline, await crossing.case()
    (file,) = await crossing.files()
    async with begin(helpline) as work:
        await work.driver.execute(PARK)
    async with begin(helpline) as work:
        await check_again(work, case, file.id)
    async with begin(helpline) as work:
        assert {(row["state"], row["attempts"]) for row in await work.driver.fetch(CHECKS)} == {("queued", 0)}
        await check_again(work, case, file.id)
    async with scanning(tmp_path / "clamd") as scanner:
        await crossing.check(scanner)
    with pytest.raises(Conflict):
        async with begin(helpline) as work:
            await check_again(work, case, file.id)
    assert [each.state for each in await crossing.files()] == ["clean"]
