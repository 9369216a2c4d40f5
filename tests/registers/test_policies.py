"""Policies that are read and agreements that are signed: editions, readings, signatures, links."""

import re
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from safeguard.identity.secret import new_secret
from safeguard.registers.here import months_on
from safeguard.registers.policies.publishing import NewEdition, change_readers, publish, publish_edition, withdraw
from safeguard.registers.policies.queries import (
    get_edition,
    list_mine,
    list_policies,
    list_readers,
    list_signatures,
    tally,
)
from safeguard.registers.policies.reading import acknowledge
from safeguard.registers.policies.signing import Who, end_signature, make_link, record_paper
from safeguard.registers.policies.visiting import find_offered, sign_there
from safeguard.standards.queries import LATEST_ITEM, beside, get_item
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.factories.owning import owning
from tests.registers.editions import AGREEMENT, NEW, TODAY

pytestmark = pytest.mark.anyio


async def test_a_policy_is_read_by_those_whose_role_asks_for_it(someone, school):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
    async with begin(governor) as work:
        assert await list_mine(work, TODAY) == ()
    async with begin(reporter) as work:
        assert [one.id for one in await list_mine(work, TODAY)] == [policy.id]
        await acknowledge(work, policy.id, 1)
    async with begin(reporter) as work:
        await acknowledge(work, policy.id, 1)
        (mine,) = await list_mine(work, TODAY)
        assert mine.done_on
    async with begin(lead) as work:
        readers = {one.name: one.read_on for one in await list_readers(work, policy.id, TODAY)}
        assert readers == {lead.name: None, reporter.name: mine.done_on}
        (line,) = await list_policies(work, TODAY)
        assert (line.people, line.read, line.late) == (2, 1, 0)
        (line,) = await list_policies(work, TODAY + timedelta(days=60))
        assert line.late == 1


