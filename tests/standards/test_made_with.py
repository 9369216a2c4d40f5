"""A release rewords a standard of the service: earlier reviews go on saying what was read when they were made."""

import hashlib
import json
from datetime import UTC, datetime

import pytest

from safeguard.access.roles import Role
from safeguard.evidence.packs.chapters import ObjectRef, Told
from safeguard.standards import made_with
from safeguard.standards.chapter import ReviewPart
from safeguard.standards.frameworks import FOLDER
from safeguard.standards.made_with import Wording, framework_of_review, is_behind, newer_than, wording_of
from safeguard.standards.owning import framework_from, known_framework
from safeguard.standards.queries import get_review
from safeguard.standards.review import Review
from safeguard.standards.reviewing import begin_review, judge, sign_off
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio
SCHOOL = profile_of("school")
THEN = "Nobody could say who led, and the {pupils} asked."


def earlier(**changed: object) -> Wording:
    """What the service shipped before this release: another sentence for M1, and no M2."""
    now = wording_of("pies")
    assert now
    tree = json.loads(now.body) | changed
    tree["controls"] = [one for one in tree["controls"] if one["code"] != "M2"]
    tree["controls"][0]["levels"][0] = THEN
    body = json.dumps(tree, ensure_ascii=False, sort_keys=True)
    return Wording(body, hashlib.sha256(body.encode()).hexdigest())


async def made_then(actor, monkeypatch, wording: Wording, scope: str = "first") -> Review:
    with monkeypatch.context() as before:
        before.setattr(made_with, "wording_of", lambda code: wording)
        async with begin(actor) as work:
            return await begin_review(work, framework_from(wording.body), scope)  # type: ignore[arg-type]


async def test_a_review_keeps_its_words_until_somebody_moves_it(sign_in, monkeypatch):
    lead = await sign_in(Role.LEAD)
    review = await made_then(lead.actor, monkeypatch, earlier(version="2025.1"))
    at = f"/standards/reviews/{review.id}"
    async with begin(lead.actor) as work:
        then = await framework_of_review(work, review, SCHOOL)
        assert (then.controls[0].levels[0], then.control("M2")) == (
            "Nobody could say who led, and the pupils asked.",
            None,
        )
        await judge(work, review, then.controls[0], 5, "So it was.", 0)
        assert is_behind(review, await known_framework(work, "pies", SCHOOL))
    assert "Nobody could say who led" in (await lead.get(f"{at}/controls/M1")).text
    for page in ("/standards", at):
        assert "There is another edition" in (await lead.get(page)).text
    later = await lead.get(f"{at}/controls/M2")
    assert (later.status_code, "It is not in the edition that this review is made with" in later.text) == (200, True)
    assert 'name="level"' not in later.text and "Nothing is planned" in later.text
    judged = {"level": "2", "commentary": "", "seen": "0", "do": "save"}
    assert (await lead.send(f"{at}/controls/M2", judged, page=at)).status_code == 404
    changed = (await lead.get(f"{at}/edition")).text
    assert "From edition 2025.1 to 2026.1" in changed
    assert '<del dir="auto">Nobody could say who led, and the pupils asked.</del>' in changed
    assert "look at the new sentences again" in changed
    assert "M2" in changed
    assert (await lead.send(f"{at}/edition", {"seen": "1"})).status_code == 303
    control = (await lead.get(f"{at}/controls/M1")).text
    read_then, asked_now = control.split('class="sg-form"', 1)
    assert "Judged with edition 2025.1" in read_then
    assert "Nobody could say who led" in read_then
    assert "Nobody could say who led" not in asked_now
    assert "There is another edition" not in (await lead.get(at)).text
    async with begin(lead.actor) as work:
        moved = await get_review(work, review.id)
        assert moved.levels == {"M1": 5}
        assert await newer_than(work, moved, SCHOOL) is None


async def test_a_change_of_words_without_a_new_number_is_seen_too(sign_in, monkeypatch):
    lead = await sign_in(Role.LEAD)
    review = await made_then(lead.actor, monkeypatch, earlier())
    shown = (await lead.get(f"/standards/reviews/{review.id}")).text
    assert "as it was worded then; some of its words have changed since" in shown
    assert "as it is worded now" in (await lead.get(f"/standards/reviews/{review.id}/edition")).text


