"""Every route x everybody: signed out, each role, another organisation's objects, objects that do not exist.

Generated from the running application, so a new route is tested from the day it is listed in `house`.
"""

import json
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from litestar import Litestar

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind
from safeguard.access.policy import ALLOWED, PUBLIC, SIGNED_IN, Permission
from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.database.bootstrap import Addresses
from safeguard.evidence.packs import chapters
from safeguard.evidence.packs.contents import Disclosure
from safeguard.evidence.requesting import request_incident_pack
from safeguard.helpline.queries import list_urls_of
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.taking import Facts as CallFacts
from safeguard.helpline.taking import Taken, take_case
from safeguard.helpline.waving import open_wave
from safeguard.identity.inviting import invite
from safeguard.identity.issuing import issue
from safeguard.identity.managing import change_roles
from safeguard.identity.scoping import EVERYTHING
from safeguard.incidents.adding import add_entry
from safeguard.incidents.calendar_addresses import list_feeds, make_feed
from safeguard.incidents.recording import record_incident
from safeguard.intake.alert import NewAlert
from safeguard.intake.receiving import receive_alert
from safeguard.intake.sources import make_source
from safeguard.people.merging import merge
from safeguard.people.recording import record_person
from safeguard.tenancy.profiles import profile_of
from safeguard.web import csrf
from safeguard.web.cookies import SESSION, hash_of
from safeguard.web.marking import handlers_of
from safeguard.work import begin
from tests.factories.incidents import ACTION, IMPERSONATION, SCHOOL
from tests.factories.organisations import make_organisation, make_person
from tests.factories.people import called
from tests.referrals.making import make_referral
from tests.web.announced import announced_by
from tests.web.browsing import open_browser, unmarked
from tests.web.conftest import OPEN_SESSION, OPEN_TOKEN
from tests.web.house import ROUTES
from tests.web.inspected import inspection_of
from tests.web.objects import a_file, desk_of, directory_of, hook_of, sign_on_of, standards_of
from tests.web.records import records_of
from tests.web.registered import registers_of
from tests.web.rostered import roster_of
from tests.web.transferred import transfers_of
from tests.web.whole import whole_service

pytestmark = pytest.mark.anyio

ROLES = [role for role in Role if role is not Role.OPERATOR]
NOBODY = "00000000-0000-7000-8000-000000000000"
PARAMETER = re.compile(r"\{(\w+)\}")
UNFOUND = {
    "GET /.well-known/security.txt",
    "POST /sign-in/with/{organisation}/{connection_id}",
    "GET /sign-in/return",
    "GET /approve/{token}",
    "POST /approve/{token}",
    "GET /reset/{token}",
    "POST /reset/{token}",
    "GET /sign/{token}",
    "GET /sign/{token}/agreement.pdf",
    "GET /transfer/{token}",
    "POST /transfer/{token}",
    "POST /sign/{token}",
    "GET /invitation/{token}",
    "POST /invitation/{token}",
    "GET /assets/{folder}/{name}",
    "GET /calendar/{name}",
    "GET /r/{address}",
    "GET /r/{address}/{answer}",
    "POST /r/{address}/{answer}",
    "GET /r/{address}/back",
    "POST /r/{address}/back",
    "POST /r/{address}/back/message",
    "GET /help/{slug}",
    "POST /help/{slug}",
    "GET /help/{slug}/feedback/{token}",
    "POST /help/{slug}/feedback/{token}",
    "GET /help/{slug}/reports",
    "GET /help/{slug}/reports/{report}",
    "GET /help/{slug}/reports/{report}/report.pdf",
    "GET /help/{slug}/reports/{report}/figures.csv",
    "GET /help/{slug}/reports/{report}/dictionary.csv",
}
"""Public addresses that hold a secret or a hash: a made-up one is gone or not there."""


ADD_FILE = """
insert into attachments (organisation_id, id, incident_id, name, media_type, size, sha256, object_name, wrapped_key,
                         attached_at, attached_by_name)
values (%s, %s, %s, 'a.pdf', 'application/pdf', 1, %s, %s, 'x', now(), 'Sample')
"""


