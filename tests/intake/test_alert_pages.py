"""A lead's pages of alerts: one becomes an incident, many are closed with one reason, a table is taken in."""

import re
from html import unescape
from typing import Any

import pytest

from safeguard.access.roles import Role
from tests.intake.sending import connect, file_alert, id_in, rows_of, send_table
from tests.web.conftest import SignIn

pytestmark = pytest.mark.anyio

ALERTS = "select * from alerts order by product_id"
TABLE = b"id,raised_at,user,words\r\n1,2026-01-12 13:30,Ana Brook,First words\r\n2,2026-01-13 09:00,,=HYPERLINK(1)\r\n"


async def lead_with_alerts(sign_in: SignIn, program: SignIn, someone: Any, count: int) -> tuple[Any, list[str]]:
    lead = await someone(Role.LEAD)
    made, product = await connect(lead), await program(Role.REPORTER, organisation=lead.organisation_id)
    sent = [await file_alert(product, made, id=f"a-{number}", words=f"Words {number}") for number in range(count)]
    return await sign_in(actor=lead), [str(id_in(answer)) for answer in sent]


async def test_an_alert_becomes_an_incident_begun_with_its_words(
    sign_in: SignIn, program: SignIn, someone: Any
) -> None:
    lead, (alert,) = await lead_with_alerts(sign_in, program, someone, 1)
    shown = (await lead.get(f"/alerts/{alert}")).text
    assert "Words 0" in shown
    assert "morgan.hale" in shown
    typed = {"narrative": "They wrote “Words 0”.", "person": "Morgan Hale", "group": "9B", "part": "affected"}
    answer = await lead.send(f"/alerts/{alert}/incident", typed, page=f"/alerts/{alert}")
    assert answer.status_code == 303, answer.text
    incident = await lead.get(answer.headers["location"])
    assert "They wrote" in incident.text
    assert "Morgan Hale" in incident.text
    (row,) = await rows_of(lead.actor, ALERTS)
    assert (row.state, f"/incidents/{row.incident_id}") == ("turned", answer.headers["location"])
    again = await lead.send(f"/alerts/{alert}/incident", typed, page="/alerts/table")
    assert again.status_code == 409


async def test_a_report_without_words_comes_back_with_what_was_typed(
    sign_in: SignIn, program: SignIn, someone: Any
) -> None:
    lead, (alert,) = await lead_with_alerts(sign_in, program, someone, 1)
    typed = {"narrative": "", "person": "Mo Hale", "part": "witness"}
    answer = await lead.send(f"/alerts/{alert}/incident", typed, page=f"/alerts/{alert}")
    assert answer.status_code == 422
    assert "Mo Hale" in answer.text


async def test_many_alerts_are_closed_with_one_reason(sign_in: SignIn, program: SignIn, someone: Any) -> None:
    lead, alerts = await lead_with_alerts(sign_in, program, someone, 3)
    token = await lead.token("/alerts")
    sent = {"csrf_token": token, "picked": alerts[:2], "reason": "A lesson on the Second World War."}
    answer = await lead.client.post("/alerts", data=sent, headers={"sec-fetch-site": "same-origin"})
    assert answer.headers["location"] == "/alerts?closed=2&left=0"
    rows = await rows_of(lead.actor, ALERTS)
    assert [(row.state, row.reason) for row in rows] == [
        ("closed", "A lesson on the Second World War."), ("closed", "A lesson on the Second World War."), ("new", "")
    ]  # fmt: skip
    assert await rows_of(lead.actor, "select id from incidents") == []
    assert "Second World War" in (await lead.get("/alerts?show=closed")).text


