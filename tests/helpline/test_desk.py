"""The desk at work: answers by mail, what was handed over, whether it helped, what a supervisor sees."""

import msgspec
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.helpline.desk import load_desk
from safeguard.helpline.hearing import hear
from safeguard.helpline.moving import give_case
from safeguard.helpline.overseeing import count_signposts, read_desk
from safeguard.helpline.pointing import pointers_of
from safeguard.helpline.queries import get_case
from safeguard.helpline.report.composing import write_figures
from safeguard.helpline.report.spans import Span
from safeguard.helpline.takedown import list_addresses
from safeguard.helpline.web_form.rating import find_feedback
from safeguard.helpline.writing import add_to_case
from safeguard.standards.resources import load_library
from safeguard.tenancy.calendars.bank_holidays import load_bank_holidays
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin
from tests.helpline.conftest import CALL, taken
from tests.web.browsing import token_of

pytestmark = pytest.mark.anyio

PROFILE = profile_of("helpline")
BY_MAIL = {"caller_contact": "sam@alder.example"}
SENT = "select what, address, state from helpline_mail_out order by created_at, id"


@pytest.fixture
async def supervisor(someone):
    return await someone(Role.SUPERVISOR, kind="helpline")


@pytest.fixture
async def practitioner(someone, supervisor):
    return await someone(Role.PRACTITIONER, organisation=supervisor.organisation_id)


async def wrote(actor, **how):
    """A case of somebody who wrote by mail."""
    async with begin(system(actor.organisation_id)) as work:
        facts = msgspec.structs.replace(CALL, **BY_MAIL)
        return await taken(work, facts, channel="email", mine=False, **how)


async def sent(actor) -> list[tuple]:
    async with begin(actor) as work:
        return [tuple(row) for row in await work.driver.fetch(SENT)]


async def posted(client, path: str, to: str, **fields: str):
    page = await client.get(path)
    return await client.client.post(to, data={"csrf_token": token_of(page.text), **fields})


async def test_an_answer_is_mailed_where_that_was_ticked_and_its_way_is_shown(service, practitioner, sign_in):
    case = await wrote(practitioner)
    at = f"/helpline/cases/{case.id}"
    client = await sign_in(actor=practitioner)
    page = await client.get(at)
    assert "Send an answer by mail to sam@alder.example" in page.text
    await posted(client, at, f"{at}/entries", kind="note", words="Between us.", mails="yes")
    await posted(client, at, f"{at}/entries", kind="answer", words="Not by mail.")
    assert await sent(practitioner) == []
    await posted(client, at, f"{at}/entries", kind="answer", words="Report it first.", mails="yes")
    assert await sent(practitioner) == [("answer", "sam@alder.example", "queued")]
    assert "on its way" in (await client.get(at)).text


async def test_a_caller_without_an_address_gets_no_tick(service, practitioner, sign_in):
    async with begin(practitioner) as work:
        case = await taken(work)
    client = await sign_in(actor=practitioner)
    assert "Send an answer by mail" not in (await client.get(f"/helpline/cases/{case.id}")).text


async def test_an_answer_begins_with_one_of_the_desks(service, practitioner, sign_in):
    case = await wrote(practitioner)
    client = await sign_in(actor=practitioner)
    code, beginning = next(iter(load_desk().answers.items()))
    page = await client.get(f"/helpline/cases/{case.id}?begin={code}")
    said = beginning.text.replace("{reference}", case.reference).splitlines()[0]
    textarea = page.text.partition('<textarea class="govuk-textarea" id="words"')[2].partition("</textarea>")[0]
    assert said.partition("'")[0] in textarea
    assert (await client.get(f"/helpline/cases/{case.id}?begin=nonsense")).status_code == 200


