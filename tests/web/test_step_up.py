"""What asks for a second factor of the last five minutes: exports, exclusions, broken glass, keys, roles."""

import inspect
import re
from typing import Any, Final

import pytest
from litestar.response import Redirect, Template

from safeguard import paths
from safeguard.access.policy import ALLOWED, PUBLIC, Permission
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
    Permission.TOKENS_MANAGE, Permission.INSPECTION_MANAGE, Permission.RECORDS_TAKE, Permission.RECORDS_MANAGE,
    Permission.CONCERN_NAME, Permission.APPROVALS_READ, Permission.RECORDS_ANSWER, Permission.LEAD_REPLACE,
})  # fmt: skip
"""What they permit is grave when it changes something, or when records leave by it."""

ORDINARY: Final = frozenset({
    Permission.HOME_READ, Permission.INCIDENT_RECORD, Permission.INCIDENT_READ_OWN, Permission.INCIDENT_READ_ASSIGNED,
    Permission.INCIDENT_READ, Permission.INCIDENT_FOLLOW_UP, Permission.INCIDENT_TRIAGE, Permission.INCIDENT_CLOSE,
    Permission.CONCERN_RAISE, Permission.PERSON_READ, Permission.PERSON_RECORD, Permission.ATTACHMENT_ADD,
    Permission.ATTACHMENT_READ, Permission.REFERRAL_READ, Permission.REFERRAL_MAKE, Permission.AUDIT_READ,
    Permission.EVIDENCE_READ, Permission.INSPECTION_READ, Permission.ACCOUNTS_PROVISION, Permission.RESOURCES_READ,
    Permission.RESOURCES_KEEP, Permission.STANDARDS_READ, Permission.STANDARDS_REVIEW, Permission.STANDARDS_SIGN,
    Permission.POLICY_READ, Permission.REGISTER_READ, Permission.REGISTER_KEEP, Permission.FILTERING_READ,
    Permission.FILTERING_CHECK, Permission.INSIGHTS_OPEN, Permission.INSIGHTS_READ, Permission.INSIGHTS_EXACT,
    Permission.HELPLINE_WORK, Permission.HELPLINE_SUPERVISE, Permission.SETTINGS_READ, Permission.SETTINGS_MANAGE,
    Permission.OPERATIONS_READ, Permission.GROUP_READ,
})  # fmt: skip
"""The day's work. A permission is one or the other: whoever adds one says which."""

UNSAFE: Final = ("POST ", "PUT ", "PATCH ", "DELETE ")
WRITTEN_DOWN: Final = "writes down what was said or done: nothing leaves, goes or opens by it"
COPY: Final = "changes a copy that nobody has before its release, which asks"
CERTIFICATE: Final = "says that something went, and nothing of what it was"
MILD: Final = {
    "POST /settings/people/rosters": "looks a file over and changes nobody: what confirms it asks",
    "POST /settings/people/rosters/{run_id}": "says what its columns are",
    "POST /settings/people/rosters/{run_id}/answers": "says who is who in it: what confirms it asks",
    "POST /settings/people/rosters/{run_id}/drop": "throws the file away",
    "POST /settings/people/many": "looks a table over and invites nobody: what invites asks",
    "POST /settings/webhooks/{hook_id}/try": "sends a made-up notice to an address that was set up with a fresh factor",
    "POST /settings/webhooks/{hook_id}/deliveries/{delivery_id}": "sends a notice of ids once more, to the same place",
    "GET /settings/webhooks/{hook_id}": "a page, or the word that nothing changed",
    "POST /restricted/end": "ends what was broken: it takes access away",
    "POST /settings/people/invitations/{invitation_id}/withdraw": "takes a way in back",
    "POST /settings/tokens/{token_id}/revoke": "takes a way in back",
    "POST /concerns/people/{named_id}/end": "takes access away",
    "POST /approvals/{proposal_id}/withdraw": "takes back what one asked for",
    "POST /inspections/{inspection_id}/end": "takes access away",
    "POST /inspections/{inspection_id}/packs/{pack_id}/back": "takes access away",
    "POST /settings/sign-on/new": "describes a provider, which opens nothing before it is asked for and agreed to",
    "POST /settings/sign-on/{connection_id}/change": "changes a description that opens nothing yet",
    "POST /settings/sign-on/{connection_id}/try": "tries it out and lets nobody in",
    "POST /people/{person_id}/transfer/none": WRITTEN_DOWN,
    "POST /people/{person_id}/transfer/none/undo": WRITTEN_DOWN,
    "POST /transfers/{transfer_id}/receipt": WRITTEN_DOWN,
    "POST /records/breaches": WRITTEN_DOWN,
    "POST /records/breaches/{breach_id}": WRITTEN_DOWN,
    "POST /records/complaints": WRITTEN_DOWN,
    "POST /records/complaints/{complaint_id}": WRITTEN_DOWN,
    "POST /records/people/{person_id}/dates": WRITTEN_DOWN,
    "POST /records/people/{person_id}/disagreements": WRITTEN_DOWN,
    "POST /records/requests": WRITTEN_DOWN,
    "POST /records/requests/{request_id}/resume": WRITTEN_DOWN,
    "POST /records/requests/{request_id}/items/{copy_id}": COPY,
    "POST /records/requests/{request_id}/items/{copy_id}/remove": COPY,
    "POST /records/requests/{request_id}/items/{copy_id}/file": COPY,
    "POST /records/requests/{request_id}/redactions": COPY,
    "POST /records/requests/{request_id}/redactions/{redaction_id}/turn": COPY,
    "GET /records/processing.csv": "tells what kinds of record there are, and of nobody",
    "GET /records/processing.xlsx": "tells what kinds of record there are, and of nobody",
    "GET /records/disposals/{disposal_id}/certificate.pdf": CERTIFICATE,
    "GET /concerns/keeping/disposals/{disposal_id}/certificate.pdf": CERTIFICATE,
    "GET /helpline/keeping/disposals/{disposal_id}/certificate.pdf": CERTIFICATE,
    "GET /transfers/{transfer_id}/receipt.json": "tells that a file arrived, by its hash",
    "GET /transfers/{transfer_id}/sheet.pdf": "the sheet that travels with a file: to whom, and no word of what it is",
    "GET /settings/people/rosters/example.csv": "an example, of people whom nobody is",
    "GET /settings/people/many/example.csv": "an example, of people whom nobody is",
    "GET /records/requests/{request_id}/items/{copy_id}/file": "looked at by whoever is asked to agree, before they do",
    "GET /settings/people/rosters/{run_id}/problems.csv": "the lines of one's own file that were not understood",
}
"""Routes that are grave by their permission, or give a file, and ask for nothing more; and why."""

