"""Another organisation's identifiers wherever a request can carry one: nothing of theirs comes back, nothing changes.

Every text that they ever stored is made a canary word first, so that whatever of it comes back is recognised, by
whichever way. What they are is in the path, the query, the form, the JSON, the headers of HTMX and the cursor.
"""

import importlib
import pkgutil
from base64 import urlsafe_b64encode
from typing import Any, Final
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Text

import safeguard
from safeguard.access.policy import PUBLIC, Permission
from safeguard.access.roles import Role
from safeguard.database.base import Base, Kind
from safeguard.database.catalogue import TABLES, TableClass
from tests.web import test_routes
from tests.web.browsing import open_browser
from tests.web.house import ROUTES
from tests.web.test_routes import NOBODY, PARAMETER, House, is_allowed

pytestmark = pytest.mark.anyio

house = test_routes.house

CANARY: Final = "Quagga"
LENGTHS: Final = """
select count(*), (select count(*) from jobs.job j where j.organisation_id = %(o)s),
       (select count(*) from public.incidents i where i.organisation_id = %(o)s),
       (select coalesce(sum(i.version), 0) from public.incidents i where i.organisation_id = %(o)s),
       (select count(*) from public.entries e where e.organisation_id = %(o)s),
       (select count(*) from public.memberships m where m.organisation_id = %(o)s and m.state = 'active')
from audit.leaves l where l.organisation_id = %(o)s
"""
OTHER_NAMES: Final = (
    "reference", "person", "incident", "control", "id", "ids", "chosen", "picked", "owner", "who", "user", "report",
    "pack", "case", "url", "wave", "linked", "linked_id", "known", "person_1", "people-0-person", "someone", "draft",
    "member", "organisation", "organisation_id", "group", "parent_id", "next",
)  # fmt: skip
"""Names under which forms and queries carry ids, beside those of the addresses' own parts."""
SENT_BY_HTMX: Final = ("HX-Current-URL", "HX-Target", "HX-Trigger", "HX-Trigger-Name", "HX-Prompt", "Referer")


def told_columns() -> list[tuple[str, str, str]]:
    """Every column that holds people's words or names: table, its key to an organisation, column."""
    found: list[tuple[str, str, str]] = []
    for module in pkgutil.walk_packages(safeguard.__path__, "safeguard."):
        if module.name.endswith(".models"):
            importlib.import_module(module.name)
    for table in Base.metadata.tables.values():
        name = f"{table.schema or 'public'}.{table.name}"
        known = TABLES.get(name)
        if known is not None and known.kind is TableClass.OWNED:
            found += [
                (name, known.key, column.name)
                for column in table.columns
                if isinstance(column.type, Text) and column.info and column.info["treatment"].kind is not Kind.PLAIN
            ]
    return found


async def mark(owner: psycopg.AsyncConnection[Any], organisation: UUID) -> int:
    """Write the canary into whatever of theirs holds words or names; gives how many columns hold it."""
    marked = 0
    for name, key, column in told_columns():
        change = f"update {name} set {column} = '{CANARY} ' || left({column}, 40) where {key} = %s"
        try:
            done = await owner.execute(change, (organisation,))  # type: ignore[arg-type]
        except psycopg.Error:
            continue  # what is never changed
        marked += done.rowcount > 0
    await owner.execute(f"update organisations set name = '{CANARY}' where id = %s", (organisation,))
    return marked


def carried(theirs: dict[str, str]) -> dict[str, str]:
    """Their ids, under every name that a form or a query of ours might read."""
    ids = {name: value for name, value in theirs.items() if name.endswith("_id")}
    under = dict.fromkeys(OTHER_NAMES, ids["incident_id"])
    short = {name.removesuffix("_id"): value for name, value in ids.items()}
    return under | short | ids


async def answer_of(house: House, route: str, role: Role, path: str, sent: dict[str, str]) -> str:
    method, template = route.split(" ")
    cursor = urlsafe_b64encode(sent["incident_id"].encode()).decode()
    async with open_browser(house.app) as client:
        if template.startswith("/api/"):
            headers = await house.bearer(role)
            json = dict(sent.items()) if method == "POST" else None
            answer = await client.request(method, path, params={**sent, "after": cursor}, headers=headers, json=json)
        else:
            token = await house.session(client, role)
            headers = dict.fromkeys(SENT_BY_HTMX, f"/incidents/{sent['incident_id']}")
            headers |= {"sec-fetch-site": "same-origin", "HX-Request": "true"}
            data = {**sent, "csrf_token": token, "reason": "Sample", "words": "Sample"} if method == "POST" else None
            answer = await client.request(
                method, path, params={**sent, "after": cursor} if method == "GET" else None, headers=headers, data=data
            )
    assert answer.status_code < 500, (route, answer.status_code)
    return answer.text + repr(sorted(answer.headers.items()))


async def test_others_identifiers_bring_nothing_of_theirs_and_change_nothing(house: House) -> None:
    found = await house.owner.execute(
        "select organisation_id from incidents where id = %s", (house.theirs["incident_id"],)
    )
    others = ((await found.fetchone()) or (None,))[0]
    assert await mark(house.owner, others) > 15
    before = await (await house.owner.execute(LENGTHS, {"o": others})).fetchone()
    sent = carried(house.theirs)
    asked = 0
    for route, permission in ROUTES.items():
        role = next((role for role in (Role.LEAD, Role.HEAD, Role.SUPERVISOR, Role.INSPECTOR, *Role)
                     if not isinstance(permission, Permission) or is_allowed(route, role)), None)  # fmt: skip
        if permission is PUBLIC or role is None:
            continue
        template = route.split(" ")[1]
        for objects in (house.objects, house.theirs):
            path = PARAMETER.sub(lambda part, known=objects: known.get(part[1], NOBODY), template)
            assert CANARY not in await answer_of(house, route, role, path, sent), route
            asked += 1
    assert asked > 300
    assert await (await house.owner.execute(LENGTHS, {"o": others})).fetchone() == before


async def test_the_canary_is_there_for_its_own_people(house: House) -> None:
    """The test above would notice: a lead of theirs reads it on the first page."""
    found = await house.owner.execute(
        "select organisation_id from incidents where id = %s", (house.theirs["incident_id"],)
    )
    others = ((await found.fetchone()) or (None,))[0]
    await mark(house.owner, others)
    there = House(house.app, house.owner, others, house.theirs, house.objects)
    for path in ("GET /incidents", "GET /incidents/{incident_id}", "GET /api/v1/incidents/{incident_id}"):
        assert CANARY in (await there.call(path, Role.LEAD, house.theirs)).text, path
