"""Products file alerts through the API: signed, once, and never readable to whom they are about."""

import asyncio
import re
import time
from typing import Any

import msgspec
import pytest

from safeguard import clock
from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.app import ALERTS as ALERTS_QUEUE
from safeguard.database.bootstrap import Addresses
from safeguard.incidents import beside
from safeguard.intake.alert import NewAlert
from safeguard.intake.alerts import list_waiting
from safeguard.intake.receiving import TOLD_OF_TABLE, receive_all
from safeguard.work import begin
from tests.factories.owning import owning
from tests.intake.sending import connect, file_alert, id_in, rows_of, signature
from tests.post.working import work_off
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

ALERTS = "select * from alerts order by received_at"


async def both(program: SignIn, someone: Any) -> tuple[Any, Any, Any]:
    """A lead who connected a product, and the product."""
    lead = await someone(Role.LEAD)
    return lead, await connect(lead), await program(Role.REPORTER, organisation=lead.organisation_id)


async def test_a_signed_alert_waits_for_a_lead(program: SignIn, someone: Any) -> None:
    lead, made, product = await both(program, someone)
    answer = await file_alert(product, made)
    assert answer.status_code == 201, answer.text
    assert answer.json()["is_new"] is True
    (row,) = await rows_of(lead, ALERTS)
    assert (row.id, row.source, row.state, row.user_name) == (id_in(answer), "Watchful", "new", "morgan.hale")


async def test_an_alert_sent_twice_arrives_once(program: SignIn, someone: Any) -> None:
    lead, made, product = await both(program, someone)
    first, again = await file_alert(product, made), await file_alert(product, made)
    assert (again.status_code, again.json()["is_new"], id_in(again)) == (200, False, id_in(first))
    assert len(await rows_of(lead, ALERTS)) == 1


async def test_of_twenty_at_once_one_arrives(program: SignIn, someone: Any) -> None:
    lead, made, product = await both(program, someone)
    answers = await asyncio.gather(*[file_alert(product, made) for _ in range(20)])
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]
    assert len(await rows_of(lead, ALERTS)) == 1


EVENTS = "select split_part(entry, E'\\n', 3) as event from audit.leaves order by log, index"
TRACES = "select id from audit.objects where id = $1"
ASKED = """
select a.words from jobs.job j join alerts a on a.id = j.subject_id where j.kind = 'notice.alert_pressing'
order by j.created_at, j.id
"""
TOLD = "select event from notices where recipient_id = '{}' order by created_at, id"


async def told(person: Any) -> list[str]:
    return [row.event for row in await rows_of(person, TOLD.format(person.user_id))]


async def test_of_what_a_product_calls_grave_people_are_told_at_once_and_then_the_head(
    program: SignIn, someone: Any
) -> None:
    lead, made, product = await both(program, someone)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    await file_alert(product, made, severity="low", id="a-1")
    await work_off(lead.organisation_id, None)
    assert await told(lead) == []
    await file_alert(product, made, severity="urgent", id="a-2", words="I will kill myself tonight.")
    await work_off(lead.organisation_id, None)
    assert (await told(lead), await told(head)) == (["alert.pressing"], [])
    async with begin(lead) as work:
        assert [each.product_id for each in await list_waiting(work, "urgent", None, 1)] == ["a-2"]
    await work_off(lead.organisation_id, None, ahead=True)
    assert (await told(lead), await told(head)) == (["alert.pressing"], ["alert.waiting"])


async def test_what_is_kept_from_a_lead_and_waits_for_long_goes_to_the_vault_and_sends_nobody_to_ask_that_lead(
    program: SignIn, someone: Any
) -> None:
    lead, made, product = await both(program, someone)
    other = await someone(Role.LEAD, organisation=lead.organisation_id)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    await file_alert(product, made, severity="urgent", user=lead.name, words="Pictures, at night.")
    await work_off(lead.organisation_id, None)
    assert (await told(lead), await told(other), await told(head)) == ([], ["alert.pressing"], [])
    await work_off(lead.organisation_id, None, ahead=True)
    assert await told(lead) == []
    assert "alert.waiting" not in await told(head)
    assert [event for event in await told(head) if event.startswith("concern.")]
    (concern,) = await rows_of(head, "select narrative from concerns")
    assert "Pictures, at night." in concern.narrative
    assert "Nobody who may know of it has looked at it, so it came here." in concern.narrative
    assert await rows_of(lead, "select id from concerns") == []
    assert [row.state for row in await rows_of(other, "select state from alerts")] == ["new"]


