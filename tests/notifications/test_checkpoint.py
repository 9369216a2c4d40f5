"""The mail of the weekly report holds the log's checkpoint, so that people hold one outside without doing anything."""

import re
from email.message import EmailMessage

import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.comparing import compare_own
from safeguard.evidence.sealing import FileKeySigner
from safeguard.evidence.signed_by import judge
from safeguard.evidence.weekly import get_report, make_report
from safeguard.incidents.recording import record_incident
from safeguard.notifications.choosing import Choices, choose
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT
from tests.post.conftest import Mailbox
from tests.post.working import work_off

pytestmark = pytest.mark.anyio

NOTE = re.compile(r"safeguard\.example/t/.*?^— \S+ \S+$", re.MULTILINE | re.DOTALL)


def text_of(mail: EmailMessage, subtype: str) -> str:
    body = mail.get_body((subtype,))
    assert body
    return str(body.get_content())


async def test_whoever_kept_the_mail_holds_a_checkpoint_that_compares(someone, mailbox: Mailbox, addresses: Addresses):
    """However they chose to be told of other things: a mail of the day holds none, and no mail holds none either."""
    lead = await someone(Role.LEAD)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    async with begin(deputy) as work:
        await choose(work, Choices(duty="digest", tasks="none", updates="none"))
    async with begin(lead) as work:
        await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(system(lead.organisation_id)) as work:
        week = await make_report(work, FileKeySigner(bytes(range(32)), "safeguard.example", addresses.signer))
    assert week
    async with begin(lead) as work:
        await record_incident(work, SHORT, SCHOOL)
    for _ in range(3):
        await work_off(lead.organisation_id, mailbox.url)
    mails = [mail for mail in mailbox.mails if "checkpoint" in mail["Subject"]]
    assert len({mail["To"] for mail in mails}) == len(mails) == 2
    async with begin(lead) as work:
        report = await get_report(work, week)
        for mail in mails:
            for subtype in ("plain", "html"):
                [kept] = NOTE.findall(text_of(mail, subtype).replace("\r\n", "\n"))
                assert kept + "\n" == report.checkpoint
                assert (await compare_own(work, kept)).outcome == "fits"
            assert mail["List-Unsubscribe"] is None
            assert "/audit/check" in text_of(mail, "plain")
        assert (await judge(work, kept)).whose == "ours"
