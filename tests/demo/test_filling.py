"""The invented past written through the verbs, as the owner: every state, and a log that verifies."""

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.database import pool
from safeguard.demo.cast import House, houses
from safeguard.demo.filling import fill, found
from safeguard.demo.finding import is_there, refresh_statistics
from safeguard.demo.opening import let_in
from safeguard.demo.planning import begins, plan
from safeguard.demo.world import Seeded
from safeguard.evidence.merkle import leaf_hash, root_of, tree_head
from safeguard.incidents.teaching import incidents_that_taught
from safeguard.standards import origins

pytestmark = pytest.mark.anyio

UNTIL = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
LOGS = "select log, size, frontier from audit.logs where organisation_id = $1 order by log"
LEAVES = "select entry, hash from audit.leaves where organisation_id = $1 and log = $2 order by index"
STATES = "select state, count(*) from public.incidents where organisation_id = $1 group by 1"
TOLD = """
select reference, narrative, recorded_at, state, risk from public.incidents where organisation_id = $1
order by recorded_at, id
"""
KINDS = "select kind, count(*) from public.entries where organisation_id = $1 group by 1"
TRANSFERS = "select state from public.transfers where organisation_id = $1"
CHANGED = "select kind, verdict from public.impact_assessments where organisation_id = $1 order by changed_on"
CONCERNS = "select state, level from public.concerns where organisation_id = $1 order by raised_at"
ASKED = "select kind from public.inspection_notes where organisation_id = $1 order by kind"
IMPROVED = """
select m.control, m.level_then, m.effect,
    (select count(*) from public.incidents i
        where i.organisation_id = m.organisation_id and i.id = m.origin_id) as found,
    (select count(*) from public.evidence_items v
        join public.evidence_controls c on c.organisation_id = v.organisation_id and c.item_id = v.id
        where v.organisation_id = m.organisation_id and c.control = m.control
            and v.dated_on = m.finished_at::date) as evidence,
    (select t.level from public.ratings t where t.organisation_id = m.organisation_id and t.control = m.control
        order by t.judged_at desc limit 1) as level_now
from public.improvements m where m.organisation_id = $1 and m.source = 'incident' and m.state = $2
"""
SIGNED = """
select signed_at from public.reviews where organisation_id = $1 and framework <> 'pies' and state = 'signed'
"""
UNSIGNED = """
select count(*) filter (where last.expires_on < $2), count(*) filter (where last.signed_on is null)
from public.memberships m
join public.policies p on p.organisation_id = m.organisation_id and p.kind = 'agreement'
join public.policy_editions e on e.organisation_id = p.organisation_id and e.policy_id = p.id
left join lateral (
    select s.expires_on, s.signed_on from public.agreement_signatures s
    where s.organisation_id = m.organisation_id and s.policy_id = p.id and s.user_id = m.user_id
    order by s.signed_on desc limit 1) last on true
where m.organisation_id = $1 and e.read_by < $2 and m.created_at < $2::date - 30
"""
KEYS = """
select u.password_hash from public.users u
join public.memberships m on m.user_id = u.id where m.organisation_id = $1
"""
UNBOUND = """
select count(*) from public.incidents i where i.organisation_id = $1 and not exists (
    select from audit.documents d
    where d.organisation_id = $1 and d.kind = 'incident' and d.id = i.id and d.version = i.version)
"""


async def asked(statement: str, *values: object):
    async with pool.current().connection() as connection:
        return await connection.fetch(statement, *values)


def a_house(kind: str, seed: int, incidents: int = 60) -> House:
    """One of the five, at an address that no other test has."""
    house = next(house for house in houses(5, 1000, seed) if house.kind == kind)
    slug = f"{kind.replace('_', '-')}-{clock.new_id().hex[-12:]}"
    members = tuple(
        dataclasses.replace(member, email=member.email.partition("@")[0] + f"@{slug}.example")
        for member in house.members
    )
    return dataclasses.replace(
        house, new=dataclasses.replace(house.new, slug=slug), members=members, incidents=incidents
    )


async def tell(house: House, seed: int = 1, until: datetime = UNTIL):
    counted: list[int] = []
    organisation_id = await fill(house, plan(_as_ever(house), seed, until), seed, until, counted.append)
    assert sum(counted) == house.incidents
    return organisation_id


def _as_ever(house: House) -> House:
    """At one address for all runs: a plan follows from it, and what these tests find in a past must be in each."""
    return dataclasses.replace(house, new=dataclasses.replace(house.new, slug=house.kind))


async def test_every_state_is_there_and_the_log_verifies(as_owner):
    organisation_id = await tell(a_house("school", 1))
    states = {row[0]: row[1] for row in await asked(STATES, organisation_id)}
    assert sum(states.values()) == 60
    assert set(states) == {"new", "open", "closed"} or set(states) == {"open", "closed"}
    kinds = {row[0] for row in await asked(KINDS, organisation_id)}
    assert kinds >= {
        "note", "decision", "action", "completion", "contact", "risk_change", "classification", "correction",
        "acknowledgement", "closing", "reopening",
    }  # fmt: skip
    concerns = [tuple(row) for row in await asked(CONCERNS, organisation_id)]
    assert concerns == [("closed", "low_level"), ("open", "allegation"), ("new", None)]
    assert [row["state"] for row in await asked(TRANSFERS, organisation_id)] == ["received"]
    assert [tuple(row) for row in await asked(CHANGED, organisation_id)] == [("policy", "helped"), ("practice", "")]
    [(ran_out, never)] = await asked(UNSIGNED, organisation_id, UNTIL.date())
    assert ran_out and never
    for log, size, frontier in await asked(LOGS, organisation_id):
        leaves = await asked(LEAVES, organisation_id, log)
        hashes = [leaf_hash(row["entry"].encode()) for row in leaves]
        assert len(leaves) == size
        assert [row["hash"] for row in leaves] == hashes
        assert root_of(frontier) == tree_head(hashes)
        moments = [row["entry"].split("\n")[1] for row in leaves]
        assert moments == sorted(moments)
    assert (await asked(UNBOUND, organisation_id))[0][0] == 0


