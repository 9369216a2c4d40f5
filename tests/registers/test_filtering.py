"""Filtering and monitoring: systems, what is blocked and why, checks, who answers, the yearly review."""

import re
from datetime import date

import pytest

from safeguard import clock
from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid, NotFound
from safeguard.notifications import registers as telling
from safeguard.registers.by_day import LATEST
from safeguard.registers.filtering.keeping import (
    NewCheck,
    NewSystem,
    add_block,
    add_system,
    change_system,
    end_block,
    get_system,
    name_duty,
    record_check,
    record_review,
)
from safeguard.registers.filtering.queries import (
    list_blocks,
    list_checks,
    list_duties,
    list_systems,
    read_state,
)
from safeguard.registers.here import months_on
from safeguard.standards.queries import beside
from safeguard.work import begin

pytestmark = pytest.mark.anyio

TODAY = clock.now().date()
BASE = "/standards/registers/filtering"
SYSTEM = NewSystem(kind="filtering", name="Fence", approach="technical", stance="both", covers="School laptops")
CHECK = NewCheck(checked_on=TODAY, device="A laptop", user_group="Year 9", tested="Test pages", result="passed")


async def test_a_system_is_changed_as_another_version(someone):
    async with begin(await someone(Role.LEAD)) as work:
        made = await add_system(work, SYSTEM)
        ended = NewSystem(kind="filtering", name="Fence", approach="technical", stance="both", ended_on=TODAY)
        assert (await change_system(work, made.id, ended, 1)).version == 2
        with pytest.raises(Conflict):
            await change_system(work, made.id, ended, 1)
        assert [one.ended_on for one in await list_systems(work)] == [TODAY]
        with pytest.raises(Invalid) as refused:
            await add_system(work, NewSystem(kind="", name="", approach="", stance=""))
        assert {error.field for error in refused.value.errors} == {"kind", "name", "approach", "stance"}


async def test_nothing_is_blocked_without_saying_why(someone):
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(Invalid) as refused:
            await add_block(work, "Games", "", "", TODAY)
        assert [error.field for error in refused.value.errors] == ["why"]
        block = await add_block(work, "Games", "Lessons", "Pupils", TODAY)
        await end_block(work, block.id, "A club needs them.", TODAY)
        assert await list_blocks(work) == ()
        assert [one.ended_reason for one in await list_blocks(work, ended=True)] == ["A club needs them."]
        with pytest.raises(Conflict):
            await end_block(work, block.id, "Again.", TODAY)


async def test_a_check_that_failed_says_what_is_done_about_it(someone):
    lead = await someone(Role.LEAD)
    failed = NewCheck(checked_on=TODAY, device="A phone", user_group="Guest", tested="Search", result="failed")
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refused:
            await record_check(work, failed)
        assert [error.field for error in refused.value.errors] == ["done"]
        check = await record_check(work, CHECK)
        assert check.checked_by == lead.name
        state = await read_state(work, TODAY)
        assert (state.last_check, state.failed, state.due_on, state.named) == (TODAY, 0, None, 0)


async def test_whoever_looks_after_the_network_records_checks_and_changes_nothing_else(someone):
    async with begin(await someone(Role.ADMINISTRATOR)) as work:
        await record_check(work, CHECK)
        assert len(await list_checks(work, LATEST, 10)) == 1
        with pytest.raises(Forbidden):
            await add_system(work, SYSTEM)
    async with begin(await someone(Role.GOVERNOR)) as work:
        with pytest.raises(Forbidden):
            await record_check(work, CHECK)
        assert await list_checks(work, LATEST, 10) == ()
    async with begin(await someone(Role.REPORTER)) as work:
        with pytest.raises(Forbidden):
            await list_blocks(work)


async def test_the_latest_name_of_each_part_holds(someone):
    async with begin(await someone(Role.HEAD)) as work:
        for part, name in (("senior_lead", "Ana"), ("governor", "Bo")):
            await name_duty(work, part, name)
    async with begin(work.actor) as work:
        await name_duty(work, "senior_lead", "Cy")
    async with begin(work.actor) as work:
        assert {one.part: one.name for one in await list_duties(work)} == {"senior_lead": "Cy", "governor": "Bo"}
        assert (await read_state(work, TODAY)).named == 2


