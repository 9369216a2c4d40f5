"""One's calendar: the page where its address is made and taken back, and the address itself."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Response, Template

from safeguard import clock, work
from safeguard.access.policy import PUBLIC, Permission
from safeguard.errors import NotFound, SignInRequired
from safeguard.incidents.calendar_addresses import list_feeds, make_feed, revoke_feed
from safeguard.incidents.calendar_feed import list_events, list_reviews, written
from safeguard.tenancy.calendars.reading import read_clocks
from safeguard.tenancy.profiles import profile_of
from safeguard.web import exchange, surroundings
from safeguard.web.cookies import hash_of
from safeguard.web.pages import after, page
from safeguard.work import Work

ENDING = ".ics"


@get("/account/calendar", permission=Permission.HOME_READ)
async def show_calendar(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Whether there is an address, and what it gives away."""
    return page(request, "calendar/show.html", feeds=await list_feeds(work), address="")


@post("/account/calendar", permission=Permission.HOME_READ, status_code=200, fresh=True)
async def take_calendar(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """Make an address, and show it this once."""
    token = await make_feed(work)
    address = f"{surroundings.current().public_url}/calendar/{token}{ENDING}"
    return page(request, "calendar/show.html", feeds=await list_feeds(work), address=address)


@post("/account/calendar/{feed_id:uuid}/end", permission=Permission.HOME_READ, status_code=303)
async def take_calendar_end(
    request: Request[Any, Any, Any], work: NamedDependency[Work], feed_id: FromPath[UUID]
) -> Redirect:
    """Take an address back."""
    await revoke_feed(work, feed_id)
    return after("/account/calendar")


@get("/calendar/{name:str}", permission=PUBLIC)
async def read_calendar(name: FromPath[str]) -> Response[bytes]:
    """The deadlines at a secret address: nobody signs in, so it says no more than when and for which reference."""
    try:
        async with work.enter_calendar(hash_of(name.removesuffix(ENDING)), exchange.current().request_id) as entered:
            unit, row = entered
            profile = profile_of(row.organisation_kind, row.organisation_nation)
            read = await read_clocks(unit, profile, row.organisation_nation, row.organisation_time_zone)
            events = await list_events(unit, profile, read.clocks, clock.now())
            reviews = await list_reviews(unit, profile, clock.now())
    except SignInRequired:
        raise NotFound from None
    content = written(events, surroundings.current().public_url, clock.now(), reviews)
    return Response(content, media_type="text/calendar", headers={"X-Robots-Tag": "noindex"})


ROUTES = [show_calendar, take_calendar, take_calendar_end, read_calendar]
