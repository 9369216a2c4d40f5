"""What a report asks follows from what it is about, and the organisation says how: without an engineer, and kept."""

import re
from dataclasses import replace

import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Forbidden, Invalid
from safeguard.incidents.recording import record_incident
from safeguard.incidents.reports import NewIncident
from safeguard.tenancy.profiles import profile_of
from safeguard.tenancy.questions import ReportedType
from safeguard.tenancy.report_forms.asked import Choices, OfType, asked_of
from safeguard.tenancy.report_forms.changing import reword
from safeguard.tenancy.report_forms.history import asked_then
from safeguard.tenancy.report_forms.reading import read_asked, read_form
from safeguard.tenancy.report_forms.tailoring import Tailored, tailor
from safeguard.work import begin

pytestmark = pytest.mark.anyio

SCHOOL = profile_of("school")
UNKIND = SCHOOL.reported["unkind"]
USUAL = Tailored(998, "usual", required=False, hint="")
TAILORED = {
    "own_words": Tailored(1, "first", required=True, hint="Word for word."),
    "online": Tailored(2, "first", required=False, hint=""),
    "where": Tailored(998, "left_out", required=False, hint=""),
}


async def tailored(lead, code="unkind", notice="", **said):
    async with begin(lead) as work:
        seen = (await read_form(work, SCHOOL)).number
        return await tailor(work, SCHOOL, code, notice, said, seen)


async def test_a_type_is_tailored_by_its_organisation_and_others_stay_as_they_were(someone):
    lead = await someone(Role.LEAD)
    assert await tailored(lead, notice="Write down who saw it.", **TAILORED) == 1
    async with begin(lead) as work:
        asked = await read_asked(work, SCHOOL)
        page = asked.page(asked.reported["unkind"])
        with pytest.raises(Invalid) as refusal:
            await record_incident(work, NewIncident(narrative="So.", reported_type="unkind"), SCHOOL, asked)
        await record_incident(work, NewIncident(narrative="So.", reported_type="filter"), SCHOOL, asked)
    assert [error.field for error in refusal.value.errors] == ["child_words"]
    main = [question.code for question in page.main]
    assert main[main.index("narrative") + 1 :][:2] == ["own_words", "online"]
    assert "where" not in {question.code for question in page.all}
    assert next(question.hint for question in page.all if question.code == "own_words") == "Word for word."
    assert page.notice == "Write down who saw it."
    assert asked.page(asked.reported["filter"]) == asked_of(SCHOOL).page(SCHOOL.reported["filter"])


async def test_an_old_report_keeps_what_was_asked_for_its_type(someone):
    lead = await someone(Role.LEAD)
    await tailored(lead, **TAILORED)
    async with begin(lead) as work:
        new = NewIncident(narrative="So.", reported_type="unkind", child_words="Go away.")
        before = (await record_incident(work, new, SCHOOL, await read_asked(work, SCHOOL))).facts
    assert await tailored(lead, **dict.fromkeys(TAILORED, USUAL)) == 2
    async with begin(lead) as work:
        then = await asked_then(work, SCHOOL, before.form_version, before.recorded_at)
        shown, now = await read_asked(work, SCHOOL, 1), await read_asked(work, SCHOOL)
    assert then.reported["unkind"] == shown.reported["unkind"] != now.reported["unkind"]
    assert "where" not in {question.code for question in then.page(then.reported["unkind"]).all}
    assert "where" in {question.code for question in now.page(now.reported["unkind"]).all}


async def test_other_changes_of_the_form_leave_its_types_alone_and_what_is_hidden_stays_said(someone):
    lead = await someone(Role.LEAD)
    await tailored(lead, **TAILORED)
    async with begin(lead) as work:
        await reword(work, SCHOOL, "people", "Who was there?", "", 1)
    assert await tailored(lead, notice="Look closely.") == 3
    async with begin(lead) as work:
        told = (await read_asked(work, SCHOOL)).reported["unkind"]
    assert (told.first, told.leave_out, told.require) == (("own_words", "online"), ("where",), ("own_words",))
    assert told.notice == "Look closely."


async def test_what_is_as_the_kind_has_it_follows_a_later_release(someone):
    lead = await someone(Role.LEAD)
    await tailored(
        lead, **dict.fromkeys(("own_words", "where"), USUAL), online=Tailored(1, "first", required=False, hint="")
    )
    async with begin(lead) as work:
        assert (await read_form(work, SCHOOL)).choices == Choices()
    later = replace(SCHOOL, reported={"unkind": ReportedType("unkind", "Unkind", require=("people",))})
    laid = asked_of(later, Choices(types={"unkind": OfType(notice="Look.")})).reported["unkind"]
    assert (laid.require, laid.notice) == (("people",), "Look.")


@pytest.mark.parametrize("code", ["narrative", "danger", "about"])
async def test_no_type_leaves_out_what_every_report_must_ask(someone, code):
    lead = await someone(Role.LEAD)
    with pytest.raises(Invalid) as refusal:
        await tailored(lead, **{code: Tailored(1, "left_out", required=False, hint="")})
    assert [error.field for error in refusal.value.errors] == [f"where-{code}"]
    kept = asked_of(SCHOOL, Choices(types={"unkind": OfType(leave_out=(code,))}))
    assert code in {question.code for question in kept.page(kept.reported["unkind"]).all}


async def test_two_who_change_it_at_once_and_whoever_may_not_are_refused(someone):
    lead = await someone(Role.LEAD)
    reporter = await someone(Role.REPORTER, organisation=lead.organisation_id)
    await tailored(lead, **TAILORED)
    with pytest.raises(Conflict):
        async with begin(lead) as work:
            await tailor(work, SCHOOL, "unkind", "", TAILORED, 0)
    with pytest.raises(Forbidden):
        await tailored(reporter, **TAILORED)


def sent_by(page):
    """What a browser without script would send of the page."""
    fields = dict(re.findall(r'<input [^>]*name="((?:position|hint|where)-[a-z_]+)" value="([^"]*)"', page))
    for name, options in re.findall(r'<select [^>]*name="(where-[a-z_]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        fields[name] = re.search(r'value="(\w+)" selected', options)[1]
    return fields | {"seen": re.search(r'name="seen" value="(\d+)"', page)[1], "notice": ""}


async def test_the_page_changes_what_a_type_asks_and_keeps_what_was_typed_wrongly(sign_in):
    lead = await sign_in(Role.LEAD)
    at = "/settings/form/types/unkind"
    assert f'href="{at}"' in (await lead.get("/settings/form")).text
    fields = sent_by((await lead.get(at)).text)
    assert fields["where-online"] == "first"
    wrong = await lead.send(at, fields | {"hint-online": "x" * 600, "where-where": "left_out"})
    assert wrong.status_code == 422
    assert "x" * 600 in wrong.text
    assert sent_by(wrong.text)["where-where"] == "left_out"
    kept = fields | {"where-where": "left_out", "required-own_words": "yes", "hint-online": "Which chat was it?"}
    assert (await lead.send(at, kept)).status_code == 303
    shown = (await lead.get(at)).text
    assert sent_by(shown)["where-where"] == "left_out"
    assert 'name="required-own_words" value="yes" checked' in shown
    assert (await lead.get("/settings/form/types/nothing")).status_code == 404
