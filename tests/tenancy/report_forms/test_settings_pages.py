"""The report form in settings, as a browser without script sees it."""

import re

import pytest

from safeguard.access.roles import Role

pytestmark = pytest.mark.anyio

QUESTION = {"label": "Which bus was it?", "kind": "text", "where": "at_once", "seen": "0"}


def arranged(page, **changed):
    """What the page of all questions would send, with some of it changed."""
    fields = dict(re.findall(r'name="(position-[a-z_]+)" value="(\d+)"', page))
    for name, options in re.findall(r'<select [^>]*name="(where-[a-z_]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        fields[name] = re.search(r'value="(\w+)" selected', options)[1]
    fields |= dict.fromkeys(re.findall(r'name="(required-[a-z_]+)" value="yes" checked', page), "yes")
    return fields | {"seen": re.search(r'name="seen" value="(\d+)"', page)[1]} | changed


async def test_a_question_is_added_put_first_and_taken_out_again(sign_in):
    lead = await sign_in(Role.LEAD)
    assert (await lead.send("/settings/form/questions/new", QUESTION)).status_code == 303
    page = (await lead.get("/settings/form")).text
    assert "Your own" in page
    first = arranged(page) | {"position-own_which_bus_was_it": "0"}
    assert (await lead.send("/settings/form", first)).status_code == 303
    page = (await lead.get("/settings/form")).text
    assert page.index("Which bus was it?") < page.index("What is it about?")
    hidden = arranged(page) | {"where-own_which_bus_was_it": "hidden"}
    assert (await lead.send("/settings/form", hidden)).status_code == 303
    assert "version 3" in (await lead.get("/settings/form")).text


async def test_taking_out_what_happened_is_refused_with_the_reason_and_keeps_the_rest(sign_in):
    lead = await sign_in(Role.LEAD)
    page = (await lead.get("/settings/form")).text
    wrong = await lead.send("/settings/form", arranged(page) | {"where-narrative": "hidden", "position-people": "77"})
    assert wrong.status_code == 422
    assert "What happened is what a report is" in wrong.text
    assert 'href="#where-narrative"' in wrong.text
    assert 'value="77"' in wrong.text


async def test_a_question_is_reworded_and_an_empty_one_has_its_usual_words_back(sign_in):
    lead = await sign_in(Role.LEAD)
    words = {"label": "Who was there?", "hint": "", "seen": "0"}
    assert (await lead.send("/settings/form/questions/people", words)).status_code == 303
    assert "Who was there?" in (await lead.get("/settings/form")).text
    assert (await lead.send("/settings/form/questions/people", words | {"label": "", "seen": "1"})).status_code == 303
    assert "Who is it about?" in (await lead.get("/settings/form")).text


async def test_a_choice_without_answers_is_asked_for_them(sign_in):
    lead = await sign_in(Role.LEAD)
    wrong = await lead.send("/settings/form/questions/new", QUESTION | {"kind": "choice", "options": "Only one"})
    assert wrong.status_code == 422
    assert "Give from two to 30 answers" in wrong.text
    assert "Only one" in wrong.text


async def test_a_page_that_is_out_of_date_changes_nothing(sign_in):
    lead = await sign_in(Role.LEAD)
    await lead.send("/settings/form/questions/new", QUESTION)
    assert (await lead.send("/settings/form/questions/new", QUESTION)).status_code == 409


async def test_a_question_that_is_not_there_is_not_found(sign_in):
    lead = await sign_in(Role.LEAD)
    assert (await lead.get("/settings/form/questions/nothing")).status_code == 404
