"""Policies, signatures, lists, transfers, packs and accounts: what has to go first, what stays, what is left lying."""

from collections.abc import Awaitable, Callable
from uuid import UUID

import psycopg
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.errors import Conflict
from safeguard.identity import acts, approving
from safeguard.incidents.recording import record_incident
from safeguard.people.details import Details
from safeguard.people.recording import record_person
from safeguard.people.spotting import spot, words_in
from safeguard.records import holding
from safeguard.records.holding import About
from safeguard.records.kinds import acting, asking, queue
from safeguard.records.kinds.registry import LEADS, get_kind
from safeguard.registers.policies.publishing import withdraw
from safeguard.registers.policies.queries import get_policy
from safeguard.work import begin
from tests.conftest import Addresses
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.organisations import make_member, make_organisation
from tests.records.kinds.kept import file_that_came, replaced, somebody_who_left, what_went_and_came
from tests.records.kinds.making import FAR
from tests.records.making import second

pytestmark = pytest.mark.anyio

Someone = Callable[..., Awaitable[Actor]]
ADD_VISIT = """
insert into recurring_duties (organisation_id, id, duty, done_on, done_by, recorded_at, recorded_by_name)
values ((select sec.current_organisation()), $1, 'independent_visit', '2020-01-12', $2, now(), 'Sample')
"""
STAYING = ADD_VISIT.replace("$2", "'Jo Rowan'")
ADD_SENDING = """
insert into duty_sendings (organisation_id, id, duty_id, sent_on, sent_to, recorded_at, recorded_by_name)
values ((select sec.current_organisation()), $1, $2, '2020-01-13', 'Ofsted', now(), 'Sample')
"""
CONCERN = """
insert into concerns (organisation_id, id, reference, raised_at, raised_by_name, subject_user_id, subject_name,
    narrative, last_activity_at)
values (%s, gen_random_uuid(), 'K7Q-3MX', now(), 'Sample', %s, 'Ana Hazel', 'Late.', now())
"""


@pytest.fixture(autouse=True)
def bound_too() -> None:
    acts.bind(*acting.ACTS)


async def asked(lead: Actor, code: str, record: UUID) -> UUID:
    async with begin(lead) as work:
        return (await asking.ask(work, get_kind(code), [record], "period", FAR)).id


async def goes(lead: Actor, head: Actor, code: str, record: UUID) -> list[str]:
    """Asked for and agreed to; what then lies in the store without a key."""
    proposal = await asked(lead, code, record)
    async with begin(head) as work:
        await approving.approve(work, proposal)
        row = await work.driver.fetchrow("select state, objects from disposals where $1 = any (subjects)", record)
    assert row and row["state"] == "done"
    return list(row["objects"])


async def due(lead: Actor) -> dict[str, list[UUID]]:
    async with begin(lead) as work:
        waiting = await queue.list_waiting(work, LEADS, FAR)
    return {each.kind.code: [line.id for line in each.lines] for each in waiting}