async def test_the_next_edition_asks_everybody_again_and_the_first_stays_as_it_was(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
        await acknowledge(work, policy.id, 1)
    async with begin(lead) as work:
        after = await publish_edition(work, school, policy.id, msgspec.structs.replace(NEW, words="Second."), 1)
        assert after.edition == 2
    async with begin(lead) as work:
        assert [one.done_on for one in await list_mine(work, TODAY)] == [None]
        assert (await get_edition(work, policy.id, 1)).words == "Be kind online."
        with pytest.raises(Conflict):
            await acknowledge(work, policy.id, 1)
        with pytest.raises(Conflict):
            await publish_edition(work, school, policy.id, NEW, 1)


async def test_a_policy_is_evidence_that_is_renewed_and_withdrawn_with_it(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
        assert policy.item_id
        assert [one.id for one in (await beside(work, "pies", ["M3"])).items] == [policy.item_id]
        item = await get_item(work, policy.item_id)
        assert item.renew_on == months_on(TODAY, 12)
    async with begin(lead) as work:
        renewed = msgspec.structs.replace(NEW, renew_on=TODAY + timedelta(days=90))
        await publish_edition(work, school, policy.id, renewed, 1)
        assert (await get_item(work, policy.item_id)).renew_on == renewed.renew_on
        await withdraw(work, policy.id, "Another takes its place.", 2)
        assert (await get_item(work, policy.item_id)).withdrawn_at
        assert await list_mine(work, TODAY) == ()


async def test_whom_it_is_for_changes_without_another_edition(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "policy", NEW)
        await acknowledge(work, policy.id, 1)
        await change_readers(work, policy.id, msgspec.structs.replace(NEW, readers=("lead", "head")), 1)
    async with begin(lead) as work:
        (mine,) = await list_mine(work, TODAY)
        assert mine.done_on


async def test_what_is_missing_is_said_all_at_once(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refused:
            await publish(work, school, "policy", NewEdition(title="", readers=("nobody",)))
        assert {error.field for error in refused.value.errors} == {"title", "readers", "words", "effective_on"}
        with pytest.raises(Invalid) as refused:
            await publish(work, school, "agreement", NewEdition(title="A", words="B", effective_on=TODAY))
        assert {error.field for error in refused.value.errors} == {"parties"}


async def test_a_reporter_publishes_nothing_and_reads_no_register(someone, school):
    async with begin(await someone(Role.REPORTER)) as work:
        with pytest.raises(Forbidden):
            await publish(work, school, "policy", NEW)
        with pytest.raises(Forbidden):
            await list_policies(work, TODAY)


async def test_another_organisation_sees_nothing_of_it(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        policy = await publish(work, school, "policy", NEW)
    async with begin(await someone(Role.LEAD)) as work:
        assert await list_policies(work, TODAY) == ()
        with pytest.raises(NotFound):
            await acknowledge(work, policy.id, 1)


async def test_names_from_paper_hold_until_their_day_and_for_their_edition(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        people = (Who("Noor Sample", "Casey Sample"), Who("Mary Sample", "Robin Sample"))
        assert await record_paper(work, policy.id, "family", people, TODAY) == 2
        rows = await list_signatures(work, policy.id, LATEST_ITEM, 10)
        assert {row.for_name for row in rows} == {"Casey Sample", "Robin Sample"}
        assert all(row.holds(TODAY, 1) and not row.holds(TODAY, 2) for row in rows)
        assert not rows[0].holds(months_on(TODAY, 13), 1)
        assert (await tally(work, policy, TODAY))["family"].holding == 2
        assert await list_signatures(work, policy.id, LATEST_ITEM, 10, text="mar%") == ()
        assert [row.name for row in await list_signatures(work, policy.id, LATEST_ITEM, 10, text="mary")] == [
            "Mary Sample"
        ]
    async with begin(lead) as work:
        await end_signature(work, policy.id, rows[0].id, "Moved away.")
        with pytest.raises(Conflict):
            await end_signature(work, policy.id, rows[0].id, "Moved away.")
        assert (await tally(work, policy, TODAY))["family"].holding == 1


async def test_a_member_of_staff_signs_with_their_account(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
    async with begin(lead) as work:
        await acknowledge(work, policy.id, 1)
        (mine,) = await list_mine(work, TODAY)
        assert mine.done_on
        (row,) = await list_signatures(work, policy.id, LATEST_ITEM, 10)
        assert (row.way, row.party, row.user_id) == ("account", "staff", lead.user_id)
        (later,) = await list_mine(work, months_on(TODAY, 13))
        assert later.done_on is None


async def test_an_account_signs_and_reads_on_the_day_that_it_is_where_the_organisation_is(someone, school, addresses):
    """East of everybody or west of everybody: at any hour it is another day in one of these than in London."""
    lead = await someone(Role.LEAD)
    here = {zone: clock.now().astimezone(ZoneInfo(zone)).date() for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago")}
    zone, day = next((zone, day) for zone, day in here.items() if day != clock.now().date())
    async with owning(addresses.owner) as owner:
        await owner.execute("update organisations set time_zone = %s where id = %s", (zone, lead.organisation_id))
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await acknowledge(work, policy.id, 1)
        read = await publish(work, school, "policy", NEW)
        await acknowledge(work, read.id, 1)
    async with begin(lead) as work:
        (row,) = await list_signatures(work, policy.id, LATEST_ITEM, 10)
        assert (row.signed_on, row.expires_on) == (day, months_on(day, 12))
        assert {one.done_on for one in await list_mine(work, day)} == {day}
        (reader,) = [one for one in await list_readers(work, read.id, day) if one.user_id == lead.user_id]
        assert (reader.read_on, reader.due_on) == (day, max(TODAY + timedelta(days=20), day + timedelta(days=14)))


async def test_somebody_is_tallied_once_and_what_they_sign_later_takes_the_place_of_what_they_signed_before(
    someone, school
):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await acknowledge(work, policy.id, 1)
        twice = (
            Who("Olu Sample", "Kim"),
            Who("olu sample ", "kim"),
            Who("Ann Sample", "Robin"),
            Who("Ann Sample", "Casey"),
        )
        await record_paper(work, policy.id, "family", twice, TODAY)
        await record_paper(work, policy.id, "pupil", (Who("Robin Sample"), Who("Casey Sample")), TODAY)
    async with begin(lead) as work:
        counts = await tally(work, policy, TODAY)
        assert {party: one.holding for party, one in counts.items()} == {"staff": 1, "family": 2, "pupil": 2}
        assert [line.signed for line in await list_policies(work, TODAY)] == [5]
    async with begin(lead) as work:
        policy = await publish_edition(work, school, policy.id, AGREEMENT, 1)
        await acknowledge(work, policy.id, 2)
        await record_paper(work, policy.id, "pupil", (Who("Casey Sample"),), TODAY)
    async with begin(lead) as work:
        counts = await tally(work, policy, TODAY)
        assert {party: (one.holding, one.past) for party, one in counts.items()} == {
            "staff": (1, 0), "family": (0, 2), "pupil": (1, 1),
        }  # fmt: skip
        rows = await list_signatures(work, policy.id, LATEST_ITEM, 20)
        assert {row.replaced for row in rows if row.party == "staff" and row.edition == 1} == {True}
        assert [row.name for row in rows if row.party == "pupil" and row.replaced] == ["Casey Sample"]
        assert not any(row.replaced for row in rows if row.edition == 2)
        newest = next(row for row in rows if row.party == "pupil" and row.edition == 2)
        await end_signature(work, policy.id, newest.id, "Recorded by mistake.")
    async with begin(lead) as work:
        pupils = (await tally(work, policy, TODAY))["pupil"]
        assert (pupils.holding, pupils.past) == (0, 2)


async def test_an_address_for_one_person_works_once(someone, school):
    lead, secret = await someone(Role.LEAD), new_secret()
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await make_link(work, policy.id, secret.hash, "pupil", "Robin", many=False)
    offered = await find_offered(secret.hash)
    assert (offered.title, offered.state, offered.name) == ("Acceptable use", "open", "Robin")
    await sign_there(offered, Who("Robin"), 1, clock.new_request_id(), clock.random_bytes(16))
    assert (await find_offered(secret.hash)).state == "used"
    with pytest.raises(Gone):
        await sign_there(offered, Who("Robin"), 1, clock.new_request_id(), clock.random_bytes(16))
    async with begin(lead) as work:
        (row,) = await list_signatures(work, policy.id, LATEST_ITEM, 10)
        assert (row.name, row.way, row.recorded_by_name) == ("Robin", "link", "Robin")


async def test_a_shared_device_takes_one_after_another_and_only_the_edition_that_was_shown(someone, school):
    lead, secret = await someone(Role.LEAD), new_secret()
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await make_link(work, policy.id, secret.hash, "pupil", "", many=True)
    offered = await find_offered(secret.hash)
    for name in ("Robin", "Casey"):
        await sign_there(offered, Who(name), 1, clock.new_request_id(), clock.random_bytes(16))
    async with begin(lead) as work:
        await publish_edition(work, school, policy.id, AGREEMENT, 1)
    with pytest.raises(Conflict, match="Read this one, then sign it here"):
        await sign_there(offered, Who("Alex"), 1, clock.new_request_id(), clock.random_bytes(16))
    await sign_there(await find_offered(secret.hash), Who("Alex"), 2, clock.new_request_id(), clock.random_bytes(16))
    async with begin(lead) as work:
        assert len(await list_signatures(work, policy.id, LATEST_ITEM, 10)) == 3


async def test_a_family_says_for_whom_it_signs_on_paper_and_at_an_address(someone, sign_in, stranger, school):
    lead, secret = (await sign_in(Role.LEAD)).actor, new_secret()
    async with begin(lead) as work:
        policy = await publish(work, school, "agreement", AGREEMENT)
        await make_link(work, policy.id, secret.hash, "family", "", many=True)
        with pytest.raises(Invalid) as wrong:
            await record_paper(work, policy.id, "family", (Who("Mo Sample", "Robin"), Who("Ana Sample")), TODAY)
        assert [(one.field, one.message.rpartition(": ")[2]) for one in wrong.value.errors] == [("names", "Ana Sample")]
    address, typed = f"/sign/{secret.text}?lang=cy", {"name": "Ana Sample", "edition": "1", "agreed": "yes"}
    refused = await stranger.send(address, {**typed, "agreed": ""})
    assert refused.status_code == 422 and refused.text.count("Ticiwch i ddweud") == 2
    assert 'value="Ana Sample"' in refused.text and "Ysgrifennwch ar ran pwy" in refused.text
    assert (await stranger.send(address, {**typed, "for_name": "Robin Sample"})).status_code == 303
    async with begin(lead) as work:
        assert [row.for_name for row in await list_signatures(work, policy.id, LATEST_ITEM, 10)] == ["Robin Sample"]


async def test_a_form_that_is_sent_twice_is_signed_once(sign_in, stranger):
    lead, secret = await sign_in(Role.LEAD), new_secret()
    async with begin(lead.actor) as work:
        policy = await publish(work, profile_of("school"), "agreement", AGREEMENT)
        await make_link(work, policy.id, secret.hash, "pupil", "", many=True)
    address = f"/sign/{secret.text}"
    token, typed = await stranger.token(address), {"name": "Robin", "edition": "1", "agreed": "yes"}
    for _ in range(2):
        assert (await stranger.send(address, typed, token=token)).status_code == 303
    assert (await stranger.send(address, typed)).status_code == 303
    async with begin(lead.actor) as work:
        assert len(await list_signatures(work, policy.id, LATEST_ITEM, 10)) == 2


async def test_nothing_holds_from_a_year_that_nobody_means(someone, school):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refused:
            await publish(work, school, "policy", msgspec.structs.replace(NEW, effective_on=date.max))
        assert [error.field for error in refused.value.errors] == ["effective_on"]


async def test_a_secret_that_nobody_made_opens_nothing(database):
    with pytest.raises(NotFound):
        await find_offered(new_secret().hash)


async def test_the_pages_from_publishing_to_reading(sign_in):
    lead = await sign_in(Role.LEAD)
    assert "No policy yet" in (await lead.get("/standards/registers/policies")).text
    assert "“Walrus” is nothing that this page" in (await lead.get("/standards/registers/policies?show=Walrus")).text
    typed = {"kind": "policy", "title": "Phones <b>", "readers": "lead", "words": "Away in lessons.",
             "effective_on": TODAY.isoformat(), "read_by": "", "seen": "0", "do": "publish"}  # fmt: skip
    made = await lead.send("/standards/registers/policies/new", typed)
    assert made.status_code == 303, made.text
    register = made.headers["location"]
    assert "0 of 1 have read it" in (await lead.get(register)).text
    wrong = await lead.send("/standards/registers/policies/new", typed | {"title": "", "words": "<i>kept</i>"})
    assert wrong.status_code == 422
    assert "&lt;i&gt;kept&lt;/i&gt;" in wrong.text
    over = typed | {"read_by": (TODAY - timedelta(days=9)).isoformat()}
    late = await lead.send("/standards/registers/policies/new", over)
    assert late.status_code == 422 and "The day to read it by is over" in late.text
    page = "/policies/" + register.rsplit("/", 1)[1]
    assert "Away in lessons." in (await lead.get(page)).text
    assert (await lead.send(page, {"edition": "1"})).status_code == 422
    assert (await lead.send(page, {"edition": "1", "agreed": "yes"})).status_code == 303
    assert "Everybody has read it" in (await lead.get(register)).text
    assert "Phones &lt;b&gt;" in (await lead.get("/policies?done")).text
    csv = await lead.get("/standards/registers/tables/policies.csv")
    assert "Phones <b>" in csv.text
    workbook = await lead.get("/standards/registers/tables/policies.xlsx")
    assert workbook.content.startswith(b"PK")
    assert 'filename="policies.xlsx"' in workbook.headers["content-disposition"]
    for name in ("nothing.csv", "policies.pdf", "policies"):
        assert (await lead.get(f"/standards/registers/tables/{name}")).status_code == 404


async def test_the_pages_of_an_agreement_and_of_whoever_signs_without_an_account(sign_in, stranger):
    lead = await sign_in(Role.LEAD)
    typed = {"kind": "agreement", "title": "Acceptable use", "parties": "visitor", "words": "Be kind.",
             "effective_on": TODAY.isoformat(), "lasts_months": "1", "seen": "0", "do": "publish"}  # fmt: skip
    made = await lead.send("/standards/registers/policies/new?kind=agreement", typed)
    signatures = made.headers["location"] + "/signatures"
    assert "Nobody has signed" in (await lead.get(signatures)).text
    paper = {"party": "visitor", "names": "Ana Sample\nBo Sample\n", "signed_on": TODAY.isoformat()}
    done = await lead.send(signatures, paper)
    told = (await lead.get(done.headers["location"])).text
    assert "2 signatures are recorded" in told and "had signed this edition before" not in told
    again = await lead.send(signatures, paper | {"names": "ana  Sample\nBo Sample\nCy Sample"})
    told = (await lead.get(again.headers["location"])).text
    assert "3 signatures are recorded" in told and "2 of them had signed this edition before" in told
    refused = await lead.send(signatures, paper | {"party": ""})
    assert refused.status_code == 422
    assert "Bo Sample" in refused.text
    taken = (await lead.get(f"/standards/registers/tables/agreements.csv?policy={signatures.split('/')[-2]}")).text
    assert "Bo Sample,,Visitor,On paper," in taken and ",paper" not in taken
    sent = {"signer": "visitor", "name": "Cy Sample", "do": "once"}
    link = await lead.send(made.headers["location"] + "/links", sent, page=signatures)
    shown = (await lead.get(link.headers["location"])).text
    address = re.search(r"https://safeguard.test(/sign/[A-Za-z0-9_-]+)", shown)
    assert address
    assert "Be kind." in (await stranger.get(address[1])).text
    welsh = (await stranger.get(address[1] + "?lang=cy")).text
    assert "Eich enw" in welsh and "Llofnodi" in welsh and 'lang="cy"' in welsh
    unsigned = await stranger.send(address[1] + "?lang=cy", {"name": "", "edition": "1"}, page=address[1])
    assert unsigned.status_code == 422
    assert "Ysgrifennwch eich enw." in unsigned.text
    assert (await stranger.send(address[1], {"name": "Cy Sample", "edition": "1"})).status_code == 422
    assert (await stranger.send(address[1], {"name": "Cy Sample", "edition": "1", "agreed": "y"})).status_code == 303
    thanks = (await stranger.get(address[1] + "?signed")).text
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", thanks, re.DOTALL) and "Thank you" in thanks.split("<h1")[1]
    assert (await stranger.get(address[1])).status_code == 410
    assert (await stranger.get("/sign/made-up")).status_code == 404
    listed = (await lead.get(signatures + "?q=cy")).text
    assert "Cy Sample" in listed and "Ana Sample" not in listed


async def test_a_list_of_families_gets_an_address_each_in_a_file(sign_in, stranger):
    lead = await sign_in(Role.LEAD)
    typed = {"kind": "agreement", "title": "Acceptable use", "parties": "family", "words": "Be kind.",
             "effective_on": TODAY.isoformat(), "seen": "0", "do": "publish"}  # fmt: skip
    made = (await lead.send("/standards/registers/policies/new?kind=agreement", typed)).headers["location"]
    page, asked = made + "/signatures", {"signers": "family", "people": "=Mary Sample for Robin Sample\nBo Oakes\n"}
    refused = await lead.send(made + "/links/list", asked | {"signers": "", "do": "csv"}, page=page)
    assert refused.status_code == 422 and "Bo Oakes" in refused.text and "Choose who will sign there" in refused.text
    taken = await lead.send(made + "/links/list", asked | {"do": "csv"}, page=page)
    assert taken.headers["content-disposition"].startswith("attachment")
    rows = [line.split(",") for line in taken.text.splitlines()[1:]]
    assert [row[:3] for row in rows] == [
        ["'=Mary Sample", "Robin Sample", "Acceptable use"], ["Bo Oakes", "", "Acceptable use"],
    ]  # fmt: skip
    first, second = (row[3].removeprefix("https://safeguard.test") for row in rows)
    signed = {"name": "Mary Sample", "for_name": "Robin Sample", "edition": "1", "agreed": "y"}
    assert (await stranger.send(first, signed)).status_code == 303
    assert (await stranger.get(first)).status_code == 410 and (await stranger.get(second)).status_code == 200
    assert first not in (await lead.get(page)).text and "Bo Oakes" in (await lead.get(page)).text
    workbook = await lead.send(made + "/links/list", asked | {"do": "xlsx"}, page=page)
    assert workbook.content.startswith(b"PK")


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 22), 2, date(2027, 1, 22)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
    ],
    ids=["short-month", "leap-day", "new-year", "backwards"],
)
def test_a_day_so_many_months_on_is_the_same_day_or_the_last_of_a_shorter_month(day, months, then):
    assert months_on(day, months) == then
