"""Sending a file as a browser or a program does, and doing the check as the worker does."""

from typing import Any
from uuid import UUID

import httpx

from safeguard.access.actors import Actor, system
from safeguard.attachments.checking import check_file
from safeguard.incidents.recording import record_incident
from safeguard.incidents.story import Facts
from safeguard.incidents.triaging import Classes, classify
from safeguard.jobs.claiming import claimed
from safeguard.work import begin
from tests.attachments import files
from tests.factories.incidents import SCHOOL, SHORT
from tests.web.browsing import Browser

JOB = "select id from jobs.job where kind = 'attachment.check' and subject_id = $1 order by created_at desc limit 1"
NOW = "update jobs.job set run_at = sec.clock(), claimed_at = null where id = $1"


async def record(lead: Actor, *types: str) -> Facts:
    """An incident, of these types."""
    async with begin(lead) as work:
        facts = (await record_incident(work, SHORT, SCHOOL)).facts
    return await reclassify(lead, facts, *types) if types else facts


async def reclassify(lead: Actor, facts: Facts, *types: str) -> Facts:
    """The incident, now of these types."""
    async with begin(lead) as work:
        return await classify(work, facts.id, facts.version, Classes(issue_types=types), SCHOOL)


async def send(
    browser: Browser, incident_id: UUID, name: str = "letter.pdf", whole: bytes = files.PDF, **fields: str
) -> httpx.Response:
    """Fill in the form and send it."""
    at = f"/incidents/{incident_id}/attachments"
    token = await browser.token(f"{at}/new")
    said = {"csrf_token": token, "promise": "yes", "note": ""} | fields
    return await browser.client.post(
        at, data=said, files={"file": (name, whole)}, headers={"sec-fetch-site": "same-origin"}
    )


async def call(
    program: Browser, incident_id: UUID, name: str = "letter.pdf", whole: bytes = files.PDF, **headers: str
) -> httpx.Response:
    """Send it by the API."""
    return await program.client.post(
        f"/api/v1/incidents/{incident_id}/attachments",
        data={"promise": "yes", "note": "A letter."}, files={"file": (name, whole)}, headers=headers,
    )  # fmt: skip


def file_in(answer: httpx.Response) -> UUID:
    """The file that a form led to."""
    assert answer.status_code == 303, answer.text
    return UUID(answer.headers["location"].rpartition("/")[2].partition("?")[0])


async def check(lead: Actor, file_id: UUID, shelf: Any, scanner_url: str | None) -> str:
    """Do the check as the worker does; the job's state afterwards."""
    async with begin(system(lead.organisation_id)) as work:
        job_id = await work.driver.fetchval(JOB, file_id)
        await work.driver.execute(NOW, job_id)
    async with claimed(job_id) as taken:
        if taken:
            await check_file(taken[0], file_id, shelf, scanner_url)
    async with begin(system(lead.organisation_id)) as work:
        return str(await work.driver.fetchval("select state from jobs.job where id = $1", job_id))
