"""Files of an incident that somebody must not know of are not there for them, and the general log hears nothing."""

from typing import Any
from uuid import uuid4

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.incidents.hiding.circle import confine
from safeguard.work import begin
from tests.attachments import files
from tests.attachments.conftest import Stored
from tests.attachments.scanner import scanning
from tests.attachments.sending import call, check, file_in, record, send
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

HEARD = "select log, count(*) as entries from audit.leaves where entry like '%attachment.%' group by log"


async def test_whoever_must_not_know_of_an_incident_finds_no_file_of_it(
    sign_in: SignIn, program: SignIn, shelf: Any, stored: Stored, tmp_path: Any
) -> None:
    lead = await sign_in(Role.LEAD)
    assert lead.actor
    other = await sign_in(Role.LEAD, organisation=lead.actor.organisation_id)
    assert other.actor
    hidden, open_one = await record(lead.actor), await record(lead.actor)
    async with begin(lead.actor) as work:
        await confine(work, hidden.id, (), "Only I handle this.")
    file_id = file_in(await send(lead, hidden.id))
    async with scanning(tmp_path / "clamd") as url:
        await check(lead.actor, file_id, shelf, url)
    at = f"/incidents/{hidden.id}/attachments"
    assert (await lead.get(f"{at}/{file_id}/file")).content == files.PDF

    token = await other.token(f"/incidents/{open_one.id}/attachments/new")
    for incident_id in (hidden.id, uuid4()):
        at = f"/incidents/{incident_id}/attachments"
        got = [await other.get(path) for path in (f"{at}/new", f"{at}/{file_id}", f"{at}/{file_id}/file")]
        sent = await other.client.post(
            at, data={"csrf_token": token, "promise": "yes"}, files={"file": ("a.pdf", files.PDF)},
            headers={"sec-fetch-site": "same-origin"},
        )  # fmt: skip
        assert [answer.status_code for answer in (*got, sent)] == [404] * 4
    assert (await other.get(f"/incidents/{open_one.id}/attachments/{file_id}/file")).status_code == 404
    tool = await program(Role.DEPUTY, organisation=lead.actor.organisation_id)
    assert (await call(tool, hidden.id)).status_code == 404
    assert len(stored()) == 1
    async with begin(other.actor) as work:
        assert await work.driver.fetchval("select count(*) from attachments") == 0
    async with begin(system(lead.actor.organisation_id)) as work:
        heard = {row["log"]: row["entries"] for row in await work.driver.fetch(HEARD)}
    assert heard == {"restricted": 3}
