"""Joiners, movers and leavers, as an organisation's directory tells of them."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar

from safeguard import clock
from safeguard.access.actors import Actor, ActorKind, system
from safeguard.access.roles import Role
from safeguard.database.bootstrap import Addresses
from safeguard.identity import approving, managing, proposals, replacing
from safeguard.incidents.assigning import assign
from safeguard.notifications import leading
from safeguard.provisioning import connecting
from safeguard.provisioning.directory import noting
from safeguard.web.cookies import SESSION, hash_of
from safeguard.work import begin
from tests.factories.incidents import SHORT
from tests.factories.organisations import make_person
from tests.factories.owning import owning
from tests.incidents.casework import read, recorded
from tests.provisioning.asking import USER, directory
from tests.provisioning.serving import connected
from tests.web.browsing import open_browser
from tests.web.conftest import OPEN_SESSION, OPEN_TOKEN

pytestmark = pytest.mark.anyio


async def roles_of(actor: Actor, user_id: str) -> set[str]:
    async with begin(actor) as work:
        row = await work.driver.fetchrow("select roles, state from memberships where user_id = $1", UUID(user_id))
        return set(row["roles"]) if row["state"] == "active" else set()


async def with_lead(someone: Any) -> tuple[Actor, Actor]:
    """An administrator and a lead of one organisation."""
    administrator = await someone(Role.ADMINISTRATOR)
    return administrator, await someone(Role.LEAD, organisation=administrator.organisation_id)


async def test_whoever_joins_may_report_and_is_out_with_the_next_request_once_they_leave(
    someone: Any, app: Litestar, addresses: Addresses
) -> None:
    administrator, _ = await with_lead(someone)
    async with directory(app, await connected(administrator)) as it, open_browser(app) as browser:
        ana = await it.add("ana@alder.example", emails=[{"value": "Ana.Brook@alder.example", "primary": True}])
        assert await roles_of(administrator, ana["id"]) == {"reporter"}
        secret = clock.new_token()
        async with owning(addresses.owner) as owner:
            values = (hash_of(secret), clock.new_request_id(), UUID(ana["id"]), administrator.organisation_id)
            await owner.execute(OPEN_SESSION, values)
        browser.cookies.set(SESSION, secret, domain="safeguard.test", path="/")
        assert (await browser.get("/account")).status_code == 200
        assert (await it.switch(ana["id"], active=False)).json()["active"] is False
        assert (await browser.get("/account")).headers["location"].startswith("/sign-in")
        assert (await it.switch(ana["id"], active=True)).json()["active"] is True
        assert (await browser.get("/account")).status_code == 303, "coming back opens no old session"
        await it.switch(ana["id"], active=False)
        said = {"schemas": [USER], "userName": "ana@alder.example", "displayName": "Ana"}
        replaced = await it.ask("PUT", f"/Users/{ana['id']}", said)
        assert replaced.json()["active"] is False, "a replacement that does not speak of it brings nobody back"
        back = await it.change(f"/Users/{ana['id']}", {"op": "remove", "path": "active"})
        assert "active" not in back.json(), "what is taken back was never said"
        assert await roles_of(administrator, ana["id"]) == {"reporter"}
        assert (await it.ask("DELETE", f"/Users/{ana['id']}")).status_code == 204
        assert (await it.ask("GET", f"/Users/{ana['id']}")).status_code == 404
        again = await it.add("ana@alder.example")
        assert again["id"] != ana["id"], "somebody new, for the one before is gone"


async def test_somebody_who_has_an_account_here_keeps_it(someone: Any, app: Litestar) -> None:
    administrator, lead = await with_lead(someone)
    async with begin(administrator) as work:
        address = await work.driver.fetchval("select email from memberships where user_id = $1", lead.user_id)
    async with directory(app, await connected(administrator)) as it:
        adopted = await it.add(address.upper(), displayName="Another Name")
        assert UUID(adopted["id"]) == lead.user_id
        assert await roles_of(administrator, adopted["id"]) == {"lead"}
        async with begin(administrator) as work:
            name = await work.driver.fetchval("select name from memberships where user_id = $1", lead.user_id)
        assert name == lead.name, "a directory renames nobody whose account it did not make"


async def test_a_last_lead_who_is_switched_off_is_out_at_once_and_whoever_can_ask_for_another_is_told(
    someone: Any, app: Litestar
) -> None:
    administrator, lead = await with_lead(someone)
    head = await someone(Role.HEAD, organisation=administrator.organisation_id)
    async with begin(administrator) as work:
        address = await work.driver.fetchval("select email from memberships where user_id = $1", lead.user_id)
    async with directory(app, await connected(administrator)) as it:
        adopted = await it.add(address)
        assert (await it.switch(adopted["id"], active=False)).status_code == 200
        assert await roles_of(administrator, adopted["id"]) == set()
    async with begin(system(administrator.organisation_id)) as work:
        asked = await work.driver.fetchval("select subject_id from jobs.job where kind = 'notice.lead_needed'")
        assert asked == lead.user_id
        for _ in range(2):
            await leading.tell_that_a_lead_is_needed(work, lead.user_id)
        told = await work.driver.fetch("select recipient_id from notices where event = 'lead.needed'")
        assert {row["recipient_id"] for row in told} == {administrator.user_id, head.user_id}
        assert len(told) == 2
    await make_person(administrator.organisation_id, [Role.LEAD])  # by then somebody leads
    await someone(Role.DEPUTY, organisation=administrator.organisation_id)
    async with begin(system(administrator.organisation_id)) as work:
        await leading.tell_that_a_lead_is_needed(work, lead.user_id)
        assert await work.driver.fetchval("select count(*) from notices where event = 'lead.needed'") == 2


async def test_a_last_lead_who_is_switched_off_with_nobody_beside_them_is_told_of_outside(
    someone: Any, database: object
) -> None:
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        await replacing.take_out(work, lead.user_id)
    async with begin(system(lead.organisation_id)) as work:
        await leading.tell_that_a_lead_is_needed(work, lead.user_id)
        assert (
            await work.driver.fetchval("select address from outbox where template = 'lead_needed'")
            == "chair@example.org"
        )


async def test_what_somebody_whom_the_directory_switches_off_had_in_hand_is_nobodys_at_once(
    someone: Any, app: Litestar
) -> None:
    administrator, lead = await with_lead(someone)
    deputy = await someone(Role.DEPUTY, organisation=administrator.organisation_id)
    story = await recorded(lead, SHORT)
    async with begin(lead) as work:
        await assign(work, story.facts.id, story.facts.version, deputy.user_id)
        address = await work.driver.fetchval("select email from memberships where user_id = $1", deputy.user_id)
    async with directory(app, await connected(administrator)) as it:
        adopted = await it.add(address)
        assert (await it.switch(adopted["id"], active=False)).status_code == 200
    story = await read(lead, story.facts.id)
    last = max(story.entries, key=lambda entry: entry.written_at)
    assert (story.facts.assigned_to, last.kind, last.owner_id) == (None, "assignment", None)
    assert deputy.name in last.words
    async with begin(lead) as work:
        told = await work.driver.fetch("select subject_id from jobs.job where kind = 'notice.handler_left'")
    assert [row["subject_id"] for row in told] == [story.facts.id]


async def test_a_group_gives_what_shows_no_records_and_asks_for_the_rest(someone: Any, app: Litestar) -> None:
    administrator, lead = await with_lead(someone)
    made = await connected(administrator)
    async with directory(app, made) as it:
        ana, ben = await it.add("ana@alder.example"), await it.add("ben@alder.example")
        board, leads = await it.group("Board", ana["id"]), await it.group("Safeguarding")
        for group, role in ((board, Role.GOVERNOR), (leads, Role.LEAD)):
            async with begin(administrator) as work:
                await connecting.stand_for(work, made.id, UUID(group["id"]), role)
        assert await roles_of(lead, ana["id"]) == {"reporter", "governor"}
        both = {"op": "add", "path": "members", "value": [{"value": ana["id"]}, {"value": ben["id"]}]}
        assert (await it.change(f"/Groups/{leads['id']}", both)).status_code == 200
        assert await roles_of(lead, ana["id"]) == {"reporter", "governor"}
        async with begin(lead) as work:
            asked = (await proposals.list_approvals(work)).waiting
        waiting = {str(one.subject_id): one.id for one in asked}
        assert waiting.keys() == {ana["id"], ben["id"]}
        assert all("the role: Designated safeguarding lead, because" in one.told for one in asked)
        async with begin(lead) as work:
            await approving.approve(work, waiting[ana["id"]])
        assert await roles_of(lead, ana["id"]) == {"reporter", "governor", "lead"}
        for member in (ana, ben):  # one has the role by now, of the other it is only asked
            gone = {"op": "Remove", "path": f'members[value eq "{member["id"]}"]'}
            assert (await it.change(f"/Groups/{leads['id']}", gone)).status_code == 200
        assert await roles_of(lead, ana["id"]) == {"reporter", "governor"}
        async with begin(lead) as work:
            assert (await proposals.list_approvals(work)).waiting == ()
        assert (await it.ask("DELETE", f"/Groups/{board['id']}")).status_code == 204
        assert await roles_of(lead, ana["id"]) == {"reporter"}


async def test_the_last_lead_who_leaves_the_group_is_lead_no_more_and_whoever_can_ask_for_another_is_told(
    someone: Any, app: Litestar
) -> None:
    administrator, lead = await with_lead(someone)
    made = await connected(administrator)
    async with begin(administrator) as work:
        address = await work.driver.fetchval("select email from memberships where user_id = $1", lead.user_id)
    async with directory(app, made) as it:
        adopted = await it.add(address)
        leads = await it.group("Safeguarding", adopted["id"])
        for role in (Role.LEAD, Role.GOVERNOR, Role.LEAD):  # an administrator takes no lead away by renaming a group
            async with begin(administrator) as work:
                await connecting.stand_for(work, made.id, UUID(leads["id"]), role)
            assert "lead" in await roles_of(administrator, adopted["id"])
        gone = {"op": "Remove", "path": f'members[value eq "{adopted["id"]}"]'}
        answer = await it.change(f"/Groups/{leads['id']}", gone)
        assert (answer.status_code, answer.json().get("members")) == (200, None)
        assert "lead" not in await roles_of(administrator, adopted["id"])
    async with begin(administrator) as work:
        assert await work.driver.fetchval("select subject_id from jobs.job where kind = 'notice.lead_needed'") == (
            lead.user_id
        )
        noted = await noting.list_notes(work, made.id)
    told = [(one.act, one.role) for one in noted if one.act in ("kept", "lead_needed", "taken")]
    assert told == [("lead_needed", None), ("taken", "lead"), ("taken", "governor"), ("kept", "lead")]


async def test_two_groups_that_open_records_are_asked_for_in_one_question(someone: Any, app: Litestar) -> None:
    administrator, lead = await with_lead(someone)
    made = await connected(administrator)

    async def told() -> list[str]:
        async with begin(lead) as work:
            return [one.told for one in (await proposals.list_approvals(work)).waiting]

    async with directory(app, made) as it:
        ana = await it.add("ana@alder.example")
        deputies, pastoral = await it.group("Deputies", ana["id"]), await it.group("Pastoral", ana["id"])
        for group, role in ((deputies, Role.DEPUTY), (pastoral, Role.PASTORAL)):
            async with begin(administrator) as work:
                await connecting.stand_for(work, made.id, UUID(group["id"]), role)
        [both] = await told()
        assert "deputy" in both.lower() and "pastoral" in both.lower()
        gone = {"op": "Remove", "path": f'members[value eq "{ana["id"]}"]'}
        assert (await it.change(f"/Groups/{deputies['id']}", gone)).status_code == 200
        [one] = await told()
        assert "deputy" not in one.lower() and "pastoral" in one.lower()
        async with begin(lead) as work:
            await approving.approve(work, (await proposals.list_approvals(work)).waiting[0].id)
        assert await roles_of(lead, ana["id"]) == {"reporter", "pastoral"}


async def test_a_token_opens_its_own_door_alone(someone: Any, app: Litestar, addresses: Addresses) -> None:
    administrator, _ = await with_lead(someone)
    stranger = await someone(Role.ADMINISTRATOR)
    made, theirs = await connected(administrator), await connected(stranger)
    token = clock.new_token()
    async with owning(addresses.owner) as owner:
        values = (administrator.organisation_id, clock.new_id(), administrator.user_id, hash_of(token))
        await owner.execute(OPEN_TOKEN, values)
    async with directory(app, made) as it, directory(app, theirs) as other:
        ana = await it.add("ana@alder.example")
        assert (await other.ask("GET", "/Users")).json()["totalResults"] == 0
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            answer = await other.ask(method, f"/Users/{ana['id']}", {} if method in ("PUT", "PATCH") else None)
            assert answer.status_code == 404
        member = {"schemas": [], "displayName": "Ours", "members": [{"value": ana["id"]}]}
        assert (await other.ask("POST", "/Groups", member)).status_code == 400
        assert (await it.client.get("/api/v1/incidents")).status_code == 401
        as_api = await it.ask("GET", "/Users", authorization=f"Bearer {token}")
        assert (as_api.status_code, as_api.json()["status"]) == (401, "401")
        async with begin(administrator) as work:
            fresh = await connecting.rotate(work, made.id)
        assert (await it.ask("GET", "/Users")).status_code == 200, "the one before works for another day"
        assert (await it.ask("GET", "/Users", authorization=f"Bearer {fresh.text}")).status_code == 200
        async with begin(administrator) as work:
            await connecting.disconnect(work, made.id)
        assert (await it.ask("GET", "/Users", authorization=f"Bearer {fresh.text}")).status_code == 401


async def test_a_directory_can_make_nobody_who_reads_records(someone: Any, app: Litestar) -> None:
    """Past every line of ours: the database gives no such role in a directory's context, nor makes one elsewhere."""
    administrator, _ = await with_lead(someone)
    made = await connected(administrator)
    async with begin(administrator) as work:
        service = await work.driver.fetchval("select user_id from provisioning_connections where id = $1", made.id)
    it = Actor(ActorKind.PROVISIONER, administrator.organisation_id, service, frozenset({Role.ADMINISTRATOR}), "It")
    make = "select identity.provision_member($1, 'a@example.org', 'A', $2)"
    for purpose, role in (("scim", "lead"), ("scim", "pastoral"), ("session", "reporter"), ("token", "reporter")):
        with pytest.raises(Exception, match=r"opens records|needs a context"):
            async with begin(it, purpose=purpose) as work:
                await work.driver.execute(make, clock.new_id(), [role])
    async with begin(it, purpose="scim") as work:
        with pytest.raises(Exception, match="role"):
            await managing.change_roles(work, administrator.user_id or clock.new_id(), [Role.LEAD])


