"""An account that was taken over is shut everywhere at once, and its holder has everything again when it is opened."""

from pathlib import Path

import pytest
from anyio import to_thread
from click.testing import CliRunner

from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.cli.account import account as command
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from safeguard.errors import SignInRequired
from safeguard.identity import issuing
from safeguard.identity.secret import hash_of
from safeguard.work import begin, enter_token
from tests.factories.organisations import make_member
from tests.identity.conftest import PASSWORD, AsOwner, MakeAccount
from tests.identity.test_pages import OpenBrowser, browser, sign_in

__all__ = ["browser"]

pytestmark = pytest.mark.anyio
TOLD = """
select count(*) from audit.leaves where organisation_id = %s and split_part(entry, E'\n', 3) = %s
"""
ASKED = "select count(*) from jobs.job where organisation_id = %s and subject_id = %s and kind = 'account.give_on'"


async def test_a_shut_account_is_out_at_the_next_request_in_every_organisation_and_back_when_it_is_opened(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
    addresses: Addresses,
    data: Path,
    database: pool.Database,
) -> None:
    lead, elsewhere = await account(Role.LEAD), await account(Role.LEAD)
    await make_member(elsewhere.organisation_id, lead.user_id, "Sam Sample", lead.email, [Role.REPORTER])
    async with begin(lead.actor) as work:
        token, _ = await issuing.issue(work, "Archive", Role.LEAD, frozenset({Scope.EVIDENCE_READ}))
    environment = {f"SAFEGUARD_{role.upper()}_DATABASE_URL": url for role, url in addresses._asdict().items()}

    async def said(*words: str) -> str:
        arguments = ["shut", "--email", lead.email, "--data", str(data), *words]
        result = await to_thread.run_sync(lambda: CliRunner().invoke(command, arguments, env=environment))
        pool.use(database)  # the command closed its own
        assert result.exit_code == 0, result.output
        return result.output

    tab = await browser()
    await sign_in(tab, lead.email)
    assert (await tab.get("/account")).status_code == 200
    assert "Shut, in 2 organisations." in await said()
    assert (await tab.get("/account")).headers["location"].startswith("/sign-in")
    with pytest.raises(SignInRequired):
        async with enter_token(hash_of(token)):
            pass
    refused = await tab.send("/sign-in", {"email": lead.email, "password": PASSWORD}, page="/sign-in")
    assert refused.status_code == 422
    assert "Opened again, in 2 organisations." in await said("--open")
    again = await browser()
    await sign_in(again, lead.email)
    assert (await again.get("/account")).status_code == 200
    async with enter_token(hash_of(token)) as (work, _):
        assert work.actor.scopes == {Scope.EVIDENCE_READ}
    for here in (lead.organisation_id, elsewhere.organisation_id):
        assert await as_owner(ASKED, here, lead.user_id) == [(1,)], "what they were handling is given on, once"
        assert [await as_owner(TOLD, here, event) for event in ("account.shut", "account.opened")] == [[(1,)], [(1,)]]
