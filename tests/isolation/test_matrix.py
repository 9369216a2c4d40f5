"""Every route of an object x every role that may use it x how they stand to the object.

Generated from the running application. What somebody must not know of is answered as what never was, by every method,
with what its form would send; what they may know of is found, and what is sent is taken.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import httpx
import pytest

from safeguard import clock
from safeguard.access.policy import PUBLIC
from safeguard.access.roles import Role
from safeguard.referrals.api import REFER_EXAMPLE
from safeguard.transfers.api import EXAMPLE
from tests.isolation.filling import WORDS, Fields, forms_of
from tests.isolation.related import LEADS, Objects, Related, Relation, nothing, nothing_kept, relate
from tests.web import test_routes
from tests.web.browsing import open_browser
from tests.web.house import ROUTES
from tests.web.test_routes import NOBODY, PARAMETER, ROLES, House, is_allowed, unmarked_by

pytestmark = pytest.mark.anyio

house = test_routes.house

Found = dict[Relation, frozenset[Role]]
NO_ONE: Final[frozenset[Role]] = frozenset()
EVERYBODY: Final = frozenset(ROLES)

RECORDED: Final[Found] = {
    "one's own": EVERYBODY, "somebody else's": frozenset(LEADS), "kept to them": frozenset(LEADS),
    "kept from them": NO_ONE, "about them": NO_ONE, "about every lead": NO_ONE, "another's": NO_ONE,
}  # fmt: skip
"""Who finds an incident, and what belongs to one: its entries, files, referrals and packs."""
VAULTED: Final[Found] = {**dict.fromkeys(RECORDED, NO_ONE), "about every lead": frozenset({Role.HEAD})}
"""Who finds an incident in the vault: the head, where no lead may see to it."""
OPEN_HERE: Final[Found] = {**RECORDED, "kept to them": NO_ONE}
"""Who shows an incident to an inspector beside them: what is kept to some is shown to nobody so."""
UNSEEN: Final[Found] = dict.fromkeys(RECORDED, NO_ONE)
"""An inspector finds what is in an inspection of theirs, and none is here."""
HANDLED: Final[Found] = {
    "one's own": frozenset({Role.HEAD}), "somebody else's": frozenset({Role.HEAD}), "about them": NO_ONE,
    "another's": NO_ONE,
}  # fmt: skip
"""Who finds a concern in the vault. Whoever raised one has an answer at its reference alone."""
ANSWERED: Final[Found] = {**HANDLED, "one's own": EVERYBODY, "somebody else's": NO_ONE}
KEPT: Final[Found] = {"one's own": EVERYBODY, "somebody else's": EVERYBODY, "another's": NO_ONE}
"""Who finds what has no circle: whoever may use the route, in their organisation."""

OF_CONCERNS: Final = frozenset({"concern_id", "reference"})
OF_INCIDENTS: Final = frozenset({"incident_id", "referral_id", "pack_id"})
OF_OTHERS: Final = frozenset({"person_id", "run_id", "transfer_id", "incoming_id", "policy_id", "event_id"})

NOT_THERE: Final = {
    "POST /people/{person_id}/merge": "it is asked with the other record",
    "POST /referrals/{referral_id}/files": "no file waits",
    "POST /inspections/{inspection_id}/packs/{pack_id}/back": "no inspector was given it",
    "/incidents/{incident_id}/entries/{entry_id}/answer": "the entry is nobody's answer that is waited for",
    "/incidents/{incident_id}/entries/{entry_id}/unlink": "the entry links nothing",
    "/incidents/{incident_id}/outside/{code}": "it calls for nobody outside",
    "/concerns/incidents/{incident_id}/outside/{code}": "it calls for nobody outside",
    "/incidents/{incident_id}/circle/{user_id}/lift": "nobody is kept from it by name",
    "/incidents/{incident_id}/messages": "it did not come by the public page",
    "/concerns/{concern_id}/messages": "it did not come by the public page",
    "/concerns/{concern_id}/reopen": "it is not closed",
    "/concerns/{concern_id}/admit/{user_id}": "a name shut nobody out",
    "/transfers/{transfer_id}/receipt.json": "nobody sent a receipt",
    "/api/v1/transfers/{transfer_id}/receipt": "nobody sent a receipt",
    "/policies/{policy_id}/policy.pdf": "the policy is words, and no file",
}
"""What an object has only at another stage: not there for anybody. Their own rooms' tests come to that stage."""
NOT_YET: Final = {
    "POST /incidents/{incident_id}/reopen": "it is not closed",
    "POST /referrals/{referral_id}/reopen": "it is not ended",
    "POST /incidents/{incident_id}/attachments": "a file is looked at by a scanner first",
    "POST /api/v1/incidents/{incident_id}/attachments": "a file is looked at by a scanner first",
    "POST /standards/registers/policies/{policy_id}/file": "a file is looked at by a scanner first",
    "POST /concerns/{concern_id}/close": "nothing is decided",
    "POST /people/{person_id}/transfer/none/undo": "nobody said that none goes",
    "POST /transfers/{transfer_id}/dispose": "nothing was received",
    "POST /transfers/received/{incoming_id}/open": "its file is a row, and nothing in the store",
    "POST /transfers/received/{incoming_id}/import": "it is not opened",
    "POST /people/rosters/{run_id}": "its columns are known",
    "POST /people/rosters/{run_id}/undo": "it was not taken over",
    "POST /settings/people/rosters/{run_id}": "its columns are known",
    "POST /settings/people/rosters/{run_id}/undo": "it was not taken over",
    "POST /people/{person_id}/transfer/none": "they have not left",
    "POST /policies/{policy_id}": "it is for pupils to sign",
    "POST /standards/registers/policies/{policy_id}/reminders": "nobody with an account has it still to sign",
    "POST /records/incidents/{incident_id}/dispose": "it is not closed",
    "GET /incidents/{incident_id}/reopen": "it is not closed",
    "GET /referrals/{referral_id}/reopen": "it is not ended",
    "GET /evidence/{pack_id}/download": "no worker made it",
    "GET /api/v1/evidence-packs/{pack_id}/download": "no worker made it",
    "GET /incidents/{incident_id}/attachments/{file_id}/file": "no scanner looked at it",
    "GET /api/v1/incidents/{incident_id}/attachments/{file_id}/file": "no scanner looked at it",
    "GET /transfers/{transfer_id}/file.pdf": "its file is a row, and nothing in the store",
    "GET /transfers/received/{incoming_id}/file.pdf": "its file is a row, and nothing in the store",
}
"""What is refused at this stage, whoever asks: it is found, and not taken."""
SAID: Final[dict[str, dict[str, Any]]] = {
    "POST /incidents/{incident_id}/parents": {f"knowers-{number}-on": "2026-01-12" for number in range(4)},
    "POST /incidents/{incident_id}/reopen": {"version": "1", "reason": WORDS},
    "POST /standards/registers/policies/{policy_id}/links/lasting": {
        "until_on": (clock.now().date() + timedelta(days=9)).isoformat(),
    },
    "POST /concerns/{concern_id}/give": {"version": "1", "reason": WORDS},
    "POST /concerns/incidents/{incident_id}/actions/{entry_id}": {
        "owner": "Sam Oakes", "keeper": "", "due_on": (clock.now().date() + timedelta(days=9)).isoformat(),
    },
    "POST /incidents/{incident_id}/circle/release": {"reason": WORDS},
    "POST /incidents/{incident_id}/refer": {"urls": "", "contact_role": "Lead", "looked": "yes"},
    "POST /referrals/{referral_id}/messages": {"urls": "", "looked": "yes"},
    "POST /referrals/{referral_id}/withdraw": {"looked": "yes"},
    "POST /referrals/{referral_id}/close": {"looked": "yes"},
    "POST /incidents/{incident_id}/examined": dict.fromkeys(
        ("who", "device", "authorised_by", "witnessed_by"), "Sam Oakes"
    ),
    "POST /people/{person_id}/transfer": {
        "way": "paper", "recipient": "Birch Academy", "person": "Bo Birch", "role": "Lead", "telephone": "01632 960001",
    },
    "POST /people/{person_id}/transfer/none": {"stays": "unknown", "because": WORDS},
    "POST /transfers/{transfer_id}/receipt": {
        "by": "Bo Birch", "role": "Lead", "received_on": clock.now().date().isoformat(),
    },
    "POST /people/{person_id}/correct": {"user_id": ""},
    "POST /records/people/{person_id}/disagreements": {"by_name": "Ana Brook"},
    "POST /records/incidents/{incident_id}/dispose": {"why": "erasure", "sure": "yes"},
    "POST /records/people/{person_id}/dispose": {"why": "erasure", "sure": "yes"},
    "POST /policies/{policy_id}": {"agreed": "yes"},
    "POST /api/v1/incidents/{incident_id}/entries": {"words": WORDS},
    "POST /api/v1/referrals/{referral_id}/messages": {"words": WORDS, "names_checked": True},
    "POST /api/v1/incidents/{incident_id}/referrals": REFER_EXAMPLE,
    "POST /api/v1/people/{person_id}/transfers": EXAMPLE,
}  # fmt: skip
"""What is said beside that which the page's form says by itself; of the API, the whole."""