async def test_a_list_is_filtered_sorted_and_paged(someone: Any, app: Litestar) -> None:
    administrator, _ = await with_lead(someone)
    async with directory(app, await connected(administrator)) as it:
        for name in ("cy@alder.example", "ana@alder.example", "ben@alder.example"):
            await it.add(name, name={"familyName": "Brook"})

        async def names(query: str) -> tuple[int, list[str]]:
            told = (await it.ask("GET", f"/Users?{query}")).json()
            return told["totalResults"], [one["userName"].split("@")[0] for one in told.get("Resources", [])]

        assert await names('filter=userName eq "BEN@alder.example"') == (1, ["ben"])
        assert await names('filter=externalId eq "id-cy@alder.example"') == (1, ["cy"])
        assert await names('filter=name.familyName eq "brook" and not (userName sw "c")&sortBy=userName') == (
            2, ["ana", "ben"],
        )  # fmt: skip
        assert await names("sortBy=userName&startIndex=2&count=1") == (3, ["ben"])
        assert await names("startIndex=3&count=5") == (3, ["ben"])
        assert await names("count=0") == (3, [])
        assert await names("filter=userName eq \"x' or '1'='1\"") == (0, [])
        tagged = await it.ask("GET", "/Users?count=1")
        first = tagged.json()["Resources"][0]
        assert (await it.ask("PATCH", f"/Users/{first['id']}", {}, if_match='W/"9"')).status_code == 412