FILES: Final = {
    "GET /incidents": "a page, or the fragment of one",
    "GET /helpline": "a page, or the word that nothing changed",
    "GET /helpline/cases/{case_id}": "a page, or the word that nothing changed",
    "GET /referrals/{referral_id}": "a page, or the word that nothing changed",
    "GET /people/rosters/example.csv": "an example, of people whom nobody is",
    "GET /sign-in/return": "a page",
    "GET /health/ready": "a word",
    "GET /health/live": "a word",
    "GET /helpline/imports/{import_id}/problems.csv": "the lines of one's own file that were not understood",
    "GET /imports/{import_id}/problems.csv": "the lines of one's own file that were not understood",
    "GET /people/rosters/{run_id}/problems.csv": "the lines of one's own file that were not understood",
    "GET /helpline/cases/{case_id}/files/{case_file_id}/file": "one file that is looked at at work, told to the log",
    "GET /incidents/{incident_id}/attachments/{file_id}/file": "one file that is looked at at work, told to the log",
    "GET /standards/evidence/{item_id}/files/{proof_id}/file": "a policy or a minute: of standards, not of people",
    "GET /policies/{policy_id}/policy.pdf": "a policy that is for everybody to read",
    "GET /audit/weeks/{week_id}/checkpoint": "a signature over hashes: nothing of any record",
    "GET /inspect/{inspection_id}/packs/{pack_id}/report.pdf": "an inspector's, who is asked at the door",
    "GET /inspect/{inspection_id}/packs/{pack_id}/download": "an inspector's, who is asked at the door",
    "GET /insights/tables/{name}": "figures, with cells under five left out",
    "GET /insights/group/table.csv": "figures, with cells under five left out",
    "GET /insights/group/tables/{name}": "the same figures, of one picture",
    "GET /insights/reports/{paper_id}/report.pdf": "figures, with cells under five left out",
}
"""Routes for members, of the day's work, that answer with something other than a page; and why they ask nothing."""

