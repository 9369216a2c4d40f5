"""Mappings between standards, strands and certificates, as a control's and a review's pages show them."""

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from safeguard.access.roles import Role
from safeguard.standards import panels
from safeguard.standards.frameworks import framework_of, load_frameworks, offered
from safeguard.standards.mapping import also_answers, in_built_in
from safeguard.standards.panels import Touched, Touching
from safeguard.standards.proving import NewItem, add_item
from safeguard.standards.queries import get_review
from safeguard.standards.spokes import spokes_of_review, strands_of
from safeguard.standards.standing import stand
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.standards.test_reviewing import begun, judged

pytestmark = pytest.mark.anyio
SCHOOL = profile_of("school")
PIES_M1 = (("pies", "M1"),)


async def touched_m1(work, control):
    """What the incidents' room answers: one lesson names M1."""
    if control != "M1":
        return Touched(readable=True)
    lesson = Touching(UUID(int=1), "K7Q-3MX", datetime(2026, 3, 1, tzinfo=UTC), "Nobody knew who leads.")
    return Touched((lesson,), readable=True)


def test_a_mapping_is_read_from_either_side():
    known = tuple(load_frameworks().values())
    pairs = 0
    for framework in known:
        for control in framework.controls:
            for one in also_answers(known, framework.code, control.code):
                pairs += 1
                back = {each.pair for each in also_answers(known, *one.pair)}
                assert (framework.code, control.code) in back
    assert pairs > 100
    assert ("360-groups", "MA1") in {one.pair for one in also_answers(known, "pies", "M3")}
    assert in_built_in("360-groups", "MA1", also_answers(known, "360-groups", "MA1")) == ("M3",)


async def test_evidence_of_pies_ticks_and_shows_what_it_also_answers(sign_in, monkeypatch):
    monkeypatch.setattr(panels, "_bound", [touched_m1])
    lead = await sign_in(Role.LEAD)
    new = (await lead.get("/standards/evidence/new?control=pies/M1")).text
    ticked = re.findall(r'value="([^"]+)"[^>]* checked', new)
    expected = {"/".join(one.pair) for one in also_answers(offered(SCHOOL), "pies", "M1")}
    assert expected
    assert {"pies/M1", *expected} <= set(ticked)
    async with begin(lead.actor) as work:
        item = NewItem(
            kind="policy", title="The job description", dated_on=date(2025, 1, 5), renew_on=date(2026, 1, 5),
            supports=PIES_M1,
        )  # fmt: skip
        await add_item(work, item)
    answer = await lead.send("/standards/reviews", {"framework": "360-degree-safe", "scope": "full"}, page="/standards")
    at = answer.headers["location"]
    other = next(pair for pair in sorted(expected) if pair.startswith("360-degree-safe/")).partition("/")[2]
    shown = (await lead.get(f"{at}/controls/{other}")).text
    assert "Also answers" in shown
    assert 'href="/standards/frameworks/pies#M1"' in shown
    assert "The job description" in shown
    assert "Out of date" in shown
    assert "Nobody knew who leads." in shown
    assert "What helps" in shown


async def standing_of(actor, framework, review):
    async with begin(actor) as work:
        return stand(framework, await get_review(work, review.id))


async def test_a_strand_stands_at_the_mean_of_its_aspects(sign_in):
    lead = await sign_in(Role.LEAD)
    framework = framework_of("360-degree-safe", SCHOOL)
    assert framework
    review = await begun(lead.actor, framework, "full")
    first, second, third = [one for one in framework.controls if one.strand == "Responsibilities"]
    for control, level in ((first, 5), (second, 2), (third, 3)):
        await judged(lead.actor, framework, review, control.code, level)
    standing = await standing_of(lead.actor, framework, review)
    assert strands_of(standing)[first.objective][0] == ("Responsibilities", 3.3)
    assert spokes_of_review(standing) is None
    for control in [one for one in framework.controls if one.strand in {"Policy", "Infrastructure"}]:
        await judged(lead.actor, framework, review, control.code, 2)
    drawn = spokes_of_review(await standing_of(lead.actor, framework, review))
    assert drawn
    assert drawn.now == {"Responsibilities": 3.3, "Policy": 2, "Infrastructure": 2}
    shown = (await lead.get(f"/standards/reviews/{review.id}")).text
    assert "Responsibilities: <strong>3.3</strong>" in shown
    assert "Responsibilities has the furthest to go: 1.3 below the benchmark." in shown


@pytest.mark.parametrize(("code", "certified"), [("360-degree-safe", True), ("pies", False)])
async def test_certificates_are_spoken_of_where_they_are_awarded(sign_in, code, certified):
    lead = await sign_in(Role.LEAD)
    answer = await lead.send("/standards/reviews", {"framework": code, "scope": "full"}, page="/standards")
    shown = (await lead.get(f"{answer.headers['location']}/readiness")).text
    assert ("Commitment" in shown) is certified
    assert ("short of the benchmark" in shown) is not certified


async def test_two_people_changing_one_item_of_evidence_both_see_what_the_other_wrote(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        item = await add_item(work, NewItem(kind="policy", title="Policy", dated_on=date(2026, 1, 5), supports=PIES_M1))
    at = f"/standards/evidence/{item.id}"
    said = {"kind": "policy", "dated_on": "2026-01-05", "renew_on": "", "description": "", "kept_at": "", "seen": "1"}
    first = await lead.send(at, {**said, "title": "The first", "supports": "pies/M1"})
    assert first.status_code == 303, first.text
    second = await lead.send(at, {**said, "title": "The second", "supports": "pies/M2"})
    assert second.status_code == 409
    assert "<strong>The first</strong>" in second.text
    assert 'value="The second"' in second.text
    assert "Not saved: " in second.text
    assert "autofocus" in second.text
    assert re.findall(r'value="(pies/[^"]+)"[^>]* checked', second.text) == ["pies/M2"]
    again = await lead.send(at, {**said, "title": "The second", "supports": "pies/M2", "seen": "2"})
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("school", ("360-degree-safe", "IN1"), ("dfe-filtering-and-monitoring", "F3")),
        ("school", ("dfe-filtering-and-monitoring", "F4"), ("360-degree-safe", "IN2")),
        ("club", ("360-groups", "PE4"), ("cpsu", "C1")),
        ("care", ("cqc", "Q5"), ("360-groups", "MA1")),
    ],
)
def test_standards_that_ask_the_same_of_one_kind_are_tied_to_each_other_and_not_to_pies_alone(kind, one, other):
    """A pair is not passed on by PIES, so what two others share has to be said of the two."""
    assert other in {each.pair for each in also_answers(offered(profile_of(kind)), *one)}
