"""Every page in a real browser, at both widths: right status, a clean console, no sideways scrolling, axe content."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.async_api import Browser

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.app import PAGES
from tests.journeys.browser import AXE, PHONE, look, window
from tests.journeys.house import House
from tests.journeys.town import Town
from tests.journeys.visits import REFUSED, VISITS

pytestmark = pytest.mark.anyio

RECEIVED = ("alert", "settled_alert", "imported", "roster", "staff_roster")
NOT_A_PAGE = re.compile(
    r"/download|/checkpoint$|/scim/|/incidents/people/|/file$|/health|/calendar/|/insights/(group/)?tables/|/(registers|standards)/tables/|/assets|/metrics|\.(txt|json|html|csv|xlsx|pdf|pyz|ico)$"
)
"""Answers that are files, or for machines."""


def person(town: Town, who: str) -> Actor | None:
    if who == "nobody":
        return None
    named = {
        "newcomer": town.newcomer,
        "carer": town.carer,
        "keeper": town.homed.keeper,
        "trust": town.standards.trust,
        "pastoral": town.assigned,
        "supervisor": town.desk.supervisor,
        "inspector": town.inspected.inspector,
    }
    return named[who] if who in named else town.people[Role(who)]


TOLD = ("followed", "closed", "hostile", "note", "action", "pack", "referral", "ended_referral", "resumed_referral")
"""What the town itself names."""
REVIEWED = ("review", "own_review", "improvement", "item", "paper", "own_resource", "proof")
OUTLIVED = (
    "overdue", "held_back", "asked_disposal", "done_disposal", "request", "answered_request", "waiting_request",
    "complaint", "breach", "old_paper", "long_closed", "concern_hold", "concern_disposal", "ended_case", "case_hold",
    "case_disposal",
)  # fmt: skip
DESKED = ("case", "url", "wave", "mailed", "token", "case_import", "filed", "case_file")
MOVED = ("mover", "by_link", "link_secret", "on_paper", "not_opened", "looked_at")
REGISTERED = ("policy", "agreement", "signature", "signing", "address", "event", "system", "block", "meeting", "impact")


def address(town: Town, path: str) -> str:
    reporter = town.people[Role.REPORTER].user_id
    known = {name: getattr(town, name) for name in TOLD}
    known |= {name: getattr(town.handled, name) for name in ("contact", "link", "plan")}
    known |= {name: getattr(town.kept, name) for name in ("alleging", "shut_out", "concern", "closed_concern")}
    known |= {name: getattr(town.kept, name) for name in ("unled", "unled_action", "waiting", "lifting")}
    known |= {name: getattr(town.attached, name) for name in ("file", "locked", "blocked")}
    known |= {name: getattr(town.listed, name) for name in ("person", "twin", "merge", "hostile_person", "named")}
    known |= {name: getattr(town.received, name) for name in RECEIVED}
    known |= {name: getattr(town.standards, name) for name in REVIEWED}
    known |= {name: getattr(town.registers, name) for name in REGISTERED}
    known |= {name: getattr(town.desk, name) for name in DESKED}
    known |= {name: getattr(town.reported, name) for name in ("answered", "staff_concern")}
    known |= {name: getattr(town.moved, name) for name in MOVED}
    known |= {name: getattr(town.outlived, name) for name in OUTLIVED}
    known |= {name: getattr(town.announced, name) for name in ("annual", "draft", "story")}
    known["received_signal"] = town.announced.received
    known["helpline"] = f"sample-{town.desk.supervisor.organisation_id.hex[-12:]}"
    known["visit"], known["unsaid"] = town.homed.visit, town.homed.unsaid
    known["connection"] = town.connection
    known["directory"] = town.directory
    known["hook"] = town.hook
    known |= {name: getattr(town.inspected, name) for name in ("inspection", "read_pack", "read_record", "week")}
    known["slug"] = f"sample-{town.people[Role.LEAD].organisation_id.hex[-12:]}"
    return path.format(**known, reporter=reporter, invitation=town.invitation, proposal=town.proposal,
                       approval=town.approval, reset=town.reset, assigned=town.assigned.user_id)  # fmt: skip


AT_ONCE = 15  # pages in one test: few enough that two processes share them out
TOURS = [
    pytest.param(who, paths[first : first + AT_ONCE], id=f"{who}-{first}")
    for who, paths in VISITS.items()
    for first in range(0, len(paths), AT_ONCE)
]


@pytest.mark.parametrize(("who", "paths"), TOURS)
async def test_every_page_is_clean(browser: Browser, house: House, town: Town, who: str, paths: list[str]) -> None:
    problems: list[str] = []
    async with window(browser, PHONE) as context:
        await context.add_init_script(path=AXE)  # once, and not with each page
        if (actor := person(town, who)) is not None:
            await house.let_in(context, actor)
        sight = await look(context)
        for path in paths:
            answer = await sight.page.goto(house.address + address(town, path))
            expected = REFUSED.get(path, 200)
            if answer is None or answer.status != expected:
                problems.append(f"{path}: {answer and answer.status}")
            elif expected == 200:
                seen = await sight.at_both_widths(f"{who}{re.sub(r'[^a-z0-9]+', '-', path)}")
                problems += [f"{path}: {problem}" for problem in seen]
            sight.complaints.clear()
    assert problems == []


FAINT = """<!doctype html><html lang="en"><head><title>Sample</title></head><body><main><h1>Sample</h1>
<p id="gone" style="color: #bbb">Hardly there.</p><p id="weak" style="color: #666">Good enough for some.</p>
<p id="fine" style="color: #444">Good enough for all.</p></main></body></html>"""


async def test_faint_words_are_noticed_however_faint(browser: Browser) -> None:
    async with window(browser) as context:
        sight = await look(context)
        await sight.page.set_content(FAINT)
        (found,) = await sight.axe()
    assert "#gone" in found
    assert "#weak" in found
    assert "#fine" not in found


def test_every_page_is_visited() -> None:
    visited = [path.split("?")[0] for paths in VISITS.values() for path in paths]
    unseen = [route for route in page_routes() if not any(matches(route)(path) for path in visited)]
    assert unseen == []


def page_routes() -> Iterator[str]:
    """Every route that shows a page."""
    for handler in PAGES:
        if "GET" in handler.http_methods:
            yield from (path for path in handler.paths if not NOT_A_PAGE.search(path))


def matches(route: str) -> Callable[[str], re.Match[str] | None]:
    return re.compile(re.sub(r"\{[^}]+\}", "[^/]+", route) + "$").match
