"""What was recorded by mistake is struck out of a register: it counts no longer, and nobody reads it on a page."""

from typing import Final
from uuid import UUID

import msgspec
import pytest

from safeguard import clock
from safeguard.access.actors import Actor, system
from safeguard.access.roles import Role
from safeguard.errors import Forbidden, NotFound
from safeguard.notifications import registers as telling
from safeguard.registers.by_day import LATEST
from safeguard.registers.committee.gathering import (
    get_meeting,
    leave_seat,
    list_meetings,
    list_seats,
    record_meeting,
    take_seat,
)
from safeguard.registers.due import whose_training_ends
from safeguard.registers.filtering.keeping import NewCheck, add_block, end_block, get_block, record_check, record_review
from safeguard.registers.filtering.queries import list_blocks, list_checks, list_reviews, read_state
from safeguard.registers.here import months_on
from safeguard.registers.striking.strikable import KINDS
from safeguard.registers.striking.striking import list_struck, strike_out
from safeguard.registers.training.learning import NewEvent, Present, record_event, record_present
from safeguard.registers.training.queries import get_event, list_events, list_learners, list_taken, reached
from safeguard.registers.voice.listening import (
    NewImpact,
    NewSession,
    begin_impact,
    get_impact,
    list_impacts,
    list_sessions,
    record_session,
)
from safeguard.standards.frameworks import framework_of
from safeguard.standards.queries import beside
from safeguard.tenancy.profile import Profile
from safeguard.work import begin

pytestmark = pytest.mark.anyio

TODAY = clock.now().date()
BASE: Final = "/standards/registers"
CHILD: Final = "Underhill"
SAYS: Final = f"Robin {CHILD} was talked about."
REASON: Final = "A name stood in it."
PAGES: Final = (
    "", "/committee", "/training", "/filtering", "/filtering/checks", "/voice", "/impact", "/tables/committee.csv",
    "/tables/checks.csv", "/tables/voices.csv", "/tables/training.csv",
)  # fmt: skip
LAST: Final = "select max(version) as version from audit.documents where kind = $1 and id = $2"
ASKED: Final = "select count(*) from jobs.job where kind = 'notice.filtering_due' and subject_id = $1"
ITEMS: Final = "select id, title, description, withdrawn_reason from evidence_items order by id"


async def mistaken(lead: Actor, school: Profile) -> dict[str, UUID]:
    """One of everything that can be struck out, each with the name of a child in its words."""
    pies = framework_of("pies", school)
    assert pies and lead.user_id
    check = NewCheck(
        checked_on=TODAY, device="A laptop", user_group="Year 9", tested=SAYS, result="failed", done="Told."
    )
    change = NewImpact(kind="policy", title=SAYS, changed_on=TODAY, measure="total", months=3, expected=SAYS)
    async with begin(lead) as work:
        event = await record_event(
            work, school, NewEvent(title=SAYS, audiences=("staff",), held_on=TODAY, lasts_months=12, headcount=9)
        )
        await record_present(work, event, Present(members=(lead.user_id,)))
        session = NewSession(way="survey", title=SAYS, held_on=TODAY, said=SAYS, done=SAYS)
        return {
            "meetings": (await record_meeting(work, school, TODAY, f"Ana, Robin {CHILD}", SAYS)).id,
            "members": (await take_seat(work, f"Robin {CHILD}", "", TODAY, is_child=False)).id,
            "training": event.id,
            "checks": (await record_check(work, check)).id,
            "reviews": (await record_review(work, school, TODAY, "Ana", SAYS, "")).id,
            "blocks": (await add_block(work, SAYS, "Lessons", "", TODAY)).id,
            "voice": (await record_session(work, school, session)).id,
            "impact": (await begin_impact(work, school, pies, pies.controls[0], change)).id,
        }


async def test_whatever_is_struck_out_leaves_every_page_file_and_figure_and_that_it_was_there_is_said(sign_in, school):
    lead = await sign_in(Role.LEAD)
    made = await mistaken(lead.actor, school)
    assert made.keys() == KINDS.keys()
    before = [(await lead.get(BASE + page)).text for page in PAGES]
    assert [page for page, text in zip(PAGES, before, strict=True) if CHILD in text] == list(PAGES[1:])
    for register, row_id in made.items():
        address = f"{BASE}/struck/{register}/{row_id}"
        assert any(address in text for text in (*before, *[(await lead.get(at)).text for at in own_pages(made)]))
        assert CHILD in (await lead.get(address)).text
        done = await lead.send(address, {"reason": REASON})
        assert (done.status_code, done.headers["location"].endswith("#struck")) == (303, True), register
        gone = (await lead.get(address)).text
        assert CHILD not in gone and REASON in gone and lead.actor.name in gone
    for page in PAGES:
        text = (await lead.get(BASE + page)).text
        assert CHILD not in text, page
        assert (REASON in text) is (bool(page) and not page.endswith(".csv")), page
    assert [(await lead.get(at)).status_code for at in own_pages(made)] == [404] * 4
    async with begin(lead.actor) as work:
        items = await work.driver.fetch(ITEMS)
    assert len(items) == 5
    for item in items:
        assert (item["title"], item["description"], item["withdrawn_reason"]) == (
            "Struck out of its register", "", REASON,
        )  # fmt: skip
        assert CHILD not in (await lead.get(f"/standards/evidence/{item['id']}")).text
    assert CHILD not in (await lead.get("/standards/evidence")).text


