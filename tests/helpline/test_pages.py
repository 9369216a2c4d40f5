"""The desk's pages, as a browser without script sees them."""

import re
from uuid import UUID

import pytest

from safeguard.access.roles import Role
from safeguard.helpline.queries import get_case, list_urls_of
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.web_form.rating import rate_at_desk
from safeguard.helpline.writing import add_to_case
from safeguard.web.paging import DEFAULT_LIMIT
from safeguard.work import begin
from tests.helpline.conftest import taken

pytestmark = pytest.mark.anyio

CALL = {
    "channel": "phone", "summary": "An account pretends to be me.", "caller": "teacher", "sector": "secondary",
    "caller_name": "Sam Oakes", "caller_organisation": "Alder School", "caller_contact": "01632 960123",
    "issues": "impersonation", "platforms": "tiktok", "state": "acknowledged", "keep": "yes",
}  # fmt: skip


@pytest.fixture
async def desk(sign_in):
    return await sign_in(Role.PRACTITIONER, kind="helpline")


async def opened(browser, **more) -> str:
    answer = await browser.send("/helpline/new", CALL | more)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def seen(text: str) -> str:
    found = re.search(r'name="seen" value="(\d+)"', text)
    assert found
    return found[1]


async def test_an_empty_queue_says_how_to_begin(desk):
    assert "Nobody is waiting" in (await desk.get("/helpline")).text


async def test_a_call_is_noted_with_addresses_and_stands_in_the_queue(desk):
    case = await opened(desk, addresses="https://x.com/a and javascript:alert(1)")
    shown = (await desk.get(case)).text
    assert "https://x.com/a" in shown
    assert "Ask whether they reported it" in shown
    left_out = shown.partition("Left out of the addresses")[2].partition("</p>")[0]
    assert left_out.partition(":")[2].split() == ["javascript:alert(1)"]
    queue = (await desk.get("/helpline")).text
    assert "An account pretends to be me." in queue
    assert "Sam Oakes, Alder School" in queue


async def test_what_was_typed_of_a_call_is_kept_when_something_is_missing(desk):
    wrong = await desk.send("/helpline/new", CALL | {"summary": "", "caller_name": "<b>Sam</b>"})
    assert wrong.status_code == 422
    assert "&lt;b&gt;Sam&lt;/b&gt;" in wrong.text
    assert "Say what the caller told you" in wrong.text


async def test_a_call_whose_addresses_are_none_opens_no_case(desk):
    wrong = await desk.send("/helpline/new", CALL | {"addresses": "javascript:alert(1)"})
    assert wrong.status_code == 422
    assert "None of this is an address of a page" in wrong.text
    assert "Nobody is waiting" in (await desk.get("/helpline")).text


async def test_lines_that_are_no_address_stay_beside_the_form_with_what_to_do(desk):
    case = await opened(desk)
    junk = "the false profile\nhttps://x.com/ok\njavascript:alert(1)"
    some = await desk.send(f"{case}/addresses", {"addresses": junk}, page=case)
    assert "1 address is on the list" in some.text and "2 things that you pasted are no address" in some.text
    assert ">the false profile\njavascript:alert(1)</textarea>" in some.text.replace("\r", "")
    none = await desk.send(f"{case}/addresses", {"addresses": "the false profile"}, page=case)
    assert none.status_code == 422
    assert "“the false profile”. An address begins with https://" in none.text
    assert ">the false profile</textarea>" in none.text


async def test_an_answer_is_not_sent_over_what_others_wrote_since(desk, someone):
    case = await opened(desk)
    other = await someone(Role.PRACTITIONER, organisation=desk.actor.organisation_id)
    shown = (await desk.get(case)).text
    fields = {"kind": "answer", "words": "Report it to the platform first.", "after": last(shown)}
    async with begin(other) as work:
        theirs = await get_case(work, UUID(case.rpartition("/")[2]))
        await add_to_case(work, theirs, "answer", "phone", "Leave it as it is.", (), distressing=False)
    late = await desk.send(f"{case}/entries", fields, page=case)
    assert late.status_code == 409 and "so your answer was not sent" in late.text
    assert "Report it to the platform first.</textarea>" in late.text and "Leave it as it is." in late.text
    assert (await desk.send(f"{case}/entries", fields | {"after": last(late.text)}, page=case)).status_code == 303


def last(html: str) -> str:
    return re.findall(r'name="after" value="([^"]*)"', html)[0]


async def test_what_a_caller_asked_before_is_shown_while_talking(desk):
    await opened(desk)
    found = await desk.get("/helpline/earlier?caller_name=&caller_contact=960123")
    assert "An account pretends to be me." in found.text
    by_organisation = "caller_contact=99999999&caller_name=Nobody+Known&caller_organisation=Alder"
    assert "An account pretends to be me." in (await desk.get(f"/helpline/earlier?{by_organisation}")).text
    assert "Nothing before" in (await desk.get("/helpline/earlier?q=somebody+else")).text