PLACES: Final = ("incidents", "concerns referrals evidence", "people transfers", "records settings",
                 "standards policies", "api inspect inspections")  # fmt: skip
"""Where the addresses of such objects begin, some at a time: each has a service and an organisation of its own."""


def place_of(route: str) -> str:
    return route.split("/")[1]


def names(route: str) -> set[str]:
    return set(PARAMETER.findall(route))


def finders(route: str) -> Found:
    """Who finds what by this route; nothing for a route of no such object."""
    if ROUTES[route] is PUBLIC:
        return {}
    if "/inspect/" in route:
        return UNSEEN if names(route) & OF_INCIDENTS else {}
    if "/inspections/here/" in route:
        return OPEN_HERE if names(route) & OF_INCIDENTS else {}
    if "/concerns/incidents/" in route:
        return VAULTED
    if names(route) & OF_CONCERNS:
        return ANSWERED if "reference" in names(route) else HANDLED
    if names(route) & OF_INCIDENTS:
        return RECORDED
    return KEPT if names(route) & OF_OTHERS else {}


def is_missing(route: str) -> bool:
    """Whether it is there for nobody."""
    return bool({route, route.split(" ")[1]} & NOT_THERE.keys())


def routes() -> list[str]:
    """Those that read first: what their pages ask is sent by the others."""
    return sorted((route for route in ROUTES if finders(route)), key=lambda route: not route.startswith("GET"))


