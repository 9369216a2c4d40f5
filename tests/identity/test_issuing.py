from datetime import timedelta

import pytest
from asyncpg import InsufficientPrivilegeError

from safeguard import clock
from safeguard.access.actors import ActorKind, system
from safeguard.access.policy import Permission
from safeguard.access.roles import Role
from safeguard.access.scopes import Scope
from safeguard.errors import Conflict, Forbidden, Invalid, NotAnsweredFor, NotFound, OutOfScope, SignInRequired
from safeguard.identity import acts, approving, issuing, managing, queries, removing
from safeguard.identity.scoping import EVERYTHING
from safeguard.identity.secret import hash_of
from safeguard.jobs import claiming
from safeguard.work import begin, enter_token
from tests.factories.organisations import make_organisation
from tests.identity.conftest import AsOwner, MakeAccount, sign_in

pytestmark = pytest.mark.anyio


async def works(token: str) -> bool:
    try:
        async with enter_token(hash_of(token)):
            return True
    except SignInRequired:
        return False


async def test_a_token_acts_as_a_service_with_its_role(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    async with begin(lead.actor) as work:
        token, _ = await issuing.issue(work, "School office system", Role.REPORTER, EVERYTHING)
    assert token.startswith("sgt_")
    async with enter_token(hash_of(token)) as (work, row):
        assert work.actor.kind is ActorKind.SERVICE
        assert work.organisation_id == lead.organisation_id == row.organisation_id
        assert work.actor.name == "School office system"
        assert work.actor.user_id not in (None, lead.user_id)
        assert work.may(Permission.INCIDENT_RECORD)
        assert not work.may(Permission.INCIDENT_READ)


async def test_a_token_may_do_what_it_was_made_for_within_its_role_and_so_may_the_one_in_its_place(
    account: MakeAccount,
) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    wanted = frozenset({Scope.EVIDENCE_READ, Scope.INCIDENTS_RECORD})
    async with begin(administrator.actor) as work:
        token, proposal = await issuing.issue(work, "Archive", Role.LEAD, wanted, reason="Evidence for the archive.")
    assert proposal
    async with begin(lead.actor) as work:
        [line] = await acts.get(issuing.ACTIVATE).shown(work, proposal)
        assert line.value == "Record incidents and file alerts; See which packs there are"
        await approving.approve(work, proposal.id)
        [listed] = await queries.list_tokens(work)
        assert listed.scopes == sorted(wanted)
        fresh, _ = await issuing.rotate(work, listed.id)
        assert [each.replaced for each in await queries.list_tokens(work)] == [False, True]
    for text in (token, fresh):
        async with enter_token(hash_of(text)) as (work, _):
            may = {permission for permission in Permission if work.may(permission)}
            assert may == {Permission.EVIDENCE_READ, Permission.INCIDENT_RECORD}
            with pytest.raises(OutOfScope, match="evidence:export"):
                work.require(Permission.EVIDENCE_EXPORT)


@pytest.mark.parametrize("days", [7, 366])
async def test_the_token_in_its_place_lasts_as_long_as_it_was_made_for(account: MakeAccount, days: int) -> None:
    lead = await account(Role.LEAD)
    async with begin(lead.actor) as work:
        await issuing.issue(work, "Archive", Role.LEAD, frozenset({Scope.EVIDENCE_READ}), days=days)
        [listed] = await queries.list_tokens(work)
    async with begin(lead.actor) as work:
        await issuing.rotate(work, listed.id)
        fresh = next(each for each in await queries.list_tokens(work) if not each.replaced)
    assert abs(fresh.expires_at - fresh.created_at - timedelta(days=days)) < timedelta(minutes=1)


async def test_a_scope_of_a_later_release_opens_nothing_in_this_one(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    async with begin(lead.actor) as work:
        text, _ = await issuing.issue(work, "Archive", Role.LEAD, frozenset({Scope.EVIDENCE_READ}))
    await as_owner(
        "update tokens set scopes = '{moon:landing,evidence:read}' where organisation_id = %s",
        lead.actor.organisation_id,
    )
    async with enter_token(hash_of(text)) as (work, _):
        assert work.actor.scopes == {Scope.EVIDENCE_READ}
    await as_owner("update tokens set scopes = '{moon:landing}' where organisation_id = %s", lead.actor.organisation_id)
    async with enter_token(hash_of(text)) as (work, _):
        assert not any(work.may(permission) for permission in Permission)


async def test_nothing_widens_a_token(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    for role, scopes in [(Role.REPORTER, {Scope.INCIDENTS_RECORD, Scope.EVIDENCE_EXPORT}), (Role.LEAD, set[Scope]())]:
        with pytest.raises(Invalid):
            async with begin(lead.actor) as work:
                await issuing.issue(work, "School office system", role, frozenset(scopes))
    async with begin(lead.actor) as work:
        text, _ = await issuing.issue(work, "Office", Role.REPORTER, frozenset({Scope.INCIDENTS_RECORD}))
    for statement in ("update tokens set scopes = null", "update tokens set scopes = '{evidence:export}'"):
        with pytest.raises(InsufficientPrivilegeError):
            async with enter_token(hash_of(text)) as (work, _):
                await work.driver.execute(statement)


async def test_the_list_tells_who_answers_for_a_token_and_when_it_was_used(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    async with begin(lead.actor) as work:
        token, _ = await issuing.issue(work, "School office system", Role.REPORTER, EVERYTHING)
        assert [one.last_used_at for one in await queries.list_tokens(work)] == [None]
    assert await works(token)
    async with begin(lead.actor) as work:
        [listed] = await queries.list_tokens(work)
    assert listed.sponsor_name == lead.actor.name
    assert listed.last_used_at is not None


async def test_a_service_is_not_listed_among_people(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    async with begin(lead.actor) as work:
        await issuing.issue(work, "School office system", Role.REPORTER, EVERYTHING)
        assert len(await queries.list_members(work)) == 1


async def test_a_revoked_token_is_useless_at_the_next_request(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    async with begin(lead.actor) as work:
        token, _ = await issuing.issue(work, "School office system", Role.REPORTER, EVERYTHING)
        [listed] = await queries.list_tokens(work)
        await issuing.revoke(work, listed.id)
    assert not await works(token)


async def test_a_token_runs_out(account: MakeAccount, as_owner: AsOwner) -> None:
    lead = await account(Role.LEAD)
    async with begin(lead.actor) as work:
        token, _ = await issuing.issue(work, "School office system", Role.REPORTER, EVERYTHING, days=1)
    assert await works(token)
    await as_owner(
        "update tokens set created_at = now() - interval '2 days', expires_at = now() where organisation_id = %s",
        lead.organisation_id,
    )
    assert not await works(token)


async def test_a_token_stops_with_the_person_who_answers_for_it(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    async with begin(administrator.actor) as work:
        token, _ = await issuing.issue(work, "School office system", Role.REPORTER, EVERYTHING)
    async with begin(lead.actor) as work:
        await removing.remove(work, administrator.user_id, "left")
    assert not await works(token)


async def test_an_administrators_token_that_reads_records_waits_for_the_lead(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    async with begin(administrator.actor) as work:
        token, proposal = await issuing.issue(
            work, "Import", Role.LEAD, EVERYTHING, reason="Moving from the old system."
        )
    assert proposal is not None
    assert not await works(token)
    async with begin(lead.actor) as work:
        await approving.approve(work, proposal.id)
    assert await works(token)


async def test_a_token_may_do_no_more_than_whoever_answers_for_it_at_that_moment(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    other = await account(Role.LEAD, organisation=lead.organisation_id)
    async with begin(other.actor) as work:
        text, _ = await issuing.issue(work, "Records", Role.LEAD, frozenset({Scope.INCIDENTS_READ}), days=366)
    async with enter_token(hash_of(text)) as (work, _):
        assert work.may(Permission.INCIDENT_READ)
    async with begin(other.actor) as work:
        await managing.change_roles(work, other.user_id, [Role.REPORTER])
        [listed] = await queries.list_tokens(work)
        assert listed.is_held_back
    async with enter_token(hash_of(text)) as (work, _):
        assert {each for each in Permission if work.may(each)} == {Permission.INCIDENT_READ_OWN}
        with pytest.raises(NotAnsweredFor):
            work.require(Permission.INCIDENT_READ)
    # A deputy's days count as they do at sign-in, and a lead who replaces it answers for it.
    give = "update memberships set roles = '{deputy}', deputy_from = now() - interval '2 days', deputy_until = {}"
    for until, may in (("now() + interval '1 day'", True), ("now() - interval '1 day'", False)):
        await as_owner(give.replace("{}", until) + " where user_id = %s", other.user_id)
        async with enter_token(hash_of(text)) as (work, _):
            assert work.may(Permission.INCIDENT_READ) is may
    async with begin(lead.actor) as work:
        fresh, _ = await issuing.rotate(work, listed.id)
        assert [one.sponsor_name for one in await queries.list_tokens(work)] == [lead.actor.name, other.actor.name]
    async with enter_token(hash_of(fresh)) as (work, _):
        assert work.may(Permission.INCIDENT_READ)


async def test_what_a_token_asked_for_is_done_with_no_more_than_whoever_answers_for_it_may_do_then(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    other = await account(Role.LEAD, organisation=lead.organisation_id)
    async with begin(other.actor) as work:
        text, _ = await issuing.issue(work, "Records", Role.LEAD, EVERYTHING)
    for may in (True, False):
        async with enter_token(hash_of(text)) as (work, _):
            work.ask("pack.make", subject := clock.new_id())
        if not may:
            async with begin(other.actor) as work:
                await managing.change_roles(work, other.user_id, [Role.REPORTER])
        [(asked,)] = await as_owner("select id from jobs.job where subject_id = %s", subject)
        async with claiming.claimed(asked) as claimed:
            assert claimed is not None
            assert claimed[0].may(Permission.EVIDENCE_EXPORT) is may


async def test_a_token_that_may_do_more_than_whoever_asks_for_it_waits_for_a_lead_who_answers_for_it_then(
    account: MakeAccount,
) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    figures = frozenset({Scope.INSIGHTS_READ})
    async with begin(administrator.actor) as work:
        text, proposal = await issuing.issue(work, "Figures", Role.GOVERNOR, figures, reason="For the trust's board.")
        assert proposal is not None
        with pytest.raises(Conflict, match="No outside second person"):
            await approving.make_link(work, proposal.id)
    async with begin(lead.actor) as work:
        await approving.approve(work, proposal.id)
        [listed] = await queries.list_tokens(work)
    assert (listed.sponsor_name, listed.is_held_back) == (lead.actor.name, False)
    async with enter_token(hash_of(text)) as (work, _):
        assert work.may(Permission.INSIGHTS_READ)


async def test_a_token_that_is_declined_never_works(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    async with begin(administrator.actor) as work:
        token, proposal = await issuing.issue(
            work, "Import", Role.LEAD, EVERYTHING, reason="Moving from the old system."
        )
    assert proposal is not None
    async with begin(lead.actor) as work:
        await approving.decline(work, proposal.id, "We do that by hand.")
        assert await queries.list_tokens(work) == []
    assert not await works(token)


async def test_the_operators_token_waits_once_a_lead_has_signed_in(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    await sign_in(lead)
    async with begin(system(lead.organisation_id)) as work:
        token, proposal = await issuing.issue(work, "Import", Role.LEAD, EVERYTHING, reason="From the command line.")
        other, none = await issuing.issue(work, "Office", Role.REPORTER, EVERYTHING)
    assert (proposal is None, none) == (False, None)
    assert (await works(token), await works(other)) == (False, True)


async def test_a_head_does_not_let_a_program_read_records(account: MakeAccount) -> None:
    administrator = await account(Role.ADMINISTRATOR)
    head = await account(Role.HEAD, organisation=administrator.organisation_id)
    async with begin(administrator.actor) as work:
        _, proposal = await issuing.issue(work, "Import", Role.LEAD, EVERYTHING, reason="Moving from the old system.")
    assert proposal is not None
    with pytest.raises(NotFound):
        async with begin(head.actor) as work:
            await approving.approve(work, proposal.id)


async def test_another_organisation_cannot_revoke_it(account: MakeAccount) -> None:
    lead, other = await account(Role.LEAD), await account(Role.LEAD)
    async with begin(lead.actor) as work:
        token, _ = await issuing.issue(work, "School office system", Role.REPORTER, EVERYTHING)
        [listed] = await queries.list_tokens(work)
    with pytest.raises(NotFound):
        async with begin(other.actor) as work:
            await issuing.revoke(work, listed.id)
    assert await works(token)


async def test_the_operator_makes_one_before_anybody_has_joined(database: object) -> None:
    async with begin(system(await make_organisation())) as work:
        token, _ = await issuing.issue(work, "Set-up", Role.LEAD, EVERYTHING)
    async with enter_token(hash_of(token)) as (work, _):
        assert work.may(Permission.INCIDENT_READ)


async def test_the_operators_token_is_answered_for_by_the_lead(account: MakeAccount) -> None:
    lead = await account(Role.LEAD)
    async with begin(system(lead.organisation_id)) as work:
        await issuing.issue(work, "Import", Role.LEAD, EVERYTHING)
        [listed] = await queries.list_tokens(work)
    assert listed.sponsor_name == lead.actor.name


@pytest.mark.parametrize("days", [0, -1, 367])
async def test_every_token_has_an_end(account: MakeAccount, days: int) -> None:
    lead = await account(Role.LEAD)
    with pytest.raises(Invalid):
        async with begin(lead.actor) as work:
            await issuing.issue(work, "School office system", Role.REPORTER, EVERYTHING, days=days)


async def test_a_made_up_token_is_nobodys(database: object) -> None:
    assert not await works("sgt_madeup")


async def test_a_replaced_token_works_for_another_day_and_is_revoked_with_the_one_in_its_place(
    account: MakeAccount, as_owner: AsOwner
) -> None:
    lead = await account(Role.LEAD)
    administrator = await account(Role.ADMINISTRATOR, organisation=lead.organisation_id)
    async with begin(lead.actor) as work:
        token, _ = await issuing.issue(work, "School office system", Role.LEAD, EVERYTHING, days=90)
        [listed] = await queries.list_tokens(work)
    with pytest.raises(Forbidden, match="reads records"):
        async with begin(administrator.actor) as work:
            await issuing.rotate(work, listed.id)
    async with begin(lead.actor) as work:
        fresh, _ = await issuing.rotate(work, listed.id)
        assert {one.id == listed.id for one in await queries.list_tokens(work)} == {True, False}
    assert await works(token)
    assert await works(fresh)
    [(soon,)] = await as_owner("select expires_at < now() + interval '25 hours' from tokens where id = %s", listed.id)
    assert soon
    async with begin(administrator.actor) as work:
        await issuing.revoke(work, listed.id)
    assert not await works(token)
    assert not await works(fresh)