@dataclass
class House:
    """A running service, and two organisations with one of each object."""

    app: Litestar
    owner: psycopg.AsyncConnection[Any]
    organisation: UUID
    objects: dict[str, str]
    theirs: dict[str, str]
    people: dict[Role, Actor] = field(default_factory=dict[Role, Actor])

    async def person(self, role: Role) -> Actor:
        """The member of our organisation who holds this role alone."""
        if role not in self.people:
            user_id, name = await make_person(self.organisation, [role])
            self.people[role] = Actor(ActorKind.PERSON, self.organisation, user_id, frozenset({role}), name)
        return self.people[role]

    async def call(self, route: str, role: Role | None, objects: dict[str, str]) -> httpx.Response:
        """The route, asked by somebody with a fresh session (or token), with an empty form."""
        method, template = route.split(" ")
        path = PARAMETER.sub(lambda found: objects[found[1]], template.replace("controls/{code}", "controls/{control}"))
        async with open_browser(self.app) as client:
            if template.startswith(("/api/", "/scim/")):
                json_body = {} if method in ("POST", "PUT", "PATCH") else None
                return await client.request(method, path, headers=await self.bearer(role), json=json_body)
            token = await self.session(client, role)
            sent = {"sec-fetch-site": "same-origin"}
            data = {"csrf_token": token} if method == "POST" else None
            return await client.request(method, path, headers=sent, data=data)

    async def session(self, client: httpx.AsyncClient, role: Role | None) -> str:
        """Sign in at this browser; returns a form's token."""
        if role is None:
            client.cookies.set("__Host-visitor", "somebody", domain="safeguard.test", path="/")
            return csrf.issue(b"somebody")
        person, secret = await self.person(role), clock.new_token()
        assert person.user_id
        values = (hash_of(secret), clock.new_request_id(), person.user_id, person.organisation_id)
        await self.owner.execute(OPEN_SESSION, values)
        client.cookies.set(SESSION, secret, domain="safeguard.test", path="/")
        return csrf.issue(hash_of(secret), person.user_id, person.organisation_id)

    async def bearer(self, role: Role | None) -> dict[str, str]:
        if role is None:
            return {}
        person, secret = await self.person(role), clock.new_token()
        values = (person.organisation_id, clock.new_id(), person.user_id, hash_of(secret))
        await self.owner.execute(OPEN_TOKEN, values)
        return {"Authorization": f"Bearer {secret}"}


async def cases_of(organisation: UUID) -> dict[str, str]:
    """A case of the desk with an address, and a wave."""
    user_id, name = await make_person(organisation, [Role.SUPERVISOR])
    supervisor = Actor(ActorKind.PERSON, organisation, user_id, frozenset({Role.SUPERVISOR}), name)
    async with begin(supervisor) as work:
        case = await take_case(work, profile_of("helpline"), CallFacts(summary="Words."), Taken())
        await list_addresses(work, case, "https://x.com/a")
        (url,), wave = await list_urls_of(work, case.id), await open_wave(work, "Wave", "Cause")
        file_id = await a_file(work, case.id)
    made = {"case_id": str(case.id), "url_id": str(url.id), "wave_id": str(wave.id), "case_file_id": str(file_id)}
    return made | await announced_by(supervisor, case)


