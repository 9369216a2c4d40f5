"""Every page in a real browser, at both widths: right status, a clean console, no sideways scrolling, axe content."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.async_api import Browser

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.app import PAGES
from tests.journeys.browser import DESK, PHONE, Sight, look, window
from tests.journeys.house import House
from tests.journeys.town import Town

pytestmark = pytest.mark.anyio

RECEIVED = ("alert", "settled_alert", "imported", "roster", "staff_roster")
VISITS: dict[str, list[str]] = {
    "lead": [
        "/",
        "/incidents",
        "/incidents?risk=high&state=all",
        "/incidents?q=nothing-like-this",
        "/incidents?since=1066-01-01",
        "/notices",
        "/drafts",
        "/account/notices",
        "/incidents/new",
        "/incidents/{followed}",
        "/incidents/{followed}?show=decisions&order=newest",
        "/incidents/{closed}",
        "/incidents/{closed}/reopen",
        "/incidents/{hostile}",
        "/incidents/{followed}/entries/new",
        "/incidents/{followed}/entries/new?kind=decision",
        "/incidents/{followed}/entries/new?kind=action",
        "/incidents/{followed}/entries/new?kind=contact",
        "/incidents/{followed}/entries/new?kind=plan",
        "/incidents/{followed}/entries/new?kind=support",
        "/incidents/{followed}/entries/new?kind=person_outcome",
        "/incidents/{followed}/entries/new?kind=lesson",
        "/incidents/{followed}/entries/new?kind=review",
        "/incidents/{followed}/entries/new?kind=link",
        "/incidents/{followed}/entries/{plan}/correct",
        "/incidents/{followed}/entries/{contact}/answer",
        "/incidents/{followed}/entries/{link}/unlink",
        "/incidents/{followed}/assign",
        "/incidents/{followed}/circle",
        "/incidents/{followed}/refer",
        "/incidents/{followed}/referrals",
        "/referrals",
        "/referrals/{referral}",
        "/referrals/{referral}/withdraw",
        "/referrals/{referral}/close",
        "/referrals/{ended_referral}/reopen",
        "/signals",
        "/signals/{received_signal}",
        "/incidents/{alleging}/circle",
        "/incidents/{alleging}/circle/{shut_out}/lift",
        "/incidents/{waiting}",
        "/incidents/{waiting}/circle",
        "/approvals/{lifting}",
        "/incidents/received",
        "/imports",
        "/imports/{imported}",
        "/alerts",
        "/alerts?show=closed",
        "/alerts/table",
        "/alerts/sources",
        "/alerts/{alert}",
        "/alerts/{settled_alert}",
        "/restricted",
        "/incidents/inbox",
        "/incidents/held",
        "/incidents/{followed}/messages",
        "/incidents/{answered}/messages",
        "/incidents/{answered}",
        "/settings/public",
        "/incidents/inbox?show=unassigned",
        "/incidents/inbox?show=mine",
        "/incidents/inbox?show=overdue",
        "/incidents/{followed}/entries/{note}/correct",
        "/incidents/{followed}/entries/{action}/done",
        "/incidents/{followed}/risk",
        "/incidents/{followed}/classes",
        "/incidents/{followed}/parents",
        "/incidents/{followed}/correct",
        "/incidents/{followed}/close",
        "/incidents/{followed}/versions/1",
        "/incidents/{followed}/attachments/new",
        "/incidents/{followed}/attachments/{file}",
        "/incidents/{followed}/attachments/{locked}",
        "/incidents/{followed}/attachments/{file}/lock",
        "/incidents/{followed}/describe",
        "/incidents/{followed}/examined",
        "/incidents/{blocked}",
        "/incidents/{blocked}/attachments/new",
        "/account",
        "/account/calendar",
        "/incidents/{followed}/people/{named}",
        "/incidents/{followed}/people/{named}?q=nobody-like-this",
        "/people",
        "/people?q=brook",
        "/people?q=nobody-like-this",
        "/people?kind=adult",
        "/people/new",
        "/people/duplicates",
        "/people/rosters",
        "/people/rosters/{roster}",
        "/people/rosters/{roster}?show=changed",
        "/people/rosters/{roster}?show=problems",
        "/settings/people/rosters",
        "/settings/people/rosters/{staff_roster}",
        "/people/{person}",
        "/people/{person}?show=address",
        "/people/{hostile_person}",
        "/search",
        "/search?q=brook",
        "/search?q=zyzzyva",
        "/people/{person}/correct",
        "/people/{person}/history",
        "/people/{person}/merge",
        "/people/{person}/merge?with={twin}",
        "/people/{person}/merges/{merge}/undo",
        "/people/{person}/chronology?beginnings=yes",
        "/settings",
        "/settings/organisation",
        "/settings/form",
        "/settings/form/questions/new",
        "/settings/form/questions/people",
        "/settings/calendar.terms",
        "/settings/report.first_platforms",
        "/settings/people",
        "/settings/people/{reporter}",
        "/settings/tokens",
        "/settings/sign-on",
        "/settings/sign-on/new",
        "/settings/sign-on/{connection}",
        "/settings/people/many",
        "/settings/webhooks",
        "/settings/webhooks/{hook}",
        "/settings/directory",
        "/settings/directory/{directory}",
        "/settings/sign-on/{connection}/change",
        "/account/sign-on",
        "/settings/people/{assigned}",
        "/approvals",
        "/approvals/{proposal}",
        "/operations",
        "/audit",
        "/audit?event=incident.recorded",
        "/audit?sort=reading&first=2020-01-01",
        "/audit?log=restricted",
        "/audit?about={followed}",
        "/audit/weeks",
        "/audit/weeks/{week}",
        "/audit/check",
        "/evidence",
        "/evidence/new",
        "/evidence/new?kind=inspection",
        "/evidence/new?kind=registers",
        "/evidence/new?incident={followed}",
        "/evidence/{pack}",
        "/inspections",
        "/inspections/new",
        "/inspections/here",
        "/inspections/here?body=ofsted_school&reference=AAA-AAA",
        "/inspections/{inspection}",
        "/records",
        "/records/kinds",
        "/records/kinds/evidence_item/{old_paper}",
        "/records/holds",
        "/records/holds/{held_back}/lift",
        "/records/disposals",
        "/records/disposals/{asked_disposal}",
        "/records/disposals/{done_disposal}",
        "/records/requests",
        "/records/requests/new?person={person}",
        "/records/requests/{request}",
        "/records/requests/{answered_request}",
        "/records/requests/{request}/copy",
        "/transfers",
        "/transfers/{by_link}",
        "/transfers/{on_paper}",
        "/transfers/received/new",
        "/transfers/received/{not_opened}",
        "/transfers/received/{looked_at}",
        "/people/{mover}/transfer",
        "/records/complaints",
        "/records/complaints/{complaint}",
        "/records/breaches",
        "/records/breaches/{breach}",
        "/records/processing",
        "/records/people/{person}/disagreements",
        "/records/incidents/{overdue}",
        "/records/incidents/{followed}",
        "/records/people/{person}",
        "/insights",
        "/insights?period=last-year",
        "/insights?only=four_c:conduct",
        "/insights?only=four_c:conduct&only=place:on_site&only=year:09&only=hour:evening",
        "/insights/involvement",
        "/insights/lessons?control=M5&month=2026-11",
        "/insights/statement?period=2025/26",
        "/insights/reports",
        "/insights/reports/{paper}",
        "/resources",
        "/resources?q=blackmail",
        "/resources?q=nothing-like-this",
        "/resources/new",
        "/resources/{own_resource}",
        "/standards",
        "/standards/frameworks",
        "/standards/frameworks/import",
        "/standards/frameworks/trust-audit",
        "/standards/frameworks/pies/controls/new",
        "/standards/frameworks/pies/reviews",
        "/standards/reviews/{review}/readiness",
        "/standards/reviews/{own_review}",
        "/standards/reviews/{own_review}/edition",
        "/standards/frameworks/pies",
        "/standards/reviews/{review}",
        "/standards/reviews/{review}/controls/M1",
        "/standards/plan",
        "/standards/plan?show=finished",
        "/standards/plan/new?control=pies/M1",
        "/standards/plan/{improvement}",
        "/standards/evidence",
        "/standards/evidence/new?control=360-degree-safe/PO1",
        "/standards/evidence/{item}",
        "/standards/evidence/{item}/files/new",
        "/standards/evidence/{item}/files/{proof}",
        "/policies",
        "/policies/{policy}",
        "/standards/registers",
        "/standards/registers/policies",
        "/standards/registers/policies?show=withdrawn",
        "/standards/registers/policies/new",
        "/standards/registers/policies/new?kind=agreement",
        "/standards/registers/policies/{policy}",
        "/standards/registers/policies/{policy}/edition",
        "/standards/registers/policies/{policy}/file",
        "/standards/registers/policies/{agreement}/signatures",
        "/standards/registers/policies/{agreement}/signatures?q=nobody-like-this",
        "/standards/registers/policies/{agreement}/signatures/{signature}",
        "/standards/registers/training",
        "/standards/registers/training?audience=pupils",
        "/standards/registers/training/new",
        "/standards/registers/training/{event}",
        "/standards/registers/training/people/{reporter}",
        "/standards/registers/filtering",
        "/standards/registers/filtering/systems/new",
        "/standards/registers/filtering/systems/{system}",
        "/standards/registers/filtering/blocks/new",
        "/standards/registers/filtering/blocks/{block}",
        "/standards/registers/filtering/checks",
        "/standards/registers/filtering/checks/new",
        "/standards/registers/filtering/people",
        "/standards/registers/filtering/reviews/new",
        "/standards/registers/committee",
        "/standards/registers/committee/remit",
        "/standards/registers/committee/meetings/new",
        "/standards/registers/committee/meetings/{meeting}",
        "/standards/registers/voice",
        "/standards/registers/voice/new",
        "/standards/registers/impact",
        "/standards/registers/impact/new",
        "/standards/registers/impact/{impact}",
    ],
    "reporter": [
        "/", "/incidents", "/incidents/new", "/incidents/{followed}", "/account", "/concerns", "/concerns/new",
        "/account/second-step", "/account/second-step/add", "/account/second-step/codes", "/second-step",
        "/second-step/done?next=/incidents/list.csv",
    ],
    "administrator": ["/", "/settings", "/settings/people", "/settings/people/{reporter}",
        "/settings/people/{reporter}/second-step-lost", "/settings/people/{reporter}/handover", "/who-sees-what"],
    "pastoral": ["/", "/incidents", "/incidents?q=teacher", "/incidents/{followed}"],
    "head": [
        "/concerns",
        "/concerns?state=closed",
        "/concerns/new?incident={alleging}",
        "/concerns/people",
        "/concerns/keeping",
        "/concerns/keeping/concern/{long_closed}",
        "/concerns/keeping/holds/{concern_hold}/lift",
        "/concerns/keeping/disposals/{concern_disposal}",
        "/concerns/{concern}",
        "/concerns/{closed_concern}",
        "/concerns/{concern}/messages",
        "/concerns/{staff_concern}/messages",
        "/concerns/{concern}/decide",
        "/concerns/{concern}/tell",
        "/concerns/{concern}/close",
        "/concerns/{concern}/admit/{shut_out}",
        "/concerns/{closed_concern}/reopen",
        "/concerns/incidents/{alleging}",
        "/concerns/incidents/{unled}",
        "/concerns/incidents/{unled}/close",
        "/approvals/{lifting}",
        "/restricted",
        "/", "/approvals", "/approvals/{proposal}"],
    "governor": [
        "/",
        "/insights",
        "/insights?period=year",
        "/insights/involvement",
        "/standards",
        "/standards/reviews/{review}",
        "/standards/reviews/{review}/sign",
        "/standards/registers",
        "/standards/registers/committee",
        "/standards/registers/impact/{impact}",
    ],
    "newcomer": [
        "/", "/incidents", "/audit", "/evidence", "/settings/tokens", "/policies", "/standards/registers",
        "/standards/registers/policies", "/standards/registers/filtering",
    ],
    "keeper": [
        "/standards/registers",
        "/standards/registers/home",
        "/standards/registers/home?from=2020-01-01&until=2020-02-01",
        "/standards/registers/home?from=yesterday",
        "/standards/registers/home/reports/{visit}",
        "/incidents/{unsaid}/outside/ofsted_notification",
        "/standards/registers/duties",
        "/standards/registers/duties/independent_visit",
        "/standards/registers/duties/records/{visit}",
        "/inspections/here",
    ],
    "supervisor": [
        "/",
        "/helpline",
        "/helpline?show=mine",
        "/helpline?show=ended",
        "/helpline?q=nobody-like-this",
        "/helpline/earlier?q=oakes",
        "/helpline/signposts?q=remove",
        "/helpline/new",
        "/helpline/cases/{case}",
        "/helpline/cases/{case}/facts",
        "/helpline/cases/{mailed}",
        "/helpline/cases/{mailed}?begin=first",
        "/helpline/addresses/{url}",
        "/helpline/platforms",
        "/helpline/platforms/tiktok",
        "/helpline/platforms/website",
        "/helpline/figures?from=2024-01-01&until=2024-12-31",
        "/helpline/figures?from=1999-01-01&until=1999-12-31",
        "/helpline/figures?from=yesterday",
        "/helpline/keeping",
        "/helpline/keeping/helpline_case/{ended_case}",
        "/helpline/keeping/holds/{case_hold}/lift",
        "/helpline/keeping/disposals/{case_disposal}",
        "/helpline/themes",
        "/helpline/reports",
        "/helpline/reports/{annual}",
        "/helpline/reports/{draft}",
        "/helpline/reports/{draft}/preview",
        "/helpline/reports/{draft}/stories/{story}",
        "/helpline/signals",
        "/helpline/waves",
        "/helpline/waves/{wave}",
        "/helpline/team",
        "/helpline/imports",
        "/helpline/imports/{case_import}",
        "/helpline/imports/{case_import}?try=yes",
    ],
    "carer": ["/", "/incidents", "/incidents/new"],
    "inspector": [
        "/",
        "/inspect",
        "/inspect/{inspection}",
        "/inspect/{inspection}/live",
        "/inspect/{inspection}/live?reference=AAA-AAA",
        "/inspect/{inspection}/live/{read_record}",
        "/inspect/{inspection}/packs/{read_pack}",
        "/inspect/{inspection}/packs/{read_pack}?q=nobody-like-this",
        "/inspect/{inspection}/packs/{read_pack}/records/incident/{read_record}",
    ],
    "trust": ["/", "/insights/group", "/insights/group?period=2025/26"],
    "nobody": ["/verify", "/sign-in", "/signed-out", "/invitation/{invitation}", "/invitation/no-such-token",
               "/approve/{approval}", "/approve/no-such-link", "/sign/{signing}",
               "/sign/no-such-link", "/transfer/{link_secret}", "/transfer/no-such-link",
               "/forgotten", "/reset/{reset}",
               "/sign-in/with", "/sign-in/with?organisation=nobody-like-this", "/sign-in/return?error=access_denied",
               "/r/{slug}", "/r/{slug}?lang=cy", "/r/{slug}/a", "/r/{slug}/b", "/r/{slug}/b?lang=cy", "/r/{slug}/back",
               "/help/{helpline}", "/help/{helpline}/feedback/{token}",
               "/help/{helpline}/reports", "/help/{helpline}/reports/2024", "/help/{helpline}/reports/1999"],
}  # fmt: skip
REFUSED = {
    "/incidents/{followed}/messages": 404,
    "/concerns/{concern}/messages": 404,
    "/incidents/{blocked}/attachments/new": 409,
    "/invitation/no-such-token": 404,
    "/approve/no-such-link": 404,
    "/sign/no-such-link": 404,
    "/transfer/no-such-link": 404,
    "/sign-in/return?error=access_denied": 410,
    "/helpline/figures?from=yesterday": 422,
    "/help/{helpline}/reports/1999": 404,
}
NOT_A_PAGE = re.compile(
    r"/download|/checkpoint$|/scim/|/incidents/people/|/file$|/health|/calendar/|/insights/tables/|/registers/tables/|/assets|/metrics|\.(txt|json|html|csv|xlsx|pdf|pyz)$"
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


TOLD = ("followed", "closed", "hostile", "note", "action", "pack", "referral", "ended_referral")
"""What the town itself names."""
REVIEWED = ("review", "own_review", "improvement", "item", "paper", "own_resource", "proof")
OUTLIVED = (
    "overdue", "held_back", "asked_disposal", "done_disposal", "request", "answered_request", "complaint", "breach",
    "old_paper", "long_closed", "concern_hold", "concern_disposal", "ended_case", "case_hold", "case_disposal",
)  # fmt: skip
MOVED = ("mover", "by_link", "link_secret", "on_paper", "not_opened", "looked_at")
REGISTERED = ("policy", "agreement", "signature", "signing", "event", "system", "block", "meeting", "impact")


def address(town: Town, path: str) -> str:
    reporter = town.people[Role.REPORTER].user_id
    known = {name: getattr(town, name) for name in TOLD}
    known |= {name: getattr(town.handled, name) for name in ("contact", "link", "plan")}
    known |= {name: getattr(town.kept, name) for name in ("alleging", "shut_out", "concern", "closed_concern")}
    known |= {name: getattr(town.kept, name) for name in ("unled", "waiting", "lifting")}
    known |= {name: getattr(town.attached, name) for name in ("file", "locked", "blocked")}
    known |= {name: getattr(town.listed, name) for name in ("person", "twin", "merge", "hostile_person", "named")}
    known |= {name: getattr(town.received, name) for name in RECEIVED}
    known |= {name: getattr(town.standards, name) for name in REVIEWED}
    known |= {name: getattr(town.registers, name) for name in REGISTERED}
    known |= {name: getattr(town.desk, name) for name in ("case", "url", "wave", "mailed", "token", "case_import")}
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
        if (actor := person(town, who)) is not None:
            await house.let_in(context, actor)
        sight = await look(context)
        for path in paths:
            answer = await sight.page.goto(house.address + address(town, path))
            expected = REFUSED.get(path, 200)
            if answer is None or answer.status != expected:
                problems.append(f"{path}: {answer and answer.status}")
            elif expected == 200:
                seen = await at_both_widths(sight, f"{who}{re.sub(r'[^a-z0-9]+', '-', path)}")
                problems += [f"{path}: {problem}" for problem in seen]
            sight.complaints.clear()
    assert problems == []


async def at_both_widths(sight: Sight, name: str) -> list[str]:
    """What is wrong on a phone, then on a desk: the same page, which somebody made wider."""
    problems: list[str] = []
    for width, height in (PHONE, DESK):
        await sight.page.set_viewport_size({"width": width, "height": height})
        problems += [f"{width} px: {problem}" for problem in await sight.problems()]
        sight.complaints.clear()
        await sight.picture(f"{name}-{width}")
    return problems


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
