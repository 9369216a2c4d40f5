"""The file of a policy: one for each edition, sealed, opened by whoever may read the policy, and by nobody else."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Conflict
from safeguard.registers.due import list_waiting
from safeguard.registers.policies.addressing import make_link
from safeguard.registers.policies.checking import check_file
from safeguard.registers.policies.publishing import NewEdition, publish, publish_edition
from safeguard.registers.policies.queries import list_mine
from safeguard.registers.policies.reminding import remind
from safeguard.registers.policies.signing import Who
from safeguard.registers.policies.taking_back import end_link
from safeguard.registers.policies.visiting import find_offered, sign_there
from safeguard.strongbox import objects
from safeguard.strongbox.objects import open_store
from safeguard.web import counting
from safeguard.web.limits import BY_SIGNING
from safeguard.work import begin
from tests.attachments.scanner import EICAR, scanning

pytestmark = pytest.mark.anyio


async def _alone(key: bytes, count: int, most: int) -> int:
    """No other process counts."""
    return count


AGREEMENT = NewEdition(title="Use", parties=("visitor",), words="Kind.", effective_on=clock.now().date())
PDF = b"%PDF-1.7\n% a synthetic policy\n%%EOF\n"


async def _checked(lead, folder) -> None:
    async with scanning(folder / "clamd") as scanner, begin(system(lead.actor.organisation_id)) as work:
        for row in await work.driver.fetch("select id from policy_files where state = 'waiting'"):
            await check_file(work, row["id"], objects.current(), scanner)


async def _sent(lead, policy, content: bytes, name: str = "use.pdf"):
    """Send it as the file of the edition that holds; gives the answer."""
    page = f"/standards/registers/policies/{policy.id}/file"
    return await lead.client.post(
        page, data={"csrf_token": await lead.token(page)}, files={"file": (name, content)},
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip


async def _statuses(stranger, *addresses: str) -> list[int]:
    """What the file answers at each of these links."""
    return [(await stranger.get(f"{one}/agreement.pdf")).status_code for one in addresses]


@pytest.fixture
async def agreement(sign_in, school, tmp_path):
    """An agreement without a file yet, whose it is, and its links: one that signs once, and one that many use."""
    objects.use(open_store(f"file://{tmp_path}/store"))
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        once = await make_link(work, policy.id, "visitor", "Ana", many=False)
        shared = await make_link(work, policy.id, "visitor", "", many=True)
    return lead, policy, once.secret, shared.path, shared.link


async def test_a_policy_has_one_file_for_each_edition_and_its_readers_open_it_once_it_was_checked(
    sign_in, school, tmp_path
):
    objects.use(open_store(f"file://{tmp_path}/store"))
    lead = await sign_in(Role.LEAD)
    reader = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    stranger = await sign_in(Role.LEAD)
    new = NewEdition(title="Phones", readers=("reporter",), words="Away.", effective_on=clock.now().date())
    async with begin(lead.actor) as work:
        policy = await publish(work, school, "policy", new)
    page, opened = f"/standards/registers/policies/{policy.id}", f"/policies/{policy.id}/policy.pdf"

    assert (await reader.get(opened)).status_code == 404
    for content in (b"", b"PK\x03\x04", b"%PD"):
        refused = await _sent(lead, policy, content)
        assert refused.status_code == 422
        assert "file-error" in refused.text
    assert (await _sent(lead, policy, PDF, "phones.pdf")).status_code == 303
    for client in (lead, reader):
        assert (await client.get(opened)).status_code == 409
    assert opened not in (await reader.get(f"/policies/{policy.id}")).text
    refused = await reader.send(opened.removesuffix("/policy.pdf"), {"edition": "1", "agreed": "yes"}, page="/policies")
    assert refused.status_code == 409
    assert "waits for the virus check, so nobody can open it yet" in refused.text
    assert "you are not late" in (await reader.get("/policies")).text
    async with begin(reader.actor) as work:
        (mine,) = await list_mine(work, clock.now().date())
        assert (mine.done_on, mine.sealed, mine.late(mine.due_on + timedelta(days=1))) == (None, True, False)
    async with begin(lead.actor) as work:
        assert await list_waiting(work, clock.now().date()) == ()
        with pytest.raises(Conflict, match="Nobody can open its file"):
            await remind(work, policy.id, ZoneInfo("Europe/London"))
    told = (await lead.get(page)).text
    assert "phones.pdf" in told and "waits for the virus check" in told and opened not in told
    await _checked(lead, tmp_path)
    assert opened in (await reader.get(f"/policies/{policy.id}")).text
    assert (await reader.send(opened.removesuffix("/policy.pdf"), {"edition": "1", "agreed": "yes"})).status_code == 303
    answer = await reader.get(opened)
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    stored = [file.read_bytes() for file in (tmp_path / "store").rglob("*") if file.is_file()]
    assert len(stored) == 1
    assert PDF not in stored[0]
    assert (await _sent(lead, policy, PDF + b"another")).status_code == 409
    assert (await stranger.get(opened)).status_code == 404
    assert (await reader.client.get(f"{page}/file")).status_code == 403
    async with begin(lead.actor) as work:
        await publish_edition(work, school, policy.id, new, policy.version)
    assert (await reader.get(opened)).status_code == 404
    assert "Add its file" in (await lead.get(page)).text


async def test_the_file_of_an_agreement_opens_before_signing_once_it_was_checked_and_no_other_does(
    agreement, stranger, tmp_path
):
    lead, policy, once, other, _ = agreement
    address = f"/sign/{once.text}"
    assert await _statuses(stranger, address, other) == [404, 404]
    assert (await _sent(lead, policy, PDF)).status_code == 303
    assert await _statuses(stranger, address, other) == [404, 404]
    sealed = (await stranger.get(address)).text
    assert "agreement.pdf" not in sealed and "It cannot be signed yet" in sealed and "agreed" not in sealed
    with pytest.raises(Conflict, match="cannot be opened yet"):
        await sign_there(
            await find_offered(once.hash), Who("Ana"), 1, clock.new_request_id(), clock.random_bytes(16)
        )  # fmt: skip
    assert (await find_offered(once.hash)).state == "open"
    assert "waits for the virus check" in (await lead.get(f"/standards/registers/policies/{policy.id}/signatures")).text
    await _checked(lead, tmp_path)
    page = (await stranger.get(address + "?lang=cy")).text
    assert f'href="{address}/agreement.pdf"' in page and "Open it as a file" not in page
    answer = await stranger.get(f"{address}/agreement.pdf")
    assert (answer.status_code, answer.content) == (200, PDF)
    told = {name: answer.headers[name] for name in ("content-type", "x-content-type-options", "cache-control")}
    assert told == {
        "content-type": "application/pdf", "x-content-type-options": "nosniff", "cache-control": "no-store",
    }  # fmt: skip
    assert answer.headers["content-disposition"] == 'attachment; filename="agreement-edition-1.pdf"'
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    assert await _statuses(stranger, "/sign/made-up", f"/sign/{policy.id}") == [404, 404]
    assert (await stranger.get(f"/policies/{policy.id}/policy.pdf")).status_code in (303, 401)
    agreed = {"name": "Ana", "edition": "1", "agreed": "yes"}
    assert (await stranger.send(address, agreed)).status_code == 303
    assert await _statuses(stranger, address, other) == [404, 200]


async def test_a_link_that_many_use_opens_the_file_of_the_edition_that_holds_and_nothing_once_it_ended(
    agreement, stranger, school, tmp_path
):
    lead, policy, _, other, shared = agreement
    assert (await _sent(lead, policy, PDF)).status_code == 303
    await _checked(lead, tmp_path)
    assert await _statuses(stranger, other) == [200]
    async with begin(lead.actor) as work:
        await publish_edition(work, school, policy.id, AGREEMENT, policy.version)
    assert await _statuses(stranger, other) == [404]
    assert (await _sent(lead, policy, PDF + EICAR)).status_code == 303
    await _checked(lead, tmp_path)
    assert await _statuses(stranger, other) == [404]
    assert (await lead.get(f"/policies/{policy.id}/policy.pdf")).status_code == 409
    async with begin(lead.actor) as work:
        await publish_edition(work, school, policy.id, AGREEMENT, policy.version + 1)
    assert (await _sent(lead, policy, PDF)).status_code == 303
    await _checked(lead, tmp_path)
    counting.use(counting.Counter(_alone))
    try:
        assert set(await _statuses(stranger, *[other] * BY_SIGNING.minute)) == {200}
        assert await _statuses(stranger, other) == [429]
    finally:
        counting.use(None)
    async with begin(lead.actor) as work:
        await end_link(work, policy.id, shared.id)
    assert await _statuses(stranger, other) == [404]
