"""A route that does not say who may use it stops start-up."""

from typing import Any

import pytest
from litestar import get
from litestar.di import NamedDependency

from safeguard.access.policy import PUBLIC, SIGNED_IN, Permission
from safeguard.app import build
from safeguard.web.marking import Unmarked, check_routes, handlers_of
from safeguard.work import Work


@get("/unmarked")
async def unmarked() -> str:
    return "open"


@get("/misspelt", permission="incident:read")
async def misspelt() -> str:
    return "open"


@get("/unchecked", permission=Permission.INCIDENT_READ)
async def unchecked() -> str:
    return "open"


@get("/account", permission=SIGNED_IN)
async def unchecked_account() -> str:
    return "open"


@get("/fine", permission=Permission.INCIDENT_READ)
async def fine(work: NamedDependency[Work]) -> str:
    return work.actor.name


@get("/public", permission=PUBLIC)
async def public() -> str:
    return "public"


@pytest.mark.parametrize("route", [unmarked, misspelt, unchecked, unchecked_account])
def test_a_route_that_nothing_checks_stops_start_up(route: Any) -> None:
    with pytest.raises(Unmarked, match=r"GET /"):
        check_routes(build([route], []))
    with pytest.raises(Unmarked, match=r"GET /api/v1/"):
        check_routes(build([], [route]))


def test_marked_routes_start() -> None:
    app = build([fine, public], [])
    check_routes(app)
    assert {("GET", "/fine"), ("GET", "/public")} <= {(method, path) for method, path, _ in handlers_of(app)}
