"""Whoever works here and is named in a child's story is kept from it, however their name is written there."""

import pytest

from safeguard.access.roles import Role
from tests.public.writing import WORDS, write

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
