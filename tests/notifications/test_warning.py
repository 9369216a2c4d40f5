"""What changes somebody's sign-in is told to themselves at once, by a mail that says little, and to nobody else."""

import pytest

from safeguard.access.roles import Role
from safeguard.notifications.rules import rule_of
from safeguard.notifications.warning import EVENTS
from safeguard.work import begin
from tests.notifications.telling import mailed, told
from tests.post.conftest import Mailbox
from tests.post.working import work_off

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("event", EVENTS)
async def test_a_change_of_ones_sign_in_is_told_to_oneself_alone(someone, mailbox: Mailbox, event: str) -> None:
    lead = await someone(Role.LEAD)
    teacher = await someone(Role.REPORTER, organisation=lead.organisation_id)
    async with begin(teacher) as work:
        work.record(event, teacher.user_id, kind="membership")
    await work_off(lead.organisation_id, mailbox.url)
    assert (await told(teacher), await told(lead)) == ([event], [])
    assert (len(await mailed(teacher)), await mailed(lead)) == (1, [])
    [mail] = mailbox.mails
    assert mail["To"] == f"person-{teacher.user_id.hex[-12:]}@example.org"
    said = f"{mail['Subject']} {mail.get_body().get_content()}"
    assert rule_of(event).words not in said  # which change it was stands behind the sign-in
    assert teacher.name not in said and str(teacher.user_id) not in said