async def test_whoever_is_given_a_case_reads_the_handover_first_until_they_have_written(
    service, supervisor, practitioner, sign_in
):
    case = await wrote(supervisor)
    async with begin(supervisor) as work:
        await give_case(work, await get_case(work, case.id), practitioner.user_id, "Rings at ten.", case.version)
    client, other = await sign_in(actor=practitioner), await sign_in(actor=supervisor)
    at = f"/helpline/cases/{case.id}"
    assert "Handed to you by" in (await client.get(at)).text
    assert "Handed to you by" not in (await other.get(at)).text
    await posted(client, at, f"{at}/entries", kind="note", words="Rung.")
    assert "Handed to you by" not in (await client.get(at)).text


async def test_what_a_caller_said_of_it_is_noted_once_and_asked_for_once(service, practitioner, sign_in):
    case = await wrote(practitioner)
    client, at = await sign_in(actor=practitioner), f"/helpline/cases/{case.id}"
    nothing = await posted(client, at, f"{at}/feedback", said="")
    assert nothing.status_code == 422
    for _ in range(2):
        await posted(client, at, f"{at}/feedback", ask="yes")
    assert [what for what, *_ in await sent(practitioner)] == ["feedback"]
    await posted(client, at, f"{at}/feedback", helpful="4", said="Quick.")
    await posted(client, at, f"{at}/feedback", helpful="1", said="Slow.")
    async with begin(practitioner) as work:
        found = await find_feedback(work, case.id)
    assert found
    assert (found.helpful, found.words, found.came_by) == (4, "Quick.", "desk")


async def test_whoever_opens_a_case_that_nobody_has_takes_it_with_one_press(service, practitioner, sign_in):
    async with begin(practitioner) as work:
        case = await taken(work, mine=False)
    client, at = await sign_in(actor=practitioner), f"/helpline/cases/{case.id}"
    page = (await client.get(at)).text
    assert "I take it" in page
    said = {"csrf_token": token_of(page), "to": str(practitioner.user_id), "seen": str(case.version)}
    done = await client.client.post(f"{at}/give", data=said)
    assert done.status_code == 303
    page = (await client.get(at)).text
    assert "I take it" not in page
    async with begin(practitioner) as work:
        assert (await get_case(work, case.id)).assigned_to == practitioner.user_id


async def test_the_queue_says_who_wrote_again_until_they_are_answered(service, practitioner, sign_in):
    case = await wrote(practitioner)
    async with begin(system(practitioner.organisation_id)) as work:
        await hear(work, await get_case(work, case.id), "email", "It posts again.", "They wrote again.")
    client = await sign_in(actor=practitioner)
    assert "Wrote again" in (await client.get("/helpline")).text
    async with begin(practitioner) as work:
        answered = await get_case(work, case.id)
        await add_to_case(work, answered, "answer", "email", "We see it.", (), distressing=False)
    assert "Wrote again" not in (await client.get("/helpline")).text


async def test_a_supervisor_sees_what_nobody_has_and_what_callers_were_pointed_to(supervisor, service, sign_in):
    case = await wrote(supervisor)
    async with begin(supervisor) as work:
        await add_to_case(work, case, "answer", "email", "", ("report_remove", "ceop"), distressing=False)
        await add_to_case(work, case, "answer", "email", "", ("ceop",), distressing=False)
    async with begin(supervisor) as work:
        now = await read_desk(work)
        assert (now.unassigned, now.heard, now.rated, now.mean) == (1, 0, 0, "")
        assert [(one.code, one.times) for one in await count_signposts(work)] == [("ceop", 2), ("report_remove", 1)]
    client = await sign_in(actor=supervisor)
    page = await client.get("/helpline/team")
    assert page.status_code == 200
    assert "Pointed to, last 30 days" in page.text


async def test_words_in_a_mail_are_words_on_the_page(service, practitioner, sign_in):
    case = await wrote(practitioner)
    async with begin(system(practitioner.organisation_id)) as work:
        said = "<script>alert(1)</script> {{7*7}} =HYPERLINK(1)"
        await hear(work, await get_case(work, case.id), "email", said, "They wrote again.")
    page = await (await sign_in(actor=practitioner)).get(f"/helpline/cases/{case.id}")
    assert "<script>alert" not in page.text
    assert "{{7*7}}" in page.text