async def test_a_withdrawn_agreement_comes_up_when_its_signatures_are_gone_and_not_before(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    first = await replaced(lead, "Alder")
    async with begin(lead) as work:
        agreed = UUID(str(await work.driver.fetchval("select policy_id from policy_editions where id = $1", first)))
        second_edition = await work.driver.fetchval(
            "select id from policy_editions where policy_id = $1 and number = 2", agreed
        )
    assert (await due(lead))["signature"] == [first]
    with pytest.raises(Conflict, match="It holds"):
        await asked(lead, "policy", agreed)
    async with begin(lead) as work:
        await withdraw(work, agreed, "Over.", (await get_policy(work, agreed)).version)
    assert "policy" not in await due(lead)
    await goes(lead, head, "signature", first)
    assert (await due(lead))["policy"] == [agreed]
    await goes(lead, head, "policy", agreed)
    async with begin(lead) as work:
        left = await work.driver.fetchval("select count(*) from policy_editions where id = $1", second_edition)
    assert left == 0


async def test_what_lies_sealed_goes_too_and_a_hold_keeps_each(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head = await second(lead)
    made = await what_went_and_came(lead, "Birch") | {"came": await file_that_came(lead, "Cedar")}
    assert sorted((await due(lead))["transfer"]) == sorted([made["transfer"], made["came"]])
    for name, code, begins in (
        ("roster", "roster", "rosters/"), ("transfer", "transfer", ""), ("came", "transfer", "transfers/"),
        ("pack", "pack", "packs/"),
    ):  # fmt: skip
        proposal = await asked(lead, code, made[name])
        async with begin(lead) as work:
            hold = await holding.place_hold(work, About(code, made[name]), "court", "A letter came.")
        with pytest.raises(Conflict, match="hold stands"):
            async with begin(head) as work:
                await approving.approve(work, proposal)
        async with begin(lead) as work:
            await holding.lift_hold(work, hold, "It is over.")
        async with begin(head) as work:
            await approving.approve(work, proposal)
            row = await work.driver.fetchrow("select objects from disposals where $1 = any (subjects)", made[name])
        assert [each.startswith(begins) for each in (row or {"objects": ()})["objects"]] == ([True] if begins else [])
    async with begin(lead) as work:
        pack = await work.driver.fetchrow(
            "select disposed_at, sha256, wrapped_key from packs where id = $1", made["pack"]
        )
    assert pack and pack["disposed_at"] and pack["sha256"] and pack["wrapped_key"] is None
    assert {"roster", "transfer", "pack"} & set(await due(lead)) == set()


async def test_a_visit_goes_with_whom_its_report_was_sent_to(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    head, visit = await second(lead), clock.new_id()
    async with begin(lead) as work:
        await work.driver.execute(ADD_VISIT, visit, "Ida Maple")
        await work.driver.execute(ADD_SENDING, clock.new_id(), visit)
        await work.driver.execute(STAYING, clock.new_id())
    assert visit in (await due(lead))["minutes"]
    await goes(lead, head, "minutes", visit)
    async with begin(lead) as work:
        assert await work.driver.fetchval("select count(*) from duty_sendings") == 0
        assert await work.driver.fetchval("select done_by from recurring_duties") == "Jo Rowan"


async def test_a_file_that_is_on_its_way_stays(someone: Someone) -> None:
    lead = await someone(Role.LEAD)
    sent = (await what_went_and_came(lead, "Elder"))["transfer"]
    async with begin(lead) as work:
        await work.driver.execute("update transfers set state = 'sent', received_at = null where id = $1", sent)
    assert "transfer" not in await due(lead)
    with pytest.raises(Conflict, match="on its way"):
        await asked(lead, "transfer", sent)


async def test_of_a_former_account_neither_name_nor_address_is_left_and_coming_back_is_being_new(
    someone: Someone, addresses: Addresses
) -> None:
    """Their entry over all organisations stays while another has it, or while somebody is kept from something by it."""
    lead = await someone(Role.LEAD)
    head, elsewhere = await second(lead), await make_organisation("club")
    gone, known, kept = [await somebody_who_left(lead, word) for word in ("Fern", "Gorse", "Hazel")]
    await make_member(elsewhere, known, "Ana Gorse", "gorse@example.org", [Role.REPORTER])
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(CONCERN, (lead.organisation_id, kept))
        owner.execute("update memberships set name = 'Ana Ivy' where user_id = %s", (gone,))
        assert owner.execute("select former_names <> '{}' from memberships where user_id = %s", (gone,)).fetchall() == [
            (True,)
        ]
    async with begin(lead) as work:
        await work.driver.execute("update memberships set state = 'active' where user_id = $1", gone)
        assert await work.driver.fetchval("select ended_at from memberships where user_id = $1", gone) is None
    with pytest.raises(Conflict, match="in use"):
        await asked(lead, "former_account", gone)
    async with begin(lead) as work:
        await work.driver.execute("update memberships set state = 'ended' where user_id = $1", gone)
    assert set((await due(lead))["former_account"]) == {gone, known, kept}
    for each in (gone, known, kept):
        assert await goes(lead, head, "former_account", each) == []
    assert "former_account" not in await due(lead)
    with psycopg.connect(addresses.owner) as owner:
        for each, stays in ((gone, False), (known, True), (kept, True)):
            (member,) = owner.execute(
                "select name, email, former_names from memberships where organisation_id = %s and user_id = %s",
                (lead.organisation_id, each),
            ).fetchall()
            assert member == ("Somebody who has left", "", [])
            (user,) = owner.execute("select name, email like 'person-%%' from users where id = %s", (each,)).fetchall()
            assert (user[0] != "Somebody who has left", user[1]) == (stays, stays)
        assert owner.execute(
            "select name, email from memberships where organisation_id = %s", (elsewhere,)
        ).fetchall() == [("Ana Gorse", "gorse@example.org")]  # fmt: skip


HANG = (
    "update transfers set person_id = %(person)s where id = %(transfer)s",
    "insert into transfer_items (organisation_id, id, transfer_id, incident_id, reference)"
    " values (%(here)s, gen_random_uuid(), %(transfer)s, %(incident)s, 'K7Q-3MX')",
    "update packs set kind = 'incident', incident_id = %(incident)s, from_on = null, until_on = null"
    " where id = %(pack)s",
)
INVITED = """
insert into outbox (organisation_id, id, address, template, key, created_at)
values (%s, gen_random_uuid(), (select email from memberships where user_id = %s), 'invitation', %s, now())
"""


async def test_what_was_sent_on_stays_while_its_person_or_an_incident_in_it_is_held_or_once_that_is_restricted(
    someone: Someone, addresses: Addresses
) -> None:
    lead = await someone(Role.LEAD)
    head, made = await second(lead), await what_went_and_came(lead, "Birch")
    async with begin(lead, purpose="session") as work:
        incident = (await record_incident(work, IMPERSONATION, SCHOOL)).facts.id
        person = await record_person(work, Details(kind="child", given_name="Morgan", family_name="Hale"), SCHOOL)
    named = {"here": lead.organisation_id, "person": person.id, "incident": incident, **made}
    with psycopg.connect(addresses.owner) as owner:
        for statement in HANG:
            owner.execute(statement, named)
    proposals = [await asked(lead, code, made[code]) for code in ("transfer", "pack")]
    for about, held in ((About("person", person.id), 1), (About("incident", incident), 2)):
        async with begin(lead) as work:
            hold = await holding.place_hold(work, about, "court", "A letter came.")
            waiting = await queue.list_waiting(work, LEADS, FAR)
        assert sum(line.is_held for each in waiting for line in each.lines) == held
        for proposal in proposals[:held]:
            with pytest.raises(Conflict, match="hold stands"):
                async with begin(head) as work:
                    await approving.approve(work, proposal)
        async with begin(lead) as work:
            await holding.lift_hold(work, hold, "It is over.")
    with psycopg.connect(addresses.owner) as owner:
        owner.execute("update incidents set restricted_at = now() where id = %s", (incident,))
    for proposal in proposals:
        with pytest.raises(Conflict, match="changed after its disposal was asked for"):
            async with begin(head) as work:
                await approving.approve(work, proposal)


async def test_mail_to_a_former_account_goes_and_what_it_is_called_then_is_nobodys_name(
    someone: Someone, addresses: Addresses
) -> None:
    lead = await someone(Role.LEAD)
    head, gone = await second(lead), await somebody_who_left(lead, "Fern")
    with psycopg.connect(addresses.owner) as owner:
        owner.execute(INVITED, (lead.organisation_id, gone, str(gone)))
    await goes(lead, head, "former_account", gone)
    with psycopg.connect(addresses.owner) as owner:
        left = owner.execute("select count(*) from outbox where organisation_id = %s and key = %s",
                             (lead.organisation_id, str(gone))).fetchone()  # fmt: skip
    assert left == (0,)
    async with begin(lead) as work:
        found = await spot(work, [words_in("Then somebody told her that he has left.")])
    assert not found.given | found.family
