"""A term's roster: looked at, taken over, sent again, changed here and there, and taken back whole."""

import pytest

from safeguard.access.roles import Role
from tests.intake.sending import rows_of
from tests.rosters.files import oneroster, user
from tests.rosters.sending import PEOPLE, counts, look, run_of, take_back, take_over
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

PUPILS = [
    user(1, "Ana", "Brook", grades="09", agentSourcedIds="p-1", userIds="{UPN:A123456789012}"),
    user(2, "Zoë", "O'Brien", grades="10"),
    user(3, "Cy", "Dell", grades="R"),
    user(91, "Mia", "Brook", sourcedId="p-1", role="parent", phone="01632 960001", email="mia@example.org"),
    user(92, "Pat", "Ray", sourcedId="t-1", role="teacher", email="ray@school.example"),
]
BIRTHS = {"u-1": "2012-05-14", "u-2": "2011-01-02", "u-3": "2020-11-30"}


async def test_a_terms_roster_comes_in_and_goes_again_as_if_it_had_not_been(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    page = await look(lead, oneroster(PUPILS, births=BIRTHS))
    assert counts(await run_of(lead, page)) == (3, 0, 0, 0, 0, 0)
    assert await rows_of(lead.actor, PEOPLE) == []  # nothing has happened yet
    await take_over(lead, page)
    ana, cy, zoe = await rows_of(lead.actor, PEOPLE)
    assert (ana.given_name, ana.group_name, str(ana.born_on), ana.connection) == (
        "Ana",
        "Year 9",
        "2012-05-14",
        "pupil",
    )
    assert '"value":"A123456789012"' in ana.identifiers.replace(" ", "")
    assert '"phone":"01632 960001"' in ana.contacts.replace('": "', '":"')
    assert (zoe.given_name, zoe.family_name, cy.group_name) == ("Zoë", "O'Brien", "Reception")
    again = await look(lead, oneroster(PUPILS, births=BIRTHS))
    assert counts(await run_of(lead, again)) == (0, 0, 0, 3, 0, 0)
    await take_back(lead, page)
    assert await rows_of(lead.actor, PEOPLE) == []
    assert await rows_of(lead.actor, "select * from roster_links") == []
    events = [row[0] for row in await rows_of(lead.actor, "select entry from audit.leaves")]
    assert sum("roster.applied" in one for one in events) == 1
    assert sum("roster.undone" in one for one in events) == 1
    assert not any("person.recorded" in one for one in events)
