"""Reading in an emergency is reading: every address that writes to an incident or a concern refuses it.

Each route that names one is sent a form that would do. What is kept of the record is compared row by row before and
after; somebody who handles it is sent the same forms, so that it is known that they would have written.
"""

import re
from typing import Any, Final
from uuid import UUID

import anyio
import psycopg
import pytest

from safeguard.access.roles import Role
from tests.web import test_routes
from tests.web.browsing import open_browser
from tests.web.house import ROUTES
from tests.web.test_routes import NOBODY, PARAMETER, House
from tests.web.test_scopes import examples_of

pytestmark = pytest.mark.anyio

house = test_routes.house

CONFINE: Final = """
with kept as (
    insert into confinements (organisation_id, id, incident_id, confined_at, reason)
    values (%(o)s, gen_random_uuid(), %(i)s, now(), 'The family knows most of the staff.'))
insert into confidants (organisation_id, id, incident_id, user_id, since)
values (%(o)s, gen_random_uuid(), %(i)s, %(keeper)s, now())
"""
BREAK: Final = """
insert into broken_glass (organisation_id, id, user_id, reason, opened_at, until)
values (%(o)s, gen_random_uuid(), %(reader)s, 'Nobody else can be reached.', now(), now() + interval '1 hour')
"""
EXCLUDE: Final = """
insert into exclusions (organisation_id, id, incident_id, user_id, cause, since)
values (%(o)s, gen_random_uuid(), %(i)s, %(reader)s, 'chosen', now())
"""
HANGING: Final = """
select table_name, column_name from information_schema.columns
where table_schema = 'public' and (column_name in ('incident_id', 'concern_id')
    or (table_name, column_name) in (('incidents', 'id'), ('concerns', 'id'), ('improvements', 'origin_id')))
order by 1, 2
"""
TYPED: Final = {
    "kind": "note", "words": "So it is.", "reason": "Because.", "risk": "high", "version": "1", "handler": "",
    "narrative": "Otherwise.", "summary": "So.", "follow_up": "So.", "decision": "So.", "outcome": "So.",
    "left_open": "So.", "level": "low_level", "promise": "yes", "note": "A letter.", "person": NOBODY,
    "people": NOBODY, "told_how": "In person.", "untold": "So.", "told": "yes", "how": "By phone.",
    "on": "2026-01-05", "left_on": "2026-01-05", "ground": "period", "sure": "yes",
    "at": "10:00", "why": "So.", "until": "2030-01-01",
}  # fmt: skip
"""What most of the forms ask for; a form takes what it knows."""


def writing(parameter: str) -> list[str]:
    """Every route of a page that changes what this names."""
    return [route for route in ROUTES if not route.startswith("GET") and f"{{{parameter}}}" in route
            and " /api/" not in route]  # fmt: skip


def keeping(concern: str) -> list[str]:
    """Where it is said how long a concern is kept: nothing of that is reading."""
    at = f"/concerns/keeping/concern/{concern}"
    return [f"POST {at}/hold", f"POST {at}/left", "POST /concerns/keeping/concern"]


async def kept_of(owner: psycopg.AsyncConnection[Any], record: UUID | str) -> dict[str, Any]:
    """Every row that hangs on it, by table, as one digest; but for one's own notices, which reading marks as read."""
    found: dict[str, Any] = {}
    for table, column in await (await owner.execute(HANGING)).fetchall():
        if table == "notices":
            continue
        digest = (
            f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t where t.{column} = %s"
        )
        row = await (await owner.execute(digest, (record,))).fetchone()  # pyright: ignore[reportArgumentType]
        found[f"{table}.{column}"] = row[0] if row else None
    return found


async def send(house: House, role: Role, route: str) -> int:
    """The form, sent by this role; gives the status of the answer."""
    method, template = route.split(" ")
    path = PARAMETER.sub(lambda found: house.objects[found[1]], template)
    async with open_browser(house.app) as client:
        token = await house.session(client, role)
        answer = await client.request(
            method, path, headers={"sec-fetch-site": "same-origin"}, data={**TYPED, "csrf_token": token}
        )
    return answer.status_code


