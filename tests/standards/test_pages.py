"""The pages of the standards, as a browser without script sees them."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.standards.improving import Plan, plan_improvement
from safeguard.work import begin

pytestmark = pytest.mark.anyio


async def begun(browser) -> str:
    answer = await browser.send("/standards/reviews", {"framework": "pies", "scope": "first"}, page="/standards")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_an_empty_page_says_how_to_begin(sign_in):
    lead = await sign_in(Role.LEAD)
    shown = (await lead.get("/standards")).text
    assert "about twenty minutes" in shown
    assert "Begin review" in shown


async def test_a_control_is_judged_and_the_next_one_comes(sign_in):
    lead = await sign_in(Role.LEAD)
    review = await begun(lead)
    control = f"{review}/controls/M1"
    assert "Nobody can say who leads on online safety" in (await lead.get(control)).text
    done = await lead.send(control, {"level": "4", "commentary": "On paper only.", "seen": "0", "do": "next"})
    assert done.headers["location"] == f"{review}/controls/M3"
    assert "On paper only." in (await lead.get(review)).text
    assert "1 of 12" in (await lead.get("/standards")).text
    assert "Write it into the job description" in (await lead.get(control)).text


async def test_whoever_comes_second_sees_both_and_loses_nothing(sign_in):
    lead = await sign_in(Role.LEAD)
    control = f"{await begun(lead)}/controls/M1"
    await lead.send(control, {"level": "4", "commentary": "The first.", "seen": "0", "do": "save"})
    second = await lead.send(control, {"level": "2", "commentary": "The second.", "seen": "0", "do": "save"})
    assert second.status_code == 409
    assert "The first." in second.text
    assert "The second." in second.text
    seen = re.search(r'name="seen" value="(\d+)"', second.text)
    assert seen and seen[1] == "1"
    again = await lead.send(control, {"level": "2", "commentary": "The second.", "seen": "1", "do": "save"})
    assert again.status_code == 303


async def test_a_level_that_is_none_is_refused_with_what_was_typed(sign_in):
    lead = await sign_in(Role.LEAD)
    control = f"{await begun(lead)}/controls/M1"
    refused = await lead.send(control, {"level": "7", "commentary": "<b>kept</b>", "seen": "0", "do": "save"})
    assert refused.status_code == 422
    assert "&lt;b&gt;kept&lt;/b&gt;" in refused.text


async def test_a_control_that_is_not_in_the_framework_is_not_found(sign_in):
    lead = await sign_in(Role.LEAD)
    assert (await lead.get(f"{await begun(lead)}/controls/Z9")).status_code == 404
    assert (await lead.get("/standards/frameworks/nothing")).status_code == 404


async def test_a_governor_reads_and_signs_and_does_not_judge(sign_in):
    lead = await sign_in(Role.LEAD)
    review = await begun(lead)
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    assert "Sign off" in (await governor.get(review)).text
    assert (await governor.send(f"{review}/controls/M1", {"level": "1"}, page=review)).status_code == 403


async def test_an_improvement_goes_from_plan_to_done(sign_in):
    lead = await sign_in(Role.LEAD)
    typed = {"control": "pies/M1", "words": "Name a deputy", "owner": str(lead.actor.user_id), "due_on": "2027-02-01"}
    assert (await lead.send("/standards/plan/new", typed)).status_code == 303
    shown = (await lead.get("/standards/plan")).text
    address = re.search(r"/standards/plan/[0-9a-f-]{36}", shown)
    assert address
    done = typed | {"state": "done", "effect": "Level 2 now", "seen": "1", "owner_name": "", "progress": ""}
    assert (await lead.send(address[0], done)).status_code == 303
    assert "Name a deputy" in (await lead.get("/standards/plan?show=finished")).text


async def test_a_long_plan_comes_a_page_at_a_time_and_counts_what_is_late_in_all_of_it(sign_in, pies):
    lead = await sign_in(Role.LEAD)
    today = clock.now().date()
    async with begin(lead.actor) as work:
        for number in range(27):
            plan = Plan(words=f"Step {number:02}", owner="Somebody", due_on=today - timedelta(days=number))
            await plan_improvement(work, pies, pies.controls[0], plan)
    first = (await lead.get("/standards/plan")).text
    assert "26 improvements are past their day" in first
    assert "Step 26" in first and "Step 02" in first and "Step 01" not in first
    further = re.search(r'href="(/standards/plan\?after=[^"]+)"', first)
    assert further
    second = (await lead.get(further[1])).text
    assert "Step 01" in second and "Step 00" in second and "Step 02" not in second
    assert "26 improvements are past their day" in second


async def test_evidence_is_added_with_the_controls_that_map_to_it(sign_in):
    lead = await sign_in(Role.LEAD)
    form = (await lead.get("/standards/evidence/new?control=360-degree-safe/PO1")).text
    assert re.search(r'value="pies/M3"[^>]*checked', form)
    typed = {"kind": "policy", "title": "Our policy", "dated_on": "2026-01-05", "supports": "pies/M3"}
    assert (await lead.send("/standards/evidence/new", typed)).status_code == 303
    assert "Our policy" in (await lead.get("/standards/evidence")).text
    wrong = await lead.send("/standards/evidence/new", typed | {"supports": "pies/Z9"})
    assert wrong.status_code == 422
    assert "Our policy" in wrong.text


async def test_the_words_of_a_club_are_a_clubs(sign_in):
    lead = await sign_in(Role.LEAD, kind="club")
    assert "Education of members" in (await lead.get("/standards/frameworks/pies")).text


ROWS = (
    "Code\tObjective\tName\t2 Not yet\t1 There\r\n"
    "A1\tLeading\tWho leads\tNobody.\tSomebody.\r\n"
    "A2\tLeading\tWho knows\tFew.\tAll.\r\n"
)


async def test_a_framework_of_ones_own_is_pasted_and_reviewed(sign_in):
    lead = await sign_in(Role.LEAD)
    typed = {"text": ROWS, "name": "Trust audit", "code": "trust", "edition": "1"}
    wrong = await lead.send("/standards/frameworks/import", typed | {"text": ROWS.replace("A2", "A1")})
    assert wrong.status_code == 422
    assert "Line 3" in wrong.text
    assert "Who knows" in wrong.text
    done = await lead.send("/standards/frameworks/import", typed)
    assert done.headers["location"] == "/standards/frameworks/trust"
    fresh = (await lead.get("/standards/frameworks/trust")).text
    assert "Somebody." in fresh
    assert "Begin a review of it" in fresh
    begun_ = await lead.send(
        "/standards/reviews", {"framework": "trust", "scope": "first"}, page="/standards/frameworks/trust"
    )
    review = begun_.headers["location"]
    assert "Begin a review of it" not in (await lead.get("/standards/frameworks/trust")).text
    await lead.send(
        "/standards/frameworks/import", typed | {"edition": "2", "text": ROWS.replace("Few.", "Hardly any.")}
    )
    assert "There is another edition" in (await lead.get(review)).text
    assert "Hardly any." in (await lead.get(f"{review}/edition")).text
    moved = await lead.send(f"{review}/edition", {"seen": "1"})
    assert moved.headers["location"] == review
    assert "There is another edition" not in (await lead.get(review)).text
    ready = (await lead.get(f"{review}/readiness")).text
    assert "No certificate is awarded of this standard" in ready
    assert "Two of the parts" not in ready


async def test_an_item_whose_control_is_gone_can_still_be_changed(sign_in):
    lead = await sign_in(Role.LEAD)
    typed = {"text": ROWS, "name": "Trust audit", "code": "trust", "edition": "1"}
    await lead.send("/standards/frameworks/import", typed)
    item = {"kind": "policy", "title": "Our policy", "dated_on": "2026-01-05", "supports": "trust/A2", "seen": "0"}
    assert (await lead.send("/standards/evidence/new", item)).status_code == 303
    await lead.send("/standards/frameworks/import", typed | {"edition": "2", "text": ROWS.replace("A2", "A3")})
    shown = (await lead.get("/standards/evidence")).text
    address = re.search(r"/standards/evidence/[0-9a-f-]{36}", shown)
    assert address
    assert "asked no more" in (await lead.get(address[0])).text
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    assert re.search(r"\(Trust audit, 1\), asked no more", (await governor.get(address[0])).text)
    again = await lead.send(address[0], item | {"title": "Our newer policy", "seen": "1"})
    assert again.status_code == 303


async def test_an_improvement_whose_control_is_gone_says_which_it_was(sign_in):
    lead = await sign_in(Role.LEAD)
    typed = {"text": ROWS, "name": "Trust audit", "code": "trust", "edition": "1"}
    await lead.send("/standards/frameworks/import", typed)
    planned = {
        "control": "trust/A2",
        "words": "A plan.",
        "source": "audit",
        "owner_name": "Ana",
        "due_on": "2027-01-05",
    }
    assert (await lead.send("/standards/plan/new", planned)).status_code == 303
    await lead.send("/standards/frameworks/import", typed | {"edition": "2", "text": ROWS.replace("A2", "A3")})
    address = re.search(r"/standards/plan/[0-9a-f-]{36}", (await lead.get("/standards/plan")).text)
    assert address
    assert re.search(r"\(Trust audit, 1\), asked no more", (await lead.get(address[0])).text)


async def test_a_standard_imported_by_mistake_is_offered_no_more_and_what_was_made_with_it_stays(sign_in):
    lead = await sign_in(Role.LEAD)
    typed = {"text": ROWS, "name": "Trust audit", "code": "trust", "edition": "1"}
    await lead.send("/standards/frameworks/import", typed)
    begins = {"framework": "trust", "scope": "full"}
    review = (await lead.send("/standards/reviews", begins, page="/standards")).headers["location"]
    item = {"kind": "policy", "title": "Our policy", "dated_on": "2026-01-05", "supports": "trust/A2", "seen": "0"}
    kept = await lead.send("/standards/evidence/new", item)
    own = "/standards/frameworks/trust"
    choosing = ("/standards/evidence/new", "/standards/plan/new")
    for page in choosing:
        assert "trust/A1" in (await lead.get(page)).text, page

    assert (await lead.send(f"{own}/end", {}, page=own)).status_code == 303
    for page in choosing:
        assert "trust/A1" not in (await lead.get(page)).text, page
    refused = await lead.send("/standards/reviews", begins, page="/standards")
    assert refused.status_code == 422 and "offered no more" in refused.text
    planned = {"control": "trust/A1", "words": "A plan.", "owner_name": "Ana", "due_on": "2027-01-05"}
    assert (await lead.send("/standards/plan/new", planned)).status_code == 422
    assert "Trust audit" in (await lead.get(review)).text
    shown = (await lead.get(kept.headers["location"])).text
    assert "(Trust audit, 1)" in shown
    again = await lead.send(kept.headers["location"].partition("?")[0], item | {"title": "Newer", "seen": "1"})
    assert again.status_code == 303
    assert "Offered no more" in (await lead.get("/standards/frameworks")).text
    assert (await lead.send(f"{own}/end", {}, page=own)).status_code == 404

    assert (await lead.send(f"{own}/resume", {}, page=own)).status_code == 303
    assert "trust/A1" in (await lead.get("/standards/plan/new")).text
    await lead.send(f"{own}/end", {}, page=own)
    await lead.send("/standards/frameworks/import", typed | {"edition": "2"})
    assert "trust/A1" in (await lead.get("/standards/plan/new")).text  # a new edition is offered by itself


async def test_what_was_typed_for_a_control_of_a_signed_review_comes_back_under_the_questions_of_its_page(sign_in):
    lead = await sign_in(Role.LEAD)
    review = await begun(lead)
    async with begin(lead.actor) as work:
        await work.driver.execute(
            "update public.reviews r set state = 'signed', statement = 'Agreed.', signed_at = $2, signed_by_name = 'Bo'"
            " where r.organisation_id = (select sec.current_organisation()) and r.id = $1",
            UUID(review[-36:]), work.now(),
        )  # fmt: skip
    said = {"level": "2", "commentary": "The minutes.", "seen": "3", "do": "save"}
    refused = await lead.send(f"{review}/controls/M1", said, page="/standards")
    assert refused.status_code == 409
    given_back = refused.text.partition("What you typed")[2]
    assert "How do you know?" in given_back and "The minutes." in given_back and "Level 2" in given_back
    for inner in ("Seen", "Commentary", ">Do<"):
        assert inner not in given_back, inner


async def test_a_standard_that_could_not_be_imported_comes_back_under_the_questions_of_its_page(sign_in):
    lead = await sign_in(Role.LEAD)
    typed = {"text": ROWS, "name": "Trust audit", "code": "trust", "edition": "2026"}
    refused = await lead.send("/standards/frameworks/import", typed, token="of another page")
    assert refused.status_code == 403
    given_back = refused.text.partition("What you typed")[2]
    for question in ("The rows, or the file", "What is it called?", "A short code for it", "Which edition?"):
        assert question in given_back, question
    assert "Trust audit" in given_back and ">Code<" not in given_back and ">Edition<" not in given_back


async def test_the_plan_the_evidence_and_the_reviews_leave_as_files_in_words(sign_in):
    lead = await sign_in(Role.LEAD)
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    item = {"kind": "survey", "title": "=What pupils say", "dated_on": "2026-01-05", "supports": "pies/M1", "seen": "0"}
    await lead.send("/standards/evidence/new", item)
    planned = {
        "control": "pies/M1",
        "words": "Write it.",
        "source": "audit",
        "owner_name": "Ana",
        "due_on": "2027-01-05",
    }
    assert (await lead.send("/standards/plan/new", planned)).status_code == 303
    review = await begun(lead)
    await lead.send(f"{review}/controls/M1", {"level": "4", "commentary": "", "seen": "0", "do": "save"})
    pages = {
        "/standards/plan": ("plan", ("Write it.", "Planned", "From an inspection or an audit", "2027-01-05")),
        "/standards/evidence": ("evidence", ("'=What pupils say", "Survey or voices", "2026-01-05")),
        "/standards/frameworks/pies/reviews": ("reviews", (",4",)),
    }
    for page, (name, says) in pages.items():
        link = re.search(rf'"(/standards/tables/{name}.csv[^"]*)"', (await lead.get(page)).text)
        assert link, page
        taken = (await lead.get(link[1])).text
        assert all(words in taken for words in (*says, "Responsibilities and governance")), taken
        assert link[1] not in (await governor.get(page)).text
        assert (await governor.get(link[1])).status_code == 403
    assert (await lead.get("/standards/tables/plan.xlsx")).content.startswith(b"PK")
    for name in ("nothing.csv", "plan.pdf", "reviews.csv?framework=nothing"):
        assert (await lead.get(f"/standards/tables/{name}")).status_code == 404, name


async def test_each_picture_of_a_review_leaves_as_a_file_of_what_it_shows(sign_in):
    lead = await sign_in(Role.LEAD)
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    review = await begun(lead)
    assert "/standards/tables/radar.csv" not in (await lead.get(review)).text, "no picture, no file"
    for code, level in (("M1", "4"), ("A1", "3"), ("S1", "2")):
        await lead.send(f"{review}/controls/{code}", {"level": level, "commentary": "", "seen": "0", "do": "save"})
    link = re.search(r'"(/standards/tables/radar\.csv[^"]*)"', (await lead.get(review)).text)
    assert link
    rows = [line.split(",") for line in (await lead.get(link[1])).text.strip().splitlines()]
    assert [row[1] for row in rows[1:]] == ["4", "3", "", "2"] and rows[0][1] == "Mean level now"
    assert (await governor.get(link[1])).status_code == 403
    levels = f"/standards/tables/levels.csv?review={review.rpartition('/')[2]}&control=M1"
    assert (await lead.get(levels)).status_code == 404, "nothing was signed yet"
    for address in ("radar.csv", "radar.csv?review=none", "levels.csv?review=none&control=M1"):
        assert (await lead.get(f"/standards/tables/{address}")).status_code == 404, address


async def test_reviews_stand_side_by_side(sign_in):
    lead = await sign_in(Role.LEAD)
    assert "No review yet" in (await lead.get("/standards/frameworks/pies/reviews")).text
    review = await begun(lead)
    await lead.send(f"{review}/controls/M1", {"level": "4", "commentary": "", "seen": "0", "do": "save"})
    shown = (await lead.get("/standards/frameworks/pies/reviews")).text
    assert "There is one review so far" in shown


async def test_a_control_of_ones_own_is_added_and_asked_no_more(sign_in):
    lead = await sign_in(Role.LEAD)
    new = "/standards/frameworks/pies/controls/new"
    levels = {f"level_{number}": f"Seen at {number}." for number in range(1, 6)}
    wrong = await lead.send(new, {"objective": "access", "name": "Wearables"} | levels | {"level_3": ""})
    assert wrong.status_code == 422
    assert "Seen at 4." in wrong.text
    assert (await lead.send(new, {"objective": "access", "name": "Wearables"} | levels)).status_code == 303
    shown = (await lead.get("/standards/frameworks/pies")).text
    assert "OWN1 Wearables" in shown
    end = re.search(r"/standards/frameworks/pies/controls/[0-9a-f-]{36}/end", shown)
    assert end
    assert (await lead.send(end[0], {}, page="/standards/frameworks/pies")).status_code == 303
    assert "Wearables" not in (await lead.get("/standards/frameworks/pies")).text


async def test_what_an_address_asks_for_and_a_page_does_not_know_is_said(sign_in):
    lead = await sign_in(Role.LEAD)
    for address, known in {"/standards/plan": "finished", "/standards/evidence": "renew"}.items():
        assert "“Walrus” is nothing that this page can show" in (await lead.get(f"{address}?show=Walrus")).text
        for fine in (address, f"{address}?show={known}"):
            assert "nothing that this page can show" not in (await lead.get(fine)).text, fine


async def test_of_many_standards_the_first_stands_in_full_and_the_others_in_a_few_lines(sign_in):
    lead = await sign_in(Role.LEAD)
    codes = ("pies", "360-degree-safe", "dfe-filtering-and-monitoring")
    for code in codes:
        assert (
            await lead.send("/standards/reviews", {"framework": code, "scope": "first"}, page="/standards")
        ).status_code == 303, code
    assert (await lead.get("/standards")).text.count('class="sg-quadrants"') == 3
    typed = {"text": ROWS, "code": "trust", "name": "Trust", "edition": "1"}
    await lead.send("/standards/frameworks/import", typed)
    await lead.send("/standards/reviews", {"framework": "trust", "scope": "full"}, page="/standards")
    shown = (await lead.get("/standards")).text
    assert shown.count('class="sg-quadrants"') == 1
    assert shown.count(">Go on with ") == 4


async def test_where_no_standard_is_offered_the_page_says_who_reviews(sign_in):
    page = (await (await sign_in(Role.LEAD, kind="group")).get("/standards")).text
    assert "the organisations of a group review themselves" in page
    assert "A review says where you stand" not in page
    assert 'href="/standards/frameworks"' in page