async def test_of_a_table_people_are_told_of_what_is_grave_and_new_wherever_it_stands(someone: Any) -> None:
    lead = await someone(Role.LEAD)
    slight = [NewAlert(id=f"low-{n}", raised_at=clock.now(), words="A game.", severity="low") for n in range(30)]
    grave = [NewAlert(id=f"grave-{n}", raised_at=clock.now(), words="Pills.", severity="urgent") for n in range(22)]
    high = NewAlert(id="high", raised_at=clock.now(), words="A knife.", severity="high")
    many = ["Pills."] * TOLD_OF_TABLE
    for table, expected in (([*slight, high], ["A knife."]), (grave[:21], many), (grave, ["Pills."])):
        before = len(await rows_of(lead, ASKED))
        async with begin(lead) as work:
            await receive_all(work, "Watchful", table)
        assert [row.words for row in (await rows_of(lead, ASKED))[before:]] == expected


async def test_the_home_page_says_how_many_of_the_alerts_that_wait_are_grave(
    sign_in: SignIn, someone: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "_queues", [ALERTS_QUEUE])
    lead = await someone(Role.LEAD)
    table = [NewAlert(id=f"{n}", raised_at=clock.now(), words="A game.", severity="low") for n in range(3)]
    grave = NewAlert(id="grave", raised_at=clock.now(), words="Pills.", severity="urgent")
    for sent, said in (
        ([grave], "1 waits · Somebody may be in danger"),
        (table, "4 wait · In 1 of them somebody may be in danger"),
        ([msgspec.structs.replace(grave, id=f"low-{n}", severity="low") for n in range(100)],
         "99 or more wait · In 1 of them somebody may be in danger"),
    ):  # fmt: skip
        async with begin(lead) as work:
            await receive_all(work, "Watchful", sent)
        assert said in (await (await sign_in(actor=lead)).get("/")).text


async def test_an_id_cannot_stand_for_another_alert(program: SignIn, someone: Any) -> None:
    _, made, product = await both(program, someone)
    await file_alert(product, made)
    assert (await file_alert(product, made, words="Something else.")).status_code == 409


async def test_a_request_from_yesterday_is_refused_when_it_is_replayed(program: SignIn, someone: Any) -> None:
    lead, made, product = await both(program, someone)
    answer = await file_alert(product, made, at=int(time.time()) - 86_400)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:safeguard:problem:stale-signature")
    assert await rows_of(lead, ALERTS) == []


@pytest.mark.parametrize("wrong", ["", "v1=00", "source=x,t=1,v1=2", "nonsense"])
async def test_an_alert_without_a_signature_is_refused(program: SignIn, someone: Any, wrong: str) -> None:
    lead, made, product = await both(program, someone)
    answer = await file_alert(product, made, header=wrong or " ")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:safeguard:problem:bad-signature")
    assert await rows_of(lead, ALERTS) == []


async def test_a_signature_of_another_body_is_refused(program: SignIn, someone: Any) -> None:
    _, made, product = await both(program, someone)
    answer = await file_alert(product, made, header=signature(made, b"{}"))
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:safeguard:problem:bad-signature")


async def test_the_secret_of_another_organisation_signs_nothing_here(program: SignIn, someone: Any) -> None:
    _, _, product = await both(program, someone)
    elsewhere = await connect(await someone(Role.LEAD))
    answer = await file_alert(product, elsewhere)
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:safeguard:problem:bad-signature")


async def test_an_ended_product_is_refused(program: SignIn, someone: Any, sign_in: SignIn) -> None:
    lead, made, product = await both(program, someone)
    browser = await sign_in(actor=lead)
    ended = await browser.send(f"/alerts/sources/{made.id}/end", {}, page="/alerts/sources")
    assert ended.status_code == 303
    assert (await file_alert(product, made)).status_code == 400


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"id": " "}, "id"),
        ({"words": "", "category": "", "address": ""}, "words"),
        ({"words": "x" * 20_001}, "words"),
        ({"user": "x" * 201}, "user"),
        ({"raised_at": "2999-01-01T00:00:00Z"}, "raised_at"),
        ({"raised_at": "2026-01-12T13:30:00"}, "raised_at"),
        ({"raised_at": "1970-01-01T00:00:00Z"}, "raised_at"),
    ],
)
async def test_what_needs_another_look_is_named(
    program: SignIn, someone: Any, said: dict[str, str], field: str
) -> None:
    lead, made, product = await both(program, someone)
    answer = await file_alert(product, made, **said)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await rows_of(lead, ALERTS) == []


