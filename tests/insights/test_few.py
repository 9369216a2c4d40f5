"""Whoever may not know of single cases: a year with one incident looks as a year with four, whatever they were."""

from datetime import date, datetime

import msgspec
import pytest

from safeguard import clock
from safeguard.access.roles import Role
from safeguard.incidents.adding import add_entry
from safeguard.incidents.entering import NewEntry
from safeguard.incidents.recording import record_incident
from safeguard.insights.board import Board
from safeguard.insights.composing import make_board
from safeguard.insights.involvement import read_involvement
from safeguard.insights.periods import CHOICES, chosen_period
from safeguard.insights.reading import read_board, read_source
from safeguard.insights.reporting.governing import governors_paper
from safeguard.insights.sharing import figures_of
from safeguard.insights.touching import read_touched
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL, SHORT

pytestmark = pytest.mark.anyio

KINDS = (
    IMPERSONATION, SHORT, msgspec.structs.replace(SHORT, place="at_home", platforms=("snapchat",)),
    msgspec.structs.replace(IMPERSONATION, place="online_only", danger_now=True),
)  # fmt: skip


@pytest.fixture
def watched(someone):
    """`look, happen`: everything that a governor may see of last year, and one more incident of it."""
    year = chosen_period("last-year", clock.now().date(), exact=False)
    today = date(int(year.first[:4]) + 1, 9, 20)

    async def make():
        lead = await someone(Role.LEAD)
        governor = await someone(Role.GOVERNOR, organisation=lead.organisation_id)

        async def happen(number: int) -> None:
            async with begin(lead) as work:
                work.dated = datetime.fromisoformat(f"{year.months[2 * number]}-15T12:00Z")
                story = await record_incident(work, KINDS[number % len(KINDS)], SCHOOL)
                await add_entry(work, story.facts.id, NewEntry(kind="lesson", words="We learnt.", controls=("M5",)))
                work.dated = None

        async def look() -> tuple[Board, object]:
            async with begin(governor) as work:
                boards = [await read_board(work, SCHOOL, today, code) for code in ("", *CHOICES)]
                source = await read_source(work, SCHOOL, today, "last-year", exact=False)
                board = make_board(source)
                rest = (
                    boards, governors_paper(source, board), figures_of(source, board),
                    await read_involvement(work, today, ""), await read_touched(work, "M5", today),
                )  # fmt: skip
                return board, rest

        return look, happen

    return make


async def test_one_incident_of_a_year_is_told_from_four_by_nobody(watched):
    look, happen = await watched()
    seen = []
    for number in range(4):
        await happen(number)
        seen.append(await look())
    assert seen[0][0].total is None
    assert all(each == seen[0] for each in seen), "board, report, what a group is told, involvement, a control"


async def test_that_nothing_was_reported_is_said_since_nobody_is_in_it(watched):
    look, happen = await watched()
    board, (_boards, paper, told, *_rest) = await look()
    assert board.total == 0
    assert board.unknown.startswith("Nothing was recorded here before") and told.total is None
    assert any(board.unknown in section.says for section in paper.sections), "the organisation came after that year"
    await happen(0)
    board, _ = await look()
    assert (board.total, board.pictures) == (None, ())