@dataclass
class Matrix:
    """What was asked, and how it was answered."""

    related: Related
    forms: dict[str, Fields] = field(default_factory=dict[str, Fields])
    """What the pages that somebody found would send, by the route to which they send it."""
    never: dict[tuple[str, Role], Any] = field(default_factory=dict[tuple[str, Role], Any])
    """How what never was is answered."""
    taken: set[str] = field(default_factory=set[str])
    wrong: list[tuple[str, Role, Relation, int]] = field(default_factory=list[tuple[str, Role, Relation, int]])
    asked: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    """How often it was asked for what is found, and for what is not."""

    def objects(self, route: str, relation: Relation, role: Role) -> Objects | None:
        """The object in this relation to whoever has this role, with all that the route's address names."""
        related = self.related
        kind = related.concerns if names(route) & OF_CONCERNS else related.others
        known = (related.incidents if names(route) & OF_INCIDENTS else kind).get((relation, role))
        if known and "/settings/people/rosters/" in route:
            known = known | {"run_id": known.get("staff_run_id", known["run_id"])}
        return known if known and names(route) <= known.keys() else None

    async def ask(self, route: str, role: Role, relation: Relation) -> None:
        """Ask for it, and compare with what never was."""
        if (known := self.objects(route, relation, role)) is None:
            return
        answer = await self._call(route, role, known)
        is_found = role in finders(route)[relation] and not is_missing(route)
        same = unmarked_by(answer, known) == await self._never(route, role, known)
        self.asked[is_found] += 1
        if is_found == same or answer.status_code >= 500:
            self.wrong.append((route, role, relation, answer.status_code))
        if is_found and answer.status_code < 400:
            self.taken.add(route)
            self._note(route, known, answer)

    async def _never(self, route: str, role: Role, known: Objects) -> Any:
        if (route, role) not in self.never:
            made_up = nothing(known)
            self.never[route, role] = unmarked_by(await self._call(route, role, made_up), made_up)
        return self.never[route, role]

    async def _call(self, route: str, role: Role, objects: Objects) -> httpx.Response:
        return await call(self.related.house, route, role, objects, self.forms.get(route, {}))

    def _note(self, route: str, known: Objects, answer: httpx.Response) -> None:
        if not route.startswith("GET") or "html" not in answer.headers.get("content-type", ""):
            return
        found = forms_of(answer.text, path_of(route, known))
        for target in ROUTES:
            if target.startswith("POST") and names(target) <= known.keys():
                fields = without_parts(target, found.get(path_of(target, known), {}))
                if len(fields) > len(self.forms.get(target, {})):
                    self.forms[target] = fields


