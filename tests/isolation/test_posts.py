"""Whom somebody means who says what a person is here: whoever is in charge, and nobody who only sounds like it."""

import psycopg
import pytest

from safeguard.access.roles import Role
from safeguard.concerns.raising import NewConcern, raise_concern
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident, NewPerson
from safeguard.work import begin
from tests.factories.incidents import SCHOOL

pytestmark = pytest.mark.anyio

IN_CHARGE = (
    "Head", "the headteacher", "Acting head", "Head of school", "Headteacher and DSL", "Registered manager", "manager",
    "Chair of governors", "club owner", "director", "Principal", "She runs the club", "who is in charge", "Pennaeth",
    "the head and her deputy head", "Registered manager of Fernlea House", "Head of Alder Vale School",
    "Manager of the Lanterns", "head of St Mary's", "Director of Fernlea Care", "head of primary school",
    "the Head of the junior school", "head of service", "headteacher's", "the headteachers", "runs our whole school",
    "the headteacher, who was a head coach", "the manageress", "club president", "the Group Scout Leader",
    "Executive head", "CEO of the trust", "headmistress", "Co-headteacher", "Chair of the governing body",
    "Home manager", "proprietor", "y Bennaeth", "ei phennaeth", "i'r brifathrawes", "Gadeirydd y llywodraethwyr",
    "y Reolwr cofrestredig",
)  # fmt: skip
NOT_IN_CHARGE = (
    "Deputy headteacher", "Assistant head", "assistant principal", "Vice chair", "vice-principal", "Site manager",
    "Office Manager", "Kitchen manager", "Business manager", "team manager", "U13s manager", "IT manager", "Head chef",
    "Director of Music", "PA to the Headteacher", "the head's secretary", "Head teacher's PA", "Head of year 9",
    "head of PE", "head boy", "in charge of the minibus", "deputy care manager", "Chair of the PTA", "Dirprwy bennaeth",
    "Pennaeth cynorthwyol", "former head", "teacher", "line manager", "SEN manager", "lunchtime manager",
    "front-of-house manager", "art director", "head of house", "Head of Key Stage 3", "head of sixth form",
    "Head coach", "Head Coach of the U12s", "runs our under 12s", "runs the tuck shop", "Director of Studies",
    "head of sixth", "head of upper school", "unit manager", "vice president",
    "Head of care", "Safeguarding manager", "Welfare manager", "Head of safeguarding", "manager of the under 14s",
    "Manager of the first team", "head judge", "a head injury", "Responsible individual", "Club secretary",
    "Dirprwy Bennaeth", "y dirprwy brifathro", "bennaeth cynorthwyol",
)  # fmt: skip
WHO_GUARDS = (
    "DSL", "Lead DSL", "DSO", "Designated safeguarding person", "Club Child Welfare Officer", "CWO", "swyddog lles",
    "Wellbeing officer", "Child wellbeing and protection officer", "child protection coordinator", "PDD",
    "Safeguarding manager", "Head of safeguarding", "Person diogelu dynodedig",
)  # fmt: skip
WHO_DOES_NOT = (
    "safeguarding governor", "designated officer", "Club secretary", "responsible individual", "football coach",
    "Ysgrifennydd y clwb",
)  # fmt: skip


async def test_only_whoever_is_in_charge_is_meant_by_what_somebody_is_here(someone):
    """Of a deputy head, or of a site manager, the head hears: else in most places nobody would."""
    head = await someone(Role.HEAD)
    reporter = await someone(Role.REPORTER, organisation=head.organisation_id)
    for does in (*IN_CHARGE, *NOT_IN_CHARGE):
        async with begin(reporter, purpose="session") as work:
            await raise_concern(work, NewConcern(subject_name="Zebedee", subject_work=does, narrative="At night."))
    assert await read_works(head) == set(NOT_IN_CHARGE)


GUARDS = ("the welfare lady", "club welfare", "welfare", "safe guarding lead", "Swyddog Lles", "welfare officer")


async def test_whoever_keeps_children_safe_is_meant_by_what_people_call_them(addresses):
    asked = "select sec.roles_meant(%s)"
    with psycopg.connect(addresses.owner) as owner:
        meant = [owner.execute(asked, (does,)).fetchone() for does in (*GUARDS, "welfare assistant")]
    assert meant == [(["lead", "deputy"],)] * len(GUARDS) + [([],)]


async def test_who_keeps_children_safe_here_is_meant_by_what_each_nation_and_sport_calls_them(someone):
    """Seen by a lead who reads the vault: they read of everybody else there."""
    lead = await someone(Role.LEAD, Role.HEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    for does in (*WHO_GUARDS, *WHO_DOES_NOT):
        async with begin(reporter, purpose="session") as work:
            await raise_concern(work, NewConcern(subject_name="Zebedee", subject_work=does, narrative="At night."))
    assert await read_works(lead) == set(WHO_DOES_NOT)


async def test_the_name_of_somebody_here_is_no_post(someone, addresses):
    head = await someone(Role.HEAD)
    pat = await someone(Role.LEAD, organisation=head.organisation_id)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update memberships set name = 'Pat Head' where user_id = %s", (pat.user_id,))
    async with begin(pat, purpose="session") as work:
        await raise_concern(work, NewConcern(subject_name="Pat Head", narrative="At night."))
    async with begin(head, purpose="session") as work:
        assert await work.driver.fetchval("select count(*) from concerns") == 1


async def test_whoever_takes_a_post_that_nobody_held_is_kept_from_what_names_it_and_their_successor_is_not(
    someone, addresses
):
    deputy = await someone(Role.DEPUTY)
    here = deputy.organisation_id
    async with begin(deputy, purpose="session") as work:
        await raise_concern(
            work, NewConcern(subject_name="Zebedee", subject_work="the headteacher", narrative="At night.")
        )
        await raise_concern(work, NewConcern(subject_name="Zebedee", subject_work="coach", narrative="By day."))
    chair = await someone(Role.GOVERNOR, organisation=here)
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update memberships set roles = '{governor,head}' where user_id = %s", (chair.user_id,))
    successor = await someone(Role.HEAD, organisation=here)
    assert [await read_works(chair), await read_works(successor)] == [{"coach"}, {"coach", "the headteacher"}]


async def test_so_is_whoever_becomes_the_lead_whom_an_incident_names(someone):
    reporter = await someone(Role.REPORTER)
    here = reporter.organisation_id
    named = NewPerson(name="the safeguarding lead", role="alleged", kind="adult")
    async with begin(reporter, purpose="session") as work:
        await record_incident(work, NewIncident(narrative="It happened again.", people=(named,)), SCHOOL)
    first, second = [await someone(Role.LEAD, organisation=here) for _ in range(2)]
    counted = []
    for lead in (first, second):
        async with begin(lead, purpose="session") as work:
            counted.append(await work.driver.fetchval("select count(*) from incidents"))
    assert counted == [0, 1]


async def read_works(reader):
    """What those do of whom the vault tells somebody."""
    async with begin(reader, purpose="session") as work:
        return {row["subject_work"] for row in await work.driver.fetch("select subject_work from concerns")}
