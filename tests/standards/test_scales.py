"""Editions of a standard of one's own with another scale, or other codes; and own controls that come and go.

A judgement keeps the level and the sentence that were read; no page fails whatever the next edition says.
"""

import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict
from safeguard.standards.adding import add_control, end_control
from safeguard.standards.comparing import compare, move_on
from safeguard.standards.importing import Said, import_framework
from safeguard.standards.made_with import framework_of_review
from safeguard.standards.owning import known_framework, known_frameworks, list_added
from safeguard.standards.queries import get_review
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio

SCHOOL = profile_of("school")
FOUR = """\
Code\tObjective\tName\t4 Nothing\t3 A start\t2 Secure\t1 Leading
A1\tLeadership\tWho leads\tNobody does.\tSomebody might.\tOne person does.\tTwo do, and know it.
A2\tLeadership\tWho knows\tNone know.\tFew know.\tMost know.\tAll know.
"""
THREE = """\
Code\tObjective\tName\t3 A start\t2 Secure\t1 Leading
A1\tLeadership\tWho leads\tSomebody might.\tOne person does.\tTwo do, and know it.
A2\tLeadership\tWho knows\tFew know.\tMost know.\tAll know.
"""
FIVE = """\
Code\tObjective\tName\t5 Nothing\t4 A thought\t3 A start\t2 Secure\t1 Leading
A1\tLeadership\tWho leads\tNobody does.\tSomebody thinks of it.\tSomebody might.\tOne person does.\tTwo do, and know it.
A2\tLeadership\tWho knows\tNone know.\tOne knows.\tFew know.\tMost know.\tAll know.
"""
OTHER_CODES = FOUR.replace("A1\t", "L1\t").replace("A2\t", "L2\t")


async def imported(actor, text, edition):
    async with begin(actor) as work:
        said = Said("audit", "Trust audit", edition, None)
        return await import_framework(work, text, said, "school", await known_frameworks(work, SCHOOL))


async def judged(actor, review_id, code, level, seen=0):
    async with begin(actor) as work:
        review = await get_review(work, review_id)
        framework = await framework_of_review(work, review, SCHOOL)
        control = framework.control(code)
        assert control
        await judge(work, review, control, level, f"We saw {code}.", seen)


async def begun(actor, text=FOUR):
    """A review on the first edition, A1 judged at its lowest level and A2 at 2."""
    framework = await imported(actor, text, "1")
    async with begin(actor) as work:
        review = await begin_review(work, framework, "full")
    await judged(actor, review.id, "A1", len(framework.levels))
    await judged(actor, review.id, "A2", 2)
    return review


async def pages(browser, review_id, *more):
    """Every page on which the review stands."""
    at = f"/standards/reviews/{review_id}"
    paths = ("/standards", at, f"{at}/readiness", f"{at}/edition", f"{at}/controls/A1", *more)
    found = {}
    for path in (*paths, "/standards/frameworks/audit/reviews"):
        answer = await browser.get(path)
        assert answer.status_code == 200, (path, answer.text[:600])
        found[path.removeprefix(at)] = answer.text
    return found


@pytest.mark.parametrize(("text", "now"), [(THREE, 3), (FIVE, 5)])
async def test_on_another_scale_a_judgement_keeps_its_level_and_sentence_and_is_asked_anew(sign_in, text, now):
    lead = await sign_in(Role.LEAD)
    review = await begun(lead.actor)
    await imported(lead.actor, text, "2")
    before = await lead.get(f"/standards/reviews/{review.id}/edition")
    assert f"edition 1 has 4 levels, edition 2 has {now}" in before.text
    assert "2 controls that are judged are to be judged anew" in before.text
    moved = await lead.send(f"/standards/reviews/{review.id}/edition", {"seen": "1"})
    assert moved.status_code == 303, moved.text
    shown = await pages(lead, review.id)
    assert "2 controls are to be judged anew" in shown[""]
    assert "level 4 of 4 in edition 1" in shown[""]
    assert "0 of 2 controls judged" in shown[""]
    control = shown["/controls/A1"]
    assert "Judged with edition 1" in control
    assert "Nobody does." in control
    assert f"That edition has 4 levels, this one {now}" in control
    async with begin(lead.actor) as work:
        read = await get_review(work, review.id)
    assert (read.levels, read.ratings[0].scale) == ({}, 4)
    await judged(lead.actor, review.id, "A1", 3, seen=1)
    assert "1 of 2 controls judged" in (await pages(lead, review.id))[""]
    assert "controls judged in this review" in (await lead.get("/standards")).text


async def test_what_changed_pairs_sentences_by_the_number_of_their_level(someone):
    lead = await someone(Role.LEAD)
    review = await begun(lead)
    kept, latest = await imported(lead, FIVE, "2"), await imported(lead, THREE, "3")
    async with begin(lead) as work:
        first = await known_framework(work, "audit", SCHOOL, "1")
        read = await get_review(work, review.id)
    assert compare(first, latest, read)[0].reworded == ((4, "Nobody does.", ""),)
    assert compare(first, kept, read)[0].reworded == (
        (5, "", "Nobody does."), (4, "Nobody does.", "Somebody thinks of it."),
    )  # fmt: skip
    assert all(one.rescaled for one in compare(first, latest, read))