def without_parts(route: str, fields: Fields) -> Fields:
    """An entry is sent without the ids of the parts of its own incident: in another they would be swapped."""
    if not route.endswith("/entries"):
        return fields
    return {name: values for name, values in fields.items() if not any(len(value) == len(NOBODY) for value in values)}


def path_of(route: str, objects: Objects) -> str:
    return PARAMETER.sub(lambda part: objects[part[1]], route.split(" ")[1])


async def call(house: House, route: str, role: Role, objects: Objects, fields: Fields) -> httpx.Response:
    """The route, asked by somebody who has just signed in, or by a program."""
    method, template = route.split(" ")
    said: dict[str, Any] = SAID.get(route, {})
    async with open_browser(house.app) as client:
        if template.startswith("/api/"):
            sent = said if method == "POST" else None
            return await client.request(method, path_of(route, objects), headers=await house.bearer(role), json=sent)
        token = await house.session(client, role)
        data = {**fields, **said, "csrf_token": token} if method == "POST" else None
        headers = {"sec-fetch-site": "same-origin"}
        return await client.request(method, path_of(route, objects), headers=headers, data=data)


@pytest.mark.parametrize("places", PLACES)
async def test_each_role_finds_what_it_may_know_of_and_nothing_else_by_any_route(house: House, places: str) -> None:
    here = [route for route in routes() if place_of(route) in places.split()]
    matrix = Matrix(await relate(house))
    with nothing_kept():
        for route in here:
            for role in ROLES:
                for relation in finders(route) if is_allowed(route, role) else ():
                    await matrix.ask(route, role, relation)
    assert matrix.wrong == []
    there = {route for route in here if not is_missing(route) and finders(route) is not UNSEEN}
    assert there - matrix.taken == NOT_YET.keys() & here
    assert min(matrix.asked.values()) > 50


def test_every_route_that_names_such_an_object_is_in_the_matrix() -> None:
    kinds = OF_CONCERNS | OF_INCIDENTS | OF_OTHERS | {"file_id"}
    named = {route for route, permission in ROUTES.items() if names(route) & kinds and permission is not PUBLIC}
    assert named == set(routes())
    assert {place_of(route) for route in named} == set(" ".join(PLACES).split())
    assert named | {route.split(" ")[1] for route in named} >= NOT_THERE.keys()
    assert named >= NOT_YET.keys() | SAID.keys()
