"""The page of the one search box."""

from typing import Any, Final
from urllib.parse import urlencode

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.response import Template

from safeguard.access.policy import Permission
from safeguard.incidents.here import here
from safeguard.incidents.highlighting import highlights
from safeguard.incidents.listing import lines
from safeguard.incidents.queries import Filters, list_incidents
from safeguard.people.finding import find
from safeguard.people.showing import belongs
from safeguard.searching.actions import INCIDENTS as AMONG
from safeguard.searching.actions import INCIDENTS_ALL as AMONG_ALL
from safeguard.searching.actions import find_actions
from safeguard.searching.suggesting import suggest
from safeguard.web.forms import clean
from safeguard.web.pages import environment_of, page
from safeguard.work import Work

LONGEST: Final = 200
INCIDENTS: Final = 8
PEOPLE: Final = 6
ACTIONS: Final = 6
ACTIONS_ALL: Final = 100


@get("/search", permission=Permission.INCIDENT_READ)
async def show_search(request: Request[Any, Any, Any], work: NamedDependency[Work]) -> Template:
    """The first of everything that the words may mean; incidents and people go on at their own address.

    Of actions there is no list of its own: up to `ACTIONS_ALL` are shown when they are asked for.
    """
    text, place = clean(request.query_params.get("q", "")).strip()[:LONGEST], here()
    rows = await list_incidents(work, Filters(text=text, state="all"), limit=INCIDENTS + 1) if text else ()
    people = await find(work, text, PEOPLE + 1) if text and work.may(Permission.PERSON_READ) else ()
    everything = request.query_params.get("show") == "actions"
    shown = ACTIONS_ALL if everything else ACTIONS
    actions = await find_actions(work, text, shown + 1, AMONG_ALL if everything else AMONG)
    found = await highlights(work, [row.id for row in rows[:INCIDENTS]], text)
    return page(
        request,
        "searching/show.html",
        text=text,
        any=bool(rows),
        meant=[(name, urlencode({"q": name})) for name in await suggest(work, text)] if text and not rows else (),
        more=len(rows) > INCIDENTS,
        lines=lines(environment_of(request), place, rows[:INCIDENTS], found),
        people=[(one, belongs(one, place.profile)) for one in people[:PEOPLE]],
        more_people=len(people) > PEOPLE,
        actions=actions[:shown],
        more_actions="all" if len(actions) > shown == ACTIONS else "narrow" if len(actions) > shown else "",
        asked=urlencode({"q": text}),
    )


ROUTES = [show_search]