async def one_of_each(organisation: UUID, owner: psycopg.AsyncConnection[Any]) -> dict[str, str]:
    """An object of each kind that a route's address names."""
    user_id, name = await make_person(organisation, [Role.LEAD])
    lead = Actor(ActorKind.PERSON, organisation, user_id, frozenset({Role.LEAD}), name)
    member, _ = await make_person(organisation, [Role.REPORTER])
    async with begin(lead) as work:
        incident = await record_incident(work, IMPERSONATION, SCHOOL)
    async with begin(lead) as work:
        entry = await add_entry(work, incident.facts.id, ACTION)
    async with begin(lead) as work:
        invited = await invite(work, f"new-{organisation.hex[-8:]}@example.org", [Role.REPORTER])
        await issue(work, "Sample", Role.REPORTER, EVERYTHING)
        work.ask("logs.seal", organisation)
    async with begin(lead) as work:
        proposal = await change_roles(work, member, [Role.DEPUTY], reason="The lead is away.")
    async with begin(lead) as work:
        concern = await raise_concern(work, NewConcern(subject_name="Jo Sample", narrative="Words."))
    async with begin(lead) as work:
        pack = await request_incident_pack(work, chapters.bound(), incident.facts.id, Disclosure.MINIMAL)
    async with begin(lead) as work:
        await make_feed(work)
        (feed,) = await list_feeds(work)
    async with begin(lead) as work:
        kept, other = [await record_person(work, called("Ana", family), SCHOOL) for family in ("Brook", "Brooke")]
        merged = await merge(work, kept.id, other.id, "The office says that these are one child.")
    async with begin(lead) as work:
        source = await make_source(work, "Watchful")
        alert = await receive_alert(work, "Watchful", NewAlert(id="1", raised_at=clock.now(), words="Words."))
    referral = await make_referral(lead, incident.facts.id)
    file_id = clock.new_id()
    await owner.execute(ADD_FILE, (organisation, file_id, incident.facts.id, bytes(32), str(file_id)))
    session = clock.new_request_id()
    await owner.execute(OPEN_SESSION, (clock.random_bytes(32), session, user_id, organisation))
    found = await owner.execute(
        "select (select id from tokens where organisation_id = %(o)s limit 1),"
        " (select id from jobs.job where organisation_id = %(o)s limit 1)",
        {"o": organisation},
    )
    token, job = (await found.fetchone()) or ("", "")
    return {
        "pack_id": str(pack), "concern_id": str(concern.id), "named_id": str(clock.new_id()),
        "incident_id": str(incident.facts.id), "entry_id": str(entry.id), "version": "1", "user_id": str(member),
        "invitation_id": str(invited.id), "token_id": str(token), "job_id": str(job),
        "proposal_id": str(proposal and proposal.id), "file_id": str(file_id), "session_id": str(session),
        "factor_id": str(clock.new_id()),
        "alert_id": str(alert.id), "import_id": str(clock.new_id()), "slug": "made-up",
        "reference": concern.reference,
        "source_id": str(source.id),
        "feed_id": str(feed.id), "someone_id": str(incident.people[0].id),
        "person_id": str(kept.id), "referral_id": str(referral), "merge_id": str(merged), "code": "pies",
        "platform": "tiktok", "report": "2024",
        "address": "made-up", "answer": "b", "report_id": NOBODY,
        **await cases_of(organisation),
        "name": "colour", "folder": "abc", "token": "made-up", "control": "M1",
        **await inspection_of(lead), **await standards_of(lead), **await desk_of(lead), **await sign_on_of(lead),
        **await directory_of(lead), **await hook_of(lead), **await roster_of(lead),
        **await transfers_of(lead), **await registers_of(lead), **await records_of(lead, incident.facts.id, kept.id),
    }  # fmt: skip


@pytest.fixture
async def house(database: Any, addresses: Addresses, data: Path) -> AsyncIterator[House]:
    async with await psycopg.AsyncConnection.connect(addresses.owner, autocommit=True) as owner:
        app = whole_service(data)
        ours, others = await make_organisation(), await make_organisation()
        objects, theirs = await one_of_each(ours, owner), await one_of_each(others, owner)
        async with app.lifespan():
            yield House(app, owner, ours, objects, theirs)


def routes_of(app: Litestar) -> dict[str, Any]:
    return {f"{method} {path}": handler.opt["permission"] for method, path, handler in handlers_of(app)}


def is_allowed(route: str, role: Role) -> bool:
    permission = ROUTES[route]
    return not isinstance(permission, Permission) or role in ALLOWED[permission]


def chosen(where: Callable[[str], bool]) -> list[str]:
    return [route for route in ROUTES if where(route)]


def is_for_programs(route: str) -> bool:
    return "/api/" in route or "/scim/" in route