SECRETS: Final = {
    "identity/approving.py": ["POST /approvals/{proposal_id}/link"],
    "identity/inviting.py": [
        "POST /settings/people/invitations",
        "POST /settings/people/invitations/again",
        "POST /settings/people/many/invite",
    ],
    "identity/issuing.py": ["POST /settings/tokens", "POST /settings/tokens/{token_id}/rotate"],
    "identity/resetting.py": ["POST /settings/people/{user_id}/reset"],
    "incidents/calendar_addresses.py": ["POST /account/calendar"],
    "intake/sources.py": ["POST /alerts/sources"],
    "provisioning/connecting.py": ["POST /settings/directory", "POST /settings/directory/{directory_id}/token"],
    "webhooks/hooking.py": ["POST /settings/webhooks", "POST /settings/webhooks/{hook_id}/secret"],
}
"""Modules that make a secret by which somebody else, or another program, comes in -> the routes that hand it out."""
HARMLESS: Final = {
    "identity/secret.py": "where they are made", "identity/sessions.py": "one's own session",
    "identity/signing_in.py": "one's own session", "identity/factors/proving.py": "one's own session",
    "identity/factors/apps.py": "one's own app",
    "identity/factors/offering.py": "asks by itself, of whoever has a factor (`identity/factors/test_pages`)",
    "sign_on/going.py": "one's own way to the provider", "web/cookies.py": "a visitor's cookie",
    "web/patterns.py": "a page of patterns", "helpline/mail/threads.py": "to be written to: it opens nothing",
    "helpline/mail/addresses.py": "to be written to: it opens nothing",
    "public_reports/doors.py": "an address for everybody, on posters",
    "registers/policies/addressing.py": "links to sign a policy, which read nothing but the policy",
    "console/entering.py": "the operator's console, which has a door of its own",
    "database/embedded/keyring.py": "of the machine", "database/passwords.py": "of the machine",
}  # fmt: skip


def fresh_of(app: Any) -> dict[str, bool]:
    return {f"{method} {path}": bool(handler.opt.get("fresh")) for method, path, handler in handlers_of(app)}


def by_browser(route: str) -> bool:
    """A program's scope stands for the step: it has no hands (`web/test_scopes`)."""
    return not route.split(" ")[1].startswith(("/api/", "/scim/"))


def gives_files(app: Any) -> set[str]:
    """Routes that answer a GET with something other than a page."""
    return {
        f"{method} {path}"
        for method, path, handler in handlers_of(app)
        if method == "GET"
        and by_browser(f"{method} {path}")
        and (ROUTES[f"{method} {path}"] is not PUBLIC)
        and inspect.signature(handler.fn).return_annotation not in {Template, Redirect, Template | Redirect}
    }


def test_every_permission_is_grave_or_of_the_days_work() -> None:
    assert set(Permission) == GRAVE | ORDINARY
    assert not GRAVE & ORDINARY


async def test_every_grave_act_asks_for_a_factor_of_the_last_five_minutes(house: House) -> None:
    fresh, files = fresh_of(house.app), gives_files(house.app)
    grave = {
        route
        for route, permission in ROUTES.items()
        if permission in GRAVE and by_browser(route) and (route.startswith(UNSAFE) or route in files)
    }
    assert len(grave) > 80
    assert sorted(route for route in grave if not fresh[route] and route not in MILD) == []
    assert sorted(route for route in {**MILD, **FILES} if fresh.get(route, True)) == []


async def test_no_file_leaves_without_it_unless_it_is_said_why(house: House) -> None:
    fresh, files = fresh_of(house.app), gives_files(house.app)
    assert {"GET /evidence/{pack_id}/download", "GET /incidents/list.csv"} <= files
    assert sorted(route for route in files if not fresh[route] and route not in MILD | FILES) == []


async def test_whoever_makes_a_secret_that_opens_something_shows_a_factor_first(house: House) -> None:
    source = paths.ROOT / "src" / "safeguard"
    making = {
        str(file.relative_to(source))
        for file in source.rglob("*.py")
        if re.search(r"\bnew_(secret|token)\(", file.read_text()) and "cli" not in file.relative_to(source).parts
    }
    assert making - {"clock.py"} == SECRETS.keys() | HARMLESS.keys()
    fresh = fresh_of(house.app)
    assert [route for routes in SECRETS.values() for route in routes if not fresh[route]] == []


async def test_after_five_minutes_each_of_them_asks_and_changes_nothing(house: House) -> None:
    """An hour ago the second factor was shown: nothing of theirs is done, and whoever shows it again goes on."""
    fresh = [route for route, asks in fresh_of(house.app).items() if asks]
    assert len(fresh) > 30
    for route in fresh:
        role = next((role for role in (Role.LEAD, *Role) if role in ALLOWED.get(ROUTES[route], {Role.LEAD})), None)
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
    r"/(dispose|hold|lift|release|judge|handover|roles|scope|rotate|second-step-lost|secret)$|/settings/lead$"
    r"|/approvals/\{proposal_id\}$|/settings/organisation$|/concerns/people$|/concerns/.*/(admit/|about$|keep-out$|give$)"
)
"""What the acts that are grave by their nature are called, whatever permission they ask for."""


async def test_what_is_grave_by_its_name_asks_whatever_its_permission(house: House) -> None:
    fresh = fresh_of(house.app)
    named = [route for route in ROUTES if route.startswith(UNSAFE) and by_browser(route) and NAMED.search(route)]
    assert {"dispose", "handover", "roles", "rotate", "{proposal_id}", "about", "keep-out", "give"} <= {
        route.rsplit("/", 1)[1] for route in named
    }
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
