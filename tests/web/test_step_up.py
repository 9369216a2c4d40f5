"""What asks for a second factor of the last five minutes: exports, exclusions, broken glass, keys, roles."""

import re
from typing import Any, Final

import pytest

from safeguard import paths
from safeguard.access.policy import ALLOWED, Permission
from safeguard.access.roles import Role
from safeguard.web.marking import handlers_of
from tests.web import test_routes
from tests.web.browsing import open_browser
from tests.web.house import ROUTES
from tests.web.test_routes import NOBODY, PARAMETER, House

pytestmark = pytest.mark.anyio

house = test_routes.house

GRAVE: Final = frozenset({
    Permission.EVIDENCE_EXPORT, Permission.GLASS_BREAK, Permission.INCIDENT_RESTRICT, Permission.USERS_MANAGE,
    Permission.TOKENS_MANAGE, Permission.INSPECTION_MANAGE,
})  # fmt: skip
"""What they permit is grave when it changes something, or when records leave by it."""

MILD: Final = {
    "POST /settings/people/rosters": "looks a file over and changes nobody: what confirms it asks",
    "POST /settings/people/rosters/{run_id}": "says what its columns are",
    "POST /settings/people/rosters/{run_id}/answers": "says who is who in it: what confirms it asks",
    "POST /settings/people/rosters/{run_id}/drop": "throws the file away",
    "POST /settings/people/many": "looks a table over and invites nobody: what invites asks",
    "POST /settings/webhooks/{hook_id}/try": "sends a made-up notice to an address that was set up with a fresh factor",
    "POST /settings/webhooks/{hook_id}/deliveries/{delivery_id}": "sends a notice of ids once more, to the same place",
    "POST /restricted/end": "ends what was broken: it takes access away",
    "POST /settings/people/invitations/{invitation_id}/withdraw": "takes a way in back",
    "POST /settings/tokens/{token_id}/revoke": "takes a way in back",
    "POST /inspections/{inspection_id}/end": "takes access away",
    "POST /settings/sign-on/new": "describes a provider, which opens nothing before it is asked for and agreed to",
    "POST /settings/sign-on/{connection_id}/change": "changes a description that opens nothing yet",
    "POST /settings/sign-on/{connection_id}/try": "tries it out and lets nobody in",
    "GET /incidents/{incident_id}/circle": "shows who may read: no record leaves",
    "GET /restricted": "shows the form",
}
"""Routes with such a permission that ask for nothing more, and why."""


def fresh_of(app: Any) -> dict[str, bool]:
    return {f"{method} {path}": bool(handler.opt.get("fresh")) for method, path, handler in handlers_of(app)}


async def test_every_grave_act_asks_for_a_factor_of_the_last_five_minutes(house: House) -> None:
    fresh = fresh_of(house.app)
    grave = {
        route
        for route, permission in ROUTES.items()
        if permission in GRAVE and "/api/" not in route and (route.startswith("POST") or leaves_by(route))
    }
    assert len(grave) > 20
    assert sorted(route for route in grave if not fresh[route] and route not in MILD) == []
    assert sorted(route for route in MILD if fresh.get(route, False)) == []


def leaves_by(route: str) -> bool:
    """Whether records leave by a GET: files, not pages."""
    return ROUTES[route] is Permission.EVIDENCE_EXPORT and route.rsplit(".")[-1] in {"csv", "xlsx", "pdf"}


async def test_after_five_minutes_each_of_them_asks_and_changes_nothing(house: House) -> None:
    """An hour ago the second factor was shown: nothing of theirs is done, and whoever shows it again goes on."""
    fresh = [route for route, asks in fresh_of(house.app).items() if asks]
    assert len(fresh) > 30
    for route in fresh:
        role = next((role for role in (Role.LEAD, *Role) if role in ALLOWED.get(ROUTES[route], {Role.LEAD})), None)  # type: ignore[arg-type]
        assert role, route
        method, template = route.split(" ")
        path = PARAMETER.sub(lambda found: house.objects.get(found[1], NOBODY), template)
        async with open_browser(house.app) as client:
            token = await house.session(client, role)
            await house.owner.execute("update sessions set authenticated_at = now() - interval '1 hour'")
            before = await entries(house)
            data = {"csrf_token": token} if method == "POST" else None
            answer = await client.request(method, path, data=data, headers={"sec-fetch-site": "same-origin"})
            asked = answer.status_code in {401, 303} and "/second-step" in (
                answer.headers.get("location", "") + answer.text
            )
            assert asked, (route, answer.status_code, answer.headers.get("location"))
            assert await entries(house) == before, route


async def entries(house: House) -> int:
    """How long the organisation's log is."""
    found = await house.owner.execute(
        "select count(*) from audit.leaves where organisation_id = %s", (house.organisation,)
    )
    return ((await found.fetchone()) or (0,))[0]


NAMED: Final = re.compile(
    r"/(dispose|hold|lift|release|judge|handover|roles|rotate|second-step-lost)$|/approvals/\{proposal_id\}$"
)
"""What the acts that are grave by their nature are called, whatever permission they ask for."""


async def test_what_is_grave_by_its_name_asks_whatever_its_permission(house: House) -> None:
    fresh = fresh_of(house.app)
    named = [route for route in ROUTES if route.startswith("POST") and "/api/" not in route and NAMED.search(route)]
    assert {"dispose", "handover", "roles", "rotate", "{proposal_id}"} <= {route.rsplit("/", 1)[1] for route in named}
    assert sorted(route for route in named if not fresh[route]) == []


IN_THE_ROOM: Final = "inspection/pack.html"
"""Its download has a route of its own, for inspectors, who are asked at the door."""


async def test_no_link_saves_the_page_that_asks_again_in_place_of_the_file(house: House) -> None:
    """Of a link marked `download` a browser saves whatever answers; unmarked, it shows the page and then the file."""
    fresh = [route for route, asks in fresh_of(house.app).items() if asks and route.startswith("GET ")]
    endings = {ending for route in fresh if not (ending := route.rpartition("/")[2]).startswith("{")}
    assert {"download", "list.csv", "incident.pdf"} <= endings
    wrong = [
        (str(file.relative_to(paths.TEMPLATES)), href)
        for file in paths.TEMPLATES.rglob("*.html")
        for href in (before.rpartition('href="')[2] for before in file.read_text().split('" download>')[:-1])
        if any(f"/{ending}" in href for ending in endings)
    ]
    assert [where for where, _ in wrong] == [IN_THE_ROOM], wrong