async def test_the_yearly_review_is_evidence_and_sets_the_day_of_the_next(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        review = await record_review(work, school, date(2026, 1, 31), "Ana, Bo", "All well.", "")
        assert review.due_on == date(2027, 1, 31)
        (item,) = (await beside(work, "pies", ["A5"])).items
        assert (item.id, item.renew_on) == (review.item_id, review.due_on)
        for framework, controls in (("dfe-filtering-and-monitoring", ["F3"]), ("360-degree-safe", ["IN1", "IN2"])):
            assert [one.id for one in (await beside(work, framework, controls)).items] == [item.id], framework
        with pytest.raises(Invalid) as refused:
            await record_review(work, school, None, "", "", "")
        assert {error.field for error in refused.value.errors} == {"reviewed_on", "took_part", "found"}


async def test_whoever_leads_is_told_of_the_next_review_unless_a_later_one_is_recorded(someone, school):
    lead = await someone(Role.LEAD)
    async with begin(lead) as work:
        first = await record_review(work, school, months_on(TODAY, -12), "Ana", "Well.", "")
    async with begin(lead) as work:
        second = await record_review(work, school, TODAY, "Ana", "Well.", "")
    for review in (first, second):
        async with begin(system(lead.organisation_id)) as work:
            await telling.tell_of_filtering_review(work, review.id)
    async with begin(system(lead.organisation_id)) as work:
        told = await work.driver.fetch("select subject_id from notices where recipient_id = $1", lead.user_id)
        assert [row["subject_id"] for row in told] == [second.id]


async def test_a_system_of_another_organisation_is_not_found(someone):
    async with begin(await someone(Role.LEAD)) as work:
        made = await add_system(work, SYSTEM)
    async with begin(await someone(Role.LEAD)) as work:
        with pytest.raises(NotFound):
            await get_system(work, made.id)
        with pytest.raises(NotFound):
            await record_check(work, NewCheck(**{**_fields(CHECK), "system_id": made.id}))


def _fields(check: NewCheck) -> dict[str, object]:
    return {name: getattr(check, name) for name in check.__struct_fields__}


async def test_the_pages_of_the_register(sign_in):
    lead = await sign_in(Role.LEAD)
    assert "No checks yet" in (await lead.get(BASE)).text
    typed = {"kind": "monitoring", "name": "Watch", "approach": "supervisory", "stance": "reactive"}
    assert (await lead.send(BASE + "/systems/new", typed)).status_code == 303
    assert (await lead.send(BASE + "/systems/new", typed | {"kind": ""})).status_code == 422
    shown = (await lead.get(BASE)).text
    watch = re.search(BASE + r"/systems/[0-9a-f-]{36}", shown)
    assert watch
    assert (await lead.send(watch[0], typed | {"seen": "1", "covers": "Room 4"})).status_code == 303
    stale = await lead.send(watch[0], typed | {"seen": "1", "covers": "Room 5"})
    assert stale.status_code == 409 and "Room 5" in stale.text
    block = {"what": "Games", "why": "Lessons", "since": TODAY.isoformat()}
    assert (await lead.send(BASE + "/blocks/new", block)).status_code == 303
    found = re.search(BASE + r"/blocks/[0-9a-f]{8}[0-9a-f-]{28}", (await lead.get(BASE)).text)
    assert found
    assert (await lead.send(found[0], {"reason": ""})).status_code == 422
    assert (await lead.send(found[0], {"reason": "A club"})).status_code == 303
    check = {"checked_on": TODAY.isoformat(), "device": "Phone", "user_group": "Guest", "tested": "<i>x</i>",
             "result": "failed", "system": watch[0].rsplit("/", 1)[1]}  # fmt: skip
    refused = await lead.send(BASE + "/checks/new", check)
    assert refused.status_code == 422 and "&lt;i&gt;x&lt;/i&gt;" in refused.text
    assert (await lead.send(BASE + "/checks/new", check | {"done": "Told the provider"})).status_code == 303
    assert "Told the provider" in (await lead.get(BASE + "/checks")).text
    assert (await lead.send(BASE + "/people", {"senior_lead": "Ana", "governor": ""})).status_code == 422
    assert (await lead.send(BASE + "/people", {"senior_lead": "Ana", "governor": "Bo"})).status_code == 303
    review = {"reviewed_on": TODAY.isoformat(), "took_part": "Ana, Bo", "found": "Phones get round it."}
    assert (await lead.send(BASE + "/reviews/new", review)).status_code == 303
    shown = (await lead.get(BASE)).text
    assert "Phones get round it." in shown and "A club" in shown
    taken = (await lead.get("/standards/registers/tables/checks.csv")).text
    assert "Told the provider" in taken and "Did not work" in taken and "failed" not in taken


async def test_an_administrator_finds_the_register_and_no_evidence(sign_in):
    technician = await sign_in(Role.ADMINISTRATOR)
    shown = (await technician.get(BASE)).text
    assert "Record a check" in shown and "Add a system" not in shown
    assert (await technician.get("/standards/registers")).status_code == 403


async def test_a_product_that_tests_itself_records_checks(program):
    technician = await program(Role.ADMINISTRATOR)
    sent = {"checked_on": TODAY.isoformat(), "device": "Network", "user_group": "All", "tested": "Self-test",
            "result": "passed"}  # fmt: skip
    made = await technician.client.post("/api/v1/filtering/checks", json=sent)
    assert made.status_code == 201, made.text
    assert (await technician.client.post("/api/v1/filtering/checks", json=sent | {"result": "odd"})).status_code == 422
    listed = (await technician.get("/api/v1/filtering/checks?limit=1")).json()
    assert [one["tested"] for one in listed["items"]] == ["Self-test"]
