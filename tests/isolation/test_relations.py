"""Every route that names an object x whose it is: another organisation's, one that is hidden, one that was
disposed of, one that never was.

Generated from the running application. Beside `tests/web/test_routes.py`, which asks every route as every role about
one's own objects, and about others' where they are records.
"""

from typing import Final

import pytest

from safeguard import clock
from safeguard.access.policy import ALLOWED, PUBLIC, Permission
from safeguard.access.roles import Role
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.records.holding import About
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.records.making import disposed, recorded
from tests.web import test_routes
from tests.web.house import ROUTES
from tests.web.test_routes import NOBODY, PARAMETER, House, is_allowed, unmarked_by

pytestmark = pytest.mark.anyio

house = test_routes.house

NAMES_OF_CHANCE: Final = frozenset({"token", "folder", "name", "address", "slug", "organisation"})
"""Parts of an address that are no ids of objects: whoever makes one up is answered alike (`UNFOUND` in test_routes)."""


def routes_with_ids() -> list[str]:
    """Every route for members whose address names an object by its id."""
    return [
        route
        for route, permission in ROUTES.items()
        if permission is not PUBLIC and any(name.endswith("_id") for name in PARAMETER.findall(route))
    ]


def askers(route: str) -> list[Role]:
    """Everybody who may use the route at all."""
    return [role for role in Role if role is not Role.OPERATOR and is_allowed(route, role)]


async def test_anothers_object_is_answered_as_one_that_never_was_to_each_role_that_may(house: House) -> None:
    nothing = {name: NOBODY if name.endswith("_id") else value for name, value in house.objects.items()}
    theirs = {**house.objects, **{name: value for name, value in house.theirs.items() if name.endswith("_id")}}
    asked = 0
    for route in routes_with_ids():
        roles = askers(route)
        for role in roles[:1] + roles[-1:] if len(roles) > 1 else roles:  # the first and the last of the table
            anothers = await house.call(route, role, theirs)
            nobodys = await house.call(route, role, nothing)
            assert unmarked_by(anothers, theirs) == unmarked_by(nobodys, nothing), (route, role)
            assert anothers.status_code not in {200, 201, 204}, (route, role)
            asked += 1
    assert asked > 100


@pytest.mark.parametrize("role", [Role.LEAD, Role.DEPUTY])
async def test_what_is_hidden_from_somebody_is_answered_as_what_never_was(house: House, role: Role) -> None:
    """An incident that alleges the very lead, or deputy, who asks, by every route that names one."""
    person, reporter = await house.person(role), await house.person(Role.REPORTER)
    named = NewPerson(name=person.name, role="alleged", kind="adult")
    async with begin(reporter, purpose="session") as work:
        told = NewIncident(narrative=f"Zebras {clock.new_id().hex}.", people=(named,))
        hidden = (await record_incident(work, told, SCHOOL)).facts.id
    objects = house.objects | {"incident_id": str(hidden)}
    nothing = house.objects | {"incident_id": NOBODY}
    routes = [route for route in ROUTES if "{incident_id}" in route and is_allowed(route, role)]
    assert len(routes) > 30
    for route in routes:
        shown = await house.call(route, role, objects)
        assert unmarked_by(shown, objects) == unmarked_by(await house.call(route, role, nothing), nothing), route
        assert shown.status_code in {400, 404, 409, 422}, (route, shown.status_code)


async def test_nobody_reads_who_may_only_report(house: House) -> None:
    """The table itself: no role but those that lead reads every incident, and an administrator reads none."""
    assert Role.ADMINISTRATOR not in ALLOWED[Permission.INCIDENT_READ] | ALLOWED[Permission.EVIDENCE_EXPORT]
    assert Role.OPERATOR not in {role for roles in ALLOWED.values() for role in roles}


async def test_what_was_disposed_of_is_answered_as_what_never_was(house: House) -> None:
    """An incident and a person that two people disposed of, by every route that names one, to each role that may."""
    lead, head = await house.person(Role.LEAD), await house.person(Role.HEAD)
    incident, person = await recorded(lead, f"Quoll{clock.new_id().hex}")
    await disposed(lead, head, About("incident", incident))
    await disposed(lead, head, About("person", person), "erasure")
    gone = house.objects | {"incident_id": str(incident), "person_id": str(person)}
    nothing = house.objects | {"incident_id": NOBODY, "person_id": NOBODY}
    asked = 0
    for route in routes_with_ids():
        if not {"incident_id", "person_id"} & set(PARAMETER.findall(route)):
            continue
        for role in askers(route)[:1]:
            answer = await house.call(route, role, gone)
            assert unmarked_by(answer, gone) == unmarked_by(await house.call(route, role, nothing), nothing), route
            assert answer.status_code in {400, 404, 409, 422}, (route, answer.status_code)
            asked += 1
    assert asked > 40