@pytest.mark.parametrize("show", ["open", "mine", "unassigned", "awaiting", "ended", "nonsense"])
async def test_the_queue_is_narrowed(desk, show):
    await opened(desk)
    found = await desk.get(f"/helpline?show={show}")
    assert found.status_code == 200
    assert ("An account pretends" in found.text) == (show in {"open", "mine", "nonsense"})
    assert ("“nonsense” is nothing that this page can show" in found.text) == (show == "nonsense")


async def test_a_long_queue_goes_on_below_and_leads_back_to_its_beginning(desk):
    async with begin(desk.actor) as work:
        cases = [await taken(work) for _ in range(DEFAULT_LIMIT + 1)]
        done = await taken(work, state=State.ADVICE_GIVEN, answer="Report it first.")
    first = (await desk.get("/helpline")).text
    assert "Older" not in first
    assert f"/helpline/cases/{done.id}" not in first
    on = re.search(r'href="(/helpline\?[^"]*after=[^"]+)"[^>]*>Further on', first)
    assert on
    second = (await desk.get(on[1].replace("&amp;", "&"))).text
    assert re.search(r'href="/helpline\?show=open"[^>]*>.*To the beginning', second)
    assert second.index(f"/helpline/cases/{cases[-1].id}") < second.index(f"/helpline/cases/{done.id}")


async def test_a_case_goes_on_and_says_why_where_it_must(desk):
    case = await opened(desk)
    shown = (await desk.get(case)).text
    refused = await desk.send(f"{case}/state", {"state": "declined", "seen": seen(shown)}, page=case)
    assert refused.status_code == 422
    assert "Say why" in refused.text
    done = await desk.send(
        f"{case}/state", {"state": "declined", "reason": "For the police.", "seen": seen(shown)}, page=case
    )
    assert done.status_code == 303
    assert "For the police." in (await desk.get(case)).text


async def test_whoever_moves_a_case_that_has_moved_is_told(desk):
    case = await opened(desk)
    first = {"state": "triaged", "seen": "1"}
    assert (await desk.send(f"{case}/state", first, page=case)).status_code == 303
    assert (await desk.send(f"{case}/state", first, page=case)).status_code == 409


async def test_words_and_addresses_are_added_to_a_case(desk):
    case = await opened(desk)
    said = {"kind": "answer", "channel": "phone", "words": "Report it first.", "guidance": "report_remove"}
    assert (await desk.send(f"{case}/entries", said, page=case)).status_code == 303
    listed = await desk.send(
        f"{case}/addresses", {"addresses": "https://x.com/a data:text/html,x", "platform": "x"}, page=case
    )
    assert "1 thing that you pasted is no address" in listed.text
    shown = (await desk.get(case)).text
    assert "Report it first." in shown
    assert "Report Remove" in shown
    empty = await desk.send(f"{case}/entries", {"kind": "note", "words": ""}, page=case)
    assert empty.status_code == 422


async def test_an_address_goes_from_listed_to_removed(desk):
    case = await opened(desk, addresses="https://x.com/a")
    found = re.search(r"/helpline/addresses/[0-9a-f-]{36}", (await desk.get(case)).text)
    assert found
    shown = (await desk.get(found[0])).text
    step = {"state": "reported", "reference": "X-1", "answer": "They will look.", "seen": seen(shown), "on": ""}
    assert (await desk.send(found[0], step)).status_code == 303
    assert (await desk.send(found[0], step | {"state": "removed"})).status_code == 409
    assert (await desk.send(found[0], step | {"state": "removed", "seen": "2"})).status_code == 303
    assert "X-1" in (await desk.get(found[0])).text
    assert "100.0 %" in (await desk.get("/helpline/platforms")).text


async def test_a_step_of_an_earlier_day_has_the_time_that_is_given_or_says_that_it_has_none(desk):
    case = await opened(desk, addresses="https://x.com/a")
    found = re.search(r"/helpline/addresses/[0-9a-f-]{36}", (await desk.get(case)).text)
    assert found
    step = {"state": "reported", "reference": "", "answer": "", "on": "2 March 2026", "at": "9.40am"}
    first = await desk.send(found[0], step | {"seen": "1"})
    assert first.status_code == 303, first.text
    second = await desk.send(found[0], step | {"state": "removed", "on": "4 March 2026", "at": "", "seen": "2"})
    assert second.status_code == 303, second.text
    shown = (await desk.get(found[0])).text
    assert re.search("2 March( 2026)? 09:40", shown)  # without its year for as long as it is this one
    assert "Wednesday 4 March 2026" in shown
    assert "12:00" not in shown


async def test_facts_are_corrected(desk):
    case = await opened(desk)
    typed = CALL | {"summary": "It was my colleague.", "seen": "1", "at_risk": "yes"}
    assert (await desk.send(f"{case}/facts", typed)).status_code == 303
    shown = (await desk.get(case)).text
    assert "It was my colleague." in shown
    assert "Child at risk" in shown
    assert (await desk.send(f"{case}/facts", typed)).status_code == 409


