"""What others expect of SCIM: their own tester, over HTTP."""

from pathlib import Path

import anyio.to_thread
import httpx2
import pytest
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server

from safeguard.access.roles import Role
from tests.provisioning.serving import connected, served

pytestmark = pytest.mark.anyio


async def test_the_testers_of_scim_find_nothing_to_object_to(someone, data: Path) -> None:
    administrator = await someone(Role.ADMINISTRATOR)
    made = await connected(administrator)

    def check(address: str) -> list[object]:
        bearer = {"Authorization": f"Bearer {made.text}"}
        with httpx2.Client(base_url=f"{address}/scim/v2", headers=bearer, timeout=30) as client:
            return list(check_server(SyncSCIMClient(client)))

    async with served(data) as address:
        results = await anyio.to_thread.run_sync(check, address)
    told = [(one.status, one.title, one.reason) for one in results if one.status is not Status.SUCCESS]
    assert told == [], "\n".join(map(str, told))
    assert len(results) > 40
