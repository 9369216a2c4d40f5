"""`safeguard account second-step-lost`: whoever runs the service asks, and the outside second person decides."""

import re
from pathlib import Path

import pytest
from anyio import to_thread
from click.testing import CliRunner

from safeguard.access.roles import Role
from safeguard.cli.account import account as command
from safeguard.database import pool
from safeguard.database.bootstrap import Addresses
from tests.identity.conftest import AsOwner, MakeAccount
from tests.identity.test_pages import OpenBrowser
from tests.web.browsing import token_of

pytestmark = pytest.mark.anyio

COUNT = "select count(*) from second_factors where user_id = %s"


async def test_the_outside_second_person_agrees_for_the_only_lead(
    account: MakeAccount,
    browser: OpenBrowser,
    as_owner: AsOwner,
    addresses: Addresses,
    data: Path,
    database: pool.Database,
) -> None:
    lead = await account(Role.LEAD)
    [(slug,)] = await as_owner("select slug from organisations where id = %s", lead.organisation_id)
    environment = {f"SAFEGUARD_{role.upper()}_DATABASE_URL": url for role, url in addresses._asdict().items()}
    environment["SAFEGUARD_PUBLIC_URL"] = "https://safeguard.test"
    words = ["second-step-lost", "--organisation", slug, "--email", lead.email, "--data", str(data)]
    said = await to_thread.run_sync(lambda: CliRunner().invoke(command, words, env=environment))
    pool.use(database)  # the command closed its own
    assert said.exit_code == 0, said.output
    path = re.search(r"https://safeguard\.test(/approve/[\w-]+)", said.output)[1]
    assert await as_owner(COUNT, lead.user_id) == [(1,)]
    chair = await browser()
    shown = (await chair.get(path)).text
    assert "Let somebody set up their second step anew" in shown
    assert (await chair.send(path, {"do": "approve"}, token=token_of(shown))).status_code == 200
    assert await as_owner(COUNT, lead.user_id) == [(0,)]
