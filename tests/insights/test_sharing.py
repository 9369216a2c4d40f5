"""What a group is told: each organisation's own suppressed figures, carried by a job, and nothing else of it."""

import json
import uuid
from datetime import UTC, datetime

import msgspec
import pytest

from safeguard.access.actors import system
from safeguard.access.roles import Role
from safeguard.database.context import PLATFORM
from safeguard.errors import Forbidden
from safeguard.incidents.recording import record_incident
from safeguard.insights.group_board import Told, read_group
from safeguard.insights.sharing import KEEP, Figures, Objective, ask_all, tell_group
from safeguard.work import begin
from tests.factories.incidents import IMPERSONATION, SCHOOL
from tests.factories.owning import owning

pytestmark = pytest.mark.anyio

JOIN = "update public.organisations set parent_id = %s where id = %s"
JOBS = "select count(*) from jobs.job where organisation_id = $1 and kind = 'figures.carry'"
BODY = "select body from public.group_figures where organisation_id = $1"


@pytest.fixture
def joined(someone, addresses):
    """`await joined()`: the lead of a group, and of a school in it."""

    async def make():
        group = await someone(Role.GROUP_LEAD, kind="group")
        lead = await someone(Role.LEAD)
        async with owning(addresses.owner) as owner:
            await owner.execute(JOIN, (group.organisation_id, lead.organisation_id))
        return group, lead

    return make


async def tell(organisation) -> bool:
    async with begin(system(organisation)) as work:
        return await tell_group(work)


async def test_a_group_reads_what_its_school_told_and_no_small_figure(joined):
    group, lead = await joined()
    for _ in range(3):
        async with begin(lead) as work:
            await record_incident(work, IMPERSONATION, SCHOOL)
    assert await tell(lead.organisation_id)
    async with begin(group) as work:
        board = await read_group(work, "")
        kept = json.loads(await work.driver.fetchval(BODY, group.organisation_id))
    assert len(board.rows) == 1
    assert board.rows[0].figures.total in (None, 0)
    assert kept["areas"] == []
    assert "has not begun a review" in board.so_what


async def test_telling_again_replaces_what_was_told(joined):
    group, lead = await joined()
    assert await tell(lead.organisation_id)
    assert await tell(lead.organisation_id)
    async with begin(group) as work:
        assert len((await read_group(work, "")).rows) == 1


async def test_an_organisation_without_a_group_tells_nobody(someone):
    lead, group = await someone(Role.LEAD), await someone(Role.GROUP_LEAD, kind="group")
    assert not await tell(lead.organisation_id)
    async with begin(group) as work:
        assert (await read_group(work, "")).rows == ()


async def test_another_group_reads_nothing_of_it(joined, someone):
    _, lead = await joined()
    await tell(lead.organisation_id)
    stranger = await someone(Role.GROUP_LEAD, kind="group")
    async with begin(stranger) as work:
        assert (await read_group(work, "")).rows == ()


async def test_nobody_in_the_school_reads_the_groups_board(joined):
    _, lead = await joined()
    async with begin(lead) as work:
        with pytest.raises(Forbidden):
            await read_group(work, "")


async def test_every_organisation_is_asked_once_a_day(joined):
    _, lead = await joined()
    for _ in range(2):
        async with begin(system(uuid.UUID(PLATFORM))) as work:
            assert await ask_all(work)
    async with begin(lead) as work:
        assert await work.driver.fetchval(JOBS, lead.organisation_id) == 1


def told(name: str, overdue: int, **levels: float) -> Told:
    objectives = tuple(Objective(code, f"Safer {code}", level, 7, 7, overdue, 0) for code, level in levels.items())
    return Told(
        uuid.uuid4(), name, "2025/26", datetime(2026, 9, 1, tzinfo=UTC), Figures("school", "", None, (), objectives, "")
    )


async def test_a_group_reads_each_objective_of_each_organisation_and_which_stands_furthest(joined):
    group, _ = await joined()
    async with begin(group) as work:
        for one in (told("Ash", 1, access=2.0, learning=3.0), told("Birch", 1, access=2.4, learning=4.0)):
            body = msgspec.json.encode(one.figures).decode()
            await work.driver.execute(KEEP, uuid.uuid4(), uuid.uuid4(), one.name, one.period, body, one.received_at)
    async with begin(group) as work:
        board = await read_group(work, "")
    assert board.objectives == {"access": "Safer access", "learning": "Safer learning"}
    assert board.by_objective
    cells = {(line.label, cell.words): cell for line in board.by_objective.lines for cell in line.cells}
    assert [(cells[where].shade, cells[where].bar) for where in (("Ash", "2.0"), ("Birch", "2.4"), ("Ash", "3.0"))] == [
        (0, 0.75), (1, 0.65), (2, 0.5),
    ]  # fmt: skip
    assert [(row.name, row.level_of("learning")) for row in board.rows] == [("Birch", 4.0), ("Ash", 3.0)]
    assert board.so_what == (
        "Each organisation has 2 improvements overdue."
        " Of all together, Safer learning has the furthest to go: level 3.5 on average."
    )


def counted(name: str, period: str, total: int | None, at: datetime, *areas: tuple[str, int | str]) -> Told:
    objective = Objective("access", "Safer access", 2.0, 7, 7, 0, 3)
    return Told(uuid.uuid4(), name, period, at, Figures("school", "", total, areas, (objective,), ""))


async def keep(group, *rows: tuple[uuid.UUID, Told]) -> None:
    async with begin(group) as work:
        for member, one in rows:
            body = msgspec.json.encode(one.figures).decode()
            await work.driver.execute(KEEP, uuid.uuid4(), member, one.name, one.period, body, one.received_at)


async def test_incidents_of_different_periods_are_never_added_up(joined):
    group, _ = await joined()
    at, members = datetime(2026, 9, 1, tzinfo=UTC), [uuid.uuid4() for _ in range(5)]
    told_of = (("Ash", "2025/26", 20), ("Birch", "2025/26", 30), ("Cedar", "2024/25", 50),
               ("Dogwood", "2022/23 - 2024/25", 9), ("Elm", "2025/26", None))  # fmt: skip
    await keep(group, *((member, counted(*one, at)) for member, one in zip(members, told_of, strict=True)))
    async with begin(group) as work:
        board = await read_group(work, "")
    assert [(each.period, each.incidents, each.organisations) for each in board.totals] == [
        ("2025/26", 50, 2), ("2024/25", 50, 1), ("2022/23 - 2024/25", 9, 1),
    ]  # fmt: skip
    assert board.left_out == 1
    assert board.periods == ("2025/26", "2024/25", "2022/23 - 2024/25")


async def test_what_an_organisation_told_last_is_its_latest_whatever_years_it_is_of(joined):
    group, _ = await joined()
    member, then, now = uuid.uuid4(), datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
    several = counted("Ash", "2022/23 - 2024/25", 9, now, ("Contact", 9))
    await keep(group, (member, several), (member, counted("Ash", "2024/25", None, then)))
    async with begin(group) as work:
        board = await read_group(work, "")
    assert [(row.period, row.figures.total) for row in board.rows] == [("2022/23 - 2024/25", 9)]
    assert (board.areas, board.rows[0].area("Contact"), board.rows[0].stale_of("access")) == (("Contact",), 9, 3)