async def test_a_change_of_anything_that_is_read_is_shown_and_a_review_can_always_move_on(sign_in, monkeypatch):
    """A next step, an example of evidence and an aim; then a wording that no page shows at all."""
    now = wording_of("pies")
    assert now
    tree = json.loads(now.body)
    tree["controls"][0]["next"][1] = "Ask the {pupils} first."
    tree["controls"][0]["evidence"] = ["A job description, signed", *tree["controls"][0]["evidence"][1:]]
    tree["objectives"][0]["aim"] = "to lead as we did then"
    unseen = json.loads(now.body)
    unseen["controls"][0]["maps"] = {"cpsu": ["1"]}
    lead, said = await sign_in(Role.LEAD), []
    for then in (tree, unseen):
        body = json.dumps(then, ensure_ascii=False, sort_keys=True)
        wording = Wording(body, hashlib.sha256(body.encode()).hexdigest())
        browser = lead if not said else await sign_in(Role.LEAD)
        review = await made_then(browser.actor, monkeypatch, wording)
        at = f"/standards/reviews/{review.id}"
        said.append((await browser.get(f"{at}/edition")).text)
        assert "Nothing to move to" not in said[-1]
        assert (await browser.send(f"{at}/edition", {"seen": "1"})).status_code == 303
        assert "some of its words have changed since" not in (await browser.get(at)).text
    read, other = said
    assert '<del dir="auto">Ask the pupils first.</del>' in read
    assert '<del dir="auto">A job description, signed</del>' in read and "To lead as we did then</del>" in read
    assert "look at the new sentences again" not in read, "its levels say what they said"
    assert "<del" not in other and "Nothing that is read here says anything else" in other


async def test_a_signed_review_and_its_pack_say_what_was_read_even_of_a_standard_that_is_gone(someone, monkeypatch):
    head = await someone(Role.HEAD)
    lead = await someone(Role.LEAD, organisation=head.organisation_id)
    review = await made_then(lead, monkeypatch, earlier(code="dropped", name="What we had"))
    async with begin(lead) as work:
        then = await framework_of_review(work, review, SCHOOL)
        for control in then.first_controls:
            await judge(work, review, control, 5, "So it was.", 0)
    async with begin(head) as work:
        judged = await get_review(work, review.id)
        await sign_off(work, review.id, then, "Agreed.", judged.stamp)
        signed = await get_review(work, review.id)
        assert signed.framework_digest == review.framework_digest
        assert (await framework_of_review(work, signed, SCHOOL)).name == "What we had"
        assert await newer_than(work, signed, SCHOOL) is None
        telling = await ReviewPart().telling(work)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    told = {
        ObjectRef("review", signed.id): [Told(1, at, "review.signed", "A head", {
            "framework": "dropped", "framework_digest": signed.framework_digest, "started_at": at.isoformat()})],
        ObjectRef("rating", signed.ratings[0].id): [Told(1, at, "rating.given", "A lead", {
            "control": "M1", "level": 5, "judged_at": at.isoformat()})],
    }  # fmt: skip
    [section] = telling.tell(told)
    assert section.title == "Review: What we had"
    assert "Nobody could say who led, and the pupils asked." in str(section.sheets[0])


async def test_a_wording_is_kept_once_and_is_the_file_itself(someone, pies):
    lead = await someone(Role.LEAD)
    stranger = await someone(Role.LEAD)
    async with begin(lead) as work:
        first = await begin_review(work, pies, "first")
    async with begin(stranger) as work:
        assert await work.driver.fetchval("select count(*) from framework_texts") == 0
    async with begin(lead) as work:
        await made_with.keep_wording(work, pies)
        rows = await work.driver.fetch("select digest, body from framework_texts")
    now = wording_of("pies")
    assert now
    assert [(row["digest"], row["body"]) for row in rows] == [(first.framework_digest, now.body)]
    for file in FOLDER.glob("*.toml"):
        wording = wording_of(file.stem)
        assert wording
        assert framework_from(wording.body).controls