async def test_a_wave_is_opened_joined_answered_and_closed(sign_in):
    desk = await sign_in(Role.SUPERVISOR, kind="helpline")
    made = await desk.send("/helpline/waves", {"name": "False accounts", "cause": "Pupils make accounts of teachers."})
    wave = made.headers["location"]
    wrote = {"channel": "email", "caller_contact": "sam@alder.example"}
    rang, *cases = [await opened(desk), await opened(desk, **wrote), await opened(desk, **wrote)]
    for case in (rang, *cases):
        joined = {"wave": wave.rpartition("/")[2], "seen": "1"}
        assert (await desk.send(f"{case}/wave", joined, page=case)).status_code == 303
    answer = {"answer": "About {reference}: we know.", "state": "advice_given", "seen": "1"}
    assert (await desk.send(f"{wave}/answer", answer, page=wave)).status_code == 303
    for case in cases:
        shown = (await desk.get(case)).text
        assert re.search(r"About [2-9A-Z]{3}-[2-9A-Z]{3}: we know\.", shown)
        assert "Advice given" in shown
    assert "we know." not in (await desk.get(rang)).text
    listed = (await desk.get(wave)).text
    assert listed.count("Ring them") == 1
    assert "Ring them" in listed.partition(f'href="{rang}"')[2].partition("</li>")[0]
    assert (await desk.send(f"{wave}/close", {"seen": "2"}, page=wave)).status_code == 303
    assert "Closed" in (await desk.get(wave)).text
    again = await desk.send(f"{cases[0]}/wave", {"wave": wave.rpartition("/")[2], "seen": "5"}, page=cases[0])
    assert again.status_code == 409


async def test_a_practitioner_opens_no_wave_and_sees_no_debriefs(desk):
    assert (await desk.send("/helpline/waves", {"name": "A", "cause": "B"})).status_code == 403
    assert (await desk.get("/helpline/team")).status_code == 403


async def test_what_weighs_on_somebody_is_seen_until_it_was_talked_about(sign_in):
    practitioner = await sign_in(Role.PRACTITIONER, kind="helpline")
    supervisor = await sign_in(Role.SUPERVISOR, organisation=practitioner.actor.organisation_id)
    await opened(practitioner, distressing="yes")
    row = re.compile(rf"{practitioner.actor.name}.*?sg-table__number.*?sg-table__number[^>]*>(\d+)<", re.S)
    before = row.search((await supervisor.get("/helpline/team")).text)
    assert before and before[1] == "1"
    talked = {"practitioner": str(practitioner.actor.user_id), "words": "Two quiet days."}
    assert (await supervisor.send("/helpline/team/debriefs", talked, page="/helpline/team")).status_code == 303
    shown = (await supervisor.get("/helpline/team")).text
    after = row.search(shown)
    assert after and after[1] == "0"
    assert "Two quiet days." in shown
    wrong = await supervisor.send("/helpline/team/debriefs", {"practitioner": "nobody"}, page="/helpline/team")
    assert wrong.status_code == 422


async def test_the_page_of_an_address_says_how_many_more_cases_name_it_than_stand_on_it(desk):
    async with begin(desk.actor) as work:
        for _ in range(52):
            case = await taken(work)
            await list_addresses(work, case, "https://x.com/everywhere")
        (url,) = await list_urls_of(work, case.id)
    page = (await desk.get(f"/helpline/addresses/{url.id}")).text
    panel = page.partition("Cases that name it")[2].partition("</section>")[0]
    assert "and 2 more" in panel


async def test_a_supervisor_does_not_clear_what_weighed_on_herself(sign_in):
    supervisor = await sign_in(Role.SUPERVISOR, kind="helpline")
    own = {"practitioner": str(supervisor.actor.user_id), "words": "Talked to nobody."}
    offered = f'<option value="{supervisor.actor.user_id}"'
    assert offered not in (await supervisor.get("/helpline/team")).text
    alone = await supervisor.send("/helpline/team/debriefs", own, page="/helpline/team")
    assert alone.status_code == 422
    assert "the only supervisor here" in alone.text
    other = await sign_in(Role.SUPERVISOR, organisation=supervisor.actor.organisation_id)
    refused = await supervisor.send("/helpline/team/debriefs", own, page="/helpline/team")
    assert (refused.status_code, "Ask another supervisor" in refused.text) == (422, True)
    assert offered in (await other.get("/helpline/team")).text
    assert (await other.send("/helpline/team/debriefs", own, page="/helpline/team")).status_code == 303


async def test_what_one_caller_said_is_said_of_one_caller(sign_in):
    supervisor = await sign_in(Role.SUPERVISOR, kind="helpline")
    for said in ("5.0 of 5, from 1 caller<", "4.0 of 5, from 2 callers<"):
        async with begin(supervisor.actor) as work:
            await rate_at_desk(work, await taken(work), 5 if "1 caller" in said else 3, "")
        assert said in (await supervisor.get("/helpline/team")).text