async def test_somebody_does_not_see_an_alert_about_themselves(program: SignIn, someone: Any, sign_in: SignIn) -> None:
    lead, made, product = await both(program, someone)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    answer = await file_alert(product, made, user=deputy.name.upper(), words="Searched for.")
    alert_id = id_in(answer)
    assert [row.id for row in await rows_of(lead, ALERTS)] == [alert_id]
    assert await rows_of(deputy, ALERTS) == []
    browser = await sign_in(actor=deputy)
    assert "Searched for." not in (await browser.get("/alerts")).text
    assert (await browser.get(f"/alerts/{alert_id}")).status_code == 404
    closing = {"picked": str(alert_id), "reason": "Nothing in it."}
    closed = await browser.send("/alerts", closing, page="/alerts/table")
    assert closed.headers["location"] == "/alerts?closed=0&left=1"
    assert [row.state for row in await rows_of(lead, ALERTS)] == ["new"]
    handling = await sign_in(actor=lead)
    await handling.get(f"/alerts/{alert_id}")
    await handling.send("/alerts", closing, page="/alerts/table")
    told = [row.event for row in await rows_of(deputy, EVENTS)]
    assert not [event for event in told if event.startswith("alert.")], "in either log"
    assert await rows_of(deputy, TRACES, alert_id) == []
    assert len(await rows_of(lead, TRACES, alert_id)) == 1
    assert [event for event in [row.event for row in await rows_of(lead, EVENTS)] if event.startswith("alert.")] == [
        "alert.received", "alert.viewed", "alert.closed",
    ]  # fmt: skip


async def test_where_an_account_may_mean_two_neither_sees_the_alert_and_it_is_said_of_neither(
    program: SignIn, someone: Any, addresses: Addresses
) -> None:
    lead, made, product = await both(program, someone)
    two = [await someone(Role.DEPUTY, organisation=lead.organisation_id) for _ in range(2)]
    async with owning(addresses.owner) as owner:
        for actor, name in zip(two, ("Morgan Hale", "Mark Hale"), strict=True):
            await owner.execute("update memberships set name = %s where user_id = %s", (name, actor.user_id))
    await file_alert(product, made, user="SCHOOL\\mhale", severity="urgent", words="Searched for.")
    assert [await rows_of(each, ALERTS) for each in two] == [[], []]
    (alert,) = await rows_of(lead, ALERTS)
    assert (alert.user_id, sorted(alert.kept_from)) == (None, sorted(each.user_id for each in two))
    await work_off(lead.organisation_id, None)
    assert [await told(each) for each in (lead, *two)] == [["alert.pressing"], [], []]


IN_VAULT = "select reference, subject_name, narrative, child_at_risk from concerns order by raised_at, id"
NOTES = "select words from concern_entries order by written_at, id"


async def test_an_alert_about_each_who_handles_incidents_becomes_a_concern_that_they_never_hear_of(
    program: SignIn, someone: Any
) -> None:
    lead, made, product = await both(program, someone)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    await file_alert(product, made, id="a-1", user=lead.name, severity="urgent", words="How to meet a pupil.")
    await work_off(lead.organisation_id, None)
    await work_off(lead.organisation_id, None, ahead=True)
    (concern,) = await rows_of(head, IN_VAULT)
    assert (concern.subject_name, concern.child_at_risk) == (lead.name, True)
    assert "How to meet a pupil." in concern.narrative
    assert set(await told(head)) == {"concern.raised"}, "and never to ask whom it is about"
    await file_alert(product, made, id="a-1.2", user=lead.name, severity="high", words="Its number there: a.")
    await file_alert(product, made, id="a", user=lead.name, severity="high", words="How to hide a phone.")
    for _ in range(2):
        await work_off(lead.organisation_id, None, ahead=True)
    assert len(await rows_of(head, IN_VAULT)) == 3, "each once, whatever it says of itself"
    for number in (2, 3):
        await file_alert(product, made, id=f"a-{number}", user=lead.name, severity="low", words=f"Game {number}.")
    await work_off(lead.organisation_id, None)
    assert len(await rows_of(head, IN_VAULT)) == 3
    assert ["Game 2." in row.words or "Game 3." in row.words for row in await rows_of(head, NOTES)] == [True, True]
    assert [await rows_of(lead, rows) for rows in (ALERTS, IN_VAULT, NOTES)] == [[], [], []]
    assert await told(lead) == []
    async with begin(lead, purpose="session") as work:
        assert await work.driver.fetchval("select count(*) from jobs.job") == 0


