"""The file of a policy: one for each edition, sealed, opened by whoever may read the policy, and by nobody else."""

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.registers.policies.publishing import NewEdition, publish, publish_edition
from safeguard.strongbox import objects
from safeguard.strongbox.objects import open_store
from safeguard.work import begin

pytestmark = pytest.mark.anyio
PDF = b"%PDF-1.7\n% a synthetic policy\n%%EOF\n"


async def test_a_policy_has_one_file_for_each_edition_and_its_readers_open_it(sign_in, school, tmp_path):
    objects.use(open_store(f"file://{tmp_path}"))
    lead = await sign_in(Role.LEAD)
    reader = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    stranger = await sign_in(Role.LEAD)
    new = NewEdition(title="Phones", readers=("reporter",), words="Away.", effective_on=clock.now().date())
    async with begin(lead.actor) as work:
        policy = await publish(work, school, "policy", new)
    page, opened = f"/standards/registers/policies/{policy.id}", f"/policies/{policy.id}/policy.pdf"

    async def send(content: bytes, name: str = "phones.pdf"):
        return await lead.client.post(
            f"{page}/file", data={"csrf_token": await lead.token(f"{page}/file")}, files={"file": (name, content)},
            headers={"sec-fetch-site": "same-origin"},
        )  # fmt: skip

    assert (await reader.get(opened)).status_code == 404
    for content in (b"", b"PK\x03\x04", b"%PD"):
        refused = await send(content)
        assert refused.status_code == 422
        assert "file-error" in refused.text
    assert (await send(PDF)).status_code == 303
    assert "phones.pdf" in (await lead.get(page)).text
    assert opened in (await reader.get(f"/policies/{policy.id}")).text
    answer = await reader.get(opened)
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    stored = [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert len(stored) == 1
    assert PDF not in stored[0]
    assert (await send(PDF + b"another")).status_code == 409
    assert (await stranger.get(opened)).status_code == 404
    assert (await reader.client.get(f"{page}/file")).status_code == 403
    async with begin(lead.actor) as work:
        await publish_edition(work, school, policy.id, new, policy.version)
    assert (await reader.get(opened)).status_code == 404
    assert "Add its file" in (await lead.get(page)).text