async def test_all_of_a_page_are_ticked_at_once_but_what_a_product_calls_grave(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    calm = "".join(f"{number},2026-01-12 13:30,low,Calm.\r\n" for number in range(30))
    table = f"id,raised_at,severity,words\r\n{calm}x,2026-01-12 13:30,high,Grave.\r\n".encode()
    assert (await send_table(lead, "/alerts/table", table, source="Watchful")).status_code == 303
    shown = (await lead.get("/alerts")).text
    assert " checked>" not in shown
    link = re.search(r'href="([^"]+tick=all)">([^<]+)<', shown)
    assert link
    assert link[2] == "Tick the 30 on this page that their products do not call grave"
    ticked = (await lead.get(unescape(link[1]))).text
    assert len(re.findall(r"<input[^>]* checked>", ticked)) == 30
    assert "30 are ticked." in ticked
    picked = re.findall(r'value="([0-9a-f-]{36})" checked', ticked)
    sent = {"csrf_token": await lead.token("/alerts"), "picked": picked, "reason": "A lesson."}
    answer = await lead.client.post("/alerts", data=sent, headers={"sec-fetch-site": "same-origin"})
    assert answer.headers["location"] == "/alerts?closed=30&left=0"
    assert [row.words for row in await rows_of(lead.actor, ALERTS) if row.state == "new"] == ["Grave."]
    alone = (await lead.get("/alerts")).text
    assert "tick=all" not in alone


async def test_alerts_and_earlier_records_stand_under_incidents_in_the_menu(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    for path in ("/alerts", "/alerts/sources", "/imports"):
        shown = (await lead.get(path)).text
        assert re.findall(r'href="([^"]+)" aria-current="true">Incidents<', shown), path
    main = (await lead.get("/alerts")).text.partition("<main")[2].partition("</main>")[0]
    assert main.count('class="govuk-button"') == 1, "one thing to do first"


async def test_an_alert_closed_by_mistake_still_becomes_an_incident(
    sign_in: SignIn, program: SignIn, someone: Any
) -> None:
    lead, (alert,) = await lead_with_alerts(sign_in, program, someone, 1)
    await lead.send("/alerts", {"picked": alert, "reason": "A lesson."}, page="/alerts")
    shown = (await lead.get(f"/alerts/{alert}")).text
    assert "Closed as a false alert by" in shown
    assert "It was real after all" in shown
    typed = {"narrative": "It was no lesson.", "person": "", "part": "affected"}
    answer = await lead.send(f"/alerts/{alert}/incident", typed, page=f"/alerts/{alert}")
    assert answer.status_code == 303, answer.text
    (row,) = await rows_of(lead.actor, ALERTS)
    assert (row.state, row.reason) == ("turned", "A lesson."), "how somebody thought to know stays said"
    assert "Made an incident by" in (await lead.get(f"/alerts/{alert}")).text


async def test_whoever_writes_themselves_down_as_alleged_by_an_alert_keeps_nothing_and_it_is_kept(
    sign_in: SignIn, program: SignIn, someone: Any
) -> None:
    lead, (alert,) = await lead_with_alerts(sign_in, program, someone, 1)
    said = {"narrative": "It was me.", "person": lead.actor.name, "part": "alleged"}
    answer = await lead.send(f"/alerts/{alert}/incident", said, page=f"/alerts/{alert}")
    assert answer.headers["location"] == "/incidents/received"
    other = await someone(Role.LEAD, organisation=lead.actor.organisation_id)
    assert [row.state for row in await rows_of(other, ALERTS)] == ["turned"]
    assert len(await rows_of(other, "select id from incidents")) == 1
    assert await rows_of(lead.actor, "select id from incidents") == []


@pytest.mark.parametrize(("picked", "reason", "field"), [("", "Because.", "picked"), ("one", "", "reason")])
async def test_closing_asks_for_alerts_and_a_reason(
    sign_in: SignIn, program: SignIn, someone: Any, picked: str, reason: str, field: str
) -> None:
    lead, (alert,) = await lead_with_alerts(sign_in, program, someone, 1)
    answer = await lead.send("/alerts", {"picked": alert if picked else "", "reason": reason}, page="/alerts")
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert [row.state for row in await rows_of(lead.actor, ALERTS)] == ["new"]


async def test_a_table_of_alerts_is_taken_in_once(sign_in: SignIn, tmp_path: Any) -> None:
    lead = await sign_in(Role.LEAD)
    first = await send_table(lead, "/alerts/table", TABLE, source="Watchful")
    assert (first.status_code, first.headers.get("location")) == (303, "/alerts?received=2&known=0&other=0"), first.text
    again = await send_table(lead, "/alerts/table", b"\xef\xbb\xbf" + TABLE, source="Watchful")
    assert again.headers["location"] == "/alerts?received=0&known=2&other=0"
    rows = await rows_of(lead.actor, ALERTS)
    assert [(row.product_id, row.words) for row in rows] == [("1", "First words"), ("2", "=HYPERLINK(1)")]
    waiting = (await lead.get("/alerts")).text
    assert "First words" in waiting, "a table that says nothing of how grave they are is looked through as any other"
    assert "=HYPERLINK(1)" in waiting
    assert [file for file in (tmp_path / "objects").rglob("*") if file.is_file()] == []


async def test_of_a_flood_of_urgent_alerts_each_stands_on_one_page_before_all_others_and_the_first_says_so(
    sign_in: SignIn,
) -> None:
    lead = await sign_in(Role.LEAD)
    flood = "".join(f"{number},2026-01-12 13:30,urgent,Flood {number}.\r\n" for number in range(103))
    table = f"id,raised_at,severity,words\r\n{flood}x,2026-01-12 13:30,low,Calm.\r\n".encode()
    assert (await send_table(lead, "/alerts/table", table, source="Watchful")).status_code == 303
    seen: list[str] = []
    said: list[bool] = []
    path: str | None = "/alerts"
    while path:
        shown = (await lead.get(path)).text
        seen += re.findall(r">(Flood \d+\.|Calm\.)</a>", shown)
        said.append("More of what the product calls grave stands on the next page." in shown)
        older = re.search(r'href="(/alerts\?show=new&amp;from=[a-z]+&amp;after=[^"]+)"', shown)
        path = unescape(older[1]) if older else None
    assert said == [True, False]
    assert (len(seen), seen[-1]) == (104, "Calm.")
    assert set(seen) == {"Calm.", *(f"Flood {number}." for number in range(103))}


async def test_what_the_api_filed_is_known_to_the_table(sign_in: SignIn, program: SignIn, someone: Any) -> None:
    lead, _ = await lead_with_alerts(sign_in, program, someone, 1)
    table = b"id;time;words\n a-0;2026-01-12T13:30;Otherwise\n"
    answer = await send_table(lead, "/alerts/table", table, source="Watchful")
    assert answer.headers["location"] == "/alerts?received=0&known=0&other=1"
    assert "1 alert was not taken in" in (await lead.get("/alerts?received=0&known=0&other=1")).text


async def test_dates_that_could_be_two_days_are_asked_about(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    table = b"id,date,words\n1,03/04/2026,Words\n"
    answer = await send_table(lead, "/alerts/table", table, source="Watchful")
    assert answer.status_code == 422
    assert "Choose the file again" in answer.text
    assert re.search(r"either of two days", answer.text)
    assert await rows_of(lead.actor, ALERTS) == []
    told = await send_table(lead, "/alerts/table", table, source="Watchful", order="month_first")
    assert told.status_code == 303
    assert [row.raised_at.date().isoformat() for row in await rows_of(lead.actor, ALERTS)] == ["2026-03-04"]


@pytest.mark.parametrize(
    ("name", "whole"),
    [
        ("a.csv", b""),
        ("a.csv", b"id,raised_at,words\n"),
        ("a.csv", b"id,words\n1,Words\n"),
        ("a.pdf", b"%PDF-1.7"),
        ("a.xlsx", b"PK\x03\x04 but no workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0 old"),
        ("a.csv", b'id,raised_at,words\n1,2026-01-12,"never closed'),
        ("a.csv", b"id,id,raised_at\n1,2,2026-01-12\n"),
    ],
)
async def test_a_file_that_is_no_table_of_alerts_is_refused_in_words(sign_in: SignIn, name: str, whole: bytes) -> None:
    lead = await sign_in(Role.LEAD)
    answer = await send_table(lead, "/alerts/table", whole, name, source="Watchful")
    assert answer.status_code in {303, 422} if b"never closed" in whole else answer.status_code == 422, answer.text
    assert len(await rows_of(lead.actor, ALERTS)) == (1 if answer.status_code == 303 else 0)


async def test_a_product_is_connected_once_and_its_secret_shown_once(sign_in: SignIn) -> None:
    lead = await sign_in(Role.LEAD)
    made = await lead.send("/alerts/sources", {"name": "Watchful"}, page="/alerts/sources")
    shown = (await lead.get(made.headers["location"])).text
    assert "sgs_" in shown
    assert "sgs_" not in (await lead.get("/alerts/sources")).text
    again = await lead.send("/alerts/sources", {"name": "WATCHFUL"}, page="/alerts/sources")
    assert again.status_code == 422


async def test_staff_who_report_see_no_alerts(sign_in: SignIn) -> None:
    reporter = await sign_in(Role.REPORTER)
    assert (await reporter.get("/alerts")).status_code == 403