async def test_nothing_is_written_through_the_glass(house: House) -> None:
    reader, keeper = await house.person(Role.LEAD), await house.person(Role.DEPUTY)
    incident, concern = house.objects["incident_id"], house.objects["concern_id"]
    named = {"o": house.organisation, "i": incident, "reader": reader.user_id, "keeper": keeper.user_id}
    await house.owner.execute("update memberships set deputy_from = now() - interval '1 day', deputy_until = now() + "
                              "interval '1 day' where user_id = %(keeper)s", named)  # fmt: skip
    await house.owner.execute(CONFINE, named)
    assert await send_read(house, f"/incidents/{incident}") == (404, False)
    await house.owner.execute(BREAK, named)
    assert await send_read(house, f"/incidents/{incident}") == (200, False)
    assert await send_read(house, f"/concerns/{concern}") == (200, False)
    assert await send_read(house, f"/incidents/{incident}/incident.pdf") == (403, False)
    with anyio.fail_after(120):
        for record, parameter in ((incident, "incident_id"), (concern, "concern_id")):
            before = await kept_of(house.owner, record)
            assert len(writing(parameter)) >= 5
            for route in writing(parameter) + keeping(concern):
                status = await send(house, Role.LEAD, route)
                assert status in (403, 404, 409, 413, 422), (route, status)
                assert await kept_of(house.owner, record) == before, route
    for route in asking_first():
        assert await asks(house, route) == set(), route
    inbox = (await page_of(house, "/incidents/inbox?show=new")) + await page_of(
        house, "/incidents/inbox?show=unassigned"
    )
    assert f'href="/incidents/{incident}"' in inbox
    assert f'value="{incident}:' not in inbox and f"/incidents/{incident}/risk" not in inbox
    refused = await page_of(house, f"/incidents/{incident}/incident.pdf")
    assert "tell those who handle it what you know" in refused
    assert "hold another role" not in refused
    programs = [route for route in ROUTES if "{incident_id}" in route and " /api/" in route and route[:3] != "GET"]
    assert len(programs) >= 3
    before = await kept_of(house.owner, incident)
    assert await read_by_program(house, incident) == 200
    for route in programs:
        status = await send_by_program(house, Role.LEAD, route)
        assert status in (403, 404, 409, 422), (route, status)
        assert await kept_of(house.owner, incident) == before, route
    answers = [await send_by_program(house, Role.DEPUTY, route) for route in programs]
    assert 201 in answers, answers
    taken = [route for route in writing("incident_id") if await send(house, Role.DEPUTY, route) == 303]
    assert len(taken) > 5
    await house.owner.execute(EXCLUDE, named)
    refused_to_all = {"/incidents/{incident_id}/incident.pdf", "/inspect/{inspection_id}/live/{incident_id}"}
    found = {route: (await send_read(house, filled_in(house, route)))[0] for route in asking_first()}
    assert {route for route, status in found.items() if status != 404} == refused_to_all


def asking_first() -> list[str]:
    """Every page of an incident: a form on one of them would be filled in for nothing."""
    return [route.split(" ")[1] for route in ROUTES if route.startswith("GET") and "{incident_id}" in route
            and " /api/" not in route]  # fmt: skip


def filled_in(house: House, template: str) -> str:
    """The address of this object of ours."""
    return PARAMETER.sub(lambda found: house.objects[found[1]], template)


async def asks(house: House, template: str) -> set[str]:
    """Where the forms of this page lead that would change the incident."""
    main = (await page_of(house, filled_in(house, template))).partition("<main")[2].partition("</main>")[0]
    return set(re.findall(r'<form method="post" action="([^"]*)"', main))


async def send_by_program(house: House, role: Role, route: str) -> int:
    """What the API's own document gives as an example, sent with a token that acts for this role."""
    method, template = route.split(" ")
    path = PARAMETER.sub(lambda found: house.objects[found[1]], template)
    async with open_browser(house.app) as client:
        example = examples_of((await client.get("/api/openapi.json")).json()).get(f"{method} {template}")
        said: dict[str, Any] = {"json": example} if example else {"files": {"file": ("note.txt", b"So it is.")}}
        return (await client.request(method, path, headers=await house.bearer(role), **said)).status_code


async def read_by_program(house: House, incident: str) -> int:
    """Whether such a token reads it."""
    async with open_browser(house.app) as client:
        answer = await client.get(f"/api/v1/incidents/{incident}", headers=await house.bearer(Role.LEAD))
    return answer.status_code


async def page_of(house: House, path: str) -> str:
    """The page as the reader gets it."""
    async with open_browser(house.app) as client:
        await house.session(client, Role.LEAD)
        return (await client.get(path)).text


async def send_read(house: House, path: str) -> tuple[int, bool]:
    """The page as the reader gets it: its status, and whether a form or link of it leads to a change."""
    async with open_browser(house.app) as client:
        await house.session(client, Role.LEAD)
        answer = await client.get(path)
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    changes = [route.split(" ")[1].rpartition("}")[2] for route in ROUTES if "_id}/" in route and "POST" in route]
    return answer.status_code, "<form" in main or any(f'{path}{end}"' in main for end in changes if end)
