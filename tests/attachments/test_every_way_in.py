"""Issue types that rule files out, by kind of file and by way in: nothing is stored, whichever route it is sent to.

Generated from the running application: a new route is sent files from the day it is there, and one that keeps any fails
until somebody says here that they belong to no incident. What no route takes is sent files where it is tested: a file
that a person's file brings for an incident standing here (tests/transfers/test_blocked_here), and one that goes with a
referral (tests/referrals/test_enclosures). Mail keeps words and no file (tests/helpline/mail).
"""

from pathlib import Path
from typing import Final

import httpx
import pytest

from safeguard.access.roles import Role
from safeguard.strongbox import objects
from safeguard.tenancy.blocking import BLOCKED_TYPES
from safeguard.web.guarding import SAFE
from safeguard.web.marking import handlers_of
from safeguard.work import begin
from tests.attachments import files
from tests.attachments.sending import record
from tests.web import test_routes
from tests.web.browsing import open_browser
from tests.web.test_routes import NOBODY, PARAMETER, House

pytestmark = pytest.mark.anyio

house = test_routes.house
"""The running service, with two organisations."""

KINDS: Final = {
    "a.png": files.PNG, "a.jpg": files.JPEG, "a.pdf": files.PDF, "a.docx": files.WORD, "a.xlsx": files.SHEET,
}  # fmt: skip
PAPERS: Final = {
    "POST /standards/evidence/{item_id}/files",
    "POST /standards/registers/policies/{policy_id}/file",
}
"""Routes that keep a file of the organisation, which belongs to no incident and so to none of a blocked type."""


def weight(store: Path) -> int:
    """Bytes that lie in the store."""
    return sum(file.stat().st_size for file in store.rglob("*") if file.is_file())


async def rows_of(house: House) -> int:
    """Files of incidents in this organisation that were not there when the test began."""
    async with begin(await house.person(Role.LEAD)) as work:
        return int(await work.driver.fetchval("select count(*) - 1 from attachments") or 0)


async def sent(house: House, route: str, named: dict[str, str], name: str, whole: bytes, most: int) -> httpx.Response:
    """The file, as a lead (or a lead's program) sends it to this route; the fields that most forms have beside it."""
    method, template = route.split(" ")
    path = PARAMETER.sub(lambda found: named.get(found[1], NOBODY), template)
    said = {"promise": "yes", "note": "", "source": "Another", "narrative": "Words.", "title": "A paper"}
    parts = [(field, (name, whole)) for field in ("file", "attachment", "upload")[:most]]
    role = Role.SUPERVISOR if template.startswith("/helpline") else Role.LEAD
    async with open_browser(house.app) as client:
        if template.startswith(("/api/", "/scim/")):
            return await client.request(method, path, data=said, files=parts, headers=await house.bearer(role))
        said["csrf_token"] = await house.session(client, role)
        return await client.request(method, path, data=said, files=parts, headers={"sec-fetch-site": "same-origin"})


async def blocked_ones(house: House) -> dict[str, str]:
    """An incident of each type that rules files out."""
    lead = await house.person(Role.LEAD)
    return {kind: str((await record(lead, kind)).id) for kind in BLOCKED_TYPES}


async def test_no_file_for_a_blocked_incident_is_stored_by_any_way_in(house: House, tmp_path: Path) -> None:
    unsafe = {f"{method} {path}": handler for method, path, handler in handlers_of(house.app) if method not in SAFE}
    taking = {route for route, handler in unsafe.items() if handler.opt.get("receives")}
    of_incidents = {route for route in taking if "{incident_id}" in route}
    assert len(of_incidents) >= 2
    assert taking >= PAPERS
    before, kinds = objects.current(), list(KINDS.items())
    objects.use(objects.open_store((tmp_path / "store").as_uri()))
    try:
        blocked = await blocked_ones(house)
        for route in of_incidents:
            for kind, incident_id in blocked.items():
                for name, whole in kinds:
                    answer = await sent(house, route, {"incident_id": incident_id}, name, whole, 1)
                    assert (route, kind, name, answer.status_code) == (route, kind, name, 409)
        for route in sorted(taking - of_incidents - PAPERS):  # tables: read, refused, and nothing of them kept
            for name, whole in kinds[:4]:
                answer = await sent(house, route, house.objects, name, whole, 1)
                assert answer.status_code in {200, 422}, (route, name, answer.status_code)
        for number, route in enumerate(sorted(set(unsafe) - taking)):
            named = house.objects | {"incident_id": blocked[BLOCKED_TYPES[number % len(BLOCKED_TYPES)]]}
            answer = await sent(house, route, named, *kinds[number % len(kinds)], 3)
            assert 400 <= answer.status_code < 500, (route, answer.status_code)
        assert (weight(tmp_path / "store"), await rows_of(house)) == (0, 0)
    finally:
        objects.use(before)