async def test_whom_an_account_may_mean_is_kept_from_the_concern_whatever_the_account_is_called(
    program: SignIn, someone: Any, addresses: Addresses
) -> None:
    lead, made, product = await both(program, someone)
    here = lead.organisation_id
    heads = [await someone(Role.HEAD, organisation=here) for _ in range(2)]
    async with owning(addresses.owner) as owner:
        for actor, name in ((lead, "Morgan Hale"), (heads[0], "Mark Hale")):
            await owner.execute("update memberships set name = %s where user_id = %s", (name, actor.user_id))
    await file_alert(product, made, user="SCHOOL\\mhale", severity="high", words="Searched for.")
    await work_off(here, None)
    assert [len(await rows_of(each, IN_VAULT)) for each in heads] == [0, 1]
    joined = await someone(Role.HEAD, organisation=here)
    async with owning(addresses.owner) as owner:
        await owner.execute("update memberships set name = 'Mick Hale' where user_id = %s", (joined.user_id,))
    assert await rows_of(joined, IN_VAULT) == []


async def test_an_incident_made_of_an_alert_about_a_member_is_kept_from_them_too(
    program: SignIn, sign_in: SignIn, someone: Any, addresses: Addresses
) -> None:
    lead, made, product = await both(program, someone)
    deputy = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    async with owning(addresses.owner) as owner:
        await owner.execute("update memberships set name = 'Morgan Hale' where user_id = %s", (deputy.user_id,))
    alert_id = id_in(await file_alert(product, made, user="SCHOOL\\mhale", words="Searched for."))
    browser = await sign_in(actor=lead)
    page = (await browser.get(f"/alerts/{alert_id}")).text
    assert "It may be about somebody who works here" in page
    assert re.search(r'value="alleged"[^>]* checked', page)
    typed = {"narrative": "They searched for it.", "person": "Somebody of the office", "part": "alleged"}
    answer = await browser.send(f"/alerts/{alert_id}/incident", typed, page=f"/alerts/{alert_id}")
    assert answer.status_code == 303, answer.text
    assert [len(await rows_of(each, "select id from incidents")) for each in (lead, deputy)] == [1, 0]


async def test_whoever_joins_or_takes_the_name_later_does_not_see_the_alert_about_them_either(
    program: SignIn, someone: Any, addresses: Addresses
) -> None:
    lead, made, product = await both(program, someone)
    renamed = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    await file_alert(product, made, user="walter.wombat", words="Searched for.")
    assert len(await rows_of(renamed, ALERTS)) == 1
    async with begin(renamed, purpose="session") as work:
        await work.driver.execute("select identity.rename('Walter Wombat')")
    assert await rows_of(renamed, ALERTS) == []
    joined = await someone(Role.DEPUTY, organisation=lead.organisation_id)
    async with owning(addresses.owner) as owner:
        mail = "update memberships set email = 'walter.wombat@alder.example' where user_id = %s"
        await owner.execute(mail, (joined.user_id,))
    assert await rows_of(joined, ALERTS) == []
    assert len(await rows_of(lead, ALERTS)) == 1


async def call_walter(lead: Actor) -> None:
    async with begin(lead, purpose="session") as work:
        await work.driver.execute("select identity.rename('Walter Wombat')")


@pytest.mark.parametrize("happens", ["takes the name", "leaves", "handles no more"])
async def test_an_alert_that_the_last_who_may_look_may_not_know_of_goes_onward_at_once(
    program: SignIn, someone: Any, addresses: Addresses, happens: str
) -> None:
    lead, made, product = await both(program, someone)
    head = await someone(Role.HEAD, organisation=lead.organisation_id)
    other = await someone(Role.DEPUTY, organisation=lead.organisation_id) if happens != "takes the name" else None
    if other:
        await call_walter(lead)
    await file_alert(product, made, user="walter.wombat", severity="low", words="How to meet a pupil.")
    await work_off(lead.organisation_id, None)
    assert await rows_of(head, IN_VAULT) == []
    if other:
        change = "state = 'ended'" if happens == "leaves" else "roles = '{reporter}'"
        async with owning(addresses.owner) as owner:
            await owner.execute(f"update memberships set {change} where user_id = %s", (other.user_id,))
    else:
        await call_walter(lead)
    await work_off(lead.organisation_id, None)
    assert ["How to meet a pupil." in row.narrative for row in await rows_of(head, IN_VAULT)] == [True]
    assert [await rows_of(lead, rows) for rows in (ALERTS, IN_VAULT)] == [[], []]


async def test_another_organisation_sees_nothing(program: SignIn, someone: Any) -> None:
    _, made, product = await both(program, someone)
    await file_alert(product, made)
    assert await rows_of(await someone(Role.LEAD), ALERTS) == []
