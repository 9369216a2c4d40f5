"""Near-miss spelling against labels: nearly all typos find whom they mean, and words that name nobody find nobody."""

from collections.abc import Awaitable, Callable

import pytest

from safeguard.access.actors import Actor
from safeguard.access.roles import Role
from safeguard.people.finding import find
from safeguard.people.recording import record_person
from safeguard.work import begin
from tests.factories.people import SCHOOL, called
from tests.people.labelled import ORDINARY, PEOPLE, TYPED

pytestmark = pytest.mark.anyio

RECALL = 0.9
"""Of what is typed for somebody, how much must find them among the first three."""
QUIET = 0.93
"""Of words that name nobody, how many must find nobody at all."""


async def test_typos_find_whom_they_mean_and_ordinary_words_find_nobody(
    someone: Callable[..., Awaitable[Actor]],
) -> None:
    meant = {typed: name for typed, name in TYPED.items() if name}
    async with begin(await someone(Role.LEAD)) as work:
        for name in PEOPLE:
            given, _, family = name.rpartition(" ")
            await record_person(work, called(given, family), SCHOOL)
        found = {typed: [one.name for one in await find(work, typed)] for typed in meant}
        loud = {word: names for word in ORDINARY if (names := [one.name for one in await find(work, word)])}
    missed = {typed: names for typed, names in found.items() if meant[typed] not in names[:3]}
    assert len(missed) <= (1 - RECALL) * len(meant), missed
    assert len(loud) <= (1 - QUIET) * len(ORDINARY), loud
    assert "group" not in loud
    assert sum(map(len, found.values())) <= 2.5 * len(found), "too many besides whom was meant"
