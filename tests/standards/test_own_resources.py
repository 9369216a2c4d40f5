"""Resources that an organisation adds: shown where they help, marked as its own, and to nobody else."""

import re

import pytest

from safeguard.access.roles import Role
from safeguard.errors import Conflict, Invalid, NotFound
from safeguard.helpline.pointing import read_pointers
from safeguard.standards.contributed import get_own, helping_incident, read_library
from safeguard.standards.contributing import (
    MOST,
    Belonging,
    NewResource,
    add_resource,
    change_resource,
    withdraw_resource,
)
from safeguard.tenancy.profiles import profile_of
from safeguard.work import begin

pytestmark = pytest.mark.anyio

SCHOOL = profile_of("school")
KNOWN = Belonging(frozenset({"A5"}), frozenset(SCHOOL.risk_areas), frozenset(SCHOOL.issues))
NEW = NewResource("guidance", "Our quiet room", "Walk there together.", ("Room 4",), ("A5",), ("gaming",), ("nudes",))
TYPED = {
    "kind": "guidance", "title": "Our quiet room", "summary": "Walk there together.", "links": "Room 4\n\nExt. 112",
    "controls": "A5", "risk_areas": "gaming", "issues": "nudes", "seen": "0",
}  # fmt: skip


async def version(actor, resource_id) -> int:
    async with begin(actor) as work:
        return (await get_own(work, resource_id)).version


async def test_one_that_a_lead_adds_is_read_by_everybody_there_wherever_it_helps(sign_in):
    lead = await sign_in(Role.LEAD)
    assert "No other organisation does" in (await lead.get("/resources/new")).text
    done = await lead.send("/resources/new", TYPED)
    assert done.status_code == 303, done.text
    own = done.headers["location"].partition("#")[2]
    at = f"/resources/{own.removeprefix('own-')}"

    reporter = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    found = (await reporter.get("/resources?q=quiet+ROOM")).text
    assert f'id="{own}"' in found
    assert "Our own" in found
    assert "Room 4 · Ext. 112" in found
    assert at not in found
    assert (await reporter.get(at)).status_code == 403
    assert own not in (await reporter.get("/resources?q=blackmail")).text

    review = await lead.send("/standards/reviews", {"framework": "pies", "scope": "full"}, page="/standards")
    assert own in (await lead.get(review.headers["location"] + "/controls/A5")).text
    assert own not in (await lead.get(review.headers["location"] + "/controls/M1")).text

    assert (await lead.send(f"{at}/withdraw", {"reason": "", "seen": "1"}, page=at)).status_code == 422
    assert (await lead.send(f"{at}/withdraw", {"reason": "The room is gone.", "seen": "1"}, page=at)).status_code == 303
    assert "The room is gone." in (await lead.get("/resources")).text.partition("No longer shown")[2]
    assert "The room is gone." not in (await reporter.get("/resources")).text
    assert own not in (await reporter.get("/resources")).text
    assert own not in (await lead.get(review.headers["location"] + "/controls/A5")).text
    assert "The room is gone." in (await lead.get(at)).text


async def test_another_organisation_never_meets_it(sign_in):
    ours, theirs = await sign_in(Role.LEAD), await sign_in(Role.LEAD)
    async with begin(ours.actor) as work:
        own = await add_resource(work, NEW, KNOWN)
        assert own in {each.id for each in await helping_incident(work, SCHOOL, ["nudes"], []) if each.own}
    async with begin(theirs.actor) as work:
        assert not any(each.own for each in (await read_library(work, SCHOOL)).resources)
        assert not any(each.own for each in await helping_incident(work, SCHOOL, ["nudes"], ["gaming"]))
        with pytest.raises(NotFound):
            await change_resource(work, own, NEW, KNOWN, 1)
    for path in (f"/resources/{own}", f"/resources/{own}/withdraw"):
        answer = await theirs.send(path, TYPED | {"seen": "1", "reason": "Not ours."}, page="/resources/new")
        assert answer.status_code == 404
    assert (await theirs.get(f"/resources/{own}")).status_code == 404
    assert await version(ours.actor, own) == 1


async def test_whoever_comes_second_sees_what_the_first_wrote_and_keeps_their_own_words(sign_in):
    lead = await sign_in(Role.LEAD)
    async with begin(lead.actor) as work:
        own = await add_resource(work, NEW, KNOWN)
    at = f"/resources/{own}"
    assert (await lead.send(at, TYPED | {"title": "The first", "seen": "1"})).status_code == 303
    second = await lead.send(at, TYPED | {"title": "The second", "seen": "1"})
    assert second.status_code == 409
    assert "The first" in second.text
    assert 'value="The second"' in second.text
    seen = re.search(r'name="seen" value="(\d+)"', second.text)
    assert seen
    assert (await lead.send(at, TYPED | {"title": "The second", "seen": seen[1]})).status_code == 303
    assert await version(lead.actor, own) == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"title": ""}, "Give it a title."),
        ({"summary": " "}, "Say what it is and when it helps."),
        ({"kind": "poster"}, "Choose one of the answers on the page."),
        ({"issues": "no_such_issue"}, "Choose from the answers on the page."),
        ({"controls": "Z9"}, "Choose from the answers on the page."),
        ({"links": "\n".join("abcdefghijk")}, "10 lines of 300 characters each are the most."),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(sign_in, typed, said):
    lead = await sign_in(Role.LEAD)
    refused = await lead.send("/resources/new", TYPED | {"summary": "<b>kept</b>", "title": "Kept"} | typed)
    assert refused.status_code == 422
    assert said in refused.text
    assert ("&lt;b&gt;kept&lt;/b&gt;" in refused.text) is ("summary" not in typed)
    assert 'value="A5"' in refused.text
    assert "Our own" not in (await lead.get("/resources")).text