async def test_until_it_is_signed_a_review_goes_back_and_its_levels_count_again(sign_in):
    lead = await sign_in(Role.LEAD, Role.GOVERNOR)
    review = await begun(lead.actor)
    await imported(lead.actor, THREE, "2")
    at = f"/standards/reviews/{review.id}"
    await lead.send(f"{at}/edition", {"seen": "1"})
    assert "Go back to edition 1" in (await lead.get(at)).text
    back = await lead.send(f"{at}/edition/back", {"seen": "2"}, page=at)
    assert back.status_code == 303, back.text
    shown = await pages(lead, review.id)
    assert "2 of 2 controls judged" in shown[""]
    assert "Go back to edition" not in shown[""]
    async with begin(lead.actor) as work:
        read = await get_review(work, review.id)
        assert (read.framework_version, read.levels, read.editions_left) == ("1", {"A1": 4, "A2": 2}, ())
        framework = await framework_of_review(work, read, SCHOOL)
        await sign_off(work, review.id, framework, "Agreed by all.", read.stamp)
    assert (await lead.send(f"{at}/edition/back", {"seen": "4"}, page=at)).status_code == 409


async def test_an_edition_with_other_codes_leaves_what_was_judged_on_its_own_page(sign_in):
    lead = await sign_in(Role.LEAD)
    review = await begun(lead.actor)
    await imported(lead.actor, OTHER_CODES, "2")
    await lead.send(f"/standards/reviews/{review.id}/edition", {"seen": "1"})
    shown = await pages(lead, review.id, f"/standards/reviews/{review.id}/controls/L1")
    assert "Judged, and asked no more" in shown[""]
    assert "0 of 2 controls judged" in shown[""]
    assert "Nobody does." in shown["/controls/A1"]
    assert "This review asks it no more" in shown["/controls/A1"]
    assert 'name="level"' not in shown["/controls/A1"]


async def test_a_new_review_on_a_shorter_scale_shows_last_time_on_its_own(sign_in):
    lead = await sign_in(Role.LEAD, Role.GOVERNOR)
    first = await begun(lead.actor)
    async with begin(lead.actor) as work:
        read = await get_review(work, first.id)
        await sign_off(work, first.id, await framework_of_review(work, read, SCHOOL), "Agreed by all.", read.stamp)
    latest = await imported(lead.actor, THREE, "2")
    async with begin(lead.actor) as work:
        second = await begin_review(work, latest, "full")
    await judged(lead.actor, second.id, "A1", 2)
    shown = await pages(lead, second.id)
    assert "On a scale of 4 levels; this one has 3." in shown["/controls/A1"]
    assert "4 of 4" in shown["/controls/A1"]
    assert "Nothing to compare with" in shown[""]
    assert "step up" not in shown[""]


async def test_what_was_typed_for_another_edition_is_not_saved_as_a_level_of_this(someone):
    lead = await someone(Role.LEAD)
    review = await begun(lead)
    async with begin(lead) as work:
        stale = await get_review(work, review.id)
        first = await framework_of_review(work, stale, SCHOOL)
    latest = await imported(lead, FIVE, "2")
    async with begin(lead) as work:
        from_then = await get_review(work, review.id)
        await move_on(work, from_then, latest, from_then.version)
    async with begin(lead) as work:
        with pytest.raises(Conflict, match="another edition"):
            await judge(work, stale, first.controls[0], 4, "As before.", 1)


async def test_a_control_of_ones_own_stands_in_the_reviews_that_were_open_while_it_was_asked(sign_in):
    lead = await sign_in(Role.LEAD, Role.GOVERNOR)
    first = await begun(lead.actor)
    async with begin(lead.actor) as work:
        read = await get_review(work, first.id)
        framework = await framework_of_review(work, read, SCHOOL)
        await sign_off(work, first.id, framework, "Agreed by all.", read.stamp)
    async with begin(lead.actor) as work:
        own = await add_control(work, framework, framework.objectives[0].code, "Drones", ["0.", "1.", "2.", "3."])
        second = await begin_review(work, await known_framework(work, "audit", SCHOOL), "full")
    assert "Drones" not in (await lead.get(f"/standards/reviews/{first.id}")).text
    await judged(lead.actor, second.id, own, 3)
    at = f"/standards/reviews/{second.id}"
    assert "of 3 controls judged" in (await lead.get(at)).text
    async with begin(lead.actor) as work:
        await end_control(work, (await list_added(work))[0].id)
    shown = (await lead.get(at)).text
    assert "Judged, and asked no more" in shown
    assert "of 2 controls judged" in shown
    page = await lead.get(f"{at}/controls/{own}")
    assert page.status_code == 200
    assert "We saw OWN1." in page.text


async def test_a_control_that_is_ended_after_the_signing_stays_in_what_was_signed(sign_in):
    lead = await sign_in(Role.LEAD, Role.GOVERNOR)
    framework = await imported(lead.actor, FOUR, "1")
    async with begin(lead.actor) as work:
        own = await add_control(work, framework, framework.objectives[0].code, "Drones", ["0.", "1.", "2.", "3."])
        review = await begin_review(work, await known_framework(work, "audit", SCHOOL), "full")
    for code in ("A1", "A2", own):
        await judged(lead.actor, review.id, code, 2)
    async with begin(lead.actor) as work:
        read = await get_review(work, review.id)
        await sign_off(work, review.id, await framework_of_review(work, read, SCHOOL), "Agreed by all.", read.stamp)
    async with begin(lead.actor) as work:
        await end_control(work, (await list_added(work))[0].id)
    shown = (await lead.get(f"/standards/reviews/{review.id}")).text
    assert "Drones" in shown
    assert "asked no more" not in shown
