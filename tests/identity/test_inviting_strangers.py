"""Whoever invites somebody does not learn whether that address has an account elsewhere."""

from typing import Any

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.identity.inviting import invite
from safeguard.work import begin
from tests.identity.conftest import MakeAccount

pytestmark = pytest.mark.anyio


async def test_inviting_tells_nothing_of_accounts_elsewhere(account: MakeAccount, someone: Any) -> None:
    """The same answer, the same rows and the same entries, with an account and without."""
    elsewhere, lead = await account(Role.LEAD), await someone(Role.LEAD)
    answers: list[Any] = []
    for email in (elsewhere.email, f"{clock.new_id().hex}@example.net"):
        async with begin(lead, purpose="session") as work:
            invited = await invite(work, email, [Role.REPORTER])
            row = await work.driver.fetchrow(
                "select roles, date_trunc('hour', expires_at - created_at + interval '1 minute') as lasts"
                " from invitations where id = $1",
                invited.id,
            )
            assert row
            told = len(await work.driver.fetch("select from memberships where email = $1", email))
            answers.append((type(invited), len(invited.token), invited.waits_for, tuple(row), told))
            assert invited.email == email
    assert answers[0] == answers[1]