async def test_an_incident_led_to_a_level_that_rose_and_another_review_is_near(as_owner, monkeypatch):
    monkeypatch.setattr(origins, "_bound", {"incident": incidents_that_taught})
    until = datetime.now(UTC).replace(hour=8, minute=0)
    organisation_id = await tell(a_house("school", 1), until=until)
    [done] = await asked(IMPROVED, organisation_id, "done")
    assert done["found"] == 1
    assert done["level_then"] > 2
    assert done["effect"]
    assert (done["evidence"], done["level_now"]) == (1, 2)
    [doing] = await asked(IMPROVED, organisation_id, "doing")
    assert doing["found"] == 1
    assert doing["control"] != done["control"]
    assert doing["level_now"] == doing["level_then"] > 2
    [near] = await asked(SIGNED, organisation_id)
    assert timedelta(days=335) < until - near["signed_at"] < timedelta(days=365)


async def test_an_inspector_is_there_and_has_asked(as_owner):
    """Where a body inspects: not at the helpline, which none does. Of a past that ended long ago nothing is asked."""
    until = datetime.now(UTC).replace(hour=8, minute=0)
    for kind, notes in (("childrens_home", ["answer", "note", "question", "question"]), ("helpline", [])):
        organisation_id = await tell(a_house(kind, 5, incidents=6), until=until)
        assert [row["kind"] for row in await asked(ASKED, organisation_id)] == notes
        given = await asked("select heading from public.inspection_packs where organisation_id = $1", organisation_id)
        assert [row["heading"] for row in given] == ["every"] * bool(notes)
        looks = await asked("select what from public.inspection_openings where organisation_id = $1", organisation_id)
        assert sorted(row["what"] for row in looks) == ["record", "record", "room"] * bool(notes)
    past = await tell(a_house("club", 5, incidents=6), until=until - timedelta(days=60))
    assert await asked(ASKED, past) == []


@pytest.mark.parametrize("kind", ["club", "care", "childrens_home", "helpline"])
async def test_every_kind_of_organisation_is_filled(as_owner, kind):
    organisation_id = await tell(a_house(kind, 1, incidents=12))
    assert len(await asked(TOLD, organisation_id)) == 12
    row = (await asked("select state, kind from public.organisations where id = $1", organisation_id))[0]
    assert tuple(row) == ("active", kind)


async def test_the_log_is_dated_over_two_years(as_owner):
    organisation_id = await tell(a_house("club", 3, incidents=20))
    leaves = await asked(LEAVES, organisation_id, "general")
    first, last = (datetime.fromisoformat(leaves[place]["entry"].split("\n")[1]) for place in (0, -1))
    assert first == begins(UNTIL)
    assert last - first > timedelta(days=600)


async def test_ids_come_from_the_seed(as_owner):
    one = a_house("care", 1, incidents=8)
    first = await tell(one)
    told, leaves = await asked(TOLD, first), await asked(LEAVES, first, "general")
    source = Seeded(f"1 {one.new.slug} world", begins(UNTIL))
    with clock.use(source):
        assert clock.new_id() == first
    assert len({row["reference"] for row in told}) == 8
    assert leaves


async def test_an_organisation_that_is_there_is_found(as_owner):
    house = a_house("club", 1, incidents=0)
    assert not await is_there(house.new.slug)
    await tell(house)
    assert await is_there(house.new.slug)
    await refresh_statistics()


async def test_nobody_can_sign_in_before_all_of_it_is_told(as_owner):
    """Whoever began a review meanwhile would find the story beginning another, which would be refused."""
    house, other = a_house("club", 1, incidents=0), a_house("club", 2, incidents=0)
    organisation_id, untold = await tell(house), await found(other, 2, UNTIL)
    assert {row[0] for row in await asked(KEYS, organisation_id)} == {None}
    await let_in([house.new.slug], "what was printed")
    assert {row[0] for row in await asked(KEYS, organisation_id)} == {"what was printed"}
    assert {row[0] for row in await asked(KEYS, untold)} == {None}


async def test_only_the_owner_dates_a_log(database):
    """The app's own role may not: a past that did not happen could otherwise be written by the service."""
    with pytest.raises(Exception, match=r"only the owner may date a log|permission denied"):
        await tell(a_house("club", 1, incidents=1))


def test_somebody_holds_each_role_that_people_sign_in_as():
    school = houses(1, 1, 1)[0]
    held = {role for member in school.members for role in member.roles}
    assert held == {Role.LEAD, Role.DEPUTY, Role.HEAD, Role.GOVERNOR, Role.ADMINISTRATOR, Role.PASTORAL, Role.REPORTER}
