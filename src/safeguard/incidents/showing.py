"""One incident as a page: for whoever may not read them all, through broken glass, and for whoever works on it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from litestar import Request
from litestar.response import Template

from safeguard import clock
from safeguard.incidents import referred
from safeguard.incidents.advising import Step, next_step, to_read
from safeguard.incidents.assigned import reads_whole
from safeguard.incidents.choices import quiet_after, read_contact
from safeguard.incidents.deadlines import ALLEGED, Deadline, deadlines, runs_anything
from safeguard.incidents.disagreed import list_disagreed
from safeguard.incidents.follow_up_forms import blank_entry
from safeguard.incidents.hearing import find_heard
from safeguard.incidents.here import Here
from safeguard.incidents.hiding.mentioning import list_mentioned
from safeguard.incidents.hiding.reading import read_second_person
from safeguard.incidents.hiding.standing_in import is_in_reach
from safeguard.incidents.looking import list_looks
from safeguard.incidents.panel import adding
from safeguard.incidents.phrases import SHOWN
from safeguard.incidents.story import Story
from safeguard.incidents.unowned import list_unowned
from safeguard.standards.contributed import helping_incident
from safeguard.standards.queries import improvements_from
from safeguard.tenancy.calendars.reading import Clocks, read_clocks
from safeguard.web.pages import page
from safeguard.work import Work


async def to_some(request: Request[Any, Any, Any], work: Work, story: Story, place: Here) -> Template:
    """For whoever reported it: their own words and what is shared; all of it, where it is assigned to them."""
    incident, presenter = story.facts.id, place.presenter
    whole = await reads_whole(work, incident)
    return page(
        request, f"incidents/{'assigned' if whole else 'own'}.html", profile=place.profile, recorded=_recorded(request),
        contact=await read_contact(work, place.profile), in_reach=await is_in_reach(work, incident),
        second=await read_second_person(work), shown=presenter.shown(story), items=presenter.items(story),
        disagreed=await list_disagreed(work, incident) if whole else (),
    )  # fmt: skip


async def through_glass(request: Request[Any, Any, Any], work: Work, story: Story, place: Here) -> Template:
    """For whoever broke the glass: to read, and for nothing else."""
    presenter = place.presenter
    return page(
        request, "incidents/through_glass.html", profile=place.profile, shown=presenter.shown(story),
        items=presenter.items(story), disagreed=await list_disagreed(work, story.facts.id),
    )  # fmt: skip


async def to_work_on(request: Request[Any, Any, Any], work: Work, story: Story, place: Here) -> Template:
    """The story and the facts, what is next, and what can be done."""
    facts, presenter, query = story.facts, place.presenter, request.query_params
    clocks = await _clocks(work, story, place)
    limits = deadlines(story, clocks, clock.now()) if clocks else ()
    show, newest = asked if (asked := query.get("show", "")) in SHOWN else "all", query.get("order") == "newest"
    kinds = {entry.kind for entry in story.entries}
    heard = await find_heard(work, facts.id) if "message" in kinds else None
    unowned = await list_unowned(work, story)
    return page(
        request, "incidents/show.html", fragment="incidents/_story.html", profile=place.profile,
        shown=presenter.shown(story), items=presenter.items(story, show, newest=newest, unowned=unowned),
        show=show, newest=newest, conversing="message" in kinds, heard=heard,
        mentioned=await list_mentioned(work, facts.id) if facts.state != "closed" else (),
        contact=await read_contact(work, place.profile) if facts.danger_now else "",
        step=to_read(story) if heard else _next(work, story, place, clocks, limits, unowned=bool(unowned)),
        deadlines=limits,
        outside=[each for each in place.profile.clocks.values() if each.contacts and each.starts != ALLEGED],
        looks=await list_looks(work, facts.id), disagreed=await list_disagreed(work, facts.id),
        helping=await helping_incident(work, place.profile, facts.issue_types, facts.risk_areas),
        improvements=await improvements_from(work, "incident", facts.id) if "lesson" in kinds else (),
        referred=await referred.bound()(work, facts.id), recorded=_recorded(request), added=query.get("added"),
        entry=blank_entry(), adding=adding(request, story),
    )  # fmt: skip


def _recorded(request: Request[Any, Any, Any]) -> bool:
    """Whether they come from the form by which they have just reported it."""
    return request.query_params.get("recorded") == "yes"


async def _clocks(work: Work, story: Story, place: Here) -> Clocks | None:
    """The organisation's limits; None, and no look at its settings, for an incident on which none can press."""
    if not runs_anything(story, clock.now(), place.profile.clocks.values()):
        return None
    there = place.organisation
    return (await read_clocks(work, place.profile, there.nation, there.time_zone)).clocks


def _next(
    work: Work, story: Story, place: Here, clocks: Clocks | None, limits: Sequence[Deadline], *, unowned: bool
) -> Step | None:
    """What the reader does next. Without clocks it never was quiet for too long: none counts less than a day."""
    quiet = quiet_after(clocks) if clocks else timedelta.max
    owed = next((limit for limit in limits if limit.asks and limit.presses), None)
    reader, now = work.actor.user_id, clock.now()
    return next_step(story, place.profile, now, place.today, quiet, reader, owed, unowned=unowned)