def has_object(route: str) -> bool:
    kinds = {
        "alert_id", "source_id", "incident_id", "concern_id", "entry_id", "user_id",
        "invitation_id", "token_id", "job_id", "file_id", "proposal_id", "person_id",
        "referral_id", "control_id", "paper_id", "review_id", "item_id", "improvement_id", "notice_id", "case_id",
        "case_file_id",
        "inspection_id", "url_id", "wave_id", "policy_id", "event_id", "system_id", "block_id", "seat_id",
        "meeting_id", "impact_id", "done_id", "directory_id", "hook_id", "theme_id", "annual_id", "signal_id",
        "received_id", "transfer_id", "incoming_id", "week_id", "hold_id", "disposal_id",
        "request_id", "complaint_id", "breach_id", "struck_id",
    }  # fmt: skip
    return bool(kinds & set(PARAMETER.findall(route)))


async def test_every_route_is_listed_with_its_permission(house: House) -> None:
    assert routes_of(house.app) == ROUTES


async def test_nobody_who_is_signed_out_gets_further_than_the_way_in(house: House) -> None:
    for route in chosen(lambda route: ROUTES[route] is not PUBLIC):
        answer = await house.call(route, None, house.objects)
        expected = 303 if route.startswith("GET /") and not is_for_programs(route) else 401
        assert (route, answer.status_code) == (route, expected)
        if expected == 303:
            assert answer.headers["location"].startswith("/sign-in")


async def test_public_routes_answer_everybody(house: House) -> None:
    for route in chosen(lambda route: ROUTES[route] is PUBLIC):
        answer = await house.call(route, None, house.objects)
        expected = {404, 410} if route in UNFOUND else {200, 422, 429}
        assert (route, answer.status_code in expected) == (route, True), answer.status_code


@pytest.mark.parametrize("role", ROLES)
async def test_each_role_reaches_what_it_may_and_nothing_else(house: House, role: Role) -> None:
    for route in chosen(lambda route: ROUTES[route] not in {PUBLIC, SIGNED_IN}):
        answer = await house.call(route, role, house.objects)
        if not is_allowed(route, role):
            assert (route, answer.status_code) == (route, 401 if "/scim/" in route else 403)  # another kind of token
        elif ROUTES[route] is Permission.INCIDENT_READ_OWN and has_object(route) and role not in LEADS:
            assert (route, answer.status_code) == (route, 404)  # somebody else's report
        else:
            assert (route, answer.status_code not in {401, 403, 405} and answer.status_code < 500) == (route, True)


LEADS = ALLOWED[Permission.INCIDENT_READ]


async def test_everybody_signed_in_reaches_their_account(house: House) -> None:
    for route in chosen(lambda route: ROUTES[route] is SIGNED_IN):
        answer = await house.call(route, Role.REPORTER, house.objects)
        assert (route, answer.status_code in {200, 303, 400, 404, 422}) == (route, True), answer.status_code


async def test_another_organisations_objects_look_like_objects_that_do_not_exist(house: House) -> None:
    nothing = {name: NOBODY if "_id" in name else value for name, value in house.objects.items()}
    for route in chosen(has_object):
        asker = next(
            role for role in (Role.LEAD, Role.HEAD, Role.SUPERVISOR, Role.INSPECTOR) if is_allowed(route, role)
        )
        theirs = await house.call(route, asker, {**house.objects, **house.theirs})
        nobodys = await house.call(route, asker, nothing)
        assert unmarked_by(theirs, house.theirs) == unmarked_by(nobodys, nothing), route
        assert theirs.status_code in ({404} if route.startswith("GET") else {400, 404, 409, 422}), route


async def test_an_object_of_ones_own_reached_through_anothers_is_not_found(house: House) -> None:
    """Identifier swap: their entry under our incident, and ours under theirs."""
    for route in chosen(lambda route: "{entry_id}" in route):
        for mixed in ({"entry_id": house.theirs["entry_id"]}, {"incident_id": house.theirs["incident_id"]}):
            answer = await house.call(route, Role.LEAD, house.objects | mixed)
            assert (route, answer.status_code) in {(route, 404), (route, 422)}


def unmarked_by(answer: httpx.Response, objects: dict[str, str]) -> Any:
    """An answer without the token and without the ids that were asked for."""
    text = json.dumps([str(part) for part in unmarked(answer)])
    for value in sorted(objects.values(), key=len, reverse=True):
        if len(value) == len(NOBODY):
            text = text.replace(value, "(id)")
    return text
