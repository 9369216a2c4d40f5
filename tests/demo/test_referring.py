"""The school and the helpline of the demonstration have written to each other through the channel, by the real acts."""

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from safeguard.access.actors import Actor
from safeguard.demo.corresponding import Sides, between
from safeguard.demo.filling import found
from safeguard.demo.referring import NOTES, refer_two
from safeguard.helpline.as_sent import find_sent
from safeguard.helpline.case import Case
from safeguard.helpline.files import opening
from safeguard.helpline.files.queries import list_files
from safeguard.helpline.queries import find_by_origin, list_entries, list_urls_of
from safeguard.helpline.states import State
from safeguard.referrals.queries import Conversation, list_referrals, read_conversation
from safeguard.strongbox import masters, objects
from safeguard.work import begin
from tests.demo.test_filling import UNTIL, a_house, asked, tell

pytestmark = pytest.mark.anyio

PEOPLE = """
select n.name from public.incident_people n
join public.referrals r on r.organisation_id = n.organisation_id and r.incident_id = n.incident_id
where n.organisation_id = $1
"""


@pytest.fixture
def store(tmp_path: Path, data: Path) -> Iterator[None]:
    objects.use(objects.open_store((tmp_path / "objects").as_uri()))
    masters.use(masters.Masters(data / "keys"))
    yield
    masters.use(None)
    objects.use(None)


def nobody_signs(origin: str) -> bytes:
    """No receipt is there to be proven: the signer's worker is not part of this."""
    raise AssertionError(origin)


async def told(sides: Sides) -> list[Conversation]:
    async with begin(sides.lead) as work:
        return [await read_conversation(work, each.id) for each in await list_referrals(work)]


async def case_of(practitioner: Actor, conversation: Conversation, school) -> Case:
    async with begin(practitioner) as work:
        case = await find_by_origin(work, f"{school}/{conversation.referral.id}")
    assert case is not None
    return case


async def test_a_visitor_sees_both_ends_of_one_that_is_open_and_of_one_that_is_over(as_owner, store):
    school = await tell(a_house("school", 1, incidents=24))
    helpline = await found(a_house("helpline", 3), 3, UNTIL)
    assert await refer_two(school, helpline, nobody_signs) == 2
    sides = await between(school, helpline, nobody_signs)
    assert sides is not None
    over, goes_on = sorted(await told(sides), key=lambda each: each.referral.state)
    assert (over.referral.state, over.referral.outcome, over.referral.helpful) == ("closed", "advice_given", 5)
    assert over.referral.feedback
    assert goes_on.referral.state == "escalated"
    assert [url.state for url in goes_on.urls] == ["reported", "gone_before_report"]
    assert [file.state for file in goes_on.files] == ["taken"]
    said = [(step.direction, step.kind) for step in goes_on.steps]
    assert said[0] == ("out", "opened")
    assert ("out", "message") in said
    assert ("in", "message") in said

    for conversation in (over, goes_on):
        case = await case_of(sides.practitioner, conversation, school)
        async with begin(sides.practitioner) as work:
            assert await find_sent(work, case.id) == conversation.opened
            assert case.state is (State.CLOSED if conversation is over else State.ESCALATED)
            assert all(url.platform for url in await list_urls_of(work, case.id))
            kinds = {entry.kind for entry in await list_entries(work, case.id)}
            assert kinds >= {"answer", "feedback" if conversation is over else "contact"}

    case = await case_of(sides.practitioner, goes_on, school)
    async with begin(sides.practitioner) as work:
        [file] = await list_files(work, case.id)
        assert file.opens
        pieces = await opening.bytes_of(work, objects.current(), file.id)
        assert b"".join([piece async for piece in pieces]) == NOTES.encode()
    names = {row["name"] for row in await asked(PEOPLE, school)}
    assert names
    assert not any(name in f"{over.opened} {goes_on.opened}" for name in names)


async def test_where_nothing_is_fit_for_it_nothing_is_referred(as_owner, store):
    school = await found(a_house("school", 2), 2, UNTIL)
    helpline = await found(a_house("helpline", 4), 4, UNTIL)
    assert await refer_two(school, helpline, nobody_signs) == 0
    empty = dataclasses.replace(a_house("helpline", 5), members=())
    nobody = await found(empty, 5, datetime(2026, 11, 20, 17, tzinfo=UTC))
    assert await refer_two(school, nobody, nobody_signs) == 0