FILTERS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["userName", "emails", "[", "]", "(", ")", "eq", "pr", "and", "or", "not", '"x"', "'", "--",
                         ";", "null", "true", "1e999", '"\\u0000"', "name.familyName", "meta.created", "gt"]),
        max_size=12,
    ).map(" ".join),
    st.integers(0, 3_000).map(lambda depth: "not (" * depth + "userName pr" + ")" * depth),
)  # fmt: skip


async def test_no_filter_is_more_than_a_question(someone: Any, app: Litestar) -> None:
    administrator, _ = await with_lead(someone)
    async with directory(app, await connected(administrator)) as it:
        await it.add("ana@alder.example")

        @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(FILTERS)
        def collect(text: str) -> None:
            asked.append(text)

        asked: list[str] = []
        collect()
        for text in asked:
            answer = await it.client.post("/scim/v2/Users/.search", json={"schemas": [], "filter": text})
            assert answer.status_code in (200, 400), (text, answer.text)
            if answer.status_code == 400:
                assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


async def test_what_is_no_request_is_refused_in_scims_words(someone: Any, app: Litestar) -> None:
    administrator, _ = await with_lead(someone)
    async with directory(app, await connected(administrator)) as it:
        ana = await it.add("ana@alder.example")
        twice = await it.ask("POST", "/Users", {"schemas": [], "userName": "ANA@alder.example"})
        assert (twice.status_code, twice.json()["scimType"]) == (409, "uniqueness")
        for body in ([], {"userName": ""}, {"userName": "x" * 500}, {"userName": ["a"]}, {"userName": {"a": 1}}):
            assert (await it.ask("POST", "/Users", body)).status_code == 400
        deep: Any = {"op": "replace", "path": "emails[" * 500, "value": 1}
        assert (await it.change(f"/Users/{ana['id']}", deep)).status_code == 400
        own = {"op": "replace", "path": "id", "value": str(clock.new_id())}
        assert (await it.change(f"/Users/{ana['id']}", own)).status_code == 400
        assert (await it.ask("GET", f"/Users/{ana['id']}")).json()["id"] == ana["id"]