async def test_there_are_no_more_than_a_page_holds_and_a_withdrawn_one_makes_room(someone):
    lead = await someone(Role.LEAD)
    filling = """
    insert into own_resources (organisation_id, id, kind, title, summary, added_at, added_by_name)
    select (select sec.current_organisation()), gen_random_uuid(), 'service', 'A ' || n, 'S', now(), 'Somebody'
    from generate_series(2, $1::int) as n
    """
    async with begin(lead) as work:
        first = await add_resource(work, NEW, KNOWN)
        await work.driver.execute(filling, MOST)
    async with begin(lead) as work:
        with pytest.raises(Invalid) as refused:
            await add_resource(work, NEW, KNOWN)
        assert [error.field for error in refused.value.errors] == ["title"]
    async with begin(lead) as work:
        await withdraw_resource(work, first, "Old.", 1)
        with pytest.raises(Conflict):
            await change_resource(work, first, NEW, KNOWN, 2)
        assert await add_resource(work, NEW, KNOWN) != first


ASKED = TYPED | {
    "kind": "question", "title": "Who may look at a locker phone?", "summary": "Two people, never one.",
    "links": "Policy, page 4",
}  # fmt: skip


async def test_a_question_of_ones_own_is_found_with_the_rest_and_stands_before_those_of_the_service(sign_in):
    lead = await sign_in(Role.LEAD)
    form = (await lead.get("/resources/new?kind=question")).text
    assert "As somebody here would ask it." in form and "What kind is it?" not in form
    done = await lead.send("/resources/new", ASKED, page="/resources/new?kind=question")
    assert done.status_code == 303, done.text
    own = done.headers["location"].partition("#")[2]
    at = f"/resources/{own.removeprefix('own-')}"

    reporter = await sign_in(Role.REPORTER, organisation=lead.actor.organisation_id)
    whole = (await reporter.get("/resources")).text
    guidance, _, asked = whole.partition("Often asked")
    assert own not in guidance
    assert asked.index("Who may look at a locker phone?") < asked.index("Must we report to the police ourselves?")
    assert "Our own" in asked and "Add a question of your own" not in whole
    for words in ("locker", "two+people", "page+4"):
        found = (await reporter.get(f"/resources?q={words}")).text
        assert own in found and "Must we report to the police" not in found, words
    assert own not in (await reporter.get("/resources?q=blackmail")).text.partition("Often asked")[0]

    review = await lead.send("/standards/reviews", {"framework": "pies", "scope": "full"}, page="/standards")
    assert own in (await lead.get(review.headers["location"] + "/controls/A5")).text
    async with begin(lead.actor) as work:
        assert own in {each.code for each in await helping_incident(work, SCHOOL, ["nudes"], [])}

    changed = await lead.send(at, ASKED | {"summary": "Three people.", "seen": "1"})
    assert changed.status_code == 303
    assert "Three people." in (await reporter.get("/resources")).text
    assert (
        await lead.send(f"{at}/withdraw", {"reason": "Answered otherwise.", "seen": "2"}, page=at)
    ).status_code == 303
    assert own not in (await reporter.get("/resources")).text
    stranger = await sign_in(Role.LEAD)
    assert (await stranger.get(at)).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"), [({"title": ""}, "Write the question."), ({"summary": " "}, "Write the answer.")]
)
async def test_a_question_without_an_answer_is_asked_for_it_and_stays_a_question(sign_in, typed, said):
    lead = await sign_in(Role.LEAD)
    refused = await lead.send("/resources/new", ASKED | typed, page="/resources/new?kind=question")
    assert refused.status_code == 422
    assert said in refused.text
    assert '<input type="hidden" name="kind" value="question">' in refused.text
    assert "Policy, page 4" in refused.text


async def test_a_question_stays_one_and_callers_are_never_pointed_to_it(someone):
    lead = await someone(Role.LEAD)
    supervisor = await someone(Role.SUPERVISOR, kind="helpline")
    asked, pointed = (
        NewResource("question", "Who answers at night?", "Nobody."),
        NewResource("service", "Us", "By day."),
    )
    async with begin(lead) as work:
        own = await add_resource(work, asked, KNOWN)
        with pytest.raises(Invalid) as refused:
            await change_resource(work, own, pointed, KNOWN, 1)
        assert [error.field for error in refused.value.errors] == ["kind"]
    async with begin(supervisor) as work:
        nothing = Belonging(frozenset(), frozenset(), frozenset())
        question, place = [await add_resource(work, each, nothing) for each in (asked, pointed)]
        known = await read_pointers(work, profile_of("helpline"))
        assert f"own-{place}" in known
        assert f"own-{question}" not in known
