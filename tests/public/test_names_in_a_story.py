"""Whoever works here and is named in a child's story is kept from it, however their name is written there."""

import re

import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.concerns import naming
from safeguard.identity.accounts import rename
from safeguard.work import begin
from tests.public.writing import WORDS, code_from, write

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("unhurried")]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Pat O'Brien", "Mr O'Brien hit me"),
        ("Pat O’Brien", "it was pat O Brien's idea"),
        ("Pat OʼBrien", "I mean OBrien"),
        ("Siân Müller", "Miss Siân said so"),
        ("Siân Müller", "it was Muller"),
        ("Sian Muller", "it was Mu\u0308ller"),
        ("Derek Grant", "in Mr Grant’s class"),
        ("Derek Grant", "in Grant's class"),
        ("Derek James", "all of James' friends"),
        ("Derek Ward-Grant", "coach grant"),
    ],
)
async def test_a_name_with_signs_or_accents_in_a_story_is_found(sign_in, visitor, slug_of, call, name, said):
    head = await sign_in(Role.HEAD)
    call(head.actor, name)
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/a", words=f"{WORDS} {said}.")
    assert "Please tell somebody else as well" in answer.text
    assert "horrible" not in (await head.get("/concerns?state=all")).text


RECORD = """
insert into people (organisation_id, id, kind, given_name, family_name, former_names, recorded_at, changed_at,
    sort_key, found_by, user_id)
values ((select sec.current_organisation()), $1, 'adult', 'Margaret', 'Hale', '{Stone}', now(), now(), 'h', 'h', $2)
"""


async def test_so_is_a_name_that_only_their_own_record_in_the_list_of_people_knows(sign_in, visitor, slug_of, call):
    head = await sign_in(Role.HEAD)
    call(head.actor, "Peg Hale")
    async with begin(head.actor) as work:
        await work.driver.execute(RECORD, clock.new_id(), head.actor.user_id)
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/a", words=f"{WORDS} Mrs Stone did.")
    assert "Please tell somebody else as well" in answer.text


async def test_so_is_the_name_that_their_account_had_before(sign_in, visitor, slug_of, call):
    head = await sign_in(Role.HEAD)
    call(head.actor, "Peg Stone")
    async with begin(head.actor, purpose="session") as work:
        await rename(work, "Peg Hale")
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/a", words=f"{WORDS} Mrs Stone did.")
    assert "Please tell somebody else as well" in answer.text


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"subject_work": "Mr Hale"}, True),
        ({"subject_work": "morgan hale"}, True),
        ({"when": "in Mr Hale's lesson"}, True),
        ({"words": "hale hits me every day"}, True),
        ({"words": "He hits me every day, hale and hearty"}, False),
    ],
)
async def test_a_name_is_found_wherever_a_child_puts_it(sign_in, visitor, slug_of, call, fields, kept):
    head = await sign_in(Role.HEAD)
    call(head.actor, "Morgan Hale")
    report = {"words": WORDS, "in_charge": "no"} | fields
    answer = await write(visitor, f"/r/{slug_of(head.actor.organisation_id)}/a", **report)
    assert ("Please tell somebody else as well" in answer.text) is kept


ANSWERS = (
    "Sandra", "sandra s", "sadler", "Sadlier", "Her name is Sandra, she is new here.",
    "it was sandra I think, in the hall", "Sandra yw ei henw hi yn yr ysgol",
)  # fmt: skip


@pytest.mark.parametrize("said", [*ANSWERS, "My friend sandra saw it too, in the hall."])
async def test_the_name_that_answers_a_question_is_kept_from_whoever_is_called_so(
    sign_in, visitor, slug_of, call, said
):
    """A given name is enough there, with a capital or without; beside other things it may be anybody's."""
    head = await sign_in(Role.HEAD)
    call(head.actor, "Sandra Sadler")
    at = f"/r/{slug_of(head.actor.organisation_id)}"
    code = await code_from(visitor, f"{at}/a", words=WORDS)
    [concern] = set(re.findall(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text))
    await visitor.send(f"{at}/back/message", {"code": code, "words": said}, page=f"{at}/back")
    assert (await head.get(concern)).status_code == (404 if said in ANSWERS else 200)


async def test_a_name_that_comes_later_shuts_out_whoever_has_not_taken_care_of_it_yet(sign_in, visitor, slug_of, call):
    head = await sign_in(Role.HEAD)
    chair = await sign_in(Role.GOVERNOR, organisation=head.actor.organisation_id)
    async with begin(head.actor, purpose="session") as work:
        await naming.name(work, chair.actor.user_id, "If it were about me.")
    call(head.actor, "Derek Grant")
    call(chair.actor, "Anna Zebedee")
    at = f"/r/{slug_of(head.actor.organisation_id)}"
    code = await code_from(visitor, f"{at}/a", words=WORDS)
    [concern] = set(re.findall(r'href="(/concerns/[0-9a-f-]{36})"', (await head.get("/concerns")).text))
    assert (await chair.get(concern)).status_code == 200
    assert (await head.send(f"{concern}/messages", {"words": "Who was it?"})).status_code == 303
    said = {"code": code, "words": "Thank you Mr Grant. It is Mrs Zebedee."}
    await visitor.send(f"{at}/back/message", said, page=f"{at}/back")
    assert (await chair.get(concern)).status_code == 404
    assert "Mrs Zebedee" in (await head.get(f"{concern}/messages")).text