async def test_what_helps_stands_beside_a_case_and_one_click_notes_which_it_was_and_counts_it(
    service, practitioner, supervisor, sign_in
):
    case = await wrote(practitioner)
    at = f"/helpline/cases/{case.id}"
    client = await sign_in(actor=practitioner)
    page = (await client.get(at)).text
    assert 'id="signpost-impersonation"' in page  # of the library, by the case's issue
    assert 'id="signpost-grooming"' not in page
    done = await posted(client, at, f"{at}/entries", kind="answer", channel="email", guidance="impersonation")
    assert done.status_code == 303
    refused = await posted(client, at, f"{at}/entries", kind="answer", guidance="no such thing")
    assert refused.status_code == 422
    pointed = (await client.get(at)).text.partition("Pointed to:")[2]
    assert "An account that pretends to be somebody" in pointed.partition("</p>")[0]
    async with begin(supervisor) as work:
        assert [(one.code, one.times) for one in await count_signposts(work)] == [("impersonation", 1)]
        day = work.now().date()
        figures = await write_figures(work, PROFILE, load_bank_holidays().helpline, Span(day, day))
    (part,) = [part for part in figures.parts if part.code == "guidance"]
    assert [(row.code, row.label) for row in part.rows] == [
        ("impersonation", "An account that pretends to be somebody")
    ]


async def test_signposts_are_found_by_any_words_and_begin_an_answer_with_where_they_are(service, practitioner, sign_in):
    case = await wrote(practitioner)
    client = await sign_in(actor=practitioner)
    found = await client.get(f"/helpline/signposts?case={case.id}&q=REMOVE%20childline")
    assert 'href="https://childline.org.uk/remove"' in found.text
    assert f'action="/helpline/cases/{case.id}/entries"' in found.text
    assert 'id="signpost-gaming"' not in found.text
    nothing = await client.get("/helpline/signposts?q=no+such+words")
    assert "Nothing is found by these words" in nothing.text
    assert (await client.get("/helpline/signposts?case=nobody")).status_code == 404
    begun = (await client.get(f"/helpline/cases/{case.id}?point=report_remove")).text
    words = begun.partition('id="words"')[2].partition("</textarea>")[0]
    assert "Report Remove" in words and "childline.org.uk/remove" in words
    assert 'value="report_remove" checked' in begun


def test_what_the_desk_points_to_is_there_once_and_what_it_names_of_the_library_exists():
    library = {each.code for each in load_library().resources}
    aliases = [each.resource for each in load_desk().guidance.values() if each.resource]
    assert set(aliases) <= library and len(aliases) == len(set(aliases))
    names = [each.name for each in pointers_of(PROFILE).values()]
    assert len(names) == len(set(names))
    assert not any("{" in each.looked_in for each in pointers_of(PROFILE).values())


async def test_very_many_addresses_are_counted_by_how_they_stand_and_folded(service, practitioner, sign_in):
    case = await wrote(practitioner)
    client = await sign_in(actor=practitioner)
    few = await client.get(f"/helpline/cases/{case.id}")
    assert 'id="all-addresses"' not in few.text
    async with begin(practitioner) as work:
        await list_addresses(work, case, "\n".join(f"https://social.example/{number}" for number in range(200)))
    many = (await client.get(f"/helpline/cases/{case.id}")).text
    assert "200 addresses" in many and "200 × Listed" in many
    assert many.count('href="/helpline/addresses/') == 200


async def test_a_supervisor_goes_from_a_person_of_the_team_to_their_cases(service, supervisor, practitioner, sign_in):
    async with begin(practitioner) as work:
        theirs = await taken(work)
    async with begin(supervisor) as work:
        mine = await taken(work)
    client = await sign_in(actor=supervisor)
    at = f"/helpline?with={practitioner.user_id}"
    assert f'href="{at}"' in (await client.get("/helpline/team")).text
    shown = (await client.get(at)).text
    assert f"Open cases that {practitioner.name} has" in shown
    assert theirs.reference in shown and mine.reference not in shown
    assert mine.reference in (await client.get("/helpline?with=nobody")).text
