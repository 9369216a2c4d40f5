"""Confidence: what a caller says in confidence stays in the helpline's record, unless somebody is at risk."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.errors import Invalid
from safeguard.helpline.case import ToldOn
from safeguard.helpline.confiding import RUN, repeated
from safeguard.helpline.moving import move_case
from safeguard.helpline.overseeing import read_desk
from safeguard.helpline.queries import get_case, get_url, list_entries, list_urls_of
from safeguard.helpline.report.annual import begin_annual
from safeguard.helpline.report.spans import Span
from safeguard.helpline.report.stories import tell_story
from safeguard.helpline.states import State
from safeguard.helpline.takedown import list_addresses, step_on
from safeguard.helpline.telling_on import tell_on
from safeguard.helpline.waving import answer_wave, join_wave, open_wave
from safeguard.helpline.writing import add_to_case
from safeguard.work import begin
from tests.helpline.conftest import CALL, taken
from tests.web.browsing import token_of

pytestmark = pytest.mark.anyio

SECRET = "My headteacher told me to stay quiet about the other two accounts."
REPEATS = "We heard that the HEADTEACHER told me to\nstay quiet, and will ask."

_word = st.text("abcdefghij", min_size=1, max_size=4)
_said = st.lists(_word, min_size=RUN, max_size=12)


@given(_said, st.lists(_word, max_size=6), st.lists(_word, max_size=6))
def test_a_run_of_confided_words_is_found_wherever_it_stands_and_however_it_is_written(said, before, after):
    told = " ".join(before) + "\n" + ",  ".join(said).upper() + ". " + " ".join(after)
    found = repeated(told, [" ".join(said)])
    assert len(found.split()) == RUN
    assert found in told
    assert repeated(told, [" ".join(said)], [" ".join((*before, *said, *after))]) == ""


@given(_said, _said)
def test_words_that_share_no_run_are_no_repetition(said, others):
    shared = {tuple(said[at : at + RUN]) for at in range(len(said) - RUN + 1)}
    told = {tuple(others[at : at + RUN]) for at in range(len(others) - RUN + 1)}
    assert bool(repeated(" ".join(others), [" ".join(said)])) == bool(shared & told)


def test_what_was_confided_in_a_few_words_is_looked_for_whole():
    assert repeated("He said: my own brother, twice.", ["My own brother"]) == "my own brother"
    assert repeated("His brother, my own.", ["My own brother"]) == ""
    assert repeated("Brother.", ["brother"]) == ""


@pytest.fixture
async def practitioner(someone):
    return await someone(Role.SUPERVISOR, kind="helpline")


async def by_mail(work, **how):
    facts = msgspec.structs.replace(CALL, caller_contact="sam@alder.example")
    return await taken(work, facts, channel="email", confidence=SECRET, **how)


async def write(work, case, words: str, *, mails: bool):
    return await add_to_case(work, case, "answer", "email", words, (), distressing=False, mails=mails)


async def told(work, case, **other):
    said = {"to": "Children's social care, Kim Hart", "why": "A pupil of twelve is being threatened.", "at": work.now()}
    return await tell_on(work, case, ToldOn(**{**said, **other}), SECRET)


async def test_an_answer_that_is_mailed_repeats_nothing_that_was_said_in_confidence(practitioner):
    async with begin(practitioner) as work:
        case = await by_mail(work)
        with pytest.raises(Invalid) as refused:
            await write(work, case, REPEATS, mails=True)
        assert "HEADTEACHER told me to\nstay" in refused.value.errors[0].message
        await write(work, case, REPEATS, mails=False)  # said on the telephone to whoever said it
        await add_to_case(work, case, "note", "", REPEATS, (), distressing=False)
        await told(work, case)
        await write(work, case, REPEATS, mails=True)


async def test_what_was_said_openly_as_well_may_be_repeated(practitioner):
    async with begin(practitioner) as work:
        case = await by_mail(work)
        await add_to_case(work, case, "contact", "phone", f"They agree that we say: {SECRET}", (), distressing=False)
        await write(work, case, REPEATS, mails=True)


async def test_a_wave_and_a_story_of_the_report_repeat_nothing_either(practitioner):
    async with begin(practitioner) as work:
        case = await by_mail(work)
        wave = await open_wave(work, "A trend", "Accounts that pretend to be teachers.")
        await join_wave(work, case, wave.id, case.version)
        with pytest.raises(Invalid) as of_wave:
            await answer_wave(work, wave.id, REPEATS, (), State.ADVICE_GIVEN, wave.version)
        day = work.now().date()
        annual = await begin_annual(work, "a-year", "A year", Span(day - timedelta(days=30), day))
        with pytest.raises(Invalid) as of_story:
            await tell_story(work, annual, case.reference, "A case", REPEATS)
    assert [refused.value.errors[0].field for refused in (of_wave, of_story)] == ["answer", "words"]


async def test_a_step_told_to_a_referrer_repeats_nothing_that_another_caller_of_the_same_address_confided(practitioner):
    async with begin(practitioner) as work:
        confided = await by_mail(work)
        referred = await taken(
            work, channel="shared", state=State.SUBMITTED, mine=False, origin=f"{clock.new_id()}/{clock.new_id()}"
        )
        for case in (confided, referred):
            await list_addresses(work, case, "https://social.example/account")
        (url,) = await list_urls_of(work, referred.id)
        with pytest.raises(Invalid):
            await step_on(work, url, "reported", work.now(), "", REPEATS, url.version)
        assert (await get_url(work, url.id)).version == url.version
        mine = await taken(work, channel="shared", origin=f"{clock.new_id()}/{clock.new_id()}", confidence=SECRET)
        with pytest.raises(Invalid):
            await move_case(work, mine, State.DECLINED, REPEATS, mine.version)


async def test_what_was_told_on_says_to_whom_why_when_and_what_and_a_supervisor_sees_how_often(practitioner):
    async with begin(practitioner) as work:
        case = await by_mail(work)
        with pytest.raises(Invalid) as refused:
            await tell_on(work, case, ToldOn(to="", why="", at=work.now() + timedelta(hours=1)), "")
        assert {each.field for each in refused.value.errors} == {"told_to", "told_why", "told_words", "told_on"}
        entry = await told(work, case)
        assert entry in await list_entries(work, case.id)
        raised = await get_case(work, case.id)
        assert (case.at_risk, raised.at_risk, raised.version) == (False, True, case.version + 1)
        await told(work, raised)  # what is raised already is not raised again
        assert (await get_case(work, case.id)).version == raised.version
        assert (await read_desk(work)).told_on == 2


async def test_at_the_desk_it_is_noted_on_the_page_of_the_case_and_what_is_missing_keeps_the_rest(
    service, practitioner, sign_in
):
    async with begin(practitioner) as work:
        case = await by_mail(work)
        ended = await move_case(work, case, State.DECLINED, "For the police.", case.version)
    client = await sign_in(actor=practitioner)
    at = f"/helpline/cases/{ended.id}"

    async def sent(**fields: str):
        token = token_of((await client.get(at)).text)
        return await client.client.post(f"{at}/told-on", data={"csrf_token": token, **fields})

    kept = await sent(told_to="Police, 101", told_why="", told_words="What they told us.", told_at="half past")
    assert kept.status_code == 422
    assert "What they told us." in kept.text
    fields = {"told_to": "Police, 101", "told_why": "He knows where she lives.", "told_words": "What they told us."}
    assert (await sent(**fields, told_on="2020-02-01", told_at="14:05")).status_code == 303
    page = (await client.get(at)).text
    assert "Told on, because somebody is at risk" in page
    assert "He knows where she lives." in page
    assert "The caller, in confidence" in page
    async with begin(practitioner) as work:
        (entry,) = [entry for entry in await list_entries(work, ended.id) if entry.kind == "told_on"]
    assert entry.told_at.isoformat().startswith("2020-02-01T14:05")