def own_pages(made: dict[str, UUID]) -> list[str]:
    """Pages of one record."""
    return [
        f"{BASE}/committee/meetings/{made['meetings']}", f"{BASE}/training/{made['training']}",
        f"{BASE}/filtering/blocks/{made['blocks']}", f"{BASE}/impact/{made['impact']}",
    ]  # fmt: skip


async def test_what_was_struck_out_counts_nowhere_and_can_be_used_no_more(someone, school):
    lead = await someone(Role.LEAD)
    made = await mistaken(lead, school)
    async with begin(lead) as work:
        assert await whose_training_ends(work, made["training"]) == {lead.user_id}
        for register, row_id in made.items():
            await strike_out(work, register, row_id, REASON, TODAY)
    async with begin(lead) as work:
        lists = (
            await list_meetings(work), await list_seats(work), await list_events(work), await list_blocks(work),
            await list_checks(work, LATEST, 9), await list_reviews(work), await list_sessions(work),
            await list_impacts(work), await list_taken(work, lead.user_id), await reached(work, TODAY),
        )  # fmt: skip
        assert lists == ((),) * 10
        assert [one.last_on for one in await list_learners(work) if one.user_id == lead.user_id] == [None]
        state = await read_state(work, TODAY)
        assert (state.last_check, state.failed, state.due_on, state.blocks) == (None, 0, None, 0)
        assert await whose_training_ends(work, made["training"]) == frozenset()
        assert not (await beside(work, "pies", ["M2", "L7", "A5", "L6", "S4"])).items
        for use in (
            get_meeting(work, made["meetings"]), leave_seat(work, made["members"], TODAY),
            get_event(work, made["training"]), get_block(work, made["blocks"]), get_impact(work, made["impact"]),
            end_block(work, made["blocks"], "Open now.", TODAY),
        ):  # fmt: skip
            with pytest.raises(NotFound):
                await use
        struck = await list_struck(work, *KINDS)
        assert {(one.what, one.struck_reason, one.struck_by_name) for one in struck} == {("", REASON, lead.name)}
        assert {one.id for one in struck} == set(made.values())


async def test_the_log_is_told_who_struck_it_out_and_why_as_another_version(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        seat = await take_seat(work, "Rob", "", TODAY, is_child=True)
        await leave_seat(work, seat.id, TODAY)
    async with begin(lead) as work:
        await strike_out(work, "members", seat.id, REASON, TODAY)
    async with begin(lead) as work:
        assert await work.driver.fetchval(LAST, "seat", seat.id) == 3
        text = await work.driver.fetchval(
            "select fields from audit.documents where kind = 'seat' and id = $1 and version = 3", seat.id
        )
    said = {name: msgspec.json.decode(value) for name, (value, _) in msgspec.json.decode(text).items()}
    assert said == {
        "joined_on": TODAY.isoformat(), "struck_on": TODAY.isoformat(), "struck_reason": REASON,
        "struck_by_name": lead.name,
    }  # fmt: skip


async def test_once_a_review_is_struck_out_the_one_before_it_sets_the_day_and_somebody_is_told_of_that(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        first = await record_review(work, school, months_on(TODAY, -12), "Ana", "Well.", "")
        second = await record_review(work, school, TODAY, "Ana", "Well.", "")
    async with begin(lead) as work:
        await strike_out(work, "reviews", second.id, "It was last year's.", TODAY)
    async with begin(lead) as work:
        assert (await read_state(work, TODAY)).due_on == first.due_on
        assert await work.driver.fetchval(ASKED, first.id) == 2
    for review in (second, first):
        async with begin(system(lead.organisation_id)) as work:
            await telling.tell_of_filtering_review(work, review.id)
    async with begin(system(lead.organisation_id)) as work:
        told = await work.driver.fetch("select subject_id from notices where recipient_id = $1", lead.user_id)
    assert [row["subject_id"] for row in told] == [first.id]


async def test_nothing_is_struck_out_without_a_reason_nor_twice_nor_by_somebody_else(sign_in, someone, school):
    lead = await sign_in(Role.LEAD)
    made = await mistaken(lead.actor, school)
    address = f"{BASE}/struck/meetings/{made['meetings']}"
    refused = await lead.send(address, {"reason": " "})
    assert refused.status_code == 422 and "Say what is wrong with it." in refused.text and CHILD in refused.text
    too_long = await lead.send(address, {"reason": "<i>w</i>" * 300})
    assert too_long.status_code == 422 and "&lt;i&gt;w&lt;/i&gt;" in too_long.text
    token = await lead.token(address)
    assert (await lead.send(address, {"reason": REASON}, token=token)).status_code == 303
    second = await lead.send(address, {"reason": "Mine."}, token=token)
    assert second.status_code == 409 and REASON in second.text
    assert (await lead.get(f"{BASE}/struck/policies/{made['meetings']}")).status_code == 404
    assert (await lead.get(f"{BASE}/struck/training/{made['meetings']}")).status_code == 404
    governor = await sign_in(Role.GOVERNOR, organisation=lead.actor.organisation_id)
    assert (await governor.get(f"{BASE}/struck/training/{made['training']}")).status_code == 403
    assert "recorded by mistake" not in (await governor.get(f"{BASE}/training/{made['training']}")).text
    async with begin(governor.actor) as work:
        with pytest.raises(Forbidden):
            await strike_out(work, "training", made["training"], REASON, TODAY)
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(NotFound):
            await strike_out(work, "training", made["training"], REASON, TODAY)
