"""What is about an adult here goes past whoever it may mean, to somebody who may read it."""

import re
from html import unescape

import pytest

from safeguard.access.roles import Role
from safeguard.concerns import awaiting
from safeguard.tenancy.calendars.reading import read_clocks
from safeguard.work import begin
from tests.factories.incidents import SCHOOL
from tests.public.writing import WORDS, code_from, write

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unhurried")]


async def test_what_is_about_an_adult_here_goes_past_the_lead_to_the_head(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    head = await sign_in(Role.HEAD, organisation=here)
    at = f"/r/{slug_of(here)}"
    code = await code_from(visitor, f"{at}/a", words=WORDS, subject_name=lead.actor.name)
    assert "horrible messages" not in (await lead.get("/incidents?state=all")).text
    found = re.search(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text)
    assert found
    assert (await lead.get(found[1])).status_code == 404
    assert (await lead.get(f"{found[1]}/messages")).status_code == 404
    answer = await head.send(f"{found[1]}/messages", {"words": "I have read it."})
    assert answer.status_code == 303
    assert "I have read it." in (await visitor.send(f"{at}/back", {"code": code})).text


async def test_whoever_raised_a_concern_writes_again_and_it_waits_in_the_vault_until_somebody_read_it(
    sign_in, visitor, slug_of
):
    head = await sign_in(Role.HEAD)
    at = f"/r/{slug_of(head.actor.organisation_id)}"
    code = await code_from(visitor, f"{at}/a", words=WORDS, subject_name="Walter Wombat")
    concern = re.search(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text)[1]
    assert concern not in (await head.get("/concerns?state=heard")).text, "nothing was written after the report"
    await head.send(f"{concern}/messages", {"words": "Who else was there?"})
    for number, words in enumerate(("Ravi was there.", "And Tom."), start=1):
        await visitor.send(f"{at}/back/message", {"code": code, "words": words}, page=f"{at}/back")
        assert await heard_by(head.actor) == 1
        assert concern in (await head.get("/concerns?state=heard")).text
        page = (await head.get(concern)).text
        assert "wrote again, and nobody has read it" in page
        assert all(said in page for said in ("Who else was there?", "Ravi was there.", "And Tom.")[: number + 1])
        talk = (await head.get(f"{concern}/messages")).text
        assert words in talk
        seen = re.search(r'name="seen" value="([^"]+)"', talk)[1]
        assert (await head.send(f"{concern}/messages", {"read": "yes", "seen": seen})).status_code == 303
        assert await heard_by(head.actor) == 0
        assert concern not in (await head.get("/concerns?state=heard")).text
    await visitor.send(f"{at}/back/message", {"code": code, "words": "Later."}, page=f"{at}/back")
    await head.send(f"{concern}/messages", {"read": "yes", "seen": seen})
    assert await heard_by(head.actor) == 1, "what came after the page was shown waits on"


async def heard_by(actor):
    async with begin(actor, purpose="session") as work:
        clocks = (await read_clocks(work, SCHOOL, "england", "Europe/London")).clocks
        return (await awaiting.read_apart(work, SCHOOL, clocks)).heard


@pytest.mark.parametrize("said", ["yes", "unsure"])
async def test_what_may_be_about_one_of_those_who_read_it_goes_past_all_of_them_without_a_name(
    sign_in, visitor, slug_of, said
):
    lead = await sign_in(Role.LEAD)
    here = lead.actor.organisation_id
    deputy, head = await sign_in(Role.DEPUTY, organisation=here), await sign_in(Role.HEAD, organisation=here)
    before = [(await one.get(path)).status_code for one in (lead, deputy) for path in ("/", "/concerns")]
    at = f"/r/{slug_of(here)}"
    answer = await write(visitor, f"{at}/b", words=WORDS, reader=said)
    assert "Please tell somebody else as well" not in answer.text
    found = re.search(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text)[1]
    assert "it is or may be about one of those who read what comes in" in unescape((await head.get(found)).text)
    for one in (lead, deputy):
        assert "horrible messages" not in (await one.get("/incidents?state=all")).text
        assert "horrible messages" not in (await one.get("/")).text
        assert (await one.get(found)).status_code == 404
    assert before == [(await one.get(path)).status_code for one in (lead, deputy) for path in ("/", "/concerns")]


async def test_a_head_who_is_lead_as_well_does_not_read_what_may_be_about_one_who_reads_it(sign_in, visitor, slug_of):
    both = await sign_in(Role.HEAD, Role.LEAD)
    at = f"/r/{slug_of(both.actor.organisation_id)}"
    answer = await write(visitor, f"{at}/b", words=WORDS, reader="yes")
    assert "Please tell somebody else as well" in answer.text
    for path in ("/concerns?state=all", "/incidents?state=all"):
        assert "horrible" not in (await both.get(path)).text


@pytest.mark.parametrize("said", ["no", ""])
async def test_what_is_about_none_of_those_who_read_it_lands_in_the_inbox(sign_in, visitor, slug_of, said):
    lead = await sign_in(Role.LEAD)
    await write(visitor, f"/r/{slug_of(lead.actor.organisation_id)}/b", words=WORDS, reader=said)
    assert "horrible messages" in (await lead.get("/incidents?state=all")).text


async def test_that_it_is_about_one_who_reads_it_stays_chosen_when_a_form_comes_back(sign_in, visitor, slug_of):
    lead = await sign_in(Role.LEAD)
    answer = await write(visitor, f"/r/{slug_of(lead.actor.organisation_id)}/b", words="", reader="yes", when="Monday")
    assert answer.status_code == 422
    assert re.search(r'name="reader"[^>]*value="yes"[^>]* checked', answer.text)
    assert 'value="Monday"' in answer.text


async def test_nobody_in_charge_reads_what_is_about_whoever_is_in_charge(sign_in, visitor, slug_of):
    head = await sign_in(Role.HEAD)
    at = f"/r/{slug_of(head.actor.organisation_id)}"
    answer = await write(visitor, f"{at}/a", words=WORDS, subject_work="the head", in_charge="yes")
    assert "Please tell somebody else as well" in answer.text
    assert "They read it and think about what helps" not in answer.text
    assert "horrible" not in (await head.get("/concerns?state=all")).text


@pytest.mark.parametrize(
    "said",
    [
        {"in_charge": "unsure"},
        {"subject_work": "headteacher"},
        {"subject_name": "the Head"},
        {"subject_name": "Mr Gramt"},
        {"subject_name": "derek"},
        {"subject_name": "Derik Grantt"},
        {"words": WORDS + " It was derek grant who did it."},
        {"words": WORDS + " I mean Grant."},
        {"words": WORDS + " ask mr gramt"},
    ],
    ids=lambda said: " ".join(said.values())[-30:],
)
async def test_whoever_a_child_may_mean_does_not_read_it_however_they_call_them(sign_in, visitor, slug_of, call, said):
    head = await sign_in(Role.HEAD)
    call(head.actor, "Derek Grant")
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/a", **{"words": WORDS, **said})
    assert "Please tell somebody else as well" in answer.text
    assert "horrible" not in (await head.get("/concerns?state=all")).text


@pytest.mark.parametrize(
    "said",
    [
        {"subject_name": "Anna Hale", "subject_work": "assistant head of PE"},
        {"subject_work": "teacher"},
        {"words": WORDS + " I granted it, in a grand way, and told the headteacher."},
    ],
    ids=lambda said: " ".join(said.values())[-30:],
)
async def test_what_is_about_somebody_else_is_read_by_the_head(sign_in, visitor, slug_of, call, said):
    head = await sign_in(Role.HEAD)
    call(head.actor, "Derek Grant")
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/a", **{"words": WORDS, **said})
    assert "Please tell somebody else as well" not in answer.text
    assert re.search(r'href="/concerns/[0-9a-f-]{36}"', (await head.get("/concerns?state=all")).text)


async def test_of_an_adult_here_it_is_asked_whether_they_are_in_charge_and_nothing_typed_is_lost(
    sign_in, visitor, slug_of
):
    head = await sign_in(Role.HEAD)
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/c", words=WORDS, in_charge="")
    assert answer.status_code == 422
    assert "Choose one. If you do not know" in unescape(answer.text)
    assert WORDS in unescape(answer.text)
